"""Direct symbolic classification: formulas whose values, not whose gradients, tell the labels.

This is the method that reading a network out is compared with.  It is the search of the same engine;
the loss alone is another one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array, check_consistent_length, check_random_state

from skinterpret.expressions.kernels.labels import LOSSES, fit_link_to_labels, make_labelled_rows
from skinterpret.search.checking import check_engine, check_seed
from skinterpret.search.engine import Engine, LabelEngine
from skinterpret.search.evolution import EvolutionEngine
from skinterpret.search.front import Front

__all__ = ["search_labels"]


def search_labels(
    X: ArrayLike,
    positive: ArrayLike,
    *,
    engine: Engine | None = None,
    loss: str = "logistic",
    sample_weight: ArrayLike | None = None,
    random_state: Any = None,
    interrupted: bool = False,
) -> Front:
    """Search for expressions whose values separate two classes.

    The value of an expression is put through the best slope and threshold of its own before it is
    judged, so a factor or a term at its root is worth nothing, and is left out.  A monotone function
    at its root decides the same as well, but not at the same loss; it stays where it lowers the
    loss.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows; a few hundred are enough.
    positive : array-like of shape (n_samples,), dtype bool
        Whether a row belongs to the second class.
    engine : Engine, default=None
        What searches; `None` means `EvolutionEngine()`.
    loss : {"logistic", "hinge"}, default="logistic"
        What is lost on a row.  With the hinge, slope and threshold are those of the least squared
        hinge, and the hinge itself is what they are judged by.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; `None` means equal ones.
    random_state : int, RandomState instance or None, default=None
        Seed of the search; the same seed gives the same front.
    interrupted : bool, default=False
        Whether Ctrl-C has ended a search before this one, which then is a short one.

    Returns
    -------
    Front
        Candidates ordered by complexity, with strictly falling mean loss.

    Raises
    ------
    ValueError
        If the arrays do not fit together, if there is one class only, if the engine cannot search on
        labels, or if a setting of it cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search import EvolutionEngine
    >>> from skinterpret.search.classification import search_labels
    >>> X = np.random.default_rng(0).uniform(0, 2, (300, 2))
    >>> engine = EvolutionEngine(max_evals=2000, max_complexity=5)
    >>> front = search_labels(X, X[:, 0] * X[:, 1] > 1, engine=engine, random_state=0)
    >>> str(front[1].expression)
    'x0*x1'
    """
    chosen = label_engine(check_engine(EvolutionEngine() if engine is None else engine))
    check_seed(chosen, random_state)
    if loss not in LOSSES:
        raise ValueError(f"loss={loss!r} is unknown; take one of {', '.join(map(repr, LOSSES))}.")
    rows = check_array(X, dtype=np.float64, input_name="X")
    labels = check_array(positive, dtype=np.bool_, ensure_2d=False, input_name="positive")
    check_consistent_length(rows, labels)
    if labels.all() or not labels.any():
        raise ValueError("positive is the same for all rows; a rule needs rows of two classes.")
    weight = np.ones(len(rows))
    if sample_weight is not None:
        weight = check_array(sample_weight, dtype=np.float64, ensure_2d=False, input_name="sample_weight")
        check_consistent_length(rows, weight)
        if weight.min() < 0 or weight.sum() == 0:
            raise ValueError("sample_weight must be non-negative with a positive sum.")
    seed = int(check_random_state(random_state).randint(np.iinfo(np.int32).max))
    if interrupted and isinstance(chosen, EvolutionEngine):
        return chosen.search_labels(rows, labels, weight, seed, loss, interrupted=True)
    return chosen.search_labels(rows, labels, weight, seed, loss)


def label_engine(engine: Engine) -> LabelEngine:
    """Refuse an engine that knows directions alone.

    Parameters
    ----------
    engine : Engine
        What is to search.

    Returns
    -------
    LabelEngine
        The same.

    Raises
    ------
    ValueError
        If it cannot search on labels.
    """
    if not isinstance(engine, LabelEngine):
        raise ValueError(
            f"{type(engine).__name__} matches directions and cannot search on labels; use EvolutionEngine."
        )
    return engine


def fit_label_link(
    values: NDArray[np.float64], positive: NDArray[np.bool_], loss: str
) -> tuple[float, float, float]:
    """Fit the slope and the intercept with which values tell labels best.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of an expression.
    positive : ndarray of shape (n_samples,), dtype bool
        Whether a row belongs to the second class.
    loss : {"logistic", "hinge"}
        What is lost on a row.

    Returns
    -------
    loss : float
        The mean; infinite where a value is not finite, or all are the same.
    slope, intercept : float
        The linear map to log-odds, or to margins.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search.classification import fit_label_link
    >>> loss, slope, intercept = fit_label_link(np.arange(4.0), np.arange(4) > 1, "hinge")
    >>> bool(1 < -intercept / slope < 2)
    True
    """
    rows = make_labelled_rows(values[:, None], positive, None, loss)
    loss_, slope, intercept = fit_link_to_labels(np.ascontiguousarray(rows.X[:, 0]), rows)
    return float(loss_), float(slope), float(intercept)

"""How truly a surrogate stands in for a network, and how long it is: fidelity, alignment, complexity."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import BaseEstimator
from sklearn.metrics import accuracy_score
from sklearn.pipeline import Pipeline
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted

from skinterpret.inner_product import mapped, metric_of

__all__ = [
    "alignment_score",
    "alignment_scorer",
    "complexity_score",
    "complexity_scorer",
    "fidelity_score",
    "fidelity_scorer",
]


def fidelity_score(
    network_labels: ArrayLike,
    surrogate_labels: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Share of samples to which a surrogate gives the class that the network gives.

    Parameters
    ----------
    network_labels : array-like of shape (n_samples,)
        Classes predicted by the network.
    surrogate_labels : array-like of shape (n_samples,)
        Classes predicted by the surrogate.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    float
        Fidelity, from 0 to 1.

    Raises
    ------
    ValueError
        If these are no classes but values, for which `sklearn.metrics.r2_score` is the fidelity.

    Examples
    --------
    >>> from skinterpret import fidelity_score
    >>> fidelity_score([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    for labels in (network_labels, surrogate_labels):
        if type_of_target(labels).startswith("continuous"):
            raise ValueError(
                "fidelity_score compares classes, but these are values, whose fidelity is R²; take "
                "sklearn.metrics.r2_score for them."
            )
    return float(accuracy_score(network_labels, surrogate_labels, sample_weight=sample_weight))


def alignment_score(
    network_gradient: ArrayLike,
    surrogate_gradient: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Absolute mean cosine between the input gradients of a network and of a surrogate.

    1 says that both gradients are everywhere parallel, so that surrogate and network are functions
    of the same concept (arXiv:2401.04978, section 3).  Rows at which either gradient vanishes or is
    not finite count as perpendicular.

    Parameters
    ----------
    network_gradient : array-like of shape (n_samples, n_features)
        Input gradients of the network.
    surrogate_gradient : array-like of shape (n_samples, n_features)
        Input gradients of the surrogate.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    float
        Alignment, from 0 to 1.

    Examples
    --------
    >>> from skinterpret import alignment_score
    >>> round(alignment_score([[1.0, 0.0], [0.0, 2.0]], [[-3.0, 0.0], [0.0, -1.0]]), 6)
    1.0
    """
    ours = check_array(network_gradient, dtype=np.float64, ensure_all_finite=False)
    theirs = check_array(surrogate_gradient, dtype=np.float64, ensure_all_finite=False)
    check_consistent_length(ours, theirs, sample_weight)
    if ours.shape != theirs.shape:
        raise ValueError(
            f"The gradients have {ours.shape[1]} and {theirs.shape[1]} inputs; take both by the same inputs."
        )
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    with np.errstate(all="ignore"):
        product = np.einsum("ij,ij->i", ours, theirs)
        cosine = product / (np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1))
    cosine = np.nan_to_num(cosine, posinf=0.0, neginf=0.0)  # infinite where a length is too small for a float
    return min(float(abs(np.average(cosine, weights=weights))), 1.0)  # rounding may go beyond


def complexity_score(surrogate: Any) -> int:
    """Count the nodes of the formula that a surrogate comes to when it is written down.

    One scale for all kinds, that of `Expression.complexity`: an input counts 1, a constant 2, an
    operator, a square and a cube 1, `exp`, `sin` and the like 2; other powers are an operator and a
    constant.  So

    - a rule `T > c` counts the complexity of `T`, and 3 for the comparison and its constant; several
      rules add up;
    - a tree counts 4 a split (input, comparison, constant) and, if it gives values, 2 a leaf; labels
      are free, as they are in a rule;
    - a linear sum of k inputs counts `5k - 1` (constant, product and input, joined by `k - 1` sums)
      and 3 for its threshold or offset, one sum for each output; coefficients of 0 do not count;
    - an additive probe is a sum of look-ups, one an input: each value that is looked up counts 3 for the
      comparison and its constant, and 2 for what it adds; each input counts 1, and is a term of the
      sum; 3 for the offset.  Looking up is counted once, the sum for each margin.  Values that add
      nothing do not count.  `OneHotProbe` asks its network about any value of a continuous input, of
      which only the probed ones count, so there it is the complexity of a table of them;
    - a network counts such a sum for each of its units, with the units of the layer before for
      inputs, and 2 for each activation; weights of 0, and units that nothing depends on, do not count.

    Parameters
    ----------
    surrogate : estimator
        A fitted surrogate of this package (`OneHotProbe` is one), a tree, a linear model, an
        `MLPClassifier`, `MLPRegressor` or `DenseNetwork`; or a pipeline that ends with one, of which
        only the end is counted.

    Returns
    -------
    int
        Complexity.

    Raises
    ------
    TypeError
        If it is of another kind.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skinterpret import complexity_score
    >>> complexity_score(DecisionTreeClassifier().fit([[0.0], [1.0]], [0, 1]))
    4
    """
    last = surrogate[-1] if isinstance(surrogate, Pipeline) else surrogate
    if isinstance(last, BaseEstimator):
        check_is_fitted(last)
    for attribute, count in _COUNTS.items():
        if hasattr(last, attribute):
            return int(count(getattr(last, attribute)))
    raise TypeError(
        f"The complexity of {type(last).__name__} is not defined; pass a surrogate, a tree, a linear "
        "model, a OneHotProbe or a network."
    )


def complexity_of_rule(formula: Any) -> int:
    """Count the nodes of a rule `T > c`, as `complexity_score` does for a surrogate with one rule.

    Parameters
    ----------
    formula : Expression
        The left-hand side `T`.

    Returns
    -------
    int
        Complexity of `T`, and 3 for the comparison and its constant.
    """
    return int(formula.complexity + OPERATOR + CONSTANT)


def fidelity_scorer(estimator: Any, X: Any, y: Any = None) -> float:
    """Scorer for `GridSearchCV` and `cross_validate`: fidelity on held-out rows.

    The score of whatever stands in for a network is its fidelity, and a pipeline hands the rows to it in
    the units that it was fitted on, so the scorer needs no network of its own.  What knows no network, such
    as a linear model or `SymbolicClassifier`, is judged by `compare_surrogates`.

    Parameters
    ----------
    estimator : estimator
        Fitted surrogate, or a pipeline that ends with one.
    X : array-like of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,), default=None
        Ignored: fidelity is agreement with the network, not with labels.

    Returns
    -------
    float
        Fidelity.

    Raises
    ------
    TypeError
        If the estimator knows no network, so that its score is no fidelity.

    Examples
    --------
    >>> from sklearn.model_selection import cross_validate
    >>> from skinterpret.metrics import fidelity_scorer
    >>> scoring = {"fidelity": fidelity_scorer, "accuracy": "accuracy"}
    """
    _refuse_without_network(estimator)
    return float(estimator.score(X, y))


def alignment_scorer(estimator: Any, X: Any, y: Any = None) -> float:
    """Scorer for `GridSearchCV` and `cross_validate`: alignment with the network on held-out rows.

    Rows count to which the network gives a probability between 1e-4 and 1 - 1e-4, where its gradient
    means something.  With more than two classes it is the mean over the log-odds of those classes
    that have such rows.

    Parameters
    ----------
    estimator : estimator
        Fitted surrogate with a formula or a network of its own, or a pipeline that ends with one.
    X : array-like of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,), default=None
        Ignored.

    Returns
    -------
    float
        Alignment, from 0 to 1; NaN where it is not defined, as for a tree, or where no row is near
        enough to the boundary.

    Examples
    --------
    >>> from sklearn.model_selection import cross_validate
    >>> from skinterpret.metrics import alignment_scorer, fidelity_scorer
    >>> scoring = {"fidelity": fidelity_scorer, "alignment": alignment_scorer}
    """
    _refuse_without_network(estimator)
    if isinstance(estimator, Pipeline):
        X, estimator = estimator[:-1].transform(X), estimator[-1]
    if not hasattr(estimator.network_, "gradient"):  # a probe's network takes categories
        return float("nan")
    encoder = getattr(estimator, "encoder_", None)
    return alignment_of(estimator, estimator.network_, X if encoder is None else encoder.transform(X))


def complexity_scorer(estimator: Any, X: Any = None, y: Any = None) -> int:
    """Scorer for `GridSearchCV` and `cross_validate`: minus the complexity, so that more is better.

    Parameters
    ----------
    estimator : estimator
        What `complexity_score` takes, fitted.
    X : array-like of shape (n_samples, n_features), default=None
        Ignored: the complexity is the same for all rows.
    y : array-like of shape (n_samples,), default=None
        Ignored.

    Returns
    -------
    int
        Minus the complexity, as a scorer by `make_scorer(..., greater_is_better=False)` would give it.

    Raises
    ------
    TypeError
        If the complexity of the estimator is not defined.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skinterpret.metrics import complexity_scorer
    >>> complexity_scorer(DecisionTreeClassifier().fit([[0.0], [1.0]], [0, 1]))
    -4
    """
    return -complexity_score(estimator)


def _refuse_without_network(estimator: Any) -> None:
    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    check_is_fitted(last)
    if not hasattr(last, "network_"):
        raise TypeError(
            f"{type(last).__name__} stands in for no network, so its score is no fidelity; use "
            "compare_surrogates, which hands it the network's answers."
        )


def alignment_of(surrogate: Any, network: Any, X: Any) -> float:
    """Measure the alignment of a fitted surrogate with a network, as `alignment_scorer` does.

    Gradients are compared as the search compares them: by inputs divided by their standard deviations, so
    that units do not matter, and by the correlations of the rows where there are any.

    Parameters
    ----------
    surrogate : estimator
        Fitted surrogate, or a linear model for classes or for values, also one behind scalers; of more than
        two classes it must be one whose probabilities are the softmax of its scores, as `LogisticRegression`.
    network : DenseNetwork
        The network.
    X : array-like of shape (n_samples, n_features)
        Rows in the units of both.

    Returns
    -------
    float
        Alignment, from 0 to 1; NaN where it is not defined.
    """
    rows = check_array(X, dtype=np.float64)
    hidden = getattr(surrogate, "target", None)
    if hidden is None and network.classes is not None and len(network.classes) > 2:
        targets = network.classes.tolist()
    elif hidden is None and network.classes is None and network.biases[-1].size > 1:
        targets = list(range(network.biases[-1].size))
    else:
        targets = [hidden]
    # an input in small units has large derivatives, which would drown those by all others
    deviation = rows.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    metric = metric_of(rows, scale)
    figures = []
    for position, target in enumerate(targets):
        shell = _shell(network.latent(rows, target), network.classes is not None)
        if shell.any():
            ours = _gradient(surrogate, rows[shell], target, position)
            if ours is None:
                return float("nan")
            theirs = network.gradient(rows[shell], target)
            figures.append(alignment_score(mapped(theirs * scale, metric), mapped(ours * scale, metric)))
    return float(np.mean(figures)) if figures else float("nan")


DELTA = 1e-4


def _shell(latent: Any, is_log_odds: bool) -> Any:
    limit = np.log((1 - DELTA) / DELTA) if is_log_odds else np.inf
    return np.abs(latent) <= limit


def _gradient(surrogate: Any, rows: Any, target: Any, position: int) -> Any:
    """Gradient of what stands for a latent; None if there is none."""
    if hasattr(surrogate, "pruned_network_"):
        return surrogate.pruned_network_.gradient(rows, target)
    if hasattr(surrogate, "formula_"):
        formula = surrogate.formula_
        return (formula[target] if isinstance(formula, dict) else formula).gradient(rows)
    last = surrogate[-1] if isinstance(surrogate, Pipeline) else surrogate
    return _slope(surrogate, rows, target, position) if hasattr(last, "coef_") else None


def _slope(linear: Any, rows: Any, target: Any, position: int) -> Any:
    """Gradient of a linear model, whatever scalers it is behind; None if it is not affine."""
    answer = getattr(linear, "decision_function", linear.predict)
    names = getattr(linear, "feature_names_in_", None)
    center, spread = rows.mean(axis=0), rows.std(axis=0)
    points = np.vstack([center, center + np.diag(spread), rows])
    asked = points if names is None else pd.DataFrame(points, columns=names)
    values = answer(asked).reshape(len(asked), -1)
    moved, there = values[1 : len(spread) + 1] - values[0], values[len(spread) + 1 :]
    slopes = np.divide(moved, spread[:, None], where=spread[:, None] > 0, out=np.zeros_like(moved))
    if not np.allclose(there, values[0] + (rows - center) @ slopes):
        return None
    if hasattr(linear, "decision_function") and values.shape[1] > 1:
        known = linear.classes_.tolist()
        is_softmax = hasattr(linear, "predict_proba") and np.allclose(
            linear.predict_proba(asked), softmax(values, axis=1)
        )
        return _against_others(there, slopes, known.index(target)) if is_softmax and target in known else None
    return np.tile(slopes[:, position], (len(rows), 1)) if position < values.shape[1] else None


def _against_others(logits: Any, slopes: Any, k: int) -> Any:
    """Gradient of the log-odds of one class against all others, where the softmax of the logits is taken."""
    others = softmax(np.where(np.arange(logits.shape[1]) == k, -np.inf, logits), axis=1)
    return slopes[:, k] - others @ slopes.T


CONSTANT, INPUT, OPERATOR, FUNCTION = 2, 1, 1, 2
SPLIT = INPUT + OPERATOR + CONSTANT
NOTHING = 1e-9  # of the latent; what rounding may have made


def _of_rules(formula: Any) -> int:
    formulas = formula.values() if isinstance(formula, dict) else [formula]
    return sum(map(complexity_of_rule, formulas))


def most_leaves(complexity: int, n_values: int) -> int:
    """Count the leaves that a tree may have, for a complexity on the scale of `complexity_score`.

    Parameters
    ----------
    complexity : int
        Largest complexity.
    n_values : int
        Numbers that each leaf gives; a class is none.

    Returns
    -------
    int
        The most leaves; 0 where not even one is allowed.

    Examples
    --------
    >>> from skinterpret.metrics import most_leaves
    >>> most_leaves(12, n_values=0), most_leaves(12, n_values=1)
    (4, 2)
    """
    return (complexity + SPLIT) // (SPLIT + n_values * CONSTANT)


def _of_tree(tree: Any) -> int:
    n_splits = np.count_nonzero(tree.children_left >= 0)
    n_values = 0 if tree.max_n_classes > 1 else tree.n_leaves * tree.n_outputs
    return int(n_splits * SPLIT + n_values * CONSTANT)


def _of_sums(coefficients: ArrayLike) -> int:
    """Complexity of weighted sums, one a row, each with an offset."""
    n_terms = np.count_nonzero(np.atleast_2d(coefficients), axis=1)
    terms = n_terms * (CONSTANT + OPERATOR + INPUT) + np.maximum(n_terms - 1, 0) * OPERATOR
    return int(np.sum(terms + OPERATOR + CONSTANT))


def _of_look_ups(table: pd.DataFrame) -> int:
    """Complexity of the sum of what each value adds; the first row of the table adds nothing."""
    latents: Any = table["latent"].to_numpy()
    adds = (np.abs(latents[1:] - latents[0]) > NOTHING).any(axis=1)
    n_values, n_inputs = np.count_nonzero(adds), table.index.get_level_values(0)[1:][adds].nunique()
    looked_up = n_inputs * INPUT + n_values * (OPERATOR + CONSTANT)
    terms = n_values * CONSTANT + max(n_inputs - 1, 0) * OPERATOR
    return int(looked_up + latents.shape[1] * (terms + OPERATOR + CONSTANT))


def _of_network(weights: Any) -> int:
    used = [np.asarray(weight) != 0 for weight in weights]
    for k in range(len(used) - 1, 0, -1):  # units that nothing depends on
        used[k - 1] = used[k - 1] & used[k].any(axis=1)
    n_units = [np.count_nonzero(after.any(axis=1)) for after in used[1:]]
    needed = [before[:, after.any(axis=1)] for before, after in pairwise(used)]
    sums = sum(_of_sums(weight.T) for weight in [*needed, used[-1]])
    return int(sums + FUNCTION * sum(n_units))


_COUNTS: dict[str, Callable[[Any], int]] = {
    "complexity_": int,
    "formula_": _of_rules,
    "tree_": _of_tree,
    "probe_table_": _of_look_ups,
    "coef_": _of_sums,
    "weights": _of_network,
    "coefs_": _of_network,
}

"""Two inputs in the plane, the others fixed or averaged over: what network and surrogate answer there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Slice:
    """A grid over two inputs, with what the others are set to.

    Attributes
    ----------
    features : tuple of int
        Positions of the two inputs.
    xx0, xx1 : ndarray of shape (resolution, resolution)
        Their values, as `numpy.meshgrid` gives them.
    others : ndarray of shape (n_rows, n_features)
        Rows that the other inputs are taken from; one, unless answers are averaged.
    spans : ndarray of shape (n_features,)
        Range of each input in the data; 0 for categories.
    """

    features: tuple[int, int]
    xx0: Array
    xx1: Array
    others: Array
    spans: Array

    def rows(self, k: int = 0) -> Array:
        """Rows of the grid, the other inputs as in one of `others`.

        Parameters
        ----------
        k : int, default=0
            Which one.

        Returns
        -------
        ndarray of shape (resolution**2, n_features)
            Rows in raw units.
        """
        rows = np.repeat(self.others[[k]], self.xx0.size, axis=0)
        rows[:, self.features[0]] = self.xx0.ravel()
        rows[:, self.features[1]] = self.xx1.ravel()
        return rows

    def average(self, answer: Callable[[Array], Array]) -> Array:
        """Average an answer over `others`.

        Parameters
        ----------
        answer : callable
            Gives an array of shape (n_rows, n_classes) for rows.

        Returns
        -------
        ndarray of shape (n_classes, resolution, resolution)
            The mean for each point of the grid.
        """
        total = answer(self.rows())
        for k in range(1, len(self.others)):
            total = total + answer(self.rows(k))
        return np.asarray((total / len(self.others)).T.reshape(-1, *self.xx0.shape))


def cut(
    X: Array,
    names: Sequence[str],
    features: Sequence[Any],
    others: Any,
    *,
    categories: Sequence[int] = (),
    grid_resolution: int,
    eps: float,
    n_rows: int,
    random_state: np.random.RandomState,
) -> Slice:
    """Lay a grid over two inputs.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows that show where the data lie.
    names : sequence of str
        Names of the inputs.
    features : sequence of (str or int)
        The two inputs.
    others : {"median", "marginal"}, mapping, Series or DataFrame
        What the others are set to, as `BoundaryDisplay` takes it.
    categories : sequence of int, default=()
        Positions of the inputs that are no numbers.
    grid_resolution : int
        Points of the grid along each input.
    eps : float
        How far the grid reaches beyond the data, as a share of the data's range.
    n_rows : int
        Rows to average over, for `"marginal"`.
    random_state : RandomState
        Which rows these are.

    Returns
    -------
    Slice
        The grid.

    Raises
    ------
    ValueError
        If an input is unknown or a category, or `others` is none of these.
    """
    numbers = [j for j in range(len(names)) if j not in categories]
    if categories and len(numbers) < 2:
        raise ValueError(
            f"A boundary is drawn over two inputs that are numbers, and X has {len(numbers)} of them beside "
            "its categories; draw what each value does by ProbeDisplay, or a tree by TreeDisplay."
        )
    if len(features) != 2:
        raise ValueError(f"features must name two inputs, got {list(features)!r}.")
    first, second = (position(name, names) for name in features)
    if first == second:
        raise ValueError(f"features must name two different inputs, got {list(features)!r}.")
    ends = []
    for j in (first, second):
        if j not in numbers:
            raise ValueError(
                f"The input {names[j]!r} is a category, which has no axis; choose two of "
                f"{[names[k] for k in numbers]}."
            )
        low, high = X[:, j].min(), X[:, j].max()
        margin = eps * (high - low) or 1.0  # an input that never varies still gets an axis
        ends.append(np.linspace(low - margin, high + margin, grid_resolution))
    xx0, xx1 = np.meshgrid(*ends)
    spans = np.zeros(len(names))
    spans[numbers] = np.ptp(X[:, numbers].astype(np.float64), axis=0)
    fixed = _other_rows(X, names, categories, others, n_rows, random_state)
    return Slice((first, second), xx0, xx1, fixed, spans)


def position(name: Any, names: Sequence[str]) -> int:
    """Find an input by its name or position.

    Parameters
    ----------
    name : str or int
        Its name, or its position counted from 0.
    names : sequence of str
        Names of all inputs.

    Returns
    -------
    int
        Its position.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> from skinterpret.displays.slices import position
    >>> position("b", ["a", "b"]), position(0, ["a", "b"])
    (1, 0)
    """
    if isinstance(name, str):
        if name not in names:
            raise ValueError(f"The input {name!r} is unknown; choose from {list(names)}.")
        return list(names).index(name)
    if name not in range(len(names)):
        raise ValueError(f"There is no input {name!r}; positions run from 0 to {len(names) - 1}.")
    return int(name)


def network_log_odds(network: Any, target: Any, rows: Array) -> Array:
    """Log-odds of every class by the network, or of no and yes for a target.

    Parameters
    ----------
    network : DenseNetwork
        What is asked.
    target : object
        A latent, as `DenseNetwork.latent` takes it, or None.
    rows : ndarray of shape (n_rows, n_features)
        Rows in raw units.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        Each against the rest.
    """
    if target is None and len(network.classes) > 2:
        return np.column_stack([network.latent(rows, label) for label in network.classes])
    latent = network.latent(rows, target)
    return np.column_stack([-latent, latent])


def network_probability(network: Any, target: Any, rows: Array) -> Array:
    """Probability of every class by the network, or of no and yes for a target.

    Parameters
    ----------
    network : DenseNetwork
        What is asked.
    target : object
        A latent, as `DenseNetwork.latent` takes it, or None.
    rows : ndarray of shape (n_rows, n_features)
        Rows in raw units.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        Probabilities.
    """
    return np.asarray(expit(network_log_odds(network, target, rows)))


def surrogate_scores(surrogate: Any, rows: Any) -> Array:
    """One score a class, the highest where the surrogate predicts it.

    Parameters
    ----------
    surrogate : estimator
        A fitted classifier.
    rows : ndarray or DataFrame of shape (n_rows, n_features)
        Rows in raw units.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        Its decision function where it has one, else its probabilities.
    """
    if not hasattr(surrogate, "decision_function"):
        return surrogate_probability(surrogate, rows)
    scores = np.asarray(surrogate.decision_function(_named(surrogate, rows)), dtype=np.float64)
    return np.column_stack([-scores, scores]) if scores.ndim == 1 else scores


def surrogate_probability(surrogate: Any, rows: Any) -> Array:
    """Probability of every class by the surrogate; 0 and 1 where it knows classes only.

    Parameters
    ----------
    surrogate : estimator
        A fitted classifier.
    rows : ndarray or DataFrame of shape (n_rows, n_features)
        Rows in raw units.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        Probabilities.
    """
    frame = _named(surrogate, rows)
    if hasattr(surrogate, "predict_proba"):
        return np.asarray(surrogate.predict_proba(frame), dtype=np.float64)
    predicted = np.asarray(surrogate.predict(frame))
    return np.asarray(predicted[:, None] == np.asarray(surrogate.classes_), dtype=np.float64)


def margins(scores: Array) -> Array:
    """How far each class leads; 0 on its boundary.

    Parameters
    ----------
    scores : ndarray of shape (n_classes, ...)
        One score a class.

    Returns
    -------
    ndarray of shape (n_classes, ...)
        Each score less the highest of the others.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.displays.slices import margins
    >>> margins(np.array([3.0, 1.0, 2.0]))
    array([ 1., -2., -1.])
    """
    lead = np.empty_like(scores)
    for k in range(len(scores)):
        lead[k] = scores[k] - np.delete(scores, k, axis=0).max(axis=0)
    return lead


def _other_rows(
    X: Array,
    names: Sequence[str],
    categories: Sequence[int],
    others: Any,
    n_rows: int,
    random_state: np.random.RandomState,
) -> Array:
    if isinstance(others, str) and others == "marginal":
        return X[random_state.permutation(len(X))[:n_rows]]
    values = _given_values(others)
    row = np.empty_like(X, shape=(1, X.shape[1]))
    for j in range(X.shape[1]):
        if j in categories:
            row[0, j] = pd.Series(X[:, j]).mode(dropna=False).iloc[0]
        else:
            row[0, j] = np.median(X[:, j].astype(np.float64))
    for name, value in values.items():
        row[0, position(name, names)] = value
    return row


def _given_values(others: Any) -> Mapping[Any, Any]:
    """Values by input, where `others` gives any."""
    if isinstance(others, Mapping):
        return others
    if isinstance(others, pd.DataFrame) and len(others) == 1:
        return dict(others.iloc[0].items())
    if isinstance(others, pd.Series):
        return dict(others.items())
    if isinstance(others, str) and others == "median":
        return {}
    given = f"{others!r} is unknown" if np.isscalar(others) else f"{type(others).__name__} is no single row"
    raise ValueError(
        f"others={given}; choose 'median', 'marginal' or values by input: a dict, a Series or a DataFrame of "
        "one row."
    )


def _named(surrogate: Any, rows: Any) -> Any:
    """Give rows the names that the surrogate was fitted with, for it warns when they are missing."""
    names = getattr(surrogate, "feature_names_in_", None)
    if names is None or isinstance(rows, pd.DataFrame):
        return rows if names is None else rows[list(names)]
    return pd.DataFrame(rows, columns=names)

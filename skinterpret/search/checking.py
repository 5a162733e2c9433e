"""What is refused before a search begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import normalize
from sklearn.utils import check_array

from skinterpret._sklearn import InvalidParameterError
from skinterpret._user_line import warn_user
from skinterpret.search.engine import Engine

Array = NDArray[np.float64]

SWAMPED = 1e-6  # share of the squared directions below which all inputs but one are hardly seen
SEEN = 0.01  # in units of the same spread


def check_rows(X: ArrayLike, directions: ArrayLike) -> tuple[Array, Array]:
    """Refuse rows and directions that a search cannot use.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows.
    directions : array-like of shape (n_samples, n_features)
        Directions at these rows.

    Returns
    -------
    X, directions : ndarray of shape (n_samples, n_features)
        Both as floats.

    Raises
    ------
    ValueError
        If the arrays do not fit together, are too few, or hold NaN, infinite values, a vanishing
        direction or numbers whose squares floats cannot hold.
    """
    rows = check_array(X, dtype=np.float64, input_name="X")
    vectors = check_array(directions, dtype=np.float64, input_name="directions")
    if rows.shape != vectors.shape:
        raise ValueError(
            f"X has shape {rows.shape} but directions has shape {vectors.shape}; pass one "
            "direction for each row of X."
        )
    if len(rows) == 1:
        raise ValueError("X has one row, at which a straight line fits any direction; pass two or more rows.")
    _check_squares("input", rows, "choose other units for this input")
    _check_squares("direction", vectors.T, "multiply this direction by another factor")
    vanishing = np.count_nonzero(np.linalg.norm(vectors, axis=1) == 0)
    if vanishing:
        raise ValueError(
            f"Directions are zero in {vanishing} of {len(rows)} rows; leave out those at which the gradient "
            "vanishes."
        )
    return rows, vectors


def _check_squares(kind: str, columns: Array, mend: str) -> None:
    """Refuse what has a length, or a spread, that floats cannot hold."""
    sizes = np.abs(columns).max(axis=0)
    with np.errstate(over="ignore", under="ignore"):
        squares = len(columns) * sizes**2
    refused = np.flatnonzero((sizes > 0) & ((squares < np.finfo(float).tiny) | np.isinf(squares)))
    if len(refused):
        size = sizes[refused[0]]
        raise ValueError(
            f"The squares of {kind} {refused[0]}, whose largest value is {size:.1e}, "
            f"{'overflow' if size > 1 else 'vanish'}; {mend}."
        )


def warn_of_units(rows: Array, units: Array) -> None:
    """Warn where one input swamps the others, and would not in units of the same spread.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_features)
        Rows.
    units : ndarray of shape (n_samples, n_features)
        Unit gradients at these rows.

    Warns
    -----
    UserWarning
        If it does.
    """
    if _share_of_others(units) < SWAMPED and _share_of_others(normalize(units * rows.std(axis=0))) > SEEN:
        largest = np.mean(units**2, axis=0).argmax()
        warn_user(
            f"In the units of X all columns but number {largest} make up less than {SWAMPED:g} of the "
            "squared directions, so that the search can hardly see them; divide each column of X by its "
            "standard deviation and multiply the same column of directions by it, or set "
            "metric=np.diag(X.std(axis=0)).",
            UserWarning,
        )


def _share_of_others(units: Array) -> float:
    """Share of the squared directions that all inputs but the largest have."""
    shares = np.mean(units**2, axis=0)
    return float(shares.sum() - shares.max())


def check_engine(engine: Any) -> Engine:
    """Refuse what is no engine, and an engine with settings that cannot be used.

    Parameters
    ----------
    engine : object
        What is to search.

    Returns
    -------
    Engine
        The same.

    Raises
    ------
    ValueError
        If it cannot search.
    """
    if not isinstance(engine, Engine):
        given = f"the class {engine.__name__}" if isinstance(engine, type) else repr(engine)
        raise InvalidParameterError(f"engine must be an object such as EvolutionEngine(), not {given}.")
    engine.validate()
    return engine


def check_seed(engine: Engine, random_state: Any) -> None:
    """Refuse a checkpoint that no search could ever go on from.

    Parameters
    ----------
    engine : Engine
        What is to search.
    random_state : object
        Where its seed comes from.

    Raises
    ------
    ValueError
        If there is a checkpoint but no seed.
    """
    if random_state is None and getattr(engine, "checkpoint", None) is not None:
        raise ValueError(
            "A search goes on from a checkpoint only with the same seed; pass an integer as random_state."
        )

"""What is refused before a search begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array

from skinterpret._sklearn import InvalidParameterError
from skinterpret.search.engine import Engine

Array = NDArray[np.float64]


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
        If the arrays do not fit together, are too few, or hold NaN, infinite values or a vanishing
        direction.
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
    vanishing = np.count_nonzero(np.linalg.norm(vectors, axis=1) == 0)
    if vanishing:
        raise ValueError(
            f"{vanishing} rows of directions are zero; leave out the rows at which the gradient vanishes."
        )
    return rows, vectors


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

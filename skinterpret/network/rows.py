"""Validation of the rows that a network is asked about."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_array


def check_rows(X: Any, n_features: int, feature_names: tuple[str, ...] | None) -> NDArray[Any]:
    """Turn rows into an array of floats, or say what is wrong with them.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows, an array or a DataFrame.
    n_features : int
        How many columns there must be.
    feature_names : tuple of str or None
        What the columns of a DataFrame must be called, in this order; None if that is unknown.

    Returns
    -------
    ndarray of shape (n_samples, n_features), dtype float32 or float64
        The rows; not a copy where none is needed.

    Raises
    ------
    ValueError
        If the names or the number of columns differ, or if a value is not finite.

    Examples
    --------
    >>> from skinterpret.network.rows import check_rows
    >>> check_rows([[1, 2]], 2, None)
    array([[1., 2.]])
    """
    _check_names(X, feature_names)
    rows: NDArray[Any] = check_array(X, dtype=[np.float64, np.float32], input_name="X")
    if rows.shape[1] != n_features:
        raise ValueError(
            f"X has {rows.shape[1]} features, but the network takes {n_features}; pass the columns "
            "it was trained on."
        )
    return rows


def _check_names(X: Any, expected: tuple[str, ...] | None) -> None:
    columns = getattr(X, "columns", None)
    if expected is None or columns is None or not all(isinstance(name, str) for name in columns):
        return
    found = tuple(columns)
    if found == expected:
        return
    missing = [name for name in expected if name not in found]
    unseen = [name for name in found if name not in expected]
    if missing or unseen:
        cause = f"lacks the columns {missing} of the network's training, and has {unseen} instead"
    else:
        cause = "has the columns of the network's training in another order"
    raise ValueError(f"X {cause}; pass the columns {list(expected)}.")

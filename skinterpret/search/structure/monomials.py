"""Monomials of a few quantities: their powers, values and gradients."""

from __future__ import annotations

from collections import Counter
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Powers = NDArray[np.int64]


def monomials(n_quantities: int, degree: int) -> Powers:
    """List all monomials up to a degree, without the constant one.

    Parameters
    ----------
    n_quantities, degree : int
        Number of quantities and the highest degree.

    Returns
    -------
    ndarray of shape (n_monomials, n_quantities), dtype int
        Power of each quantity in each monomial.

    Examples
    --------
    >>> from skinterpret.search.structure.monomials import monomials
    >>> monomials(2, 2).tolist()
    [[1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]
    """
    counts = [
        Counter(chosen)
        for total in range(1, degree + 1)
        for chosen in combinations_with_replacement(range(n_quantities), total)
    ]
    return np.array([[count[k] for k in range(n_quantities)] for count in counts])


def evaluate(values: Array, powers: Powers) -> Array:
    """Evaluate monomials.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_quantities)
        The quantities.
    powers : ndarray of shape (n_monomials, n_quantities), dtype int
        The monomials.

    Returns
    -------
    ndarray of shape (n_rows, n_monomials)
        Values.
    """
    return np.asarray(np.prod(values[:, None, :] ** powers, axis=2))


def gradients(values: Array, powers: Powers) -> Array:
    """Differentiate monomials by the quantities.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_quantities)
        The quantities.
    powers : ndarray of shape (n_monomials, n_quantities), dtype int
        The monomials.

    Returns
    -------
    ndarray of shape (n_rows, n_quantities, n_monomials)
        Derivatives.
    """
    found = np.empty((*values.shape, len(powers)))
    for k in range(values.shape[1]):
        lower = powers.copy()
        lower[:, k] = np.maximum(lower[:, k] - 1, 0)
        found[:, k] = powers[:, k] * evaluate(values, lower)
    return found

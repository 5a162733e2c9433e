"""Whether a polynomial of the same inputs refutes a claim about how these enter.

A claim may leave a little of the gradients unexplained, because directions have noise and networks are
never exact.  Whether what it leaves is noise shows in a rival: the polynomial of low degree whose
gradients run the most nearly along the directions.  Where it leaves far less than the claim, these inputs
enter through another function, of which the claim is no more than an approximation.  Polynomials need no
search: `A = Σ c_k m_k` has gradients across directions `d` of squared length
`|d|²|∇A|² - (d·∇A)²`, a quadratic form in the coefficients, which is smallest at an eigenvector.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from skinterpret.search.structure.monomials import gradients, monomials
from skinterpret.search.structure.worth import NEGLIGIBLE

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

DEGREES = (2, 3)  # a rival of degree 4 comes near to any smooth network that has learned exp(a - b)
FAR_LESS = 0.1  # on tanh (60, 60) networks of the experiments no rival leaves less than 0.19 of it
ROWS_FOR_EACH = 4  # coefficient of a rival
RIDGE = 1e-10


def left_by_rivals(values: Array, slopes: Array, held_back: Mask) -> float:
    """Measure what the best polynomial of some quantities leaves unexplained.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_quantities)
        The quantities that a claim is about.
    slopes : ndarray of shape (n_rows, n_quantities)
        Derivatives by them.
    held_back : ndarray of shape (n_rows,), dtype bool
        Rows on which polynomials are judged that are fitted to the others.

    Returns
    -------
    float
        Share of the squared gradient by these quantities on the held-back rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search.structure.rivals import is_refuted, left_by_rivals
    >>> values = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    >>> slopes = np.column_stack([1 + 0.2 * values[:, 1], 1 + 0.2 * values[:, 0]])  # of u + v + 0.2*u*v
    >>> rival = left_by_rivals(values, slopes, np.arange(200) % 2 == 1)
    >>> rival < 1e-9, is_refuted(4e-3, rival)
    (True, True)
    """
    return min(_left_by_each(values, slopes, held_back), default=1.0)


def is_refuted(left: float, by_rival: float) -> bool:
    """Tell whether a rival leaves so much less than a claim that this is no more than an approximation.

    Parameters
    ----------
    left, by_rival : float
        Share of the squared gradient that the claim leaves unexplained, and the rival.

    Returns
    -------
    bool
        Whether it is; what leaves next to nothing is not.
    """
    return left > NEGLIGIBLE and by_rival < FAR_LESS * left


def _left_by_each(values: Array, slopes: Array, held_back: Mask) -> Iterator[float]:
    spread = values.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    standard = (values - values.mean(axis=0)) / scale
    for degree in DEGREES:
        powers = monomials(values.shape[1], degree)
        if ROWS_FOR_EACH * len(powers) > (~held_back).sum():
            return
        by_term = gradients(standard, powers) / scale[:, None]
        coefficients = _best(by_term[~held_back], slopes[~held_back])
        yield _across(by_term[held_back] @ coefficients, slopes[held_back])


def _best(by_term: Array, slopes: Array) -> Array:
    """Coefficients of the polynomial whose gradients have the smallest share across the slopes."""
    square = np.sum(slopes**2, axis=1)
    along = np.einsum("ni,nik->nk", slopes, by_term)
    whole = np.einsum("n,nij,nik->jk", square, by_term, by_term, optimize=True)
    ridge = RIDGE * np.trace(whole) / len(whole) * np.eye(len(whole))
    return np.asarray(eigh(whole - along.T @ along + ridge, whole + ridge, subset_by_index=[0, 0])[1][:, 0])


def _across(gradient: Array, slopes: Array) -> float:
    """Share of the squared slopes at right angles to gradients."""
    along = np.einsum("ni,ni->n", gradient, slopes) ** 2
    length = np.maximum(np.sum(gradient**2, axis=1), np.finfo(float).tiny)
    return float(1 - np.sum(along / length) / np.sum(slopes**2))

"""Sparse bases of the linear combinations through which a group of inputs enters.

The directions tell the space that these combinations span, and no basis of it.  Each choice of inputs
that are to be absent leaves one combination of the others, as row reduction does with each choice of
pivots.  Of all these the sparsest with the smallest whole coefficients are taken, as long as they are
independent.  Others may be as simple, as `a - c` is beside `a - b` and `b - c`: then the basis is of
those by which the derivatives are the smallest, since a sum of functions is sparse in its own terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.structure.worth import NEGLIGIBLE

Array = NDArray[np.float64]

LARGEST_INTEGER = 4
WORSE_BY_ROUNDING = 1.5
WORSE_OF_SEVERAL = (
    3.0  # where gradients along one combination are weak, noise turns the space about the others
)
CLEAR = 5e-4  # of the squared gradient along the weakest combination; where more is left, only
PLAIN = 2  # coefficients up to this count: spaces of others are found in small noisy tables by chance
EXACT = 1e-6
SMALLEST = 0.1  # of the largest coefficient; an input with less hardly enters
NEAR = 0.01  # sin² of the angle up to which whole coefficients count when the sparsest are chosen
INDEPENDENT = 0.1  # smallest singular value of rows of unit length
MOST_CHOICES = 5_000
MOST_COMBINATIONS = 10


class SparseBasis(NamedTuple):
    """A basis, a combination a row, and other combinations in the space that are as simple.

    Attributes
    ----------
    basis : ndarray of shape (n_combinations, n_inputs)
        Coefficients.
    others : ndarray of shape (n_others, n_inputs)
        Coefficients.
    """

    basis: Array
    others: Array


def sparse_basis(directions: Array, n_combinations: int) -> SparseBasis | None:
    """Find the combinations that say the most simply what gradients are made of.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_inputs)
        Gradients by the inputs of the group.
    n_combinations : int
        Dimension of the space that they span, up to noise.

    Returns
    -------
    SparseBasis or None
        What was found; `None` where coefficients differ too much to be read.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search.structure.sparse_basis import sparse_basis
    >>> slopes = np.random.default_rng(0).normal(size=(50, 2))
    >>> sparse_basis(slopes @ [[1, 1, 0, 1], [1, 2, 1, 1]], 2).basis
    array([[1., 1., 0., 1.],
           [0., 1., 1., 0.]])
    """
    moment = directions.T @ directions
    sizes, vectors = np.linalg.eigh(moment)
    span = vectors[:, -n_combinations:].T
    basis = _sparsest(span)
    if len(basis) < n_combinations:
        return None
    left = unexplained(span, moment)
    worse = WORSE_BY_ROUNDING if n_combinations == 1 else WORSE_OF_SEVERAL
    rounded = _rounded(basis, moment, worse * left + EXACT)
    clear = left <= CLEAR * sizes[-n_combinations] / sizes.sum()
    if not (n_combinations == 1 or clear or _are_whole(rounded, PLAIN)):
        return None
    if not _independent(rounded):
        return None  # what rounding makes alike is less than was found
    if unexplained(np.array(rounded), moment) > worse * left + NEGLIGIBLE:
        return None  # an input with a small coefficient counts after all
    found = [*rounded, *_as_simple(rounded)]
    if len(found) > max(MOST_COMBINATIONS, n_combinations):
        found = rounded
    chosen = _with_smallest_slopes(found, n_combinations, directions)
    others = [row for k, row in enumerate(found) if k not in chosen]
    return SparseBasis(np.array([found[k] for k in chosen]), np.array(others).reshape(-1, len(moment)))


def unexplained(rows: Array, moment: Array) -> float:
    """Measure the squared gradient that is not along any of some combinations.

    Parameters
    ----------
    rows : ndarray of shape (n_combinations, n_inputs)
        Coefficients.
    moment : ndarray of shape (n_inputs, n_inputs)
        Second moments of the gradients.

    Returns
    -------
    float
        Share from 0 to 1.
    """
    basis = np.linalg.qr(rows.T)[0]
    return float(max(1 - np.trace(basis.T @ moment @ basis) / np.trace(moment), 0.0))


def _sparse_rows(span: Array) -> Iterator[Array]:
    """Vectors of the space without as many inputs as can be chosen, the smallest coefficient 1."""
    n_combinations, n_inputs = span.shape
    if comb(n_inputs, n_combinations - 1) > MOST_CHOICES:
        return
    for absent in combinations(range(n_inputs), n_combinations - 1):
        _, sizes, vectors = np.linalg.svd(span[:, absent].T, full_matrices=True)
        if sizes.size and sizes[-1] < INDEPENDENT:
            continue  # another choice tells these apart
        row = vectors[-1] @ span
        row[np.abs(row) < SMALLEST * np.abs(row).max()] = 0.0
        used = row[row != 0]
        yield row / np.abs(used).min() * np.sign(used[0])


def _sparsest(span: Array) -> list[Array]:
    basis: list[Array] = []
    for row in sorted(_sparse_rows(span), key=_weight):
        if len(basis) < len(span) and _independent([*basis, row]):
            basis.append(row)
    return basis


def _weight(row: Array) -> tuple[int, int, float]:
    """Order of simplicity: the fewest inputs, then whole coefficients, then small ones."""
    near = next(
        (whole for whole in _wholes(row) if unexplained(whole[None], np.outer(row, row)) < NEAR), None
    )
    shown = row if near is None else near
    return int(np.count_nonzero(row)), int(near is None), round(float(np.abs(shown).sum()), 3)


def _wholes(row: Array) -> Iterator[Array]:
    """Small whole coefficients to which multiples of a row may be rounded."""
    for factor in range(1, LARGEST_INTEGER + 1):
        whole = np.round(factor * row) + 0.0  # no zero has a sign
        if np.abs(whole).max() <= LARGEST_INTEGER and ((whole != 0) == (row != 0)).all():
            yield whole / np.gcd.reduce(np.abs(whole).astype(int))


def _independent(rows: list[Array]) -> bool:
    units = np.array([row / np.linalg.norm(row) for row in rows])
    return bool(np.linalg.matrix_rank(units, tol=INDEPENDENT) == len(rows))


def _rounded(basis: list[Array], moment: Array, limit: float) -> list[Array]:
    """Whole coefficients where they explain the gradients about as well; else three digits."""
    rows = list(basis)
    for k, row in enumerate(basis):
        for whole in _wholes(row):
            if unexplained(np.array([*rows[:k], whole, *rows[k + 1 :]]), moment) <= limit:
                rows[k] = whole
                break
        else:
            rows[k] = np.array([float(f"{value:.3g}") for value in row + 0.0])
    return rows


def _are_whole(rows: list[Array], largest: int = LARGEST_INTEGER) -> bool:
    return all((row == np.round(row)).all() and np.abs(row).max() <= largest for row in rows)


def _as_simple(basis: list[Array]) -> list[Array]:
    """Make sums and differences of whole rows that are no heavier than the heaviest of them."""
    if not _are_whole(basis) or len(basis) > MOST_COMBINATIONS // 2:
        return []
    heaviest = max(_weight(row) for row in basis)
    found = []
    for factors in product((1, 0, -1), repeat=len(basis)):
        row = np.array(factors) @ np.array(basis)
        terms = np.flatnonzero(row)
        if np.count_nonzero(factors) > 1 and row[terms[0]] > 0:
            row = row / np.gcd.reduce(np.abs(row).astype(int))
            if _weight(row) <= heaviest:
                found.append(row)
    return found


def _with_smallest_slopes(found: list[Array], n_combinations: int, directions: Array) -> tuple[int, ...]:
    """Choose, among bases of the same weight as the first rows, the one with the smallest derivatives."""
    weights = [_weight(row) for row in found]
    wanted = sorted(weights[:n_combinations])
    slopes = {}
    for chosen in combinations(range(len(found)), n_combinations):
        rows = [found[k] for k in chosen]
        if sorted(weights[k] for k in chosen) == wanted and _independent(rows):
            scaled = np.array([row / np.linalg.norm(row) for row in rows])
            slopes[chosen] = float(np.abs(directions @ np.linalg.pinv(scaled)).sum())
    best = min(slopes, key=lambda chosen: slopes[chosen])
    return tuple(sorted(best, key=lambda k: tuple(found[k] == 0)))

"""How far what a few quantities do to a function depends on others.

A set of quantities enters through one function of its own exactly where the direction of the slopes by
these depends on them alone.  So a polynomial of the set is fitted to these directions, as outer products
with themselves, which have no sign, and another one with terms of the other quantities besides: on rows that
neither has seen, the second is no better where the set stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.structure.monomials import evaluate, monomials
from skinterpret.search.structure.parts import Quantity, standardised

Array = NDArray[np.float64]

DEGREE = 3
ROWS_FOR_EACH = 2  # coefficient
MOST_OTHERS = 6  # that are asked together: with too many terms a fit tells nothing on other rows


class Dependence(NamedTuple):
    """What is left of directions by a polynomial of some quantities.

    Attributes
    ----------
    left : float
        Share of the squared slopes, about.
    of_others : float
        Share of this that other quantities explain, on rows on which this was not fitted.
    """

    left: float
    of_others: float


def dependence(chosen: Sequence[Quantity], others: Sequence[Quantity]) -> Dependence | None:
    """Measure how far the direction of the slopes by some quantities is from depending on these alone.

    Parameters
    ----------
    chosen, others : sequence of Quantity
        The quantities, and `most_telling` ones of the others.

    Returns
    -------
    Dependence or None
        The figures; `None` where there are too few rows for them.
    """
    directions, weight = _without_sign(chosen)
    own, values = _own_terms(chosen)
    everything = np.column_stack([own, *(_terms(other, values) for other in others)])
    if ROWS_FOR_EACH * everything.shape[1] > len(own) // 2:
        return None
    left = _left_over(own, directions, weight)
    of_others = 1 - _left_over(everything, directions, weight) / left if left > 0 else 0.0
    return Dependence(left / 2, of_others)  # unit vectors at an angle have outer products 2 sin² apart


def most_telling(chosen: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    """Choose, of many other quantities, those on which the slopes by some depend the most.

    Parameters
    ----------
    chosen, others : sequence of Quantity
        The quantities, and all others.

    Returns
    -------
    list of Quantity
        At most `MOST_OTHERS`, in their order.
    """
    if len(others) <= MOST_OTHERS:
        return list(others)
    directions, weight = _without_sign(chosen)
    root = np.sqrt(weight)[:, None]
    own, values = _own_terms(chosen)
    basis = np.linalg.qr(own * root)[0]
    left = directions * root - basis @ (basis.T @ (directions * root))
    told = []
    for other in others:
        terms = _terms(other, values) * root
        terms -= basis @ (basis.T @ terms)
        told.append(float(np.sum((np.linalg.qr(terms)[0].T @ left) ** 2)))
    kept = sorted(np.argsort(told)[-MOST_OTHERS:])
    return [others[k] for k in kept]


def _own_terms(chosen: Sequence[Quantity]) -> tuple[Array, Array]:
    values = np.column_stack([standardised(quantity.values) for quantity in chosen])
    return np.column_stack([np.ones(len(values)), evaluate(values, monomials(len(chosen), DEGREE))]), values


def _terms(other: Quantity, values: Array) -> Array:
    z = standardised(other.values)[:, None]
    return np.column_stack([z, z * z, z * values])


def _without_sign(chosen: Sequence[Quantity]) -> tuple[Array, Array]:
    """Outer products of directions with themselves, and the weight of each row."""
    slopes = np.column_stack([quantity.slope for quantity in chosen])
    square = np.sum(slopes**2, axis=1)
    sound = np.isfinite(square) & (square > 0)
    units = np.where(sound[:, None], slopes, 0.0) / np.sqrt(np.where(sound, square, 1.0))[:, None]
    outer = np.einsum("ni,nj->nij", units, units).reshape(len(units), -1)
    return outer, np.where(sound, square, 0.0)


def _left_over(design: Array, target: Array, weight: Array) -> float:
    """Weighted mean square that is left on each half of the rows by a fit to the other."""
    root = np.sqrt(weight)[:, None]
    half = np.arange(len(weight)) % 2 == 0
    total = 0.0
    for seen in (half, ~half):
        fit = np.linalg.lstsq((design * root)[seen], (target * root)[seen], rcond=None)[0]
        total += float(np.sum(((target - design @ fit) * root)[~seen] ** 2))
    return total / max(float(weight.sum()), np.finfo(float).tiny)

"""Functions of a few quantities through which these enter, each found by a search of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import cKDTree

from skinterpret.expressions import Expression
from skinterpret.search.front import Front
from skinterpret.search.structure.rivals import is_refuted, left_by_rivals
from skinterpret.search.structure.worth import largest_unexplained

Array = NDArray[np.float64]

NEIGHBOURS = 8
UNEXPLAINED = 0.03  # share of the squared gradient by its quantities that a part may leave
TURNED = 0.02  # share of neighbours with opposite signs from which on directions are oriented
FEW_ROWS = 200  # fewer lie so far apart that neighbours do not tell which directions are turned round
WORTH_OF_COMPLEXITY = 0.25


class PartSearch(Protocol):
    """What looks for a function of a few inputs."""

    def __call__(self, X: Array, directions: Array, sample_weight: Array) -> Front:
        """Pareto front for these rows."""


@dataclass(frozen=True, eq=False)
class Quantity:
    """A function of inputs, with its values and the derivative of `f` by it."""

    expression: Expression
    values: Array
    slope: Array


def make_quantities(expressions: list[Expression], X: Array, directions: Array) -> list[Quantity]:
    """Evaluate linear combinations of inputs, and tell the derivatives of `f` by them.

    Parameters
    ----------
    expressions : list of Expression
        Independent ones, inputs themselves among them, through which alone `f` has its inputs.
    X : ndarray of shape (n_rows, n_features)
        Rows.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients of `f`.

    Returns
    -------
    list of Quantity
        The expressions as coordinates.
    """
    rows = np.array([expression.gradient(X[:1])[0] for expression in expressions])
    slopes = directions @ np.linalg.pinv(rows)
    return [
        Quantity(expression, expression(X), slope)
        for expression, slope in zip(expressions, slopes.T, strict=True)
    ]


@dataclass(frozen=True)
class Part:
    """A function of a few quantities; the lower its score, the better it fits for its complexity."""

    expression: Expression
    unexplained: float
    score: float
    of_quantities: Expression  # the same with these as its inputs


def find_part(
    quantities: Sequence[Quantity], held_back: NDArray[np.bool_], search_part: PartSearch, straight: float
) -> Part | None:
    """Search for the function of some quantities through which they enter.

    Parameters
    ----------
    quantities : sequence of Quantity
        Those that enter through one function, as far as is known.
    held_back : ndarray of shape (n_rows,), dtype bool
        Rows on which it must hold that is found on the others.
    search_part : callable
        What finds it from its directions.
    straight : float
        What one direction leaves of all gradients.

    Returns
    -------
    Part or None
        The best that holds, if any does.
    """
    plane = np.column_stack([quantity.values for quantity in quantities])
    slopes = np.column_stack([quantity.slope for quantity in quantities])
    length = np.linalg.norm(slopes, axis=1)
    sound = np.isfinite(length) & (length > 1e-9) & np.isfinite(plane).all(axis=1)
    seen, unseen = sound & ~held_back, sound & held_back
    if min(seen.sum(), unseen.sum()) < 2 * NEIGHBOURS:
        return None
    units = slopes / np.where(sound, length, 1.0)[:, None]
    weight = np.where(sound, length, 0.0) ** 2
    given = units[seen]
    oriented = _oriented(plane[seen], given)
    fronts = [search_part(plane[seen], oriented, weight[seen])]
    if oriented is not given and seen.sum() < FEW_ROWS:
        fronts.append(search_part(plane[seen], given, weight[seen]))
    inward = {k: quantity.expression for k, quantity in enumerate(quantities)}
    parts = []
    for candidate in chain.from_iterable(fronts):
        if len(candidate.expression.variables) < len(quantities):
            continue
        unexplained = _left_by(candidate.expression, plane[unseen], units[unseen], weight[unseen])
        score = float(np.log(unexplained + 1e-7)) + WORTH_OF_COMPLEXITY * candidate.complexity
        parts.append(Part(candidate.expression.substitute(inward), unexplained, score, candidate.expression))
    worth = min(largest_unexplained(np.mean(slopes[rows] ** 2, axis=0), straight) for rows in (seen, unseen))
    parts = [part for part in parts if part.unexplained <= min(UNEXPLAINED, worth)]
    rival = left_by_rivals(plane[sound], slopes[sound], held_back[sound]) if parts else 1.0
    parts = [part for part in parts if not is_refuted(part.unexplained, rival)]
    return min(parts, key=lambda part: part.score, default=None)


def merge(part: Part, quantities: Sequence[Quantity]) -> Quantity:
    """Make a part a coordinate in the place of its quantities.

    Parameters
    ----------
    part : Part
        Their function.
    quantities : sequence of Quantity
        What it is a function of.

    Returns
    -------
    Quantity
        The part, with the derivative by it.
    """
    plane = np.column_stack([quantity.values for quantity in quantities])
    slopes = np.column_stack([quantity.slope for quantity in quantities])
    gradient = part.of_quantities.gradient(plane)
    with np.errstate(all="ignore"):
        slope = np.einsum("ij,ij->i", gradient, slopes) / np.einsum("ij,ij->i", gradient, gradient)
        values = part.of_quantities(plane)
    return Quantity(part.expression, values, slope)


def standardised(values: Array) -> Array:
    """Shift and scale values to mean 0 and variance 1; where they are not finite, to the mean.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Values.

    Returns
    -------
    ndarray of shape (n_rows,)
        The same on the other scale.
    """
    finite = np.isfinite(values)
    centred = np.where(finite, values, 0.0) - values[finite].mean()
    return np.asarray(centred / (centred.std() or 1.0))


def _left_by(expression: Expression, plane: Array, units: Array, weight: Array) -> float:
    """Share of squared slopes across the gradients of an expression; infinite where it has none."""
    gradient = expression.gradient(plane)
    with np.errstate(all="ignore"):
        cosine = np.einsum("ij,ij->i", gradient, units) / np.linalg.norm(gradient, axis=1)
    if not np.isfinite(cosine).all():
        return np.inf
    return max(float(1 - np.average(cosine**2, weights=weight)), 0.0)


def _oriented(plane: Array, units: Array) -> Array:
    """Turn directions round so that neighbours point the same way.

    `F` may rise with `A` here and fall with it there.  Signs spread along the minimum spanning tree
    of the neighbours, as for the normals of a surface (Hoppe et al., SIGGRAPH 1992, section 3.3).
    """
    spread = plane.std(axis=0)
    points = plane / np.where(spread > 0, spread, 1.0)
    neighbours = cKDTree(points).query(points, k=min(NEIGHBOURS + 1, len(points)))[1][:, 1:]
    rows = np.repeat(np.arange(len(points)), neighbours.shape[1])
    columns = neighbours.ravel()
    cosine = np.einsum("ij,ij->i", units[rows], units[columns])
    if np.mean(cosine < 0) < TURNED:
        return units
    # a length of 0 would be no edge; scipy 1.13 takes graphs with indices of 32 bits only
    edges = rows.astype(np.int32), columns.astype(np.int32)
    graph = coo_array((1.001 - np.abs(cosine), edges), shape=(len(points),) * 2)
    order, parent = breadth_first_order(minimum_spanning_tree(graph.tocsr()), 0, directed=False)
    oriented = units.copy()
    for k in order[1:]:
        if oriented[k] @ oriented[parent[k]] < 0:
            oriented[k] = -oriented[k]
    return oriented

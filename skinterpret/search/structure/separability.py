"""Pairs of quantities that enter through one function of the two.

`f = F(A(u, v), rest)` holds when the ratio of `∂f/∂u` to `∂f/∂v` depends on `u` and `v` alone: it is
that of `A`, whatever `F` is.  Sums and products over groups of inputs under an unknown monotone φ,
homogeneous functions such as `x1/x2`, and nested combinations of them are all of this form
(generalised symmetries: Udrescu et al., AI Feynman 2.0, arXiv:2006.10782, section 3).  The function
`A` is then found by a search of its own over two inputs, which takes a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import cKDTree

from skinterpret.expressions import Expression
from skinterpret.search.front import Front
from skinterpret.search.structure.rivals import is_refuted, left_by_rivals
from skinterpret.search.structure.worth import NEGLIGIBLE, largest_unexplained, left_by_straight_line

Array = NDArray[np.float64]

NEIGHBOURS = 8
UNEXPLAINED = 0.03  # share of the squared gradient by a pair that its part may leave
WORSE = 100.0  # times what the parts so far leave that another one may
TURNED = 0.02  # share of neighbours with opposite signs from which on directions are oriented
DEPENDENT = 0.3  # share of the variance around the pair's own mean that other inputs may explain
MOST_QUANTITIES = 8
WORTH_OF_COMPLEXITY = 0.25


class PartSearch(Protocol):
    """What looks for a function of two inputs."""

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


def merge_pairs(
    quantities: list[Quantity],
    directions: Array,
    held_back: NDArray[np.bool_],
    search_part: PartSearch,
    is_over: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Expression, float, list[Expression]]]:
    """Join quantities two by two as long as a pair enters through one function of the two.

    Parameters
    ----------
    quantities : list of Quantity
        Independent coordinates in which `f` is written.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients of `f`.
    held_back : ndarray of shape (n_rows,), dtype bool
        Rows on which a part must hold that was found on the others.
    search_part : callable
        What finds a function of two inputs from its directions.
    is_over : callable, default=lambda: False
        Whether no further pair is to be looked at; what was found before is still joined.

    Yields
    ------
    Expression
        A part, over the inputs.
    float
        Share of the squared gradient that it leaves unexplained on the held-back rows.
    list of Expression
        The other coordinates beside it.
    """
    active = list(quantities)
    known: dict[tuple[int, int], Part | None] = {}
    limit = UNEXPLAINED
    straight = min(left_by_straight_line(directions[rows]) for rows in (held_back, ~held_back))
    while 2 < len(active) <= MOST_QUANTITIES:
        for first, second in combinations(active, 2):
            if is_over():
                break
            key = (id(first), id(second))
            if key not in known:
                others = [quantity for quantity in active if quantity not in (first, second)]
                alone = ratio_is_alone(*ratio_figures(first, second, others))
                known[key] = _find_part(first, second, held_back, search_part, straight) if alone else None
        found = [
            (part, pair)
            for pair in combinations(active, 2)
            if (part := known.get((id(pair[0]), id(pair[1])))) is not None
        ]
        if not found:
            return
        part, pair = min(found, key=lambda item: item[0].score)
        if part.unexplained > limit:
            return
        limit = min(limit, NEGLIGIBLE + WORSE * part.unexplained)
        others = [quantity for quantity in active if quantity not in pair]
        yield part.expression, part.unexplained, [quantity.expression for quantity in others]
        active = [*others, _merged(part, *pair)]


def ratio_figures(first: Quantity, second: Quantity, others: list[Quantity]) -> tuple[float, float]:
    """Measure how far the ratio of two slopes is from depending on these two quantities alone.

    Parameters
    ----------
    first, second : Quantity
        The two.
    others : list of Quantity
        All other quantities.

    Returns
    -------
    scatter : float
        `sin²` of the angle between the slopes and those of their neighbours in the plane of the two.
    dependence : float
        Share of what is left after averaging over these neighbours that the other quantities explain,
        on rows on which this was not fitted.
    """
    angle, weight = _double_angle(first, second)
    mean = _local_mean(first, second, angle, weight)
    left = angle - mean
    scatter = float(np.average(_half_square_distance(angle, mean), weights=weight))
    columns = [np.ones(len(weight))]
    plane = [_standardised(quantity.values) for quantity in (first, second)]
    for quantity in others:
        z = _standardised(quantity.values)
        columns += [z, z * z, z * plane[0], z * plane[1]]
    design = np.column_stack(columns) * np.sqrt(weight)[:, None]
    target = left * np.sqrt(weight)[:, None]
    fit, half = np.arange(len(weight)) % 2 == 0, np.arange(len(weight)) % 2 == 1
    solution = np.linalg.lstsq(design[fit], target[fit], rcond=None)[0]
    unexplained = np.sum((target[half] - design[half] @ solution) ** 2)
    total = np.sum(target[half] ** 2)
    return scatter, float(1 - unexplained / total) if total > 0 else 1.0


def ratio_is_alone(scatter: float, dependence: float) -> bool:
    """Tell from these figures whether a ratio depends on two quantities alone.

    Parameters
    ----------
    scatter, dependence : float
        As `ratio_figures` gives them.

    Returns
    -------
    bool
        Whether a search for their function is worth its time.
    """
    return scatter <= 10 * UNEXPLAINED and dependence < DEPENDENT


@dataclass(frozen=True)
class Part:
    """A function of two quantities; the lower its score, the better it fits for its complexity."""

    expression: Expression
    unexplained: float
    score: float
    of_pair: Expression  # the same with the two as its inputs


def _find_part(
    first: Quantity, second: Quantity, held_back: NDArray[np.bool_], search_part: PartSearch, straight: float
) -> Part | None:
    plane = np.column_stack([first.values, second.values])
    slopes = np.column_stack([first.slope, second.slope])
    length = np.linalg.norm(slopes, axis=1)
    sound = np.isfinite(length) & (length > 1e-9) & np.isfinite(plane).all(axis=1)
    seen, unseen = sound & ~held_back, sound & held_back
    if min(seen.sum(), unseen.sum()) < 2 * NEIGHBOURS:
        return None
    units = slopes / np.where(sound, length, 1.0)[:, None]
    weight = np.where(sound, length, 0.0) ** 2
    front = search_part(plane[seen], _oriented(plane[seen], units[seen]), weight[seen])
    parts = []
    for candidate in front:
        gradient = candidate.expression.gradient(plane[unseen])
        with np.errstate(all="ignore"):
            cosine = np.einsum("ij,ij->i", gradient, units[unseen]) / np.linalg.norm(gradient, axis=1)
        if len(candidate.expression.variables) == 2 and np.isfinite(cosine).all():
            unexplained = max(float(1 - np.average(cosine**2, weights=weight[unseen])), 0.0)
            score = float(np.log(unexplained + 1e-7)) + WORTH_OF_COMPLEXITY * candidate.complexity
            joint = candidate.expression.substitute({0: first.expression, 1: second.expression})
            parts.append(Part(joint, unexplained, score, candidate.expression))
    worth = min(largest_unexplained(np.mean(slopes[rows] ** 2, axis=0), straight) for rows in (seen, unseen))
    parts = [part for part in parts if part.unexplained <= min(UNEXPLAINED, worth)]
    rival = left_by_rivals(plane[sound], slopes[sound], held_back[sound]) if parts else 1.0
    parts = [part for part in parts if not is_refuted(part.unexplained, rival)]
    return min(parts, key=lambda part: part.score, default=None)


def _merged(part: Part, first: Quantity, second: Quantity) -> Quantity:
    """Make the part a coordinate in the place of the two."""
    gradient = part.of_pair.gradient(np.column_stack([first.values, second.values]))
    slopes = np.column_stack([first.slope, second.slope])
    with np.errstate(all="ignore"):
        slope = np.einsum("ij,ij->i", gradient, slopes) / np.einsum("ij,ij->i", gradient, gradient)
        values = part.of_pair(np.column_stack([first.values, second.values]))
    return Quantity(part.expression, values, slope)


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


def _double_angle(first: Quantity, second: Quantity) -> tuple[Array, Array]:
    """Direction in the plane of two quantities without its sign, and its weight."""
    square = first.slope**2 + second.slope**2
    weight = np.where(np.isfinite(square), square, 0.0)
    safe = np.where(weight > 0, weight, 1.0)
    cosine = np.where(weight > 0, (first.slope**2 - second.slope**2) / safe, 1.0)
    sine = np.where(weight > 0, 2 * first.slope * second.slope / safe, 0.0)
    return np.column_stack([cosine, sine]), np.maximum(weight, 1e-12)


def _local_mean(first: Quantity, second: Quantity, angle: Array, weight: Array) -> Array:
    """Weighted mean over the nearest neighbours in the plane, the row itself left out."""
    plane = np.column_stack([_standardised(first.values), _standardised(second.values)])
    neighbours = cKDTree(plane).query(plane, k=min(NEIGHBOURS + 1, len(plane)))[1][:, 1:]
    near = weight[neighbours]
    return np.asarray(np.einsum("ik,ikj->ij", near, angle[neighbours]) / near.sum(axis=1)[:, None])


def _half_square_distance(angle: Array, mean: Array) -> Array:
    """`sin²` of the angle between a direction and the mean of its neighbours."""
    length = np.maximum(np.linalg.norm(mean, axis=1), 1e-12)
    return np.asarray(0.5 * (1 - np.einsum("ij,ij->i", angle, mean) / length))


def _standardised(values: Array) -> Array:
    finite = np.isfinite(values)
    centred = np.where(finite, values, 0.0) - values[finite].mean()
    return np.asarray(centred / (centred.std() or 1.0))

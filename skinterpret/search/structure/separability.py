"""Quantities that enter through one function of a few of them, joined until no more do.

`f = F(A(u, v), rest)` holds when the ratio of `∂f/∂u` to `∂f/∂v` depends on `u` and `v` alone: it is
that of `A`, whatever `F` is.  Sums and products over groups of inputs under an unknown monotone φ,
homogeneous functions such as `x1/x2`, and nested combinations of them are all of this form
(generalised symmetries: Udrescu et al., AI Feynman 2.0, arXiv:2006.10782, section 3).  The function
`A` is then found by a search of its own over two inputs, which takes a fraction of a second.  Groups of
three are looked at where no pair is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from skinterpret.expressions import Expression
from skinterpret.search.structure.dependence import dependence, most_telling
from skinterpret.search.structure.groups import promising_groups
from skinterpret.search.structure.parts import (
    NEIGHBOURS,
    UNEXPLAINED,
    Part,
    PartSearch,
    Quantity,
    find_part,
    merge,
    standardised,
)
from skinterpret.search.structure.turning import STEADY, TURNING, Turns
from skinterpret.search.structure.worth import NEGLIGIBLE, left_by_straight_line

Array = NDArray[np.float64]

WORSE = 100.0  # times what the parts so far leave that another one may
DEPENDENT = 0.3  # share of the variance around the pair's own mean that other inputs may explain
ENTANGLED = 0.35  # share of what a polynomial of the pair leaves; of networks true pairs have up to 0.26
MOST_QUANTITIES = 20  # these have 190 pairs, each of which takes some 3 ms
MOST_SEARCHES = 28  # for pairs between one part and the next: all that eight quantities have


def merge_quantities(
    quantities: list[Quantity],
    directions: Array,
    held_back: NDArray[np.bool_],
    search_part: PartSearch,
    turns: Turns | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> Iterator[tuple[Expression, float, list[Expression]]]:
    """Join quantities by two, or by three, as long as such enter through one function of theirs.

    Parameters
    ----------
    quantities : list of Quantity
        Independent coordinates in which `f` is written.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients of `f`.
    held_back : ndarray of shape (n_rows,), dtype bool
        Rows on which a part must hold that was found on the others.
    search_part : callable
        What finds a function of two or three inputs from its directions.
    turns : Turns, default=None
        Tells by second derivatives how far ratios of slopes turn; `None` where there are none.
    is_over : callable, default=lambda: False
        Whether nothing further is to be looked at; what was found before is still joined.

    Yields
    ------
    Expression
        A part, over the inputs.
    float
        Share of the squared gradient that it leaves unexplained on the held-back rows.
    list of Expression
        The other coordinates beside it.
    """
    straight = min(left_by_straight_line(directions[rows]) for rows in (held_back, ~held_back))
    trials = _Trials(held_back, search_part, straight, turns, is_over)
    active = list(quantities)
    limit = UNEXPLAINED
    while 2 < len(active) <= MOST_QUANTITIES:
        found = trials.best_of_pairs(active, limit) or trials.best_of_groups(active, limit)
        if found is None:
            return
        part, joined = found
        limit = min(limit, NEGLIGIBLE + WORSE * part.unexplained)
        others = [quantity for quantity in active if quantity not in joined]
        yield part.expression, part.unexplained, [quantity.expression for quantity in others]
        active = [*others, merge(part, joined)]


Pair = tuple[Quantity, Quantity]
Found = tuple[Part, Sequence[Quantity]]


class _Trials:
    """Looks at sets of quantities, at each of them once."""

    def __init__(
        self,
        held_back: NDArray[np.bool_],
        search_part: PartSearch,
        straight: float,
        turns: Turns | None,
        is_over: Callable[[], bool],
    ) -> None:
        self._held_back = held_back
        self._search_part = search_part
        self._straight = straight
        self._turns = turns
        self._is_over = is_over
        self._known: dict[tuple[int, ...], Part | None] = {}

    def best_of_pairs(self, active: list[Quantity], limit: float) -> Found | None:
        """Best pair of all."""
        for pair in self._worth_a_search(active):
            self._search(pair)
        found = [
            (part, pair)
            for pair in combinations(active, 2)
            if (part := self._known.get(_key(pair))) is not None
        ]
        best = min(found, key=lambda item: item[0].score, default=None)
        return best if best is not None and best[0].unexplained <= limit else None

    def best_of_groups(self, active: list[Quantity], limit: float) -> Found | None:
        """First group of three for which a part is found, the most promising looked at first."""
        if self._is_over():
            return None
        for group in promising_groups(active):
            self._search(group)
            part = self._known.get(_key(group))
            if part is not None and part.unexplained <= limit:
                return part, group
        return None

    def _worth_a_search(self, active: list[Quantity]) -> list[Pair]:
        """Pairs that seem to stand alone, the least entangled ones if there are many."""
        ranked: list[tuple[float, Pair]] = []
        for pair in combinations(active, 2):
            if _key(pair) in self._known:
                continue
            if self._is_over():
                break
            entangled = self._entanglement(pair, [one for one in active if one not in pair])
            if entangled < ENTANGLED:
                ranked.append((entangled, pair))
            else:
                self._known[_key(pair)] = None
        if len(ranked) > MOST_SEARCHES:
            ranked = sorted(ranked, key=lambda item: item[0])[:MOST_SEARCHES]
        return [pair for _, pair in ranked]

    def _entanglement(self, pair: Pair, others: list[Quantity]) -> float:
        """Ask second derivatives, and the directions where these do not decide."""
        turn = None if self._turns is None else self._turns.largest(*pair, others)
        if turn is not None and turn < STEADY:
            return turn
        if turn is not None and turn > TURNING:
            return np.inf
        return entanglement(pair, others)

    def _search(self, chosen: Sequence[Quantity]) -> None:
        if _key(chosen) not in self._known and not self._is_over():
            part = find_part(chosen, self._held_back, self._search_part, self._straight)
            self._known[_key(chosen)] = part


def _key(chosen: Sequence[Quantity]) -> tuple[int, ...]:
    return tuple(map(id, chosen))


def entanglement(pair: Pair, others: list[Quantity]) -> float:
    """Measure how much other quantities have to do with the ratio of two slopes.

    Parameters
    ----------
    pair : tuple of Quantity
        The two.
    others : list of Quantity
        All others.

    Returns
    -------
    float
        Share of what a polynomial of the two leaves that others explain; infinite where neighbours in
        the plane of the two disagree already.
    """
    telling = most_telling(pair, others)
    if not ratio_is_alone(*ratio_figures(*pair, telling)):
        return np.inf
    figures = dependence(pair, telling)
    return 0.0 if figures is None else figures.of_others


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
    plane = [standardised(quantity.values) for quantity in (first, second)]
    for quantity in others:
        z = standardised(quantity.values)
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
    plane = np.column_stack([standardised(first.values), standardised(second.values)])
    neighbours = cKDTree(plane).query(plane, k=min(NEIGHBOURS + 1, len(plane)))[1][:, 1:]
    near = weight[neighbours]
    return np.asarray(np.einsum("ik,ikj->ij", near, angle[neighbours]) / near.sum(axis=1)[:, None])


def _half_square_distance(angle: Array, mean: Array) -> Array:
    """`sin²` of the angle between a direction and the mean of its neighbours."""
    length = np.maximum(np.linalg.norm(mean, axis=1), 1e-12)
    return np.asarray(0.5 * (1 - np.einsum("ij,ij->i", angle, mean) / length))

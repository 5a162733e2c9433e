"""Groups of three quantities that may enter through one function of theirs, though no pair of them does."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from skinterpret.search.structure.dependence import dependence
from skinterpret.search.structure.parts import UNEXPLAINED, Quantity

Group = tuple[Quantity, ...]

SIZE = 3
MOST_IN_GROUPS = 8  # quantities: these have 56 groups, each of which takes some 3 ms
MOST_SEARCHES = 3
DEPENDENT = 0.22  # of tanh (60, 60) networks true groups have up to 0.20, others from 0.25


def promising_groups(quantities: Sequence[Quantity]) -> list[Group]:
    """Choose the groups of three that are worth a search.

    Parameters
    ----------
    quantities : sequence of Quantity
        All coordinates.

    Returns
    -------
    list of tuple of Quantity
        Groups that seem to stand alone, the least dependent on others first.
    """
    if not SIZE < len(quantities) <= MOST_IN_GROUPS:
        return []  # all quantities together are no group
    ranked = []
    for group in combinations(quantities, SIZE):
        figures = dependence(group, [one for one in quantities if one not in group])
        if figures is not None and figures.left <= UNEXPLAINED and figures.of_others < DEPENDENT:
            ranked.append((figures.of_others, group))
    return [group for _, group in sorted(ranked, key=lambda item: item[0])[:MOST_SEARCHES]]

"""Linear combinations of inputs through which alone these enter.

A function that does not change along `a` has gradients with `a·∇f = 0`: `a` lies in the null space
of their second-moment matrix (active subspaces: Constantine, Active Subspaces, SIAM 2015, chapter
3).  The eigenvectors of a null space of several dimensions are an arbitrary rotation of it, so sparse
ones are looked for directly: in the blocks of the matrix that belong to two inputs, then to three, and
so on.  Those that share inputs tie these together, and what is left of the space of a group is what
it enters through: one combination, or several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.structure.sparse_basis import sparse_basis, unexplained
from skinterpret.search.structure.worth import NEGLIGIBLE, WORTH, largest_unexplained, left_by_straight_line

Array = NDArray[np.float64]

UNEXPLAINED = 0.01  # share of the squared gradient along the invariant direction that counts as none
WORSE = 30.0  # times the smallest such share: gradients that hardly turn look invariant along many
SMALLEST_SHARE = 0.15  # of each input in an invariant direction; less is an input that hardly matters
MOST_BLOCKS = 7_000  # of more than three inputs, of each size: all there are of 15 inputs


class Entering(NamedTuple):
    """How a group of inputs enters.

    Attributes
    ----------
    combinations : list of dict of int to float
        Independent ones through which alone the inputs enter: coefficients by input.
    others : list of dict of int to float
        Sums and differences of these that are as simple.
    unexplained : float
        Share of the squared gradient by these inputs that is along none of them, on held-back rows.
    """

    combinations: list[dict[int, float]]
    others: list[dict[int, float]]
    unexplained: float


def invariant_combinations(
    directions: Array, held_back: Array, among: Sequence[int] | None = None
) -> list[Entering]:
    """Find sparse linear combinations that replace their inputs.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients on which the hypotheses are made.
    held_back : ndarray of shape (n_held_back, n_features)
        Unit gradients on which they must hold as well.
    among : sequence of int, default=None
        Inputs that may be in combinations; `None` means all.

    Returns
    -------
    list of Entering
        A group of inputs each; inputs occur in one group at most.
    """
    straight = min(left_by_straight_line(directions), left_by_straight_line(held_back))
    n_features = directions.shape[1]
    chosen = list(range(n_features) if among is None else among)
    directions, held_back = directions[:, chosen], held_back[:, chosen]
    moment = directions.T @ directions / len(directions)
    check = held_back.T @ held_back / len(held_back)
    found = []
    for inputs, n_invariant in _groups(_invariant_directions(moment, check, straight)):
        n_left = len(inputs) - n_invariant
        # one combination of all inputs would be the whole answer, which the search finds at once
        if n_left < 1 or (n_left == 1 and len(inputs) == n_features):
            continue
        sparse = sparse_basis(directions[:, inputs], n_left)
        if sparse is None:
            continue
        block = np.ix_(inputs, inputs)
        share = unexplained(sparse.basis, check[block])
        worst = max(share, unexplained(sparse.basis, moment[block]))
        own = np.minimum(np.diag(moment), np.diag(check))[inputs]
        # directions that hold one by one may not do so together
        if worst <= min(UNEXPLAINED, largest_unexplained(own, straight)):
            named = [chosen[k] for k in inputs]
            found.append(Entering(_by_input(sparse.basis, named), _by_input(sparse.others, named), share))
    return found


def _by_input(rows: Array, inputs: list[int]) -> list[dict[int, float]]:
    return [{inputs[k]: float(row[k]) for k in np.flatnonzero(row)} for row in rows]


def _invariant_directions(moment: Array, check: Array, straight: float) -> list[Array]:
    """Independent sparse ones, those over the fewest inputs first."""
    n_features = len(moment)
    allowed = min(UNEXPLAINED, NEGLIGIBLE + WORTH * straight)
    candidates: list[tuple[float, Array]] = []
    for supports in _supports(n_features):
        blocks, checks = _blocks(moment, supports), _blocks(check, supports)
        vectors = np.linalg.eigh(blocks)[1][:, :, 0]
        worst = np.maximum(_shares(vectors, blocks), _shares(vectors, checks))
        fine = np.flatnonzero((worst <= allowed) & (np.abs(vectors).min(axis=1) >= SMALLEST_SHARE))
        if supports.shape[1] > 2:
            each = [_stands_out(vectors[fine], moments[fine]) for moments in (blocks, checks)]
            fine = fine[np.logical_and(*each)]
        for k in fine:
            direction = np.zeros(n_features)
            direction[supports[k]] = vectors[k]
            candidates.append((float(worst[k]), direction))
    limit = NEGLIGIBLE + WORSE * min((share for share, _ in candidates), default=0.0)
    found: list[Array] = []
    for share, direction in candidates:
        if share <= limit and np.linalg.matrix_rank(np.array([*found, direction]), tol=0.1) > len(found):
            found.append(direction)
    return found


def _supports(n_features: int) -> Iterator[NDArray[np.int64]]:
    """Choose sets of inputs, those of one size at a time."""
    for size in range(2, n_features + 1):
        if size <= 3 or comb(n_features, size) <= MOST_BLOCKS:
            yield np.array(list(combinations(range(n_features), size)))


def _blocks(moment: Array, supports: NDArray[np.int64]) -> Array:
    return np.asarray(moment[supports[:, :, None], supports[:, None, :]])


def _along(vectors: Array, blocks: Array) -> Array:
    return np.asarray(np.einsum("ki,kij,kj->k", vectors, blocks, vectors))


def _shares(vectors: Array, blocks: Array) -> Array:
    """Share of the squared gradient along a vector, a block each."""
    total = np.trace(blocks, axis1=1, axis2=2)
    return _along(vectors, blocks) / np.where(total > 0, total, 1.0)


def _stands_out(vectors: Array, blocks: Array) -> NDArray[np.bool_]:
    """Whether gradients by these inputs have far more along every other direction.

    The more inputs, the less is along the last of their directions, whatever the function.
    """
    second = np.linalg.eigvalsh(blocks)[:, 1]
    total = np.trace(blocks, axis1=1, axis2=2)
    return np.asarray(_along(vectors, blocks) <= NEGLIGIBLE * total + WORTH * second)


def _groups(invariant: list[Array]) -> list[tuple[list[int], int]]:
    """Group inputs that invariant directions tie together; tell how many directions do."""
    groups: list[set[int]] = []
    for direction in invariant:
        group = set(np.flatnonzero(direction).tolist())
        for other in [g for g in groups if g & group]:
            group |= other
            groups.remove(other)
        groups.append(group)
    return [
        (sorted(group), sum(bool(direction[sorted(group)].any()) for direction in invariant))
        for group in groups
    ]

"""Linear combinations of inputs through which alone these enter.

A function that does not change along `a` has gradients with `a·∇f = 0`: `a` lies in the null space
of their second-moment matrix (active subspaces: Constantine, Active Subspaces, SIAM 2015, chapter
3).  The eigenvectors of a null space of several dimensions are an arbitrary rotation of it, so sparse
ones are looked for directly: in the blocks of the matrix that belong to two inputs, then to three.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.structure.worth import NEGLIGIBLE, WORTH, largest_unexplained, left_by_straight_line

Array = NDArray[np.float64]

UNEXPLAINED = 0.01  # share of the squared gradient along the invariant direction that counts as none
WORSE = 30.0  # times the smallest such share: gradients that hardly turn look invariant along many
LARGEST_SUPPORT = 3
SMALLEST_SHARE = 0.15  # of each input in an invariant direction; less is an input that hardly matters
LARGEST_INTEGER = 4
WORSE_BY_ROUNDING = 1.5


def invariant_combinations(directions: Array, held_back: Array) -> list[tuple[dict[int, float], float]]:
    """Find sparse linear combinations that replace their inputs.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients on which the hypotheses are made.
    held_back : ndarray of shape (n_held_back, n_features)
        Unit gradients on which they must hold as well.

    Returns
    -------
    list of (dict, float)
        Coefficients by input, and the unexplained share on the held-back rows.  Inputs occur once
        at most.
    """
    moment = directions.T @ directions / len(directions)
    check = held_back.T @ held_back / len(held_back)
    straight = min(left_by_straight_line(directions), left_by_straight_line(held_back))
    groups = _groups(_invariant_directions(moment, check, straight))
    found = []
    for inputs, invariant in groups:
        # a combination of all inputs would be the whole answer, which the search finds at once
        combination = _complement(invariant) if len(inputs) < len(moment) else None
        if combination is not None:
            block = np.ix_(inputs, inputs)
            rounded = _rounded(combination, moment[block])
            share = _unexplained(rounded, check[block])
            worst = max(share, _unexplained(rounded, moment[block]))
            own = np.minimum(np.diag(moment), np.diag(check))[inputs]
            # directions that hold one by one may not do so together
            if worst <= min(UNEXPLAINED, largest_unexplained(own, straight)):
                found.append((dict(zip(inputs, rounded.tolist(), strict=True)), share))
    return found


def _invariant_directions(moment: Array, check: Array, straight: float) -> list[Array]:
    """Independent sparse ones, those over the fewest inputs first."""
    n_features = len(moment)
    candidates: list[tuple[float, Array]] = []
    allowed = min(UNEXPLAINED, NEGLIGIBLE + WORTH * straight)
    for size in range(2, min(LARGEST_SUPPORT, n_features) + 1):
        for support in combinations(range(n_features), size):
            block = np.ix_(support, support)
            _, vectors = np.linalg.eigh(moment[block])
            vector = vectors[:, 0]
            shares = [float(vector @ m[block] @ vector / np.trace(m[block])) for m in (moment, check)]
            if max(shares) > allowed or np.abs(vector).min() < SMALLEST_SHARE:
                continue
            direction = np.zeros(n_features)
            direction[list(support)] = vector
            candidates.append((max(shares), direction))
    limit = NEGLIGIBLE + WORSE * min((share for share, _ in candidates), default=0.0)
    found: list[Array] = []
    for share, direction in candidates:
        if share <= limit and np.linalg.matrix_rank(np.array([*found, direction]), tol=0.1) > len(found):
            found.append(direction)
    return found


def _groups(invariant: list[Array]) -> list[tuple[list[int], Array]]:
    """Group inputs that invariant directions tie together; restrict these directions to them."""
    groups: list[set[int]] = []
    for direction in invariant:
        group = set(np.flatnonzero(direction).tolist())
        for other in [g for g in groups if g & group]:
            group |= other
            groups.remove(other)
        groups.append(group)
    result = []
    for group in groups:
        inputs = sorted(group)
        rows = [direction[inputs] for direction in invariant if direction[inputs].any()]
        result.append((inputs, np.array(rows)))
    return result


def _complement(invariant: Array) -> Array | None:
    """Find the one direction that is left; `None` where several are."""
    n_directions, n_inputs = invariant.shape
    if n_directions != n_inputs - 1:
        return None
    combination = np.linalg.svd(invariant)[2][-1]
    smallest = np.abs(combination).min()
    if smallest < 0.1 * np.abs(combination).max():
        return None
    return np.asarray(combination / smallest * np.sign(combination[0]))


def _rounded(combination: Array, moment: Array) -> Array:
    """Whole coefficients where they explain the gradients about as well; else three digits."""
    for factor in range(1, LARGEST_INTEGER + 1):
        whole = np.round(factor * combination)
        if np.abs(whole).max() > LARGEST_INTEGER or not whole.all():
            continue
        limit = WORSE_BY_ROUNDING * _unexplained(combination, moment) + 1e-5
        if _unexplained(whole, moment) <= limit:
            return np.asarray(whole / np.gcd.reduce(np.abs(whole).astype(int)))
    return np.array([float(f"{value:.3g}") for value in combination])


def _unexplained(combination: Array, moment: Array) -> float:
    """Share of the squared gradient that is not along the combination."""
    unit = combination / np.linalg.norm(combination)
    return float(max(1 - unit @ moment @ unit / np.trace(moment), 0.0))

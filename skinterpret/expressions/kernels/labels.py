"""How well the values of a program tell labels.

The value of a program goes through a slope and a threshold of its own before it is judged: those of
the least loss, found by Newton's method.  A program is therefore worth as much as one that differs
from it by a factor or a term.  Values that are not finite, or the same on all rows, make the loss
infinite.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from skinterpret.expressions.compilation import allocating_kernel, entry_kernel, kernel
from skinterpret.expressions.elementary import exp, log
from skinterpret.expressions.kernels.dispatch import TILE
from skinterpret.expressions.kernels.gradients import link_program, set_values
from skinterpret.expressions.kernels.matching import cut_into_tiles, fold, sum_of_weights

LOSSES = ("logistic", "hinge")
LOGISTIC = LOSSES.index("logistic")
RIDGE = 1e-3  # on the slope for standardised values: without it none is best where a cut is perfect
NEWTON_STEPS = 25
LARGEST_STEP = 3.0
CONVERGED = 1e-9  # decrease of the loss that one more step promises
WORST = 0.7  # no program loses more with its best slope, which may be zero; log(2) is 0.693
SMALLEST_SPREAD = 1e-10  # standard deviation of values that differ, against the largest of them


class LabelledRows(NamedTuple):
    """Rows with labels and weights, cut into tiles.

    The weights of all rows sum to 1; rows that only fill the last tile weigh 0.

    Attributes
    ----------
    X : ndarray of shape (n_tiles, n_features, TILE)
        Values of the inputs.
    Y : ndarray of shape (n_tiles, TILE)
        1 for the second class, -1 for the first.
    W : ndarray of shape (n_tiles, TILE)
        Weights.
    loss : int
        What is lost on a row: a position in `LOSSES`.
    """

    X: Any
    Y: Any
    W: Any
    loss: int


def make_labelled_rows(
    X: Any, positive: Any, sample_weight: Any = None, loss: str = "logistic"
) -> LabelledRows:
    """Cut rows into tiles; the last tile is filled by repeating the first row with weight 0."""
    signs = np.where(positive, 1.0, -1.0)
    tiles, weights = cut_into_tiles([X, signs[:, None]], sample_weight)
    return LabelledRows(tiles[0], tiles[1][:, 0], weights, LOSSES.index(loss))


@allocating_kernel
def label_loss(tokens: Any, constants: Any, length: Any, rows: LabelledRows, hopeless: Any, work: Any) -> Any:
    """Loss of a program; the loss on the first tile alone where that exceeds `hopeless`."""
    n_tiles = rows.X.shape[0]
    values = np.empty((n_tiles, TILE))
    link_program(tokens, constants, length, rows.X.shape[1], work)
    for tile in range(n_tiles):
        put_values(tokens, length, rows, tile, values, work)
        if tile == 0 and n_tiles > 1 and hopeless < WORST:
            loss = fit_link(values[:1], rows)[0]
            if not loss <= hopeless:
                return loss
    return fit_link(values, rows)[0]


@kernel
def put_values(tokens: Any, length: Any, rows: LabelledRows, tile: Any, values: Any, work: Any) -> None:
    """Put the values of a program on one tile into a row of `values`."""
    set_values(tokens, length, rows, tile, work)
    root = work.row[length - 1]
    for i in range(TILE):
        values[tile, i] = work.V[root, i]


@allocating_kernel
def fit_link(values: Any, rows: LabelledRows) -> Any:
    """Fit slope and intercept to the values on the first tiles, as many as `values` has rows.

    Newton's method on the logistic loss, or on the squared hinge where the hinge is wanted, which
    has no derivative at its corner.  Returns the loss (of the hinge: not squared), the slope and the
    intercept.
    """
    center, spread = _center_and_spread(values, rows.W)
    if not spread > 0.0:
        return np.inf, 0.0, 0.0
    room = np.empty((12, TILE))
    sums = np.empty(7)
    slope, intercept, step_a, step_b = 0.0, 0.0, 0.0, 0.0
    least, loss, best_slope, best_intercept = np.inf, np.inf, 0.0, 0.0
    for _ in range(NEWTON_STEPS):
        _add_up(values, rows, slope, intercept, center, 1.0 / spread, room, sums)
        total = sums[0] + 0.5 * RIDGE * slope * slope
        if total < least:
            least, best_slope, best_intercept = total, slope, intercept
            loss = sums[0] if rows.loss == LOGISTIC else -0.5 * sums[1]
            gradient_a, gradient_b = sums[2] + RIDGE * slope, sums[3]
            aa, ab, bb = sums[4] + RIDGE, sums[5], sums[6] + RIDGE
            determinant = aa * bb - ab * ab
            step_a = (bb * gradient_a - ab * gradient_b) / determinant
            step_b = (aa * gradient_b - ab * gradient_a) / determinant
            if gradient_a * step_a + gradient_b * step_b < CONVERGED:
                break
            limit = LARGEST_STEP * (1.0 + abs(slope)) / np.sqrt(step_a * step_a + step_b * step_b)
            if limit < 1.0:
                step_a, step_b = limit * step_a, limit * step_b
        else:
            step_a, step_b = 0.5 * step_a, 0.5 * step_b
        slope, intercept = best_slope - step_a, best_intercept - step_b
    best_slope /= spread
    return loss, best_slope, best_intercept - best_slope * center


@kernel
def _center_and_spread(values: Any, W: Any) -> Any:
    """Weighted mean and standard deviation; 0 for the latter where there is none."""
    weight, total, largest = 0.0, 0.0, 0.0
    for tile in range(values.shape[0]):
        weight += sum_of_weights(W, tile)
        for i in range(TILE):
            total += W[tile, i] * values[tile, i]
            largest = max(largest, abs(values[tile, i]))
    center = total / weight
    square = 0.0
    for tile in range(values.shape[0]):
        for i in range(TILE):
            square += W[tile, i] * (values[tile, i] - center) ** 2
    spread = np.sqrt(square / weight)
    return center, (spread if spread > SMALLEST_SPREAD * largest and spread < np.inf else 0.0)


@kernel
def _add_up(
    values: Any,
    rows: LabelledRows,
    slope: Any,
    intercept: Any,
    center: Any,
    inverse_spread: Any,
    room: Any,
    sums: Any,
) -> None:
    """Mean loss, mean of its derivative by the margin, and its derivatives by slope and intercept.

    `sums` holds both, then two first and three second derivatives.
    """
    moments = room[5:]
    moments[:] = 0.0
    weight = 0.0
    for tile in range(values.shape[0]):
        for i in range(TILE):
            room[0, i] = rows.Y[tile, i] * (values[tile, i] - center) * inverse_spread
            room[1, i] = slope * room[0, i] + intercept * rows.Y[tile, i]
        differentiate_loss(room[1], rows.W[tile], rows.loss, room[2], room[3], room[4])
        _add_moments(room[0], rows.Y[tile], room[2], room[3], room[4], moments)
        weight += sum_of_weights(rows.W, tile)
    for k in range(sums.size):
        sums[k] = fold(moments[k]) / weight


@kernel
def differentiate_loss(margins: Any, weights: Any, loss: Any, value: Any, first: Any, second: Any) -> None:
    """Weighted loss of each margin with its first and second derivative.

    No two arrays may share memory, or the loop would not run in vector instructions.
    """
    if loss == LOGISTIC:
        for i in range(TILE):
            margin = margins[i]
            small = exp(-abs(margin))
            wrong = (small if margin > 0.0 else 1.0) / (1.0 + small)
            value[i] = weights[i] * (max(-margin, 0.0) + log(1.0 + small))
            first[i] = -weights[i] * wrong
            second[i] = weights[i] * wrong * (1.0 - wrong)
    else:
        for i in range(TILE):
            short = max(1.0 - margins[i], 0.0)
            value[i] = weights[i] * short * short
            first[i] = -2.0 * weights[i] * short
            second[i] = 2.0 * weights[i] if short > 0.0 else 0.0


@kernel
def _add_moments(turned: Any, signs: Any, value: Any, first: Any, second: Any, moments: Any) -> None:
    """Add one tile to the others, row by row of it; a loop with more arrays would not be vectorised."""
    for i in range(TILE):
        moments[0, i] += value[i]
    for i in range(TILE):
        moments[1, i] += first[i]
    for i in range(TILE):
        moments[2, i] += first[i] * turned[i]
    for i in range(TILE):
        moments[3, i] += first[i] * signs[i]
    for i in range(TILE):
        moments[4, i] += second[i] * turned[i] * turned[i]
    for i in range(TILE):
        moments[5, i] += second[i] * turned[i] * signs[i]
    for i in range(TILE):
        moments[6, i] += second[i]


@entry_kernel
def label_losses(
    tokens: Any, constants: Any, lengths: Any, rows: LabelledRows, work: Any, losses: Any
) -> None:
    """Loss of each of many programs, one a row of `tokens` and `constants`."""
    for p in range(lengths.size):
        losses[p] = label_loss(tokens[p], constants[p], lengths[p], rows, np.inf, work)


@entry_kernel
def fit_link_to_labels(values: Any, rows: LabelledRows) -> Any:
    """Loss, slope and intercept for values in tiles."""
    return fit_link(values, rows)

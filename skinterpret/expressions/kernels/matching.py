"""How well the input gradient of a program runs parallel to given directions.

The loss is `1 - |Σ w cos| / Σ w` over the rows, `cos` being the cosine between the program's
gradient and the row's direction.  The sign belongs to the whole program, not to each row: a
monotone function of the concept may fall, but it cannot turn halfway (arXiv:2401.04978, §3).
A gradient that vanishes or is not finite on a row of positive weight makes the loss infinite.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skinterpret.expressions.compilation import entry_kernel, kernel
from skinterpret.expressions.elementary import inverse_sqrt
from skinterpret.expressions.expression import Expression
from skinterpret.expressions.kernels.dispatch import TILE
from skinterpret.expressions.kernels.gradients import Rows, aligned_copy, evaluate_tile, link_program

SMALLEST_SQUARE = 1e-200


def make_rows(
    X: Any,
    directions: Any,
    sample_weight: Any = None,
    parts: Sequence[Expression] = (),
    metric: Any = None,
) -> Rows:
    """Cut rows into tiles; the last tile is filled by repeating the first row with weight 0.

    `parts` are functions of the inputs that become leaves next to them.  A `metric` is a matrix by which
    gradients by `X`, as columns, are multiplied before they are compared with the directions.
    """
    rows = np.asarray(X, dtype=float)
    n_inputs = max((len(part.variables) for part in parts), default=0)
    inputs = np.full((len(parts), n_inputs), -1)
    derivatives = np.zeros((len(rows), len(parts), n_inputs))
    for p, part in enumerate(parts):
        inputs[p, : len(part.variables)] = part.variables
        derivatives[:, p, : len(part.variables)] = part.gradient(rows)[:, part.variables]
    leaves = np.column_stack([rows, *(part(rows) for part in parts)])
    tiles, weights = cut_into_tiles([leaves, directions, derivatives], sample_weight)
    linear_map = np.empty((0, 0)) if metric is None else np.ascontiguousarray(metric, dtype=float)
    return Rows(tiles[0], tiles[1], weights, inputs.astype(np.int64), tiles[2], linear_map)


def cut_into_tiles(columns: Sequence[Any], sample_weight: Any) -> tuple[list[Any], Any]:
    """Cut arrays of shape (n_rows, …) into tiles, rows last; with weights, which sum to 1.

    Rows without weight are left out: a first tile of such would tell nothing of any program.
    """
    weight = np.ones(len(columns[0])) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    told = np.flatnonzero(weight)
    n_tiles = -(-len(told) // TILE)
    index = np.concatenate([told, np.full(n_tiles * TILE - len(told), told[0])])
    padded_weight = np.where(np.arange(n_tiles * TILE) < len(told), weight[index], 0.0)
    tiles = []
    for array in columns:
        values = np.asarray(array, dtype=float)
        cut = values[index].reshape(n_tiles, TILE, *values.shape[1:])
        tiles.append(aligned_copy(np.moveaxis(cut, 1, -1)))
    return tiles, aligned_copy((padded_weight / weight.sum()).reshape(n_tiles, TILE))


@kernel
def direction_loss(tokens: Any, constants: Any, length: Any, rows: Rows, hopeless: Any, work: Any) -> Any:
    """Loss of a program; the loss on the first tile alone where that exceeds `hopeless`.

    Cost: about three times the evaluation of the program on all rows.
    """
    link_program(tokens, constants, length, rows.X.shape[1], work)
    cosine = 0.0
    for tile in range(rows.X.shape[0]):
        evaluate_tile(tokens, length, rows, tile, work)
        cosine += sum_of_cosines(rows.D, rows.W, tile, work.G)
        if tile == 0:
            loss = 1.0 - abs(cosine) / sum_of_weights(rows.W, 0)
            if not loss <= hopeless:
                return loss if loss == loss else np.inf
    loss = 1.0 - abs(cosine)
    return max(loss, 0.0) if loss == loss else np.inf


@kernel
def mean_cosine(tokens: Any, constants: Any, length: Any, rows: Rows, work: Any) -> Any:
    """Weighted mean cosine between a program's gradient and the directions, with its sign."""
    link_program(tokens, constants, length, rows.X.shape[1], work)
    cosine = 0.0
    for tile in range(rows.X.shape[0]):
        evaluate_tile(tokens, length, rows, tile, work)
        cosine += sum_of_cosines(rows.D, rows.W, tile, work.G)
    return cosine


@kernel
def keeps_sign(tokens: Any, constants: Any, length: Any, rows: Rows, work: Any) -> Any:
    """Whether the values of a program are all positive or all negative."""
    link_program(tokens, constants, length, rows.X.shape[1], work)
    row = work.row[length - 1]
    sign = 0.0
    for tile in range(rows.X.shape[0]):
        evaluate_tile(tokens, length, rows, tile, work)
        if sign == 0.0:
            sign = work.V[row, 0]
        for i in range(TILE):
            if not work.V[row, i] * sign > 0.0:
                return False
    return True


@kernel
def sum_of_cosines(D: Any, W: Any, tile: Any, G: Any) -> Any:
    """`Σ w cos` over one tile; the gradients stand in the first rows of `G`."""
    length, along = G[-1], G[-2]
    for i in range(TILE):
        length[i] = 0.0
        along[i] = 0.0
    for j in range(D.shape[1]):
        for i in range(TILE):
            length[i] += G[j, i] * G[j, i]
            along[i] += G[j, i] * D[tile, j, i]
    for i in range(TILE):
        cosine = along[i] * inverse_sqrt(length[i])
        # Squares outside this range have lost digits or overflowed: the cosine would be noise.
        # `and` would branch, which keeps the loop from being vectorised.
        sound = (length[i] > SMALLEST_SQUARE) & (length[i] < 1.0 / SMALLEST_SQUARE)
        along[i] = W[tile, i] * cosine if sound else np.nan
    return fold(along)


@kernel
def fold(x: Any) -> Any:
    """Sum over one tile, which is lost: its halves are added until a vector register holds the rest.

    The order of the sum is thereby written down, and the same wherever the kernel is compiled.
    """
    for i in range(TILE // 2):
        x[i] += x[i + TILE // 2]
    for i in range(TILE // 4):
        x[i] += x[i + TILE // 4]
    for i in range(TILE // 8):
        x[i] += x[i + TILE // 8]
    for i in range(TILE // 16):
        x[i] += x[i + TILE // 16]
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]))


@kernel
def sum_of_weights(W: Any, tile: Any) -> Any:
    """Sum of the weights of one tile, in eight sums of every eighth."""
    a, b, c, d, e, f, g, h = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(0, TILE, 8):
        a += W[tile, i]
        b += W[tile, i + 1]
        c += W[tile, i + 2]
        d += W[tile, i + 3]
        e += W[tile, i + 4]
        f += W[tile, i + 5]
        g += W[tile, i + 6]
        h += W[tile, i + 7]
    return ((a + b) + (c + d)) + ((e + f) + (g + h))


@entry_kernel
def direction_losses(tokens: Any, constants: Any, lengths: Any, rows: Rows, work: Any, losses: Any) -> None:
    """Loss of each of many programs, one a row of `tokens` and `constants`."""
    for p in range(lengths.size):
        losses[p] = direction_loss(tokens[p], constants[p], lengths[p], rows, np.inf, work)

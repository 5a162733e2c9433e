"""Constants of a program by Levenberg–Marquardt on the loss of labels.

Slope and intercept of a program's link follow its constants, so a step is one in all of them
together, of which the link's own part is left to `fit_link` (variable projection: Golub and Pereyra,
SIAM J. Numer. Anal. 10, 1973).  The normal matrix weighs rows by the second derivative of the loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skinterpret.expressions.compilation import allocating_kernel, entry_kernel, inlined_kernel, kernel
from skinterpret.expressions.kernels.constants import MAX_CONSTANTS, NEGLIGIBLE, damped_step
from skinterpret.expressions.kernels.dispatch import TILE
from skinterpret.expressions.kernels.gradients import CONSTANT, link_program, push_tangents, set_values
from skinterpret.expressions.kernels.labels import (
    RIDGE,
    LabelledRows,
    differentiate_loss,
    fit_link,
    put_values,
)
from skinterpret.expressions.kernels.matching import fold


@allocating_kernel
def fit_label_constants(
    tokens: Any, constants: Any, length: Any, rows: LabelledRows, max_steps: Any, work: Any
) -> Any:
    """Improve `constants` in place; return the loss and what it cost in evaluations."""
    positions = np.empty(MAX_CONSTANTS, dtype=np.int64)
    n_constants = 0
    for k in range(length):
        if tokens[k] == CONSTANT and n_constants < MAX_CONSTANTS:
            positions[n_constants] = k
            n_constants += 1
    values = np.empty((rows.X.shape[0], TILE))
    loss, slope, intercept = _loss_and_link(tokens, constants, length, rows, values, work)
    cost = 1
    if n_constants == 0 or not loss < np.inf:
        return loss, cost
    normal = np.zeros((n_constants + 2, n_constants + 2))
    gradient = np.zeros(n_constants + 2)
    best = constants[:length].copy()
    damping = 1e-3
    for _ in range(max_steps):
        _normal_equations(
            tokens, constants, length, rows, positions[:n_constants], slope, intercept, normal, gradient, work
        )
        cost += 1 + n_constants
        growth = 2.0
        improvement = 0.0
        for _ in range(6):
            step = damped_step(normal, gradient, damping)
            for index in range(n_constants):
                k = positions[index]
                constants[k] = best[k] - step[index]
            trial, trial_slope, trial_intercept = _loss_and_link(
                tokens, constants, length, rows, values, work
            )
            cost += 1
            if trial < loss:
                improvement = 1.0 - trial / loss
                break
            damping *= growth
            growth *= 2.0
        if improvement == 0.0:
            break
        loss, slope, intercept = trial, trial_slope, trial_intercept
        best[:] = constants[:length]
        damping = max(damping / 5.0, 1e-12)
        if improvement < NEGLIGIBLE:
            break
    constants[:length] = best
    return loss, cost


@entry_kernel
def fit_label_programs(
    tokens: Any, constants: Any, lengths: Any, rows: LabelledRows, max_steps: Any, work: Any, losses: Any
) -> Any:
    """Fit the constants of many programs, one a row, in place; return what it cost in evaluations."""
    total = 0
    for p in range(lengths.size):
        losses[p], cost = fit_label_constants(tokens[p], constants[p], lengths[p], rows, max_steps, work)
        total += cost
    return total


@kernel
def _loss_and_link(
    tokens: Any, constants: Any, length: Any, rows: LabelledRows, values: Any, work: Any
) -> Any:
    link_program(tokens, constants, length, rows.X.shape[1], work)
    for tile in range(rows.X.shape[0]):
        put_values(tokens, length, rows, tile, values, work)
    return fit_link(values, rows)


@inlined_kernel
def _normal_equations(
    tokens: Any,
    constants: Any,
    length: Any,
    rows: LabelledRows,
    positions: Any,
    slope: Any,
    intercept: Any,
    normal: Any,
    gradient: Any,
    work: Any,
) -> None:
    """First and weighted second derivatives by the constants, log slope and intercept."""
    n_constants = positions.size
    jacobian = np.empty((n_constants + 2, TILE))
    room = np.empty((4, TILE))
    normal[:] = 0.0
    gradient[:] = 0.0
    link_program(tokens, constants, length, rows.X.shape[1], work)
    root = work.row[length - 1]
    mean, square = 0.0, 0.0
    for tile in range(rows.X.shape[0]):
        set_values(tokens, length, rows, tile, work)
        for index in range(n_constants):
            push_tangents(tokens, length, rows.X.shape[1], positions[index], work)
            for i in range(TILE):
                jacobian[index, i] = slope * work.T[root, i]
        for i in range(TILE):
            jacobian[n_constants, i] = slope * work.V[root, i]
            jacobian[n_constants + 1, i] = 1.0
            room[0, i] = rows.Y[tile, i] * (jacobian[n_constants, i] + intercept)
            mean += rows.W[tile, i] * jacobian[n_constants, i]
            square += rows.W[tile, i] * jacobian[n_constants, i] ** 2
        differentiate_loss(room[0], rows.W[tile], rows.loss, room[1], room[2], room[3])
        for i in range(TILE):
            room[2, i] *= rows.Y[tile, i]
        for first in range(n_constants + 2):
            for i in range(TILE):
                room[0, i] = jacobian[first, i] * room[2, i]
            gradient[first] += fold(room[0])
            for second in range(first + 1):
                for i in range(TILE):
                    room[0, i] = jacobian[first, i] * jacobian[second, i] * room[3, i]
                normal[first, second] += fold(room[0])
    penalty = RIDGE * (square - mean * mean)  # of the slope for standardised values
    gradient[n_constants] += penalty
    normal[n_constants, n_constants] += penalty
    for first in range(n_constants + 2):
        for second in range(first):
            normal[second, first] = normal[first, second]

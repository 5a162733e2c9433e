"""Constants of a program by Levenberg–Marquardt on the direction residuals.

The residual of a row is `∇T/‖∇T‖ - s·direction` with the sign `s` of the whole program, so half
its square is `1 - s·cos` and the sum of squares is the loss itself (Marquardt, SIAM J. Appl. Math.
11, 1963; damping rule of Nielsen, IMM-REP-1999-05).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skinterpret.expressions.compilation import allocating_kernel, entry_kernel, inlined_kernel, kernel
from skinterpret.expressions.kernels.dispatch import TILE
from skinterpret.expressions.kernels.gradients import (
    CONSTANT,
    Rows,
    differentiate_by_constant,
    evaluate_tile,
    link_program,
)
from skinterpret.expressions.kernels.matching import fold, mean_cosine

MAX_CONSTANTS = 12
NEGLIGIBLE = 1e-4  # relative decrease of the loss below which another step is not worth its cost


@allocating_kernel
def fit_constants(tokens: Any, constants: Any, length: Any, rows: Rows, max_steps: Any, work: Any) -> Any:
    """Improve `constants` in place; return the loss and what it cost in evaluations."""
    positions = np.empty(MAX_CONSTANTS, dtype=np.int64)
    n_constants = 0
    for k in range(length):
        if tokens[k] == CONSTANT and n_constants < MAX_CONSTANTS:
            positions[n_constants] = k
            n_constants += 1
    alignment = mean_cosine(tokens, constants, length, rows, work)
    loss = 1.0 - abs(alignment)
    cost = 1
    if n_constants == 0 or not loss < 1.0:
        return (max(loss, 0.0) if loss == loss else np.inf), cost
    normal = np.zeros((n_constants, n_constants))
    slope = np.zeros(n_constants)
    best = constants[:length].copy()
    damping = 1e-3
    for _ in range(max_steps):
        sign = 1.0 if alignment > 0.0 else -1.0
        _normal_equations(tokens, constants, length, rows, positions[:n_constants], sign, normal, slope, work)
        cost += 1 + 2 * n_constants
        growth = 2.0
        improvement = 0.0
        for _ in range(6):
            step = damped_step(normal, slope, damping)
            for index in range(n_constants):
                k = positions[index]
                constants[k] = best[k] - step[index]
            trial = mean_cosine(tokens, constants, length, rows, work)
            cost += 1
            if 1.0 - abs(trial) < loss:
                improvement = 1.0 - (1.0 - abs(trial)) / loss
                break
            damping *= growth
            growth *= 2.0
        if improvement == 0.0:
            break
        alignment = trial
        loss = 1.0 - abs(trial)
        best[:] = constants[:length]
        damping = max(damping / 5.0, 1e-12)
        if improvement < NEGLIGIBLE:
            break
    constants[:length] = best
    return max(loss, 0.0), cost


@entry_kernel
def fit_programs(
    tokens: Any, constants: Any, lengths: Any, rows: Rows, max_steps: Any, work: Any, losses: Any
) -> Any:
    """Fit the constants of many programs, one a row, in place; return what it cost in evaluations."""
    total = 0
    for p in range(lengths.size):
        losses[p], cost = fit_constants(tokens[p], constants[p], lengths[p], rows, max_steps, work)
        total += cost
    return total


@inlined_kernel
def _normal_equations(
    tokens: Any,
    constants: Any,
    length: Any,
    rows: Rows,
    positions: Any,
    sign: Any,
    normal: Any,
    slope: Any,
    work: Any,
) -> None:
    """`JᵀJ` and `Jᵀr` over all rows, `J` being the derivative of the unit gradient."""
    n_features = rows.D.shape[1]
    n_constants = slope.size
    jacobian = np.empty((n_constants, n_features, TILE))
    product = np.empty(TILE)
    normal[:] = 0.0
    slope[:] = 0.0
    link_program(tokens, constants, length, rows.X.shape[1], work)
    for tile in range(rows.X.shape[0]):
        evaluate_tile(tokens, length, rows, tile, work)
        for index in range(n_constants):
            differentiate_by_constant(tokens, length, rows, tile, positions[index], work)
            for j in range(n_features):
                for i in range(TILE):
                    jacobian[index, j, i] = work.H[j, i]
        _project_on_unit_sphere(rows.D, rows.W, tile, sign, work.G, jacobian)
        for first in range(n_constants):
            slope[first] += _sum_of_products(jacobian[first], work.G, product)
            for second in range(first + 1):
                normal[first, second] += _sum_of_products(jacobian[first], jacobian[second], product)
    for first in range(n_constants):
        for second in range(first):
            normal[second, first] = normal[first, second]


@kernel
def _sum_of_products(x: Any, y: Any, product: Any) -> Any:
    """Sum over inputs and one tile; `x` has a row an input, and `y` may have more."""
    for i in range(TILE):
        product[i] = x[0, i] * y[0, i]
    for j in range(1, x.shape[0]):
        for i in range(TILE):
            product[i] += x[j, i] * y[j, i]
    return fold(product)


@allocating_kernel
def _project_on_unit_sphere(D: Any, W: Any, tile: Any, sign: Any, G: Any, jacobian: Any) -> None:
    """Turn gradients into weighted residuals, and their derivatives into those of the residuals.

    The derivative of `u = g/‖g‖` is `(ġ - u (u·ġ)) / ‖g‖`.
    """
    n_constants, n_features, _ = jacobian.shape
    scale = np.zeros(TILE)
    weight = np.empty(TILE)
    for i in range(TILE):
        weight[i] = np.sqrt(W[tile, i])
    for j in range(n_features):
        for i in range(TILE):
            scale[i] += G[j, i] * G[j, i]
    for i in range(TILE):
        scale[i] = 1.0 / np.sqrt(scale[i])
    for j in range(n_features):
        for i in range(TILE):
            G[j, i] *= scale[i]
    along = np.empty(TILE)
    for index in range(n_constants):
        for i in range(TILE):
            along[i] = 0.0
        for j in range(n_features):
            for i in range(TILE):
                along[i] += G[j, i] * jacobian[index, j, i]
        for j in range(n_features):
            for i in range(TILE):
                projected = jacobian[index, j, i] - G[j, i] * along[i]
                jacobian[index, j, i] = weight[i] * scale[i] * projected
    for j in range(n_features):
        for i in range(TILE):
            G[j, i] = weight[i] * (G[j, i] - sign * D[tile, j, i])


@allocating_kernel
def damped_step(normal: Any, slope: Any, damping: Any) -> Any:
    """Solve `(JᵀJ + damping · (diag JᵀJ + ε)) step = Jᵀr` by Cholesky factorisation."""
    n = slope.size
    factor = normal.copy()
    largest = 0.0
    for k in range(n):
        largest = max(largest, normal[k, k])
    for k in range(n):
        # the scale of an expression is free, so the normal matrix is singular without the floor
        factor[k, k] += damping * (normal[k, k] + 1e-6 * largest) + 1e-14 * largest + 1e-300
    step = slope.copy()
    for i in range(n):
        for j in range(i + 1):
            total = factor[i, j]
            for k in range(j):
                total -= factor[i, k] * factor[j, k]
            factor[i, j] = np.sqrt(max(total, 1e-300)) if i == j else total / factor[j, j]
        for k in range(i):
            step[i] -= factor[i, k] * step[k]
        step[i] /= factor[i, i]
    for i in range(n - 1, -1, -1):
        for k in range(i + 1, n):
            step[i] -= factor[k, i] * step[k]
        step[i] /= factor[i, i]
    return step

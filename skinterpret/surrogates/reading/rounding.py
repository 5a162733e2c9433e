"""Round numbers for the constants of a formula that is fitted to values."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from skinterpret.digits import without_rounding_error
from skinterpret.expressions import Expression
from skinterpret.surrogates.formulas.tidying import NAMED, NEGLIGIBLE_SHARE, WORTH_OF_ROUND_NUMBERS
from skinterpret.surrogates.judging.selection import resolution

Array = NDArray[np.float64]

Residuals = Callable[[Array], Array]

ALL_DIGITS = 17  # with which a number is read back as it was
MOST_STEPS = 40  # a parameter
CLOSE_ENOUGH = 1e-5  # as a share of the cost, which is to be told to a few per cent
LARGEST = 1e50  # larger residuals overflow when they are squared
NEGLIGIBLE_LOSS = 1e-12


def round_constants(expression: Expression, values: Array, wanted: Array) -> Expression:
    """Put round numbers in the place of constants where the loss does not notice.

    One after another becomes zero, a whole number, a half, π or 2 π, and the others are
    fitted anew; then what is left loses digits.  Round numbers may cost as much loss as `tidy` lets
    those of a concept cost.

    Parameters
    ----------
    expression : Expression
        Formula of one input.
    values : ndarray of shape (n_samples,)
        Values of the input.
    wanted : ndarray of shape (n_samples,)
        What the formula is fitted to.

    Returns
    -------
    Expression
        A formula of the same form, or of a simpler one where a constant became 0 or 1.
    """
    variance = float(np.var(wanted)) or 1.0
    rows = values[:, None]

    def residuals(constants: Array) -> Array:
        if not np.isfinite(constants).all():  # a step of some versions of MINPACK
            return np.full(len(wanted), LARGEST)
        with np.errstate(all="ignore"):
            difference = expression.with_constants(constants.tolist())(rows) - wanted
        return np.clip(np.nan_to_num(difference, nan=LARGEST), -LARGEST, LARGEST)

    def loss(constants: Array) -> float:
        return float(np.mean(residuals(constants) ** 2)) / variance

    constants = np.array(expression.constant_values)
    level = loss(constants)
    most = level + WORTH_OF_ROUND_NUMBERS * (level + resolution(level))
    fixed = np.zeros(len(constants), dtype=bool)
    for k in _roundest_first(constants):
        trials = [_refit(residuals, constants, fixed, k, number) for number in _round_numbers(constants[k])]
        losses = [loss(trial) for trial in trials]
        best = int(np.argmin(losses))
        if losses[best] <= most:
            constants = trials[best]
            fixed[k] = True
    return _simpler(expression.with_constants(_shorten(constants, fixed, loss).tolist()), rows)


def refine(residuals: Residuals, start: Array) -> Array:
    """Least squares from one starting point.

    Parameters
    ----------
    residuals : callable
        `residuals(parameters)`, finite.
    start : ndarray of shape (n_parameters,)
        Where to start.

    Returns
    -------
    ndarray of shape (n_parameters,)
        Parameters with a sum of squares that is no higher than that of the start.
    """
    at_start = residuals(start)
    if len(at_start) < len(start):
        return start
    scale = np.maximum(np.abs(start), 1e-3)
    cost = np.sum(at_start**2)
    fit = least_squares(
        residuals,
        start,
        method="lm",
        x_scale=scale,
        ftol=CLOSE_ENOUGH,
        xtol=CLOSE_ENOUGH,
        max_nfev=MOST_STEPS * len(start),
    )
    return fit.x if np.isfinite(fit.x).all() and 2 * fit.cost < cost else start


def _roundest_first(constants: Array) -> list[int]:
    distance = np.abs(constants - np.round(constants)) / np.maximum(np.abs(constants), 1.0)
    return [int(k) for k in np.argsort(distance, kind="stable")]


def _round_numbers(value: float) -> list[float]:
    halves = round(2 * value) / 2
    turns = [math.copysign(name, value) for name in NAMED if abs(abs(value) - name) < 0.5 * math.pi]
    return list(dict.fromkeys([float(round(value)), halves, 0.0, *turns]))


def _refit(residuals: Residuals, constants: Array, fixed: NDArray[np.bool_], k: int, number: float) -> Array:
    """Set one constant and fit those that are still free to the change."""
    free = ~fixed
    free[k] = False
    trial = constants.copy()
    trial[k] = number
    if not free.any():
        return trial

    def of_free(part: Array) -> Array:
        moved = trial.copy()
        moved[free] = part
        return residuals(moved)

    trial[free] = refine(of_free, trial[free])
    return trial


def _shorten(constants: Array, fixed: NDArray[np.bool_], loss: Callable[[Array], float]) -> Array:
    """Keep as few digits as the loss allows: as many of all, and then fewer of each that can do with fewer.

    A constant that stands beside a large offset needs no more digits because the offset does.
    """
    most = loss(constants) * (1 + NEGLIGIBLE_SHARE) + NEGLIGIBLE_LOSS
    for digits in range(2, ALL_DIGITS + 1):
        counts = np.where(fixed, ALL_DIGITS, digits)
        if loss(_to_digits(constants, counts)) <= most:
            break
    for k in np.flatnonzero(~fixed):
        for digits in range(1, counts[k]):
            fewer = np.where(np.arange(len(counts)) == k, digits, counts)
            if loss(_to_digits(constants, fewer)) <= most:
                counts = fewer
                break
    return _to_digits(constants, counts)


def _to_digits(constants: Array, counts: Array) -> Array:
    return np.array([float(f"{value:.{digits}g}") for value, digits in zip(constants, counts, strict=True)])


def _simpler(expression: Expression, rows: Array) -> Expression:
    """Drop terms of 0 and factors of 1 that rounding has left."""
    try:
        rewritten = Expression.from_sympy(expression.to_sympy())
    except ValueError:
        return expression
    if rewritten.complexity >= expression.complexity:
        return expression
    rewritten = rewritten.with_constants(
        [without_rounding_error(value) for value in rewritten.constant_values]
    )
    same = np.allclose(rewritten(rows), expression(rows), rtol=1e-9, atol=1e-12, equal_nan=True)
    return rewritten if same else expression

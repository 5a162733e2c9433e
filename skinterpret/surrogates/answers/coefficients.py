"""The constants of a rule as parameters: values, intervals, and what they were rounded from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.surrogates.formulas.tidying import is_round
from skinterpret.surrogates.judging.figures import Shell
from skinterpret.surrogates.judging.judgement import Judge
from skinterpret.surrogates.reading.constants import N_INDEPENDENT, ConstantFit, interval_of
from skinterpret.surrogates.reading.latents import Answer

Array = NDArray[np.float64]


def coefficient_table(judge: Judge, answer: Answer, seed: int) -> pd.DataFrame:
    """Estimate the constants of a rule and its threshold, with bootstrap intervals.

    All constants are fitted again to the network's directions, on small resamples of the shell.  The
    threshold is the level of each refitted formula by a resample of the network's boundary and by its
    decisions.  To that comes the error that the number of rows leaves even to a network that makes the best
    of them.

    Parameters
    ----------
    judge : Judge
        Shell and boundary of the network.
    answer : Answer
        The rule.
    seed : int
        Seed of the resamples.

    Returns
    -------
    DataFrame
        A row for each constant, in the order in which the formula has them, and one for the threshold,
        with the columns `value`, `low` and `high` (95 % interval) and `snapped_from`: the value that
        fits best beside the other numbers of the formula as they stand in it, where it has a whole number, a
        common fraction, or a number with a name in its place; NaN where it has the value that was fitted,
        to as many digits as count.  That of the threshold is the level of the formula as it stands.
    """
    expression = answer.expression
    best, trials = best_and_resamples(judge, expression, seed)
    rng = np.random.default_rng(seed)
    levels = np.array([_level(judge, expression.with_constants(t.tolist()), rng) for t in trials])
    level = judge.level(expression)
    errors = judge.sampling_errors(best)
    threshold = _intervals(["threshold"], [answer.link.threshold], [level], levels[:, None], errors[-1:])
    rounded_from = best_beside_the_others(judge, expression, seed)
    constants = constants_table("c", expression, rounded_from, trials, errors[:-1])
    return pd.concat([constants, threshold])


def concept_coefficients(judge: Shell, concept: Expression, seed: int) -> pd.DataFrame:
    """Estimate the constants of a concept, with intervals, as `coefficient_table` does those of a rule.

    Parameters
    ----------
    judge : Shell
        The network's directions.
    concept : Expression
        The formula, in raw units.
    seed : int
        Seed of the resamples.

    Returns
    -------
    DataFrame
        A row for each constant, with the columns of `coefficient_table`.
    """
    best, trials = best_and_resamples(judge, concept, seed)
    errors = judge.sampling_errors(best)[: len(best.constant_values)]
    return constants_table("c", concept, best_beside_the_others(judge, concept, seed), trials, errors)


def best_and_resamples(judge: Shell, expression: Expression, seed: int) -> tuple[Expression, Array]:
    """Fit the constants of a formula to all directions, and to each resample of them.

    Parameters
    ----------
    judge : Shell
        The network's directions.
    expression : Expression
        The formula, in raw units.
    seed : int
        Seed of the resamples.

    Returns
    -------
    best : Expression
        The formula with the constants that fit best.
    trials : ndarray of shape (n_resamples, n_constants)
        The constants of each resample.
    """
    fit = ConstantFit(judge, seed)
    best = fit.refit(expression)
    return best, fit.resamples(best)


def best_beside_the_others(judge: Shell, expression: Expression, seed: int) -> list[float]:
    """Fit each constant of a formula to all directions, while the others stay as they are.

    Fitted all at once, constants that make up for one another may go far from the numbers of the formula,
    and tell of none what it was rounded from.

    Parameters
    ----------
    judge : Shell
        The network's directions.
    expression : Expression
        The formula, in raw units.
    seed : int
        Seed of the fit.

    Returns
    -------
    list of float
        Where each fits best.
    """
    fit = ConstantFit(judge, seed)
    n_constants = len(expression.constant_values)
    return [
        fit.refit(expression, [other != k for other in range(n_constants)]).constant_values[k]
        for k in range(n_constants)
    ]


def constants_table(
    kind: str, expression: Expression, fitted: Sequence[float], trials: Array, errors: Array
) -> pd.DataFrame:
    """Tell the constants of a formula, with intervals.

    Parameters
    ----------
    kind : str
        What their names begin with.
    expression : Expression
        The formula.
    fitted : sequence of float
        What its constants may have been rounded from.
    trials : ndarray of shape (n_resamples, n_constants)
        The constants of each resample.
    errors : ndarray of shape (n_constants,)
        Standard errors that the number of rows leaves.

    Returns
    -------
    DataFrame
        A row for each constant but 0, with the columns of `coefficient_table`.
    """
    names = [f"{kind}{number}" for number in range(1, len(fitted) + 1)]
    table = _intervals(names, expression.constant_values, fitted, trials, errors)
    # the 0 in `0 - x` is no parameter
    return table[table["value"] != 0]


def _intervals(names: list[str], values: Any, fitted: Any, trials: Array, errors: Array) -> pd.DataFrame:
    low, high = interval_of(trials, errors)
    rounder = [number if is_round(value) else np.nan for value, number in zip(values, fitted, strict=True)]
    # the value is rounded, and the bounds are not; where those are NaN they stay so
    bounds = {"low": np.minimum(low, values), "high": np.maximum(high, values)}
    columns = {"value": values, **bounds, "snapped_from": rounder}
    return pd.DataFrame(columns, index=pd.Index(names, name="name"), dtype=float)


def _level(judge: Judge, expression: Expression, rng: np.random.Generator) -> float:
    """Threshold on a resample of the boundary."""
    if judge.n_boundary == 0:
        return np.nan
    return judge.level(expression, rng.integers(judge.n_boundary, size=N_INDEPENDENT))

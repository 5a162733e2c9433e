"""The constants of a rule as parameters: values, intervals, and what they were rounded from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.gradients import Rows
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.surrogates.constants import fit_constants_to
from skinterpret.surrogates.figures import Shell
from skinterpret.surrogates.judgement import Judge
from skinterpret.surrogates.reading import Answer

Array = NDArray[np.float64]

N_RESAMPLES = 200
# A network's errors are smooth and shared by neighbours, so thousands of rows are worth as many
# independent ones as there are patches of like error.  With nine, intervals cover the true constants
# of experiments 1 to 6 about as often as they promise: `benchmarks/answers.py`.
N_INDEPENDENT = 9
COVERAGE = 0.95


def coefficient_table(judge: Judge, answer: Answer, seed: int) -> pd.DataFrame:
    """Estimate the constants of a rule and its threshold, with bootstrap intervals.

    All constants are fitted again to the network's directions, on small resamples of the shell: as
    many rows as there are independent ones (m out of n bootstrap: Bickel, Götze and van Zwet,
    Statistica Sinica 7, 1997).  The threshold is the level of each refitted formula on the network's
    boundary.

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
        fits best, where the formula has a rounder one.
    """
    expression = answer.expression
    rng = np.random.default_rng(seed)
    fitted, trials = _refits(judge, expression, rng)
    best = judge.boundary_level(expression.with_constants(fitted.tolist()))
    levels = np.array([_level(judge, expression.with_constants(t.tolist()), rng) for t in trials])
    threshold = _intervals(["threshold"], [answer.link.threshold], [best], levels[:, None])
    return pd.concat([_constants(expression, fitted, trials), threshold])


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
    return _constants(concept, *_refits(judge, concept, np.random.default_rng(seed)))


def _refits(judge: Shell, expression: Expression, rng: np.random.Generator) -> tuple[Array, Array]:
    """Constants fitted to all rows, and to each resample of them."""
    rows, program = _in_scaled_inputs(judge, expression)
    fitted = fit_constants_to(rows, program)
    start = program.with_constants(fitted.tolist())
    trials = [
        fit_constants_to(rows._replace(W=_resampled_weight(judge, rows, rng)), start)
        for _ in range(N_RESAMPLES)
    ]
    return fitted, np.array(trials)


def _constants(expression: Expression, fitted: Array, trials: Array) -> pd.DataFrame:
    names = [f"c{number}" for number in range(1, len(fitted) + 1)]
    table = _intervals(names, expression.constant_values, fitted, trials)
    # the 0 in `0 - x` is no parameter
    return table[table["value"] != 0]


def _intervals(names: list[str], values: Any, best: Any, trials: Array) -> pd.DataFrame:
    tails = [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]
    with np.errstate(invalid="ignore"):
        # by column, for there may be none
        low, high = np.reshape([np.nanquantile(trial, tails) for trial in trials.T], (-1, 2)).T
    columns = {"value": values, "low": low, "high": high, "snapped_from": best}
    return pd.DataFrame(columns, index=pd.Index(names, name="name"), dtype=float)


def _in_scaled_inputs(judge: Shell, expression: Expression) -> tuple[Rows, Expression]:
    """Rows of the shell in scaled inputs, with the raw inputs as parts of which the program is made."""
    scale = judge.scale
    d = len(scale)
    raw = [
        Expression.apply("mul", Expression.variable(j), Expression.constant(float(scale[j])))
        for j in range(d)
    ]
    rows = make_rows(judge.scaled_shell, judge.directions, judge.weight, parts=raw)
    return rows, expression.substitute({j: Expression.variable(d + j) for j in expression.variables})


def _level(judge: Judge, expression: Expression, rng: np.random.Generator) -> float:
    """Threshold on a resample of the boundary."""
    if judge.n_boundary == 0:
        return np.nan
    return judge.boundary_level(expression, rng.integers(judge.n_boundary, size=N_INDEPENDENT))


def _resampled_weight(judge: Shell, rows: Rows, rng: np.random.Generator) -> Array:
    """Weights of the rows in a resample."""
    share = None if judge.weight is None else judge.weight / judge.weight.sum()
    drawn = rng.choice(len(judge.directions), size=N_INDEPENDENT, p=share)
    return np.asarray(np.bincount(drawn, minlength=rows.W.size).reshape(rows.W.shape) / N_INDEPENDENT)

"""The constants of a link, and of the whole formula, as parameters with intervals."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.surrogates.answers.coefficients import (
    best_and_resamples,
    best_beside_the_others,
    constants_table,
)
from skinterpret.surrogates.judging.information import derivatives_by_constants, standard_errors
from skinterpret.surrogates.reading.constants import N_INDEPENDENT
from skinterpret.surrogates.reading.links import ValueLink, usable_rows
from skinterpret.surrogates.reading.rounding import LARGEST, refine
from skinterpret.surrogates.reading.values import TINY, ValueAnswer, ValueJudge

Array = NDArray[np.float64]

# A resample of as many rows as there are independent ones leaves a link of five constants hardly
# determined.  One of more rows scatters less, by a root of their numbers that is known.
N_DRAWN = 90
DRAWN_TO_INDEPENDENT = float(np.sqrt(N_DRAWN / N_INDEPENDENT))
ROWS_OF_BEST = 600
ROWS_OF_RESAMPLE = 200


class _Estimates(NamedTuple):
    """The constants of a formula that fit best, and those of each resample."""

    best: Array
    trials: Array


def value_coefficients(judge: ValueJudge, answer: ValueAnswer, link: ValueLink, seed: int) -> pd.DataFrame:
    """Estimate the constants of a formula for values: those of the concept and those of its link.

    The concept's are fitted to directions, as `concept_coefficients` does it.  For each resample of them the
    link is fitted anew to the network's values on the held-back rows, and scatters with these rows as well.

    Parameters
    ----------
    judge : ValueJudge
        The network's directions and values.
    answer : ValueAnswer
        The concept and the whole formula.
    link : ValueLink
        φ.
    seed : int
        Seed of the resamples.

    Returns
    -------
    DataFrame
        A row for each constant of the concept (`c1`, …) and of the link (`phi1`, …), each in the order in
        which their formulas have them.  Where the whole formula is printed with other numbers than these,
        because it is multiplied out or simplified, its constants follow (`formula1`, …).  Columns as in
        `coefficient_table`; `snapped_from` of the link and of the whole formula is the value that fits best
        when all constants are fitted at once.
    """
    best, trials = best_and_resamples(judge, answer.concept, seed)
    errors = judge.sampling_errors(best)[: len(best.constant_values)]
    rounded_from = best_beside_the_others(judge, answer.concept, seed)
    tables = [constants_table("c", answer.concept, rounded_from, trials, errors)]
    concept = _Estimates(np.array(best.constant_values), trials)
    phi = _link_estimates(judge, answer.concept, link.expression, concept, seed)
    tables.append(_table("phi", judge, answer.concept, link.expression, phi))
    formula = _as_printed(answer.formula)
    if not _is_made_of(formula, answer.concept, link.expression):
        whole = _whole_estimates(judge, formula, answer.concept, link.expression, concept, phi)
        tables.append(_table("formula", judge, None, formula, whole))
    return pd.concat([table for table in tables if len(table)] or tables[:1])


def _link_estimates(
    judge: ValueJudge, concept: Expression, link: Expression, estimates: _Estimates, seed: int
) -> _Estimates:
    """Fit φ to the network's values for the best concept, and for each resample of it."""

    def fitted(constants: Array, start: Array, most_rows: int) -> Array:
        if not np.isfinite(constants).all():
            return np.full(len(start), np.nan)
        values = concept.with_constants(constants.tolist())(judge.rows)
        rows = usable_rows(values, most_rows)
        return _fitted(link, values[rows, None], judge.values[rows], start)

    best = fitted(estimates.best, np.array(link.constant_values), ROWS_OF_BEST)
    n_resamples = len(estimates.trials)
    if len(estimates.best):
        moved = np.array([fitted(trial, best, ROWS_OF_RESAMPLE) for trial in estimates.trials])
    else:
        moved = np.tile(best, (n_resamples, 1))
    values = concept.with_constants(estimates.best.tolist())(judge.rows)
    scatter = _scatter(judge, link.with_constants(best.tolist()), values, n_resamples, seed)
    return _Estimates(best, moved + scatter)


def _fitted(formula: Expression, rows: Array, wanted: Array, start: Array) -> Array:
    """Fit all constants of a formula by least squares."""

    def residuals(constants: Array) -> Array:
        if not np.isfinite(constants).all():  # a step of some versions of MINPACK
            return np.full(len(wanted), LARGEST)
        with np.errstate(all="ignore"):
            difference = formula.with_constants(constants.tolist())(rows) - wanted
        return np.clip(np.nan_to_num(difference, nan=LARGEST), -LARGEST, LARGEST)

    return refine(residuals, start) if len(start) else start


def _scatter(judge: ValueJudge, link: Expression, values: Array, n_resamples: int, seed: int) -> Array:
    """Give the steps of least squares by which resamples of the rows move the constants of φ."""
    rows = usable_rows(values)
    slopes = derivatives_by_constants(link, values[rows, None])
    with np.errstate(all="ignore"):
        misfit = _finite(judge.values[rows] - link(values[rows, None]))
    if not slopes.size:
        return np.zeros((n_resamples, slopes.shape[1]))
    drawn = np.random.default_rng(seed).integers(len(rows), size=(n_resamples, N_DRAWN))
    steps = [np.linalg.lstsq(slopes[each], misfit[each], rcond=None)[0] for each in drawn]
    return np.array(steps) * DRAWN_TO_INDEPENDENT


def _as_printed(formula: Expression) -> Expression:
    """Give a formula with the numbers that its reader sees: sympy multiplies `2*(x + 3*y)` out."""
    try:
        return Expression.from_sympy(formula.to_sympy())
    except ValueError:  # sympy may answer with functions that the operator table lacks
        return formula


def _is_made_of(formula: Expression, concept: Expression, link: Expression) -> bool:
    """Tell whether each constant of a formula is one of the concept or of the link, as it stands there."""
    parts = Counter([*concept.constant_values, *link.constant_values])
    return Counter(_parameters(formula)) <= parts


def _parameters(expression: Expression) -> list[float]:
    # the 0 in `0 - x` is no parameter
    return [value for value in expression.constant_values if value != 0]


def _whole_estimates(
    judge: ValueJudge,
    formula: Expression,
    concept: Expression,
    link: Expression,
    inner: _Estimates,
    outer: _Estimates,
) -> _Estimates:
    """Find the constants with which the printed formula says what each link of a concept says."""
    few = judge.rows[:: max(1, len(judge.rows) // ROWS_OF_RESAMPLE)]

    def told_by(of_concept: Array, of_link: Array, start: Array) -> Array:
        if not (np.isfinite(of_concept).all() and np.isfinite(of_link).all()):
            return np.full(len(start), np.nan)
        with np.errstate(all="ignore"):
            values = concept.with_constants(of_concept.tolist())(few)
            wanted = link.with_constants(of_link.tolist())(values[:, None])
        defined = np.isfinite(wanted)
        return _fitted(formula, few[defined], wanted[defined], start)

    best = told_by(inner.best, outer.best, np.array(formula.constant_values))
    pairs = zip(inner.trials, outer.trials, strict=True)
    return _Estimates(best, np.array([told_by(*pair, best) for pair in pairs]))


def _table(
    kind: str, judge: ValueJudge, concept: Expression | None, formula: Expression, found: _Estimates
) -> pd.DataFrame:
    """Tell the constants of a formula of a concept, or of the inputs where there is none."""
    errors = _sampling_errors(judge, concept, formula)
    return constants_table(kind, formula, found.best.tolist(), found.trials, errors)


def _sampling_errors(judge: ValueJudge, concept: Expression | None, formula: Expression) -> Array:
    """Give the standard errors that the number of rows leaves, the concept's constants being open, too."""
    with np.errstate(all="ignore"):
        inputs = judge.rows if concept is None else concept(judge.rows)[:, None]
        misfit = _finite(formula(inputs) - judge.values)
    share = judge.n_rows / len(judge.rows)
    weight = np.full(len(judge.rows), share / max(float(np.mean(misfit**2)), TINY))
    derivatives = derivatives_by_constants(formula, inputs)
    if concept is None:
        return standard_errors(derivatives, weight)
    with np.errstate(all="ignore"):
        by_concept = formula.gradient(inputs) * derivatives_by_constants(concept, judge.rows)
    observed = np.column_stack([derivatives, _finite(by_concept)])
    return standard_errors(observed, weight)[: derivatives.shape[1]]


def _finite(values: Array) -> Array:
    return np.nan_to_num(values, posinf=0.0, neginf=0.0)

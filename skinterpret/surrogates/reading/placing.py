"""Constants that directions leave open, placed by the network's decisions.

Where a class lies between two limits, as in `0.1 < x0 < 0.8`, gradients point up at one of them and down at
the other.  They say that the concept is `(x0 - c)**2` and that `c` lies somewhere between; which `c` it is,
decisions tell.  The simplest candidate of such a concept, `x0**2` or `x0 - x0**2`, has all gradients right
and many decisions wrong, and by that it is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, islice

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.optimize import minimize

from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Front
from skinterpret.surrogates.formulas.scale import without_scale_and_offset
from skinterpret.surrogates.formulas.tidying import whole_exponents
from skinterpret.surrogates.judging.judgement import Judge, Verdict
from skinterpret.surrogates.judging.selection import RESOLUTION, binomial_error
from skinterpret.surrogates.reading.constants import ConstantFit

Array = NDArray[np.float64]

MOST_LOSS = 0.01  # of a candidate whose gradients are right
LEAST_INFIDELITY = 0.02  # of one whose decisions are wrong
ERRORS = 3.0  # by which its decisions have to become better
MOST_CANDIDATES = 4  # the simplest of these are looked at, until one has been placed
MOST_INPUTS = 3
MOST_ROWS = 1_000  # to fit a few constants to
MOST_STEPS = 50
LARGEST_ODDS = 500.0


def placed_by_decisions(
    front: Front, judge: Callable[[Expression], Verdict], rows: Array, probability: Array, n_held_back: int
) -> Front:
    """Put candidates with right gradients and wrong decisions where their decisions are right.

    Parameters
    ----------
    front : Front
        Candidates.
    judge : callable
        `judge(expression)`: what held-back rows say of a candidate.
    rows : ndarray of shape (n_samples, n_features)
        Rows in the inputs of the candidates, other ones than those held back.
    probability : ndarray of shape (n_samples,)
        The network's probabilities of yes on them.
    n_held_back : int
        Number of the rows held back.

    Returns
    -------
    Front
        The front, with another form in the place of each candidate that decides better in that form; where
        there is one input, with a square of its distance from a centre, too.
    """
    rows, probability = rows[:MOST_ROWS], probability[:MOST_ROWS]
    if rows.shape[1] == 1:
        front = replace(front, candidates=[*front, *_bands(judge, rows, probability)])
    candidates = list(front)
    misplaced = (
        (position, candidate, verdict)
        for position, candidate in enumerate(front)
        if _has_right_gradients(candidate)
        and (verdict := judge(candidate.expression)).fidelity < 1 - LEAST_INFIDELITY
    )
    for position, candidate, verdict in islice(misplaced, MOST_CANDIDATES):
        placed = _placed(candidate, verdict, judge, rows, probability, n_held_back)
        if placed is not None:
            candidates[position] = placed
            break
    return replace(front, candidates=candidates)


class FaithfulFit(ConstantFit):
    """Fits constants to directions where these tell them, and leaves them where decisions have put them.

    Parameters
    ----------
    judge : Judge
        The network's directions and decisions.
    seed : int
        Seed of the resamples.
    """

    def __init__(self, judge: Judge, seed: int) -> None:
        super().__init__(judge, seed)
        self._judge = judge

    def refit(self, expression: Expression, fixed: Sequence[bool] | None = None) -> Expression:
        """Fit all constants that are not fixed, but not at the cost of decisions.

        Parameters
        ----------
        expression : Expression
            A formula in raw units.
        fixed : sequence of bool of length n_constants, default=None
            Which constants stay as they are; `None` fits all.

        Returns
        -------
        Expression
            The same formula with other constants, or as it was.
        """
        found = super().refit(expression, fixed)
        return found if decides_as_well(self._judge, found, expression) else expression


def decides_as_well(judge: Judge, form: Expression, expression: Expression) -> bool:
    """Tell whether a form agrees with the network on about as many held-back rows as another.

    Parameters
    ----------
    judge : Judge
        The held-back rows.
    form, expression : Expression
        Formulas in raw units.

    Returns
    -------
    bool
        Whether it is at most one standard error worse.
    """
    fidelity = judge(expression).fidelity
    return judge(form).fidelity >= fidelity - binomial_error(fidelity, judge.n_samples)


def _bands(judge: Callable[[Expression], Verdict], rows: Array, probability: Array) -> Iterator[Candidate]:
    """Yield the simplest concept of a class between two limits of the only input.

    Directions are signs there, and whatever turns where the network does has them all right, so that a
    search ends with any such formula.
    """
    for weight in (probability, 1 - probability):
        band = Expression.apply("square", _shifted(0, float(_mean(rows, weight)[0])))
        fitted = _fitted_to_decisions(band, rows, probability, judge(band).link.slope > 0)
        alignment = judge(fitted).alignment
        if np.isfinite(alignment):
            yield Candidate(_shortest(fitted), 1 - alignment)


def _has_right_gradients(candidate: Candidate) -> bool:
    return candidate.loss <= MOST_LOSS and 1 <= len(candidate.expression.variables) <= MOST_INPUTS


def _placed(
    candidate: Candidate,
    verdict: Verdict,
    judge: Callable[[Expression], Verdict],
    rows: Array,
    probability: Array,
    n_held_back: int,
) -> Candidate | None:
    """Find the shortest form of those that decide best; `None` where none decides clearly better."""
    error = binomial_error(verdict.fidelity, n_held_back)
    found: list[tuple[float, Candidate]] = []
    for form in _forms(candidate.expression, rows, probability):
        fitted = _shortest(_fitted_to_decisions(form, rows, probability, verdict.link.slope > 0))
        judged = judge(fitted)
        lost = max(verdict.alignment - judged.alignment, 0.0)
        if judged.fidelity > verdict.fidelity + ERRORS * error and lost <= RESOLUTION:
            found.append((judged.fidelity, Candidate(fitted, candidate.loss + lost)))
    best = max((fidelity for fidelity, _ in found), default=0.0)
    least = best - binomial_error(best, n_held_back)
    good = [placed for fidelity, placed in found if fidelity >= least]
    return min(good, key=lambda placed: placed.complexity, default=None)


def _forms(expression: Expression, rows: Array, probability: Array) -> Iterator[Expression]:
    """Yield a formula that has constants as it is, and with inputs that count from elsewhere."""
    if expression.constant_values:
        yield expression
    inputs = expression.variables
    centres = [np.zeros(rows.shape[1]), *(_mean(rows, weight) for weight in (probability, 1 - probability))]
    for n_shifted in range(1, len(inputs) + 1):
        for shifted in combinations(inputs, n_shifted):
            for centre in centres:
                yield expression.substitute({j: _shifted(j, centre[j]) for j in shifted})


def _shortest(expression: Expression) -> Expression:
    """Multiply a formula out, without its offset, where that is shorter: `x0**2 - 0.9*x0`."""
    try:
        plain = Expression.from_sympy(without_scale_and_offset(sympy.expand(expression.to_sympy())))
    except ValueError:
        return expression
    return min(expression, plain, key=lambda form: form.complexity)


def _shifted(j: int, centre: float) -> Expression:
    return Expression.apply("sub", Expression.variable(j), Expression.constant(float(centre)))


def _mean(rows: Array, weight: Array) -> Array:
    total = weight.sum()
    return np.asarray(weight @ rows / total if total > 0 else rows.mean(axis=0))


def _fitted_to_decisions(expression: Expression, rows: Array, probability: Array, rising: bool) -> Expression:
    """Fit the constants of a formula, but for exponents, such that its odds are the network's."""
    values = np.array(expression.constant_values)
    free = ~np.array(whole_exponents(expression), dtype=bool)

    def with_free(constants: Array) -> Expression:
        moved = values.copy()
        moved[free] = constants
        return expression.with_constants(moved.tolist())

    def cross_entropy(parameters: Array) -> float:
        with np.errstate(all="ignore"):
            height = with_free(parameters[:-2])(rows)
            spread = height.std()
            if not 0 < spread < np.inf:
                return LARGEST_ODDS
            odds = parameters[-2] * (height - height.mean()) / spread + parameters[-1]
        odds = np.clip(odds, -LARGEST_ODDS, LARGEST_ODDS)
        return float(np.mean(np.logaddexp(0, odds) - probability * odds))

    start = np.append(values[free], [1.0 if rising else -1.0, 0.0])
    fit = minimize(cross_entropy, start, method="BFGS", options={"maxiter": MOST_STEPS})
    return with_free(fit.x[:-2]) if np.isfinite(fit.x).all() else expression

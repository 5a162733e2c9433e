"""Direct symbolic classification: formulas whose values, not whose gradients, tell the labels.

This is the method that reading a network out is compared with, so it is kept simple: all small
programs of the engine's enumeration, a beam of the best of them joined with others, and constant
factors for the best of all.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from skinterpret.expressions import Expression
from skinterpret.expressions.operators import (
    CONSTANT_COMPLEXITY,
    DEFAULT_OPERATORS,
    OPERATORS,
    VARIABLE_COMPLEXITY,
    find_operators,
)
from skinterpret.search.evolution.enumeration import Level, distinct_levels, joined_level
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.front import Candidate, Front

__all__ = ["search_labels"]

Array = NDArray[np.float64]

RIDGE = 1e-3  # on the slope for standardised values: without it none is best where a cut is perfect
NEWTON_STEPS = 15
LARGEST_STEP = 3.0
SCREEN_ROWS = 64  # on which programs are judged first
SCREENED = 400  # programs of one complexity that are judged on all rows
BEAM = 40
PARTNERS = 80
ROUNDS = 3
TUNED = 10
(MULTIPLY,) = find_operators(["mul"])
FACTOR_COMPLEXITY = CONSTANT_COMPLEXITY + OPERATORS[MULTIPLY - 1].complexity


def search_labels(
    X: Array,
    positive: NDArray[np.bool_],
    *,
    operators: Sequence[str] | None = None,
    max_complexity: int = 20,
    max_programs: int = 10_000,
    loss: str = "logistic",
) -> Front:
    """Search for expressions whose values separate two classes.

    The value of an expression is put through the best slope and threshold of its own before it is
    judged, so only its order of the rows counts, as far as a straight link can follow it.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows; a few hundred are enough, and memory grows with their number.
    positive : ndarray of shape (n_samples,), dtype bool
        Whether a row belongs to the second class.
    operators : sequence of str, default=None
        Names of operators from the operator table; `None` means those of `EvolutionEngine`.
    max_complexity : int, default=20
        Largest complexity of an expression.
    max_programs : int, default=10000
        Small programs that are all tried; then the best are joined with others.
    loss : {"logistic", "squared_hinge"}, default="logistic"
        What is lost on a row.

    Returns
    -------
    Front
        Candidates ordered by complexity, with strictly falling mean loss.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search.classification import search_labels
    >>> X = np.random.default_rng(0).uniform(0, 2, (300, 2))
    >>> front = search_labels(X, X[:, 0] * X[:, 1] > 1, max_complexity=5, max_programs=500)
    >>> str(front[1].expression)
    'x0*x1'
    """
    numbers = find_operators(DEFAULT_OPERATORS if operators is None else operators)
    grammar = _grammar(numbers, X.shape[1], max_complexity)
    signs = np.where(positive, 1.0, -1.0)
    levels = [level for _, level in distinct_levels(grammar, X, max_programs)]
    pool = _Pool(signs, loss, max_complexity)
    for level in levels:
        pool.add(level)
    small = _first(levels, PARTNERS)
    for _ in range(ROUNDS):
        best = pool.best(BEAM)
        if not len(best.lengths):
            break
        pool.add(joined_level(best, _stacked([best, small]), grammar))
    tuned = [
        _tuned(variant, X, signs, loss)
        for expression in pool.different(TUNED, max_complexity - FACTOR_COMPLEXITY)
        for variant in _with_a_factor(expression)
        if MULTIPLY in numbers
    ]
    return Front([*pool.candidates(), *tuned])


def fit_links(values: Array, signs: Array, loss: str) -> tuple[Array, Array, Array]:
    """Fit a slope and a threshold to each of many expressions at once, by Newton's method.

    Parameters
    ----------
    values : ndarray of shape (n_expressions, n_samples)
        Values of the expressions.
    signs : ndarray of shape (n_samples,)
        1 for the second class, -1 for the first.
    loss : {"logistic", "squared_hinge"}
        What is lost on a row.

    Returns
    -------
    losses : ndarray of shape (n_expressions,)
        Mean loss of each; infinite where an expression is not defined or constant.
    slopes, intercepts : ndarray of shape (n_expressions,)
        The best linear map of each to log-odds, or to margins.
    """
    with np.errstate(all="ignore"):
        center, spread = values.mean(axis=1), values.std(axis=1)
        standard = (values - center[:, None]) / spread[:, None]
        usable = np.isfinite(standard).all(axis=1)
        standard[~usable] = 0.0
        slope, intercept = np.zeros(len(values)), np.zeros(len(values))
        best = np.full(len(values), np.inf), slope, intercept
        for _ in range(NEWTON_STEPS):
            value, first, second = LOSSES[loss](signs * (slope[:, None] * standard + intercept[:, None]))
            total = value.mean(axis=1) + 0.5 * RIDGE * slope**2
            better = total < best[0]
            best = tuple(  # type: ignore[assignment]
                np.where(better, new, old) for new, old in zip((total, slope, intercept), best, strict=True)
            )
            slope, intercept = _newton_step(standard, signs * first, second, slope, intercept)
        value = LOSSES[loss](signs * (best[1][:, None] * standard + best[2][:, None]))[0].mean(axis=1)
        value[~usable] = np.inf
        return np.asarray(value), best[1] / spread, best[2] - best[1] * center / spread


def _newton_step(
    standard: Array, first: Array, second: Array, slope: Array, intercept: Array
) -> tuple[Array, Array]:
    gradient_a = (first * standard).mean(axis=1) + RIDGE * slope
    gradient_b = first.mean(axis=1)
    aa = (second * standard**2).mean(axis=1) + RIDGE
    ab = (second * standard).mean(axis=1)
    bb = second.mean(axis=1) + RIDGE
    determinant = aa * bb - ab**2
    step_a = (bb * gradient_a - ab * gradient_b) / determinant
    step_b = (aa * gradient_b - ab * gradient_a) / determinant
    limit = np.minimum(1.0, LARGEST_STEP * (1 + np.abs(slope)) / np.maximum(np.hypot(step_a, step_b), 1e-300))
    return slope - limit * step_a, intercept - limit * step_b


def _logistic(margins: Array) -> tuple[Array, Array, Array]:
    """Loss of each margin with its first and second derivative."""
    wrong = expit(-margins)
    return np.asarray(np.logaddexp(0.0, -margins)), -wrong, wrong * (1 - wrong)


def _squared_hinge(margins: Array) -> tuple[Array, Array, Array]:
    short = np.maximum(1 - margins, 0.0)
    return short**2, -2 * short, np.where(short > 0, 2.0, 0.0)


LOSSES = {"logistic": _logistic, "squared_hinge": _squared_hinge}


class _Pool:
    """Programs that have been judged, the best of each complexity and the best of all."""

    def __init__(self, signs: Array, loss: str, max_complexity: int) -> None:
        self._signs, self._loss, self._max_complexity = signs, loss, max_complexity
        self._levels: list[Level] = []
        self._losses: list[Array] = []
        self._complexities: list[NDArray[np.int64]] = []

    def add(self, level: Level) -> None:
        """Judge programs and keep those that may be kept: the best of each complexity."""
        complexities = _complexities(level)
        for complexity in np.unique(complexities[complexities <= self._max_complexity]):
            rows = np.flatnonzero(complexities == complexity)
            if len(rows) > SCREENED:
                few = fit_links(level.values[rows, :SCREEN_ROWS], self._signs[:SCREEN_ROWS], self._loss)[0]
                rows = rows[np.argsort(few, kind="stable")[:SCREENED]]
            losses = fit_links(level.values[rows], self._signs, self._loss)[0]
            order = np.argsort(losses, kind="stable")[:BEAM]
            self._levels.append(_taken(level, rows[order]))
            self._losses.append(losses[order])
            self._complexities.append(complexities[rows[order]])

    def best(self, n_best: int) -> Level:
        """Programs with the lowest losses."""
        together = _stacked(self._levels)
        losses = np.concatenate(self._losses)
        order = np.argsort(losses, kind="stable")
        return _taken(together, order[np.isfinite(losses[order])][:n_best])

    def candidates(self) -> list[Candidate]:
        """Best program of each complexity."""
        together, losses, complexities = self._together()
        found = []
        for complexity in np.unique(complexities):
            rows = np.flatnonzero(complexities == complexity)
            row = int(rows[losses[rows].argmin()])
            if np.isfinite(losses[row]):
                found.append(Candidate(_expression(together, row), float(losses[row])))
        return found

    def different(self, n_best: int, max_complexity: int) -> list[Expression]:
        """Programs with the lowest losses, of those with the same loss the simplest alone."""
        together, losses, complexities = self._together()
        allowed = np.flatnonzero(np.isfinite(losses) & (complexities <= max_complexity))
        allowed = allowed[np.lexsort((complexities[allowed], np.round(losses[allowed], 9)))]
        first = np.unique(np.round(losses[allowed], 9), return_index=True)[1]
        return [_expression(together, int(row)) for row in allowed[first][:n_best]]

    def _together(self) -> tuple[Level, Array, NDArray[np.int64]]:
        return _stacked(self._levels), np.concatenate(self._losses), np.concatenate(self._complexities)


def _expression(level: Level, row: int) -> Expression:
    tokens = level.tokens[row, : level.lengths[row]].tolist()
    return Expression(tokens, [0.0] * len(tokens))


def _grammar(numbers: list[int], n_features: int, max_complexity: int) -> Grammar:
    arity = {number: OPERATORS[number - 1].arity for number in numbers}
    unary = np.array([number for number in numbers if arity[number] == 1], dtype=np.int64)
    binary = np.array([number for number in numbers if arity[number] == 2], dtype=np.int64)
    return Grammar(
        unary,
        np.arange(1.0, len(unary) + 1),
        binary,
        np.arange(1.0, len(binary) + 1),
        np.arange(1.0, n_features + 1),
        np.full(n_features, VARIABLE_COMPLEXITY),
        max_complexity,
        max_complexity + 1,
    )


def _complexities(level: Level) -> NDArray[np.int64]:
    costs = np.array([0, *(operator.complexity for operator in OPERATORS)])
    used = np.arange(level.tokens.shape[1]) < level.lengths[:, None]
    each = np.where(level.tokens > 0, costs[np.maximum(level.tokens, 0)], VARIABLE_COMPLEXITY)
    return np.asarray((each * used).sum(axis=1))


def _taken(level: Level, rows: NDArray[np.int64]) -> Level:
    return Level(level.tokens[rows], level.lengths[rows], level.extra[rows], level.values[rows])


def _first(levels: list[Level], n_programs: int) -> Level:
    return _taken(_stacked(levels), np.arange(min(n_programs, sum(len(level.lengths) for level in levels))))


def _stacked(levels: list[Level]) -> Level:
    width = max(level.tokens.shape[1] for level in levels)
    tokens = [np.pad(level.tokens, ((0, 0), (0, width - level.tokens.shape[1]))) for level in levels]
    return Level(
        np.vstack(tokens),
        np.concatenate([level.lengths for level in levels]),
        np.concatenate([level.extra for level in levels]),
        np.vstack([level.values for level in levels]),
    )


def _with_a_factor(expression: Expression) -> list[Expression]:
    """Variants with a constant factor before one node each; none before the root."""
    tokens = list(expression.tokens)
    return [
        Expression(
            [*tokens[: node + 1], 0, MULTIPLY, *tokens[node + 1 :]],
            [*[0.0] * (node + 1), 1.0, *[0.0] * (len(tokens) - node)],
        )
        for node in range(len(tokens) - 1)
    ]


def _tuned(expression: Expression, X: Array, signs: Array, loss: str) -> Candidate:
    def lost(constants: Array) -> float:
        if not np.isfinite(constants).all():
            return np.inf
        values = expression.with_constants(constants.tolist())(X)
        return float(fit_links(values[None, :], signs, loss)[0][0])

    start = np.array(expression.constant_values)
    options = {"maxfev": 40, "xatol": 1e-3}
    best = minimize(lost, start, method="Nelder-Mead", options=options)
    return Candidate(expression.with_constants(best.x.tolist()), float(best.fun))

"""Tidy a formula without changing what it decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.gradients import CONSTANT
from skinterpret.expressions.operators import find_operators
from skinterpret.surrogates.formulas.scale import other_scales, without_scale_and_offset

Array = NDArray[np.float64]

MOST_DIGITS = 8
MOST_SCALES = 3  # besides the first on which a sum is tried
NEGLIGIBLE_LOSS = 1e-9
KNOWN = 1e-6  # of a constant: closer than that the loss does not tell it
NEGLIGIBLE_SHARE = 0.002  # of the loss, that rounding may add
WORTH_OF_ROUND_NUMBERS = 0.28  # share of the loss that whole numbers, halves and π may add: exp(1/4) - 1
WORTH_OF_AN_OPEN_TERM = 1e-3  # loss, besides: networks' own errors are as large
WORTH_OF_FRACTIONS = 0.05  # the same for thirds, quarters, e, √2 and √3, of which there are many more
NAMED = (math.pi, 2 * math.pi)
WELL_KNOWN = 0.375  # width of an interval as a share of the constant
SMALLEST_WHOLE = 0.1
LARGEST_WHOLE = 100  # beyond it whole numbers are nothing that a reader would call round
(POWER,) = find_operators(["pow"])
LESS_COMMON = (math.pi / 2, math.e, math.sqrt(2), math.sqrt(3), math.sqrt(2) / 2, math.sqrt(3) / 2)


class Fit(Protocol):
    """What the directions tell of a formula and its constants."""

    def loss(self, expression: Expression) -> float:
        """Tell how far the gradients of the formula are from the directions."""

    def refit(self, expression: Expression, fixed: Sequence[bool] | None = None) -> Expression:
        """Fit the constants that are not fixed."""

    def noise(self, expression: Expression) -> float:
        """Give the loss that a network's errors and few rows account for, with constants that fit best."""

    def intervals(self, expression: Expression) -> tuple[Array, Array]:
        """Give the bounds between which the directions leave each constant open."""


def any_form(form: Expression) -> bool:
    """Let any form stand in for a formula, for `tidy`."""
    return True


def no_form(form: Expression) -> bool:
    """Let no form stand in for a formula that has more terms, for `tidy`."""
    return False


def tidy(
    expression: Expression,
    fit: Fit,
    may_replace: Callable[[Expression], bool] = any_form,
    may_round: Callable[[Expression], bool] = any_form,
) -> Expression:
    """Rewrite a formula as a person would and round its constants as far as the loss allows.

    The scale and the offset of a formula belong to its link, not to its concept
    (arXiv:2401.04978, section 3), so they are chosen such that the coefficients read well: no
    constant term, the most frequent coefficient of a sum is 1, or where all differ the one beside which
    the others have the fewest digits, and its longer terms have a plus sign.
    Then constants are fitted anew and rounded one after another, the others following.

    Parameters
    ----------
    expression : Expression
        The formula.
    fit : Fit
        Loss and constants of an expression.  A constant is rounded inside its interval only, to
        whole numbers, halves and π or 2 π if these cost at most 28 % more loss: a network's own
        errors move fitted constants by as much, and a formula without fitted constants is the
        simpler one.
    may_replace : callable, default=any_form
        `may_replace(form)`: whether a form without a term whose coefficient may as well be zero can stand
        in for the formula; where it cannot, the term stays.
    may_round : callable, default=any_form
        `may_round(form)`: whether a form with another number in the place of a constant can.

    Returns
    -------
    Expression
        An expression of the same concept.
    """
    shortest, *others = _plain_forms(expression, fit)
    if not shortest.constant_values:
        return _with_common_factor(shortest)
    best = _rounded_on_each_scale(shortest, fit, may_replace, may_round)
    # a term may be there in the formula multiplied out alone, as x0*x1 in 3e-9*x0*(x1 - 2e6)
    for form in filter(may_replace, others):
        rounded = _rounded_on_each_scale(form, fit, may_replace, may_round)
        best = min(best, rounded, key=lambda found: found.expression.complexity)
    return _with_common_factor(best.expression)


def is_round(value: float) -> bool:
    """Tell whether a constant is one of those that others are rounded to.

    Parameters
    ----------
    value : float
        The constant.

    Returns
    -------
    bool
        Whether it is a whole number, a half, third or quarter, or one with a name such as π; below a tenth,
        whether it has one digit.

    Examples
    --------
    >>> from skinterpret.surrogates.formulas.tidying import is_round
    >>> [is_round(value) for value in (2.0, 1 / 3, 1.7, 0.02)]
    [True, True, False, True]
    """
    if not math.isfinite(value):
        return False
    has_one_digit = abs(value) < SMALLEST_WHOLE and value == float(f"{value:.1g}")
    return (
        (2 * value).is_integer()
        or has_one_digit
        or any(math.isclose(value, number) for number in [*_near(value, NAMED), *_fractions(value)])
    )


def whole_exponents(expression: Expression) -> list[bool]:
    """Tell which constants are whole exponents: x³ is not to become the 2.97th power.

    Parameters
    ----------
    expression : Expression
        The formula.

    Returns
    -------
    list of bool
        For each of its constants.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.formulas.tidying import whole_exponents
    >>> whole_exponents(Expression.parse("2.5*x0**7"))
    [False, True]
    """
    tokens = expression.tokens
    return [
        value.is_integer() and k + 1 < len(tokens) and tokens[k + 1] == POWER
        for k, (token, value) in enumerate(zip(tokens, expression.constants, strict=True))
        if token == CONSTANT
    ]


class _Rounded(NamedTuple):
    """A formula with round constants.

    Attributes
    ----------
    expression : Expression
        The formula.
    ease : tuple of int
        How many of its constants may as well be zero, its complexity and its digits.
    """

    expression: Expression
    ease: tuple[int, int, int]


def _rounded_on_each_scale(
    expression: Expression,
    fit: Fit,
    may_replace: Callable[[Expression], bool],
    may_round: Callable[[Expression], bool],
) -> _Rounded:
    rounded = [_rounded(form, fit, may_replace, may_round) for form in _on_each_scale(expression)]
    return min(rounded, key=lambda found: found.ease)


def _rounded(
    expression: Expression,
    fit: Fit,
    may_replace: Callable[[Expression], bool],
    may_round: Callable[[Expression], bool],
) -> _Rounded:
    rounding = _Rounding(expression, fit, may_replace, may_round)
    rounding.snap(_zero, rounding.without_terms_left_open())
    left = _without_neutral_elements(rounding.expression)
    if left.complexity < expression.complexity:
        # what was the factor of a term may be that of the whole formula now
        plain = _plain_forms(left, fit)[0] if _n_terms(left) < _n_terms(expression) else left
        return _rounded(plain, fit, may_replace, may_round)
    rounding.snap(_round_numbers, rounding.up_to(WORTH_OF_ROUND_NUMBERS))
    rounding.snap(_fractions, rounding.up_to(WORTH_OF_FRACTIONS))
    shortest = _without_neutral_elements(rounding.shortened())
    digits = sum(map(_digits, shortest.constant_values))
    return _Rounded(shortest, (rounding.n_open, shortest.complexity, digits))


def _on_each_scale(expression: Expression) -> Iterator[Expression]:
    """Yield a formula, and if it is a sum the same one with the coefficient 1 before another term.

    Which is easier to read shows when they are rounded: `x0 + 1.7*x1` is, and not `0.588*x0 + x1`.
    """
    yield expression
    for form in other_scales(expression.to_sympy())[:MOST_SCALES]:
        try:
            yield Expression.from_sympy(form)
        except ValueError:
            continue


def _n_terms(expression: Expression) -> int:
    return len(sympy.Add.make_args(expression.to_sympy()))


def _plain_forms(expression: Expression, fit: Fit) -> list[Expression]:
    """List the forms of a formula that lose nothing, the shortest first; the formula where there is none."""
    level = fit.loss(expression)
    most = level + NEGLIGIBLE_SHARE * level + NEGLIGIBLE_LOSS
    forms = [form for form in dict.fromkeys(_forms(expression)) if fit.loss(form) <= most]
    return sorted(forms, key=lambda form: form.complexity) or [expression]


def _forms(expression: Expression) -> Iterator[Expression]:
    """Yield the formula multiplied out and as it is, both without offset and common factor.

    Exponentials that are multiplied become one: `exp(x0)*exp(x1)` is `exp(x0 + x1)`.
    """
    symbolic = sympy.powsimp(_with_small_phases(expression.to_sympy()), combine="exp")
    for form in (sympy.expand_mul(symbolic), symbolic):
        try:
            yield _without_neutral_elements(Expression.from_sympy(without_scale_and_offset(form)))
        except ValueError:  # sympy may answer with functions that the operator table lacks
            continue


def _with_common_factor(expression: Expression) -> Expression:
    """Write `x0*x1 + 24*x0*x2` as `x0*(x1 + 24*x2)`, if that is shorter."""
    terms = sympy.Add.make_args(expression.to_sympy())
    powers = [dict(term.as_coeff_Mul()[1].as_powers_dict()) for term in terms]
    factor = sympy.Integer(1)
    for base in set(powers[0]).intersection(*powers[1:]):
        exponents = {each[base] for each in powers}
        if len(exponents) == 1 or all(exponent.is_Integer for exponent in exponents):
            factor *= base ** min(exponents, key=abs)
    try:
        form = Expression.from_sympy(factor * sympy.Add(*[term / factor for term in terms]))
    except ValueError:
        return expression
    return min(expression, form, key=lambda each: each.complexity)


def _with_small_phases(symbolic: sympy.Expr) -> sympy.Expr:
    """Turn the waves of `sin(x + 22)` back by whole half periods, each of which changes its sign."""

    def turned_back(wave: sympy.Expr) -> sympy.Expr:
        phase, _ = wave.args[0].as_independent(*wave.free_symbols, as_Add=True)
        turns = int(sympy.Integer(sympy.floor(phase / sympy.pi + sympy.Rational(1, 2))))
        return (-1) ** turns * wave.func(wave.args[0] - (turns * sympy.pi).evalf()) if turns else wave

    return symbolic.replace(
        lambda part: part.func in (sympy.sin, sympy.cos) and part.free_symbols, turned_back
    )


class _Rounding:
    """Rounds the constants of one formula, inside the intervals that the directions leave them."""

    def __init__(
        self,
        expression: Expression,
        fit: Fit,
        may_replace: Callable[[Expression], bool],
        may_round: Callable[[Expression], bool],
    ) -> None:
        self._fit = fit
        self._may_round = may_round
        self._may_replace = may_replace
        self._simple = whole_exponents(expression)
        self._exponents = np.array(self._simple, dtype=bool)
        self._expression = fit.refit(expression, self._simple)
        low, high = fit.intervals(self._expression)
        best = np.array(self._expression.constant_values)
        slack = KNOWN * np.abs(best)
        self._low, self._high = np.fmin(low, best - slack), np.fmax(high, best + slack)
        self._level = fit.loss(self._expression)
        self._noise = fit.noise(self._expression)

    @property
    def expression(self) -> Expression:
        """The formula as far as it is rounded."""
        return self._expression

    @property
    def n_open(self) -> int:
        """How many constants may as well be zero."""
        values = np.array(self._expression.constant_values)
        return int(np.sum((values != 0) & ~self._exponents & (self._low <= 0) & (self._high >= 0)))

    def up_to(self, share: float) -> float:
        """Loss with a share of the noise more than the constants that fit best have."""
        return self._level + share * self._noise + NEGLIGIBLE_LOSS

    def without_terms_left_open(self) -> float:
        """Loss that a formula may have without the terms that rows are too few to tell from none."""
        return (1 + WORTH_OF_ROUND_NUMBERS) * self._level + WORTH_OF_AN_OPEN_TERM

    def snap(self, numbers_next_to: Callable[[float], list[float]], most: float) -> None:
        """Put such numbers in the place of constants, nearest to whole ones first, up to a loss of `most`.

        Of the numbers next to a constant the one with the lowest loss is taken, the other constants
        being fitted to it.  A constant that becomes zero takes its term with it.
        """
        values = self._expression.constant_values
        for index in sorted(range(len(values)), key=lambda k: abs(values[k] - round(values[k]))):
            if self._simple[index]:
                continue
            numbers = numbers_next_to(self._expression.constant_values[index])
            if not self._is_well_known(index):
                numbers = [number for number in numbers if (2 * number).is_integer()]
            trials = [self._with(index, number) for number in numbers]
            good = [trial for trial in trials if self._inside(trial) and self._loss(trial) <= most]
            # sympy takes its time, so that only the best is written anew
            best = next((trial for trial in sorted(good, key=self._loss) if self._stands(trial, index)), None)
            if best is not None:
                self._expression = best
                self._simple[index] = True

    def shortened(self) -> Expression:
        """Give the formula with as few digits as the loss, the intervals and decisions allow."""
        rounded = max(self._loss(self._expression) - self._level, 0.0)
        most = self.up_to(NEGLIGIBLE_SHARE) + rounded
        for digits in range(1, MOST_DIGITS + 1):
            values = [
                value if simple else float(f"{value:.{digits}g}")
                for value, simple in zip(self._expression.constant_values, self._simple, strict=True)
            ]
            shorter = self._expression.with_constants(values)
            is_as_good = self._inside(shorter) and self._loss(shorter) <= most
            # on a line the loss does not notice where a turning point lies, and decisions do
            if is_as_good and (self._may_round(shorter) or not self._may_round(self._expression)):
                return shorter
        return self._expression

    def _with(self, index: int, number: float) -> Expression:
        """Set one constant, and fit the others to it as far as they stay inside their intervals."""
        values = list(self._expression.constant_values)
        values[index] = number
        plain = self._expression.with_constants(values)
        followed = self._fit.refit(plain, [simple or k == index for k, simple in enumerate(self._simple)])
        return followed if self._inside(followed) else plain

    def _inside(self, expression: Expression) -> bool:
        """Whether each constant lies in its interval."""
        values = np.array(expression.constant_values)
        return bool(np.all(self._exponents | ((values >= self._low) & (values <= self._high))))

    def _stands(self, trial: Expression, index: int) -> bool:
        """Whether a formula may have a round constant, or do without the term that it loses by a zero."""
        if trial.constant_values[index]:
            return self._may_round(trial)
        return _has_inputs(trial) and self._may_replace(trial)

    def _is_well_known(self, index: int) -> bool:
        """Whether the directions tell a constant well enough to see π or a third in it."""
        width = self._high[index] - self._low[index]
        return bool(width <= WELL_KNOWN * abs(self._expression.constant_values[index]))

    def _loss(self, expression: Expression) -> float:
        loss = self._fit.loss(expression)
        return loss if np.isfinite(loss) else np.inf


def _zero(value: float) -> list[float]:
    return [0.0]


def _digits(value: float) -> int:
    """Count the characters that a number takes when it is written out, zeros and point among them."""
    if value in _near(value, NAMED):
        return 1
    if not (2 * value).is_integer() and any(math.isclose(value, fraction) for fraction in _fractions(value)):
        return 3
    return len(np.format_float_positional(float(f"{abs(value):.{MOST_DIGITS}g}"), trim="-"))


def _round_numbers(value: float) -> list[float]:
    """Whole number and odd half next to a value, and π or 2 π where one is near.

    Beyond a hundred, and below a tenth, it is the number of one digit next to it: such constants belong
    to inputs in other units, in which they might as well be whole.
    """
    one_digit = float(f"{value:.1g}")
    if abs(value) > LARGEST_WHOLE:
        return [one_digit]
    half = (math.floor(value) + 0.5) if value != 0 else 0.0
    small = [one_digit] if 0 < abs(value) < SMALLEST_WHOLE else []
    return [float(round(value)), half, *small, *_near(value, NAMED)]


def _fractions(value: float) -> list[float]:
    """Third and quarter next to a value, and π/2, e or a root of 2 or 3 where one is near."""
    if abs(value) > LARGEST_WHOLE:
        return []
    return [round(3 * value) / 3, round(4 * value) / 4, *_near(value, LESS_COMMON)]


def _near(value: float, numbers: tuple[float, ...]) -> list[float]:
    return [math.copysign(number, value) for number in numbers if abs(abs(value) - number) < 0.1 * number]


def _has_inputs(expression: Expression) -> bool:
    """Whether an input is left when factors of 0 have taken their terms with them."""
    return bool(_without_neutral_elements(expression).variables)


def _without_neutral_elements(expression: Expression) -> Expression:
    """Drop factors of 1 and terms of 0 that rounding has left."""
    try:
        rewritten = Expression.from_sympy(expression.to_sympy())
    except ValueError:
        return expression
    return min(expression, rewritten, key=lambda form: form.complexity)

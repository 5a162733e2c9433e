"""Tidy a formula without changing what it decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import sympy

from skinterpret.expressions import Expression
from skinterpret.surrogates.selection import resolution

MOST_DIGITS = 8
NEGLIGIBLE_LOSS = 1e-9
NEGLIGIBLE_SHARE = 0.002  # of the loss, that rounding may add
WORTH_OF_ROUND_NUMBERS = 0.28  # share of the loss that whole numbers, halves and π may add: exp(1/4) - 1
WORTH_OF_FRACTIONS = 0.05  # the same for thirds, quarters, e, √2 and √3, of which there are many more
NAMED = (math.pi, 2 * math.pi)
LESS_COMMON = (math.pi / 2, math.e, math.sqrt(2), math.sqrt(3), math.sqrt(2) / 2, math.sqrt(3) / 2)


def tidy(expression: Expression, loss: Callable[[Expression], float]) -> Expression:
    """Rewrite a formula as a person would and round its constants as far as the loss allows.

    The scale and the offset of a formula belong to its link, not to its concept
    (arXiv:2401.04978, section 3), so they are chosen such that the coefficients read well: no
    constant term, the smallest coefficient of a sum is 1, and its longer terms have a plus sign.

    Parameters
    ----------
    expression : Expression
        The formula.
    loss : callable
        Loss of an expression; what is written must not have a noticeably higher one.  Whole
        numbers, halves and multiples of π may cost 28 % more, which is what the default selection
        pays for one unit of complexity: a network's own errors move fitted constants by as much,
        and a formula without fitted constants is the simpler one.

    Returns
    -------
    Expression
        An expression of the same concept.
    """
    level = loss(expression)
    tolerance = NEGLIGIBLE_SHARE * level + NEGLIGIBLE_LOSS
    rewritten = min(
        (form for form in _forms(expression) if loss(form) <= level + tolerance),
        key=lambda form: form.complexity,
        default=expression,
    )
    noise = level + resolution(level)
    rounded = _snap(rewritten, loss, level + WORTH_OF_ROUND_NUMBERS * noise + NEGLIGIBLE_LOSS, _round_numbers)
    rounded = _snap(rounded, loss, level + WORTH_OF_FRACTIONS * noise + NEGLIGIBLE_LOSS, _fractions)
    level = max(level, loss(rounded))
    for digits in range(2, MOST_DIGITS + 1):
        shorter = rounded.with_constants([_shorten(value, digits) for value in rounded.constant_values])
        if loss(shorter) <= level + tolerance:
            return _without_neutral_elements(shorter)
    return _without_neutral_elements(rounded)


def _forms(expression: Expression) -> Iterator[Expression]:
    """Yield the formula multiplied out and as it is, both without offset and common factor."""
    symbolic = expression.to_sympy()
    for form in (sympy.expand_mul(symbolic), symbolic):
        try:
            yield Expression.from_sympy(_without_scale_and_offset(form))
        except ValueError:  # sympy may answer with functions that the operator table lacks
            continue


def _without_scale_and_offset(symbolic: sympy.Expr) -> sympy.Expr:
    _, symbolic = symbolic.as_independent(*symbolic.free_symbols, as_Add=True)
    if symbolic.is_Add:
        coefficients = [term.as_coeff_Mul()[0] for term in symbolic.args]
        # the longer terms get the plus sign
        balance = sum(
            sympy.sign(c) * (1 + term.count_ops())
            for c, term in zip(coefficients, symbolic.args, strict=True)
        )
        unit = min(abs(c) for c in coefficients)
        return sympy.expand_mul(symbolic / (unit if balance >= 0 else -unit), deep=False)
    return symbolic.as_coeff_Mul()[1]


def _snap(
    expression: Expression,
    loss: Callable[[Expression], float],
    level: float,
    numbers_next_to: Callable[[float], list[float]],
) -> Expression:
    """Put such numbers in the place of constants, nearest to whole ones first, up to a loss of `level`.

    Of the numbers next to a constant the one with the lowest loss is taken.  A constant that becomes
    zero takes its term with it.
    """
    values = list(expression.constant_values)
    for index in sorted(range(len(values)), key=lambda k: abs(values[k] - round(values[k]))):
        if _is_simple(values[index]):
            continue
        numbers = numbers_next_to(values[index])
        trials = [[*values[:index], number, *values[index + 1 :]] for number in numbers]
        losses = [loss(expression.with_constants(trial)) for trial in trials]
        best = int(np.nanargmin([*losses, np.inf]))
        if best < len(numbers) and losses[best] <= level:
            values = trials[best]
    return expression.with_constants(values)


def _round_numbers(value: float) -> list[float]:
    """Whole number and odd half next to a value, and π or 2 π where one is near."""
    half = (math.floor(value) + 0.5) if value != 0 else 0.0
    return [float(round(value)), half, *_near(value, NAMED)]


def _fractions(value: float) -> list[float]:
    """Third and quarter next to a value, and π/2, e or a root of 2 or 3 where one is near."""
    return [round(3 * value) / 3, round(4 * value) / 4, *_near(value, LESS_COMMON)]


def _near(value: float, numbers: tuple[float, ...]) -> list[float]:
    return [math.copysign(number, value) for number in numbers if abs(abs(value) - number) < 0.1 * number]


def _is_simple(value: float) -> bool:
    """Whether a value is one that snapping gives."""
    return (2 * value).is_integer() or abs(value) in NAMED


def _shorten(value: float, digits: int) -> float:
    simple = _is_simple(value) or value in _fractions(value)
    return value if simple else float(f"{value:.{digits}g}")


def _without_neutral_elements(expression: Expression) -> Expression:
    """Drop factors of 1 and terms of 0 that rounding has left."""
    try:
        rewritten = Expression.from_sympy(expression.to_sympy())
    except ValueError:
        return expression
    return min(expression, rewritten, key=lambda form: form.complexity)

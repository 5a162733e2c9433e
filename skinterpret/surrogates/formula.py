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
    round_level = level + WORTH_OF_ROUND_NUMBERS * (level + resolution(level)) + NEGLIGIBLE_LOSS
    rounded = _snap(rewritten, loss, round_level)
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


def _snap(expression: Expression, loss: Callable[[Expression], float], level: float) -> Expression:
    """Put round numbers in the place of constants, nearest first, up to a loss of `level`.

    Of the round numbers next to a constant the one with the lowest loss is taken.  A constant that
    becomes zero takes its term with it.
    """
    values = list(expression.constant_values)
    for index in sorted(range(len(values)), key=lambda k: abs(values[k] - round(values[k]))):
        trials = [[*values[:index], number, *values[index + 1 :]] for number in _round_numbers(values[index])]
        losses = [loss(expression.with_constants(trial)) for trial in trials]
        best = int(np.nanargmin([*losses, np.inf]))
        if best < len(trials) and losses[best] <= level:
            values = trials[best]
    return expression.with_constants(values)


def _round_numbers(value: float) -> list[float]:
    """Whole number, odd half and multiple of π next to a value."""
    half = (math.floor(value) + 0.5) if value != 0 else 0.0
    turns = round(value / math.pi)
    return [float(round(value)), half, *([turns * math.pi] if turns else [])]


def _shorten(value: float, digits: int) -> float:
    return value if value % math.pi == 0.0 else float(f"{value:.{digits}g}")


def _without_neutral_elements(expression: Expression) -> Expression:
    """Drop factors of 1 and terms of 0 that rounding has left."""
    try:
        rewritten = Expression.from_sympy(expression.to_sympy())
    except ValueError:
        return expression
    return min(expression, rewritten, key=lambda form: form.complexity)

"""Tidy a formula without changing what it decides."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from skinterpret.expressions import Expression

MOST_DIGITS = 8
NEGLIGIBLE_LOSS = 1e-9
NEGLIGIBLE_SHARE = 0.002  # of the loss, that rounding may add


def tidy(expression: Expression, loss: Callable[[Expression], float]) -> Expression:
    """Rewrite a formula as a person would and round its constants as far as the loss allows.

    The scale and the offset of a formula belong to its link, not to its concept
    (arXiv:2401.04978, section 3), so they are chosen such that the coefficients read well: no
    constant term, and the smallest coefficient of a sum is 1.

    Parameters
    ----------
    expression : Expression
        The formula.
    loss : callable
        Loss of an expression; what is written must not have a noticeably higher one.

    Returns
    -------
    Expression
        An expression of the same concept.
    """
    level = loss(expression)
    tolerance = NEGLIGIBLE_SHARE * level + NEGLIGIBLE_LOSS
    rewritten = _rewrite(expression)
    if not loss(rewritten) <= level + tolerance:
        rewritten = expression
    for digits in range(2, MOST_DIGITS + 1):
        rounded = rewritten.with_constants(
            [float(f"{value:.{digits}g}") for value in rewritten.constant_values]
        )
        if loss(rounded) <= level + tolerance:
            return rounded
    return rewritten


def _rewrite(expression: Expression) -> Expression:
    symbolic = sympy.expand_mul(expression.to_sympy())
    _, symbolic = symbolic.as_independent(*symbolic.free_symbols, as_Add=True)
    if symbolic.is_Add:
        sizes = [abs(term.as_coeff_Mul()[0]) for term in symbolic.args]
        symbolic = sympy.expand_mul(symbolic / min(sizes))
    else:
        symbolic = symbolic.as_coeff_Mul()[1]
    try:
        return Expression.from_sympy(symbolic)
    except ValueError:  # sympy may answer with functions that the operator table lacks
        return expression

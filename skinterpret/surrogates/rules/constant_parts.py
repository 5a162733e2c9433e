"""Parts of a formula that are the same for all rows: each must be a number that a computer can hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions import OPERATORS, Expression

Array = NDArray[np.float64]

N_ROWS = 16
CANCELLED = 1e-9  # of the size of a derivative's terms


def has_endless_constant(expression: Expression) -> bool:
    """Tell whether a part of a formula is not finite whatever the inputs are.

    Such a part, as `exp(exp(9))` or `log(-1)`, says nothing, and sympy would calculate it with as many
    digits as it has, which may be more than fit into memory.  Parts whose inputs cancel, as those of
    `exp(800 + x0 - x0)` do, are told from others by their derivative.

    Parameters
    ----------
    expression : Expression
        The formula.

    Returns
    -------
    bool
        Whether there is such a part.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.rules.constant_parts import has_endless_constant
    >>> has_endless_constant(Expression.parse("x0*exp(exp(9))"))
    True
    >>> has_endless_constant(Expression.parse("exp(exp(9*x0))"))
    False
    """
    stack: list[_Part] = []
    with np.errstate(all="ignore"):
        for token, constant in zip(expression.tokens, expression.constants, strict=True):
            if token <= 0:
                stack.append(_leaf(token, constant))
                continue
            operator = OPERATORS[token - 1]
            right = stack.pop()
            left = stack.pop() if operator.arity == 2 else right
            value = operator.value(left.value, right.value)
            if _is_endless(left, right, value):
                return True
            by_left = operator.da(left.value, right.value, value)
            by_right = operator.db(left.value, right.value, value) if operator.arity == 2 else np.zeros(1)
            slope = by_left * left.slope + by_right * right.slope
            size = np.abs(by_left) * left.size + np.abs(by_right) * right.size
            stack.append(_Part(value, slope, size))
    return False


@dataclass(frozen=True)
class _Part:
    """Values of a part on trial rows, its derivative along a line, and the size of the latter's terms."""

    value: Array
    slope: Array
    size: Array

    @property
    def is_constant(self) -> bool:
        return bool(np.all(np.abs(self.slope) <= CANCELLED * self.size))


def _is_endless(left: _Part, right: _Part, value: Array) -> bool:
    """Whether a value is not finite because of what is the same for all rows."""
    if left.is_constant and right.is_constant:
        return not np.isfinite(value).any()
    if not (left.is_constant or right.is_constant):
        return False
    # a quotient with the denominator 0
    return bool(np.isfinite([left.value, right.value]).all() and np.isinf(value).all())


def _leaf(token: int, constant: float) -> _Part:
    if token == 0:
        return _Part(np.full(N_ROWS, constant), np.zeros(N_ROWS), np.zeros(N_ROWS))
    # by the number of the input, so that it has the same values wherever it occurs
    value, slope = np.random.default_rng(-token).uniform(-2, 2, (2, N_ROWS))
    return _Part(value, slope, np.abs(slope))

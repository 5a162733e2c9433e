"""Products of powers of inputs as expressions."""

from __future__ import annotations

from functools import reduce

from skinterpret.expressions import Expression


def power_product(exponents: dict[int, int]) -> Expression:
    """Write a product of powers as a quotient of products.

    Parameters
    ----------
    exponents : dict of int to int
        By input; none is 0.

    Returns
    -------
    Expression
        The product, of products, quotients and squares alone, which every engine has by default.

    Examples
    --------
    >>> from skinterpret.search.structure.powers import power_product
    >>> power_product({0: 1, 2: -2}), power_product({1: 3, 2: 1})
    (Expression('x0/x2**2'), Expression('x1*x1**2*x2'))
    """
    above = [_power(j, exponent) for j, exponent in sorted(exponents.items()) if exponent > 0]
    below = [_power(j, -exponent) for j, exponent in sorted(exponents.items()) if exponent < 0]
    over = _product(above) if above else Expression.constant(1.0)
    return Expression.apply("div", over, _product(below)) if below else over


def _product(factors: list[Expression]) -> Expression:
    return reduce(lambda first, second: Expression.apply("mul", first, second), factors)


def _power(j: int, exponent: int) -> Expression:
    base = Expression.variable(j)
    if exponent == 1:
        return base
    square = Expression.apply("square", _power(j, exponent // 2))
    return square if exponent % 2 == 0 else Expression.apply("mul", base, square)

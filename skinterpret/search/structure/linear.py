"""Linear combinations of inputs as expressions."""

from __future__ import annotations

import math

import numpy as np

from skinterpret.expressions import Expression


def linear_combination(coefficients: dict[int, float]) -> Expression:
    """Write a linear combination, terms with a plus sign first.

    Parameters
    ----------
    coefficients : dict of int to float
        By input; none is 0.

    Returns
    -------
    Expression
        The combination.

    Examples
    --------
    >>> from skinterpret.search.structure.linear import linear_combination
    >>> linear_combination({0: -1.0, 2: 2.0})
    Expression('2*x2 - x0')
    """
    expression: Expression | None = None
    for j, value in sorted(coefficients.items(), key=lambda item: (item[1] < 0, item[0])):
        size = abs(value) if expression is not None else value
        term = Expression.variable(j)
        if size != 1:
            term = Expression.apply("mul", Expression.constant(size), term)
        if expression is None:
            expression = term
        else:
            expression = Expression.apply("sub" if value < 0 else "add", expression, term)
    assert expression is not None
    return expression


def without_units(combination: Expression) -> Expression:
    """Multiply a linear combination by a power of ten, so that its smallest coefficient is from 1 to 10.

    What else enters only through the combination does so through any multiple of it, and an offset
    tells nothing either.

    Parameters
    ----------
    combination : Expression
        Linear combination, possibly with an offset.

    Returns
    -------
    Expression
        The multiple, without the offset.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search.structure.linear import without_units
    >>> without_units(Expression.parse("0.01*x0 - 0.01*x1 + 3"))
    Expression('x0 - x1')
    """
    inputs = combination.variables
    slopes = combination.gradient(np.zeros((1, inputs[-1] + 1)))[0]
    decimals = math.floor(math.log10(min(abs(slopes[j]) for j in inputs)) + 1e-9)
    return linear_combination({j: float(f"{slopes[j] * 10.0**-decimals:.12g}") for j in inputs})

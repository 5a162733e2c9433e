"""Units of the inputs in a search: powers of ten, and round numbers from which inputs far from 0 count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.expressions import OPERATORS, Expression

Array = NDArray[np.float64]

FAR = 10.0  # half-widths between the middle of an input and 0 from which on it counts from its middle
FINENESS = 100.0  # parts of its scale to which a middle is rounded


@dataclass(frozen=True)
class Units:
    """How a search sees the inputs: `(X - centre) / scale`.

    A formula of an input that lies far from 0, as temperatures in kelvins and years do, needs a
    constant of many digits wherever the input occurs, which a search hardly finds.  Such inputs
    count from a round number near their middle; all others keep their origin.

    Attributes
    ----------
    centre : ndarray of shape (n_features,)
        Where inputs count from, in raw units; 0 for all that do not lie far from it.
    scale : ndarray of shape (n_features,)
        Powers of ten, as `decimal_scale` gives them.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.reading.units import Units
    >>> units = Units.of(np.column_stack([np.linspace(1999, 2001, 9), np.linspace(-1, 1, 9)]))
    >>> units.centre, units.scale
    (array([2000.,    0.]), array([1., 1.]))
    >>> units.in_raw_units(units.without_centre(Expression.parse("x0**2 + x1")))
    Expression('x1 + (x0 - 2000)**2')
    """

    centre: Array
    scale: Array

    @classmethod
    def of(cls, X: Array) -> Units:
        """Choose units for the rows of a search.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        Units
            Their units.
        """
        scale = decimal_scale(X)
        return cls(_round_centre(X, scale), scale)

    @property
    def is_centred(self) -> bool:
        """Whether any input counts from elsewhere than 0."""
        return bool(self.centre.any())

    def rows(self, X: Array) -> Array:
        """Write rows in these units.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            What a search sees.
        """
        return np.asarray((X - self.centre) / self.scale)

    def without_centre(self, expression: Expression) -> Expression:
        """Rewrite an expression in `(X - centre) / scale` as one in `X / scale`.

        Parameters
        ----------
        expression : Expression
            Formula of a search.

        Returns
        -------
        Expression
            The same function of the scaled inputs, with constants collected.
        """
        if not self.moves(expression):
            return expression
        level = self.centre / self.scale
        moved = expression.substitute(
            {
                j: Expression.apply("sub", Expression.variable(j), Expression.constant(level[j]))
                for j in expression.variables
                if level[j] != 0.0
            }
        )
        return collected(moved)

    def in_raw_units(self, expression: Expression) -> Expression:
        """Rewrite an expression in `X / scale` as one in `X`.

        Parameters
        ----------
        expression : Expression
            Formula in scaled inputs.

        Returns
        -------
        Expression
            The same function of the raw inputs.
        """
        return self.with_constants_collected(in_raw_units(expression, self.scale))

    def with_constants_collected(self, expression: Expression) -> Expression:
        """Collect the constants of a formula whose inputs do not all count from 0."""
        return collected(expression) if self.moves(expression) else expression

    def moves(self, expression: Expression) -> bool:
        """Tell whether an expression has an input that counts from elsewhere than 0."""
        return bool(self.centre[list(expression.variables)].any())


def decimal_scale(X: Array) -> Array:
    """Power of ten nearest to each input's standard deviation.

    A search is for formulas of inputs of about the size of the constants that it tries.  Powers of ten
    shift the decimal point of a formula's constants and change nothing else, and inputs with deviations
    of about 1 keep their units.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.

    Returns
    -------
    ndarray of shape (n_features,)
        Scales; 1 for constant inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.surrogates.reading.units import decimal_scale
    >>> decimal_scale(np.array([[0.0, 100.0, 7.0], [1.0, 2500.0, 7.0]]))
    array([   1., 1000.,    1.])
    """
    deviation = X.std(axis=0)
    return np.asarray(10.0 ** np.round(np.log10(np.where(deviation > 0, deviation, 1.0))))


def in_raw_units(expression: Expression, scale: Array) -> Expression:
    """Rewrite an expression in `X / scale` as one in `X`.

    Parameters
    ----------
    expression : Expression
        Formula in scaled inputs.
    scale : ndarray of shape (n_features,)
        Scales, as `decimal_scale` gives them.

    Returns
    -------
    Expression
        The same function of the raw inputs.
    """
    return expression.substitute(
        {
            j: Expression.apply("mul", Expression.variable(j), Expression.constant(1 / scale[j]))
            for j in expression.variables
            if scale[j] != 1.0
        }
    )


def in_scaled_units(expression: Expression, scale: Array) -> Expression:
    """Rewrite an expression in `X` as one in `X / scale`.

    Parameters
    ----------
    expression : Expression
        Formula in raw inputs.
    scale : ndarray of shape (n_features,)
        Scales, as `decimal_scale` gives them.

    Returns
    -------
    Expression
        The same function of the scaled inputs.
    """
    return in_raw_units(expression, 1 / scale)


def collected(expression: Expression) -> Expression:
    """Collect the constants of a formula with an offset.

    Factors of a difference that is raised to a power stand before the power, and offsets within an
    exponential are whole numbers.

    Parameters
    ----------
    expression : Expression
        The formula.

    Returns
    -------
    Expression
        The same function.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.reading.units import collected
    >>> collected(Expression.parse("(2*x0 - 600)**2 + exp(x1 - 40)"))
    Expression('4*(x0 - 300)**2 + exp(x1 - 40)')
    """
    named, values = _with_named_constants(expression)
    inputs = [sympy.Symbol(f"x{j}") for j in expression.variables]
    formula = named.to_sympy().replace(sympy.exp, partial(_exponential, inputs, values)).xreplace(values)
    try:
        return Expression.from_sympy(_without_inner_factors(formula))
    except ValueError:  # sympy may answer with functions that the operator table lacks
        return expression


def _round_centre(X: Array, scale: Array) -> Array:
    """Middle of each input that lies far from 0, rounded to parts of its scale."""
    low, high = X.min(axis=0), X.max(axis=0)
    middle = np.round((low + high) / 2 / scale * FINENESS) / FINENESS * scale
    return np.where((low < high) & (np.abs(low + high) > FAR * (high - low)), middle, 0.0)


def _with_named_constants(expression: Expression) -> tuple[Expression, dict[sympy.Symbol, sympy.Expr]]:
    """Put symbols in the place of constants, except exponents, and tell what each stands for.

    With numbers sympy would write `exp(x0 - 29.5)` as `exp(x0)` times a tiny factor.
    """
    first = expression.variables[-1] + 1
    tokens, values = list(expression.tokens), {}
    following = [*tokens[1:], 0]
    for k, (token, after) in enumerate(zip(expression.tokens, following, strict=True)):
        if token == 0 and not (after > 0 and OPERATORS[after - 1].constant_exponent):
            tokens[k] = -1 - (first + k)
            values[sympy.Symbol(f"x{first + k}")] = Expression.constant(expression.constants[k]).to_sympy()
    return Expression(tokens, expression.constants), values


def _exponential(
    inputs: list[sympy.Symbol], values: dict[sympy.Symbol, sympy.Expr], exponent: sympy.Expr
) -> sympy.Expr:
    """Write `exp(a - 29.9)` as `1.1*exp(a - 30)`: sympy leaves whole numbers where they are."""
    level, rest = sympy.expand_mul(exponent).as_independent(*inputs, as_Add=True)
    value = float(level.xreplace(values))
    if not math.isfinite(value):
        return sympy.exp(exponent)
    return sympy.exp(value - round(value)) * sympy.exp(rest + round(value))


def _without_inner_factors(formula: sympy.Expr) -> sympy.Expr:
    """Write `(a*x + b)**n` as `a**n * (x + b/a)**n`."""
    return formula.replace(_is_power_of_difference, _with_factor_outside)


def _is_power_of_difference(part: sympy.Expr) -> bool:
    if not (part.is_Pow and part.exp.is_Integer and part.base.is_Add):
        return False
    return len(part.base.args) == 2 and part.base.args[0].is_number


def _with_factor_outside(power: sympy.Expr) -> sympy.Expr:
    constant, term = power.base.args
    factor, rest = term.as_coeff_Mul()
    return factor**power.exp * (rest + constant / factor) ** power.exp

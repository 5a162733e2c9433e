"""One spelling of a concept that is a product of powers and exponentials."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import NamedTuple

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.digits import without_rounding_error
from skinterpret.expressions import Expression
from skinterpret.surrogates.formulas.canonical import is_monotone

Array = NDArray[np.float64]

MULTIPLES = (1, 2, 3, 4)  # of the smallest whole exponents, by which an exponential may lose its constant
LARGEST = 6  # whole exponents beyond it are no simpler than the fractions that they come from
CLOSE = 1e-9  # of an exponent to the fraction that it is
QUOTIENT = Expression.parse("x0/x1")


class Power(NamedTuple):
    """A factor of a product, `base**exponent`."""

    base: sympy.Expr
    exponent: sympy.Expr


def spelled(expression: Expression, rows: Array) -> Expression:
    """Spell a product of powers and exponentials in the way in which all of its powers are spelled.

    `x0/x1**2` and `x1**2/x0`, `sqrt(x0*x1)` and `x0*x1` are one concept each, and which of them a search
    finds is chance.  Of a product and its reciprocal it is the one with more factors in the numerator,
    and where there are as many in the denominator the one with the first input in the numerator;
    exponentials count for neither.  Exponents are the smallest whole ones, or up to four times as large
    where that makes the exponentials shorter.

    Parameters
    ----------
    expression : Expression
        The formula.
    rows : ndarray of shape (n_samples, n_features)
        Rows over which the answer must be a monotone function of the formula: a product is turned over
        where it keeps its sign on them, and even exponents are halved where what is raised keeps its.

    Returns
    -------
    Expression
        A product; the same object where the formula is none, or is spelled so.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.formulas.products import spelled
    >>> rows = np.random.default_rng(0).uniform(1, 2, (100, 3))
    >>> spelled(Expression.parse("sqrt(x1/x0)"), rows)
    Expression('x0/x1')
    >>> spelled(Expression.parse("exp(x1**2 + x2**2)/x0**2"), rows)
    Expression('x0**2/exp(x1**2 + x2**2)')
    >>> spelled(Expression.parse("x1/x0"), rows - 1.5)  # x0 changes its sign
    Expression('x1/x0')
    """
    product = _Product.of(expression)
    if product is None:
        return expression
    for turn in (-1, 1) if product.stands_on_its_head else (1, -1):
        written = [(power, _written(product.raised(power))) for power in product.powers_to_raise_to(turn)]
        sound = [
            (power, form)
            for power, form in written
            if form is not None and _is_monotone_function(form, expression, rows)
        ]
        if sound:
            # exponentials are the shortest of all, powers have the smallest exponents
            shortest = min(sound, key=lambda each: each[1].complexity) if product.growths else sound[0]
            return _unless_spelled_so(expression, *shortest)
    return expression


def _unless_spelled_so(expression: Expression, power: sympy.Expr, form: Expression) -> Expression:
    """Give a form, but the formula itself where it is the same power and no longer."""
    return expression if power == 1 and form.complexity >= expression.complexity else form


@dataclass(frozen=True)
class _Product:
    """Factors of a product.

    Attributes
    ----------
    powers : tuple of Power
        Those with numbers as exponents.
    growths : tuple of Power
        Exponentials and all others with inputs in their exponents.
    """

    powers: tuple[Power, ...]
    growths: tuple[Power, ...]

    @classmethod
    def of(cls, expression: Expression) -> _Product | None:
        """Take a formula apart; None where it is no product of several factors."""
        formula = expression.to_sympy()
        if formula.is_Add:
            return None
        varying = formula.as_independent(*formula.free_symbols, as_Add=False)[1]
        # what holds for positive numbers only is judged on the rows
        flat = sympy.powdenest(sympy.expand_power_base(varying, force=True), force=True)
        factors = [Power(*factor.as_base_exp()) for factor in sympy.Mul.make_args(flat)]
        powers = tuple(factor for factor in factors if factor.exponent.is_number)
        growths = tuple(factor for factor in factors if not factor.exponent.is_number)
        return cls(powers, growths) if powers and len(factors) > 1 else None

    @property
    def stands_on_its_head(self) -> bool:
        """Whether the denominator has more factors, or as many and the first input."""
        above = [power.base for power in self.powers if power.exponent > 0]
        below = [power.base for power in self.powers if power.exponent < 0]
        return _rank(below) < _rank(above)

    def powers_to_raise_to(self, turn: int) -> list[sympy.Expr]:
        """List what makes its exponents the smallest whole ones, and multiples of them."""
        found = [_fraction(power.exponent) for power in self.powers]
        fractions = [fraction for fraction in found if fraction is not None]
        unit = abs(reduce(sympy.gcd, fractions)) if fractions else sympy.S.One
        if len(fractions) < len(found) or any(abs(fraction / unit) > LARGEST for fraction in fractions):
            return [sympy.Integer(turn)]
        return [turn * multiple / unit for multiple in MULTIPLES]

    def raised(self, exponent: sympy.Expr) -> _Product:
        """Raise each of its factors to a power."""

        def raised(factor: Power) -> Power:
            fraction = _fraction(factor.exponent)
            return factor._replace(exponent=exponent * (factor.exponent if fraction is None else fraction))

        growths = [_grown(growth, exponent) for growth in self.growths]
        return replace(self, powers=tuple(map(raised, self.powers)), growths=tuple(growths))


def _grown(growth: Power, exponent: sympy.Expr) -> Power:
    """Raise an exponential, without the constant term in it, which is a factor of the formula."""
    raised = exponent * growth.exponent
    if growth.base.is_number:
        raised = raised.as_independent(*raised.free_symbols, as_Add=True)[1]
    return growth._replace(
        exponent=raised.xreplace({each: _plain(each) for each in raised.atoms(sympy.Float)})
    )


def _plain(number: sympy.Float) -> sympy.Expr:
    value = without_rounding_error(float(number))
    return sympy.Integer(int(value)) if value.is_integer() else sympy.Float(value)


def _rank(bases: list[sympy.Expr]) -> tuple[int, list[int], str]:
    """Order sides of a quotient: more factors first, then the first input of the table."""
    inputs = {int(symbol.name[1:]) for base in bases for symbol in base.free_symbols}
    return -len(bases), sorted(inputs), str(sorted(bases, key=sympy.default_sort_key))


def _fraction(exponent: sympy.Expr) -> sympy.Rational | None:
    """Give the fraction that an exponent is; None where its denominator is large."""
    near = sympy.Rational(str(float(exponent))).limit_denominator(LARGEST)
    return near if near != 0 and abs(float(near - exponent)) < CLOSE else None


def _written(product: _Product) -> Expression | None:
    """Write a product as a quotient; None where an operator is missing."""
    above = [base**exponent for base, exponent in product.powers if exponent > 0]
    below = [base**-exponent for base, exponent in product.powers if exponent < 0]
    try:
        for base, exponent in product.growths:
            straight, turned = base**exponent, base**-exponent
            is_shorter = Expression.from_sympy(turned).complexity < Expression.from_sympy(straight).complexity
            (below if is_shorter else above).append(turned if is_shorter else straight)
        numerator, denominator = (Expression.from_sympy(sympy.Mul(*side)) for side in (above, below))
    except ValueError:  # a function that the operator table lacks, or no finite number
        return None
    return QUOTIENT.substitute({0: numerator, 1: denominator}) if below else numerator


def _is_monotone_function(form: Expression, expression: Expression, rows: Array) -> bool:
    with np.errstate(all="ignore"):
        values, given = form(rows), expression(rows)
    # where a formula is not defined it does not decide, and another spelling would
    is_defined = bool(np.isfinite(given).all() and np.isfinite(values).all())
    return is_defined and is_monotone(values, given) and is_monotone(given, values)

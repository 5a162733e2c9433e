"""Factors and constant terms that belong to the link and not to the concept."""

from __future__ import annotations

from collections import Counter
from functools import reduce
from operator import mul

import sympy


def without_scale_and_offset(formula: sympy.Expr) -> sympy.Expr:
    """Drop the constant term, and the factor of a product or the one that most terms of a sum share.

    Parameters
    ----------
    formula : sympy expression
        The formula.

    Returns
    -------
    sympy expression
        The same concept: the most frequent coefficient of a sum is 1, or the smallest where all differ,
        and its longer terms have a plus sign.  The sums among the factors of a product, and under a
        power, are written alike, but keep their constant terms: only the product of their scales means
        something, and it comes first.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.surrogates.formulas.scale import without_scale_and_offset
    >>> x, y = sympy.symbols("x y")
    >>> without_scale_and_offset(6 - 4*x - 2*y**2)
    2*x + y**2
    >>> without_scale_and_offset((2*x + 6)/(x + y/4))
    (x + 3)/(4*x + y)
    """
    formula = formula.as_independent(*formula.free_symbols, as_Add=True)[1]
    formula = _scales_first(formula)
    plain = _divided(formula, _unit(formula)) if formula.is_Add else _parted(formula)[1]
    whole = [number for number in plain.atoms(sympy.Float) if float(number).is_integer()]
    return plain.xreplace({number: sympy.Integer(number) for number in whole})


def other_scales(formula: sympy.Expr) -> list[sympy.Expr]:
    """Write a sum on the scales of its other terms.

    Parameters
    ----------
    formula : sympy expression
        A formula as `without_scale_and_offset` gives it.

    Returns
    -------
    list of sympy expression
        The formula divided by each other coefficient that as many terms have as the one that is 1; none
        if it is no sum.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.surrogates.formulas.scale import other_scales
    >>> x, y = sympy.symbols("x y")
    >>> other_scales(x + 2 * y)
    [x/2 + y]
    >>> other_scales(x * y)
    []
    """
    if not formula.is_Add:
        return []
    sizes = _sizes(formula)
    most = max(sizes.values())
    return [_divided(formula, size) for size, count in sizes.items() if count == most and size != 1]


def _scales_first(formula: sympy.Expr) -> sympy.Expr:
    """Take the scales of all factors of all products out of them, from the inside to the outside."""
    if not formula.args:
        return formula
    parts = [_scales_first(part) for part in formula.args]
    if all(new is old for new, old in zip(parts, formula.args, strict=True)):
        rebuilt = formula
    else:
        rebuilt = formula.func(*parts)
    if not (rebuilt.is_Mul or rebuilt.is_Pow or rebuilt.func is sympy.Abs):
        return rebuilt
    scale, rest = _parted(rebuilt)
    return scale * rest


def _parted(factor: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Split a factor into the number in front of it and what is left."""
    if factor.is_number:
        return factor, sympy.S.One
    if factor.is_Mul:
        scales, rests = zip(*map(_parted, factor.args), strict=True)
        return reduce(mul, scales), reduce(mul, rests)
    if factor.is_Pow and factor.exp.is_number:
        scale, rest = _parted(factor.base)
        if scale.is_negative and not factor.exp.is_integer:  # the root of a negative number
            scale, rest = -scale, -rest
        return scale**factor.exp, rest**factor.exp
    if factor.func is sympy.Abs:
        scale, rest = _parted(factor.args[0])
        return abs(scale), abs(rest)
    if factor.is_Add:
        unit = _unit(factor)
        return unit, _divided(factor, unit)
    return sympy.S.One, factor


def _unit(total: sympy.Expr) -> sympy.Expr:
    """Coefficient that becomes 1, with the sign that the longer terms have."""
    parted = [_coefficient_first(term) for term in total.args]
    balance = sum(sympy.sign(number) * (1 + (abs(number) * rest).count_ops()) for number, rest in parted)
    sizes = _sizes(total)
    unit = max(sizes, key=lambda size: (sizes[size], -size))
    return unit if balance >= 0 else -unit


def _sizes(total: sympy.Expr) -> Counter[sympy.Expr]:
    """Count the absolute values of coefficients."""
    parted = [_coefficient_first(term) for term in total.args]
    return Counter(abs(number) for number, rest in parted if not rest.is_number)


def _coefficient_first(term: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    if term.is_number:
        return term, sympy.S.One
    number, rest = term.as_independent(*term.free_symbols, as_Add=False)
    return number, rest


def _divided(total: sympy.Expr, unit: sympy.Expr) -> sympy.Expr:
    # term by term, for 0.94 times 1/0.94 is not 1
    return sympy.Add(*[number / unit * rest for number, rest in map(_coefficient_first, total.args)])

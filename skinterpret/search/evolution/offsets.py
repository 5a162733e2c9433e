"""Constant terms of sums, and a factor or a sign in front of it all: what a formula may do without.

Terms that differ by a factor are one.  The gradient of what is left stays parallel, and where values are
judged, they get a slope and a threshold of their own.
"""

from __future__ import annotations

from collections import Counter

from skinterpret.expressions import Expression

SMALLEST = 1e-9  # constant by which a term is divided that counts as a factor
Signed = tuple[int, Expression]  # a term and its sign


def without_offset(expression: Expression) -> Expression:
    """Leave out constant terms, and a factor and a sign at the root, and collect like terms.

    Parameters
    ----------
    expression : Expression
        A formula with inputs.

    Returns
    -------
    Expression
        A shorter one whose gradient is parallel everywhere; the same object where there is none.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search.evolution.offsets import without_offset
    >>> without_offset(Expression.parse("(0.1 - exp(x0)) + 3*(0.5 - x1)"))
    Expression('exp(x0) + 3*x1')
    >>> without_offset(Expression.parse("2*(x0 + 1)/3"))
    Expression('x0')
    >>> without_offset(Expression.parse("4.5*x0 + exp(x1) + x0"))
    Expression('5.5*x0 + exp(x1)')
    """
    _, plain = _joined(_terms(expression, 1))
    while (parted := plain.root) is not None:
        name, operands = parted
        varying = [operand for operand in operands if operand.variables]
        if len(varying) > 1 or name not in ("mul", "div") or (name == "div" and not operands[0].variables):
            break
        (plain,) = varying
    return plain if plain.complexity < expression.complexity else expression


def _terms(expression: Expression, sign: int) -> list[Signed]:
    """Terms of a sum that hold inputs, each without constant terms of its own."""
    if not expression.variables:
        return []
    parted = expression.root
    if parted is None:
        return [(sign, expression)]
    name, operands = parted
    if name in ("add", "sub"):
        first, second = operands
        return _terms(first, sign) + _terms(second, -sign if name == "sub" else sign)
    if name == "neg":
        return _terms(operands[0], -sign)
    if name == "mul" and not all(operand.variables for operand in operands):
        turned, inner = _joined(_terms(next(operand for operand in operands if operand.variables), 1))
        factor = next(operand for operand in operands if not operand.variables)
        return [(sign * turned, Expression.apply("mul", factor, inner))]
    if name == "div" and not operands[1].variables:
        turned, inner = _joined(_terms(operands[0], 1))
        return [(sign * turned, Expression.apply("div", inner, operands[1]))]
    return [(sign, expression)]


def _joined(terms: list[Signed]) -> Signed:
    """Write a sum that starts with a plus sign, and the sign that this takes out of it."""
    terms = _collected(terms)
    turned = 1 if any(sign > 0 for sign, _ in terms) else -1
    ordered = sorted(terms, key=lambda term: -turned * term[0])
    total = ordered[0][1]
    for sign, term in ordered[1:]:
        total = Expression.apply("add" if sign == turned else "sub", total, term)
    return turned, total


def _collected(terms: list[Signed]) -> list[Signed]:
    """Join terms that differ by a constant factor alone, in the place of the first of them."""
    parted = [_coefficient(term) for _, term in terms]
    totals: dict[Expression, float] = {}
    for (sign, _), (value, base) in zip(terms, parted, strict=True):
        totals[base] = totals.get(base, 0.0) + sign * value
    if len(totals) == len(terms) or not any(totals.values()):
        return terms
    counts = Counter(base for _, base in parted)
    collected = dict(
        zip((base for _, base in parted), terms, strict=True)
    )  # right for those that stand alone
    for base, total in totals.items():
        if counts[base] > 1:
            collected[base] = (1 if total > 0 else -1, _times(abs(total), base))
    return [term for base, term in collected.items() if totals[base]]


def _coefficient(term: Expression) -> tuple[float, Expression]:
    """Constant factor of a term, and what it stands before."""
    if term.root is None or term.root[0] not in ("mul", "div"):
        return 1.0, term
    name, (first, second) = term.root
    if name == "mul" and _is_number(first):
        first, second = second, first
    if not _is_number(second) or not first.variables:
        return 1.0, term
    (value,) = second.constant_values
    if name == "div":
        return (1 / value, first) if abs(value) > SMALLEST else (1.0, term)
    return value, first


def _is_number(expression: Expression) -> bool:
    return expression.root is None and not expression.variables


def _times(value: float, base: Expression) -> Expression:
    return base if value == 1 else Expression.apply("mul", Expression.constant(value), base)

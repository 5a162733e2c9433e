"""Constant terms of sums, and a factor or a sign in front of it all: what a formula may do without.

Its gradient stays parallel, and where values are judged, they get a slope and a threshold of their own.
"""

from __future__ import annotations

from skinterpret.expressions import Expression

Signed = tuple[int, Expression]  # a term and its sign


def without_offset(expression: Expression) -> Expression:
    """Leave out constant terms, and a factor and a sign at the root.

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
    turned = 1 if any(sign > 0 for sign, _ in terms) else -1
    ordered = sorted(terms, key=lambda term: -turned * term[0])
    total = ordered[0][1]
    for sign, term in ordered[1:]:
        total = Expression.apply("add" if sign == turned else "sub", total, term)
    return turned, total

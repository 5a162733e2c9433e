"""Programs to sympy and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import sympy

from skinterpret.expressions.operators import OPERATORS

Program = tuple[list[int], list[float]]

NUMBER_OF = {operator.name: number for number, operator in enumerate(OPERATORS, start=1)}
FUNCTIONS = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tanh: "tanh",
    sympy.Abs: "abs",
}
LARGE = 1e15  # beyond, every float is a third of some integer
HUGE = 1e22  # beyond, an integer has more digits than the float that it was
NAMED = (
    sympy.pi,
    2 * sympy.pi,
    sympy.pi / 2,
    sympy.E,
    sympy.sqrt(2),
    sympy.sqrt(3),
    sympy.sqrt(2) / 2,
    sympy.sqrt(3) / 2,
)
BY_VALUE = {float(name): name for name in NAMED}
POWERS = {2.0: "square", 3.0: "cube", 0.5: "sqrt", -1.0: "inv"}


def to_sympy(
    tokens: Sequence[int], constants: Sequence[float], feature_names: Sequence[str] | None
) -> sympy.Expr:
    """Convert a program to sympy.

    Parameters
    ----------
    tokens : sequence of int
        The program.
    constants : sequence of float
        Values of its constants, by position.
    feature_names : sequence of str or None
        Names of the inputs; `None` means `x0`, `x1`, ….

    Returns
    -------
    sympy.Expr
        The formula.  Symbols carry no assumptions, so that `sympy.Symbol(name)` finds them; whole
        constants become integers.
    """
    stack: list[sympy.Expr] = []
    for k, token in enumerate(tokens):
        if token < 0:
            index = -1 - token
            stack.append(sympy.Symbol(f"x{index}" if feature_names is None else str(feature_names[index])))
        elif token == 0:
            value = constants[k]
            whole = value.is_integer() and abs(value) < 1e15
            stack.append(sympy.Integer(int(value)) if whole else _exact_number(value))
        else:
            operator = OPERATORS[token - 1]
            operands = stack[len(stack) - operator.arity :]
            del stack[len(stack) - operator.arity :]
            stack.append(operator.to_sympy(*operands))
    return stack[0]


def from_sympy(expression: sympy.Expr, feature_names: Sequence[str] | None) -> Program:
    """Convert a sympy expression to a program.

    Parameters
    ----------
    expression : sympy.Expr
        The formula.
    feature_names : sequence of str or None
        Names of the inputs; `None` means `x0`, `x1`, ….

    Returns
    -------
    tokens : list of int
        The program.
    constants : list of float
        Values of its constants, by position.

    Raises
    ------
    ValueError
        If the formula holds something that the operator table lacks.
    """
    if expression.is_Symbol:
        return [-1 - _index(str(expression), feature_names)], [0.0]
    if expression.is_number:
        if not (expression.is_real and expression.is_finite):
            raise ValueError(f"{expression} is no finite real number.")
        return [0], [float(expression)]
    if expression.is_Add:
        return _chain(expression, feature_names, "add", "sub", _without_minus)
    if expression.is_Mul:
        numbers = [factor for factor in expression.args if factor.is_number and factor.is_real]
        if len(numbers) > 1:  # π/2 is one constant
            others = [factor for factor in expression.args if factor not in numbers]
            product = sympy.Float(float(sympy.Mul(*numbers)), 17)
            expression = sympy.Mul(product, *others, evaluate=False)
        return _chain(expression, feature_names, "mul", "div", _without_inverse)
    if expression.is_Pow and expression.exp.is_number:
        return _power(expression, feature_names)
    name = FUNCTIONS.get(expression.func)
    if name is None:
        raise ValueError(f"The operator table has no {expression.func.__name__}.")
    return _join(name, from_sympy(expression.args[0], feature_names))


def _exact_number(value: float) -> sympy.Expr:
    """Write a constant by its name, or with just the digits that it needs: 1.9, not 1.8999…."""
    if abs(value) in BY_VALUE:
        return (-1 if value < 0 else 1) * BY_VALUE[abs(value)]
    thirds = round(3 * value) if abs(value) < LARGE else 0  # 26*pi is no simpler than 81.7
    if thirds / 3 == value:
        return sympy.Rational(thirds, 3)
    if abs(value) < HUGE and value.is_integer():
        return sympy.Integer(int(value))
    digits = len(repr(value).split("e")[0].strip("-0.").replace(".", ""))
    return sympy.Float(repr(value), max(digits, 15))


def _index(name: str, feature_names: Sequence[str] | None) -> int:
    if feature_names is not None and name in feature_names:
        return list(feature_names).index(name)
    if feature_names is None and name[:1] == "x" and name[1:].isdecimal():
        return int(name[1:])
    raise ValueError(f"{name!r} is no input; known are: {feature_names or 'x0, x1, …'}.")


def _chain(
    expression: sympy.Expr, names: Sequence[str] | None, plain: str, reverse: str, without: object
) -> Program:
    """Join operands from left to right; those that can be taken away or divided by go last."""
    forward: list[Program] = []
    backward: list[Program] = []
    operands = expression.as_ordered_terms() if plain == "add" else expression.args
    first = _head_of_negative_sum(operands) if plain == "add" else None
    for operand in operands:
        turned = without(operand)  # type: ignore[operator]
        if turned is None or operand is first:
            forward.append(from_sympy(operand, names))
        else:
            backward.append(from_sympy(turned, names))
    if not forward:
        forward = [([0], [0.0 if plain == "add" else 1.0])]
    program = reduce(lambda a, b: _join(plain, a, b), forward)
    return reduce(lambda a, b: _join(reverse, a, b), backward, program)


def _without_minus(term: sympy.Expr) -> sympy.Expr | None:
    return -term if term.as_coeff_Mul()[0].is_negative else None


def _head_of_negative_sum(terms: Sequence[sympy.Expr]) -> sympy.Expr | None:
    """Term of `-2*x0 - 3*x1` that keeps its minus in its coefficient, as `0 - 2*x0 - 3*x1` is longer."""
    coefficients = [term.as_coeff_Mul()[0] for term in terms]
    if any(not coefficient.is_negative for coefficient in coefficients):
        return None
    return next((term for term, one in zip(terms, coefficients, strict=True) if one != -1), None)


def _without_inverse(factor: sympy.Expr) -> sympy.Expr | None:
    invertible = factor.is_Pow and factor.exp.is_number and factor.exp.is_negative
    return 1 / factor if invertible else None


def _power(expression: sympy.Expr, names: Sequence[str] | None) -> Program:
    base, exponent = from_sympy(expression.base, names), float(expression.exp)
    if exponent in POWERS:
        return _join(POWERS[exponent], base)
    return _join("pow", base, ([0], [exponent]))


def _join(name: str, *operands: Program) -> Program:
    tokens = [token for operand in operands for token in operand[0]]
    constants = [value for operand in operands for value in operand[1]]
    return [*tokens, NUMBER_OF[name]], [*constants, 0.0]

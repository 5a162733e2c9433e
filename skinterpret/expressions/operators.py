"""The operator table: all that the package knows of an operator stands in its row.

Adding an operator is adding a row (at the end: a program refers to its operators by position).
The functions of a row are written once and used twice: interpreted, on arrays, by `Expression`; and
compiled, on numbers, by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from skinterpret.expressions.elementary import (
    absolute,
    cos,
    exp,
    log,
    power,
    sign,
    sin,
    sqrt,
    tanh,
)

Function = Callable[[Any, Any, Any], Any]


def _zero(a: Any, b: Any, v: Any) -> Any:
    return 0.0 * a


def _one(a: Any, b: Any, v: Any) -> Any:
    return 0.0 * a + 1.0


def _minus_one(a: Any, b: Any, v: Any) -> Any:
    return 0.0 * a - 1.0


@dataclass(frozen=True)
class Operator:
    """One operator with its value, its first and its second derivatives.

    A unary operator gets its operand as `a` and ignores `b`.  Every derivative is a function of
    the operands and of the value `v`, which often is the cheapest way to it.

    Parameters
    ----------
    name : str
        Name in the text form and in `operators=` of an engine.
    arity : {1, 2}
        Number of operands.
    value : callable
        `value(a, b)`.
    da, db : callable
        First derivatives `∂v/∂a` and `∂v/∂b` as functions of `(a, b, v)`.
    daa, dab, dbb : callable
        Second derivatives as functions of `(a, b, v)`.
    to_sympy : callable
        The same operator on sympy expressions, with `arity` arguments.
    symbol : str, default=None
        How the engine's users may also write it (`"+"` for `"add"`).
    complexity : int, default=1
        What a use of the operator adds to the complexity of an expression.
    monotone : bool, default=False
        Whether the derivative keeps one sign wherever it exists.  A monotone unary operator at the
        root of an expression does not change the concept (arXiv:2401.04978, section 3.1).
    constant_exponent : bool, default=False
        Whether the second operand must be a constant.

    Examples
    --------
    >>> from skinterpret.expressions import OPERATORS
    >>> OPERATORS[0]
    Operator(name='add', arity=2, symbol='+', complexity=1, monotone=False, constant_exponent=False)
    >>> OPERATORS[0].value(2.0, 3.0)
    5.0
    """

    name: str
    arity: int
    value: Callable[[Any, Any], Any] = field(repr=False)
    da: Function = field(repr=False)
    to_sympy: Callable[..., Any] = field(repr=False)
    db: Function = field(default=_zero, repr=False)
    daa: Function = field(default=_zero, repr=False)
    dab: Function = field(default=_zero, repr=False)
    dbb: Function = field(default=_zero, repr=False)
    symbol: str | None = None
    complexity: int = 1
    monotone: bool = False
    constant_exponent: bool = False


OPERATORS: tuple[Operator, ...] = (
    Operator(
        "add",
        2,
        symbol="+",
        value=lambda a, b: a + b,
        da=_one,
        db=_one,
        to_sympy=lambda a, b: a + b,
    ),
    Operator(
        "sub",
        2,
        symbol="-",
        value=lambda a, b: a - b,
        da=_one,
        db=_minus_one,
        to_sympy=lambda a, b: a - b,
    ),
    Operator(
        "mul",
        2,
        symbol="*",
        value=lambda a, b: a * b,
        da=lambda a, b, v: b,
        db=lambda a, b, v: a,
        dab=_one,
        to_sympy=lambda a, b: a * b,
    ),
    Operator(
        "div",
        2,
        symbol="/",
        value=lambda a, b: a / b,
        da=lambda a, b, v: 1.0 / b,
        db=lambda a, b, v: -v / b,
        dab=lambda a, b, v: -1.0 / (b * b),
        dbb=lambda a, b, v: 2.0 * v / (b * b),
        to_sympy=lambda a, b: a / b,
    ),
    Operator(
        "square",
        1,
        value=lambda a, b: a * a,
        da=lambda a, b, v: 2.0 * a,
        daa=lambda a, b, v: 0.0 * a + 2.0,
        to_sympy=lambda a: a**2,
    ),
    Operator(
        "cube",
        1,
        monotone=True,
        value=lambda a, b: a * a * a,
        da=lambda a, b, v: 3.0 * a * a,
        daa=lambda a, b, v: 6.0 * a,
        to_sympy=lambda a: a**3,
    ),
    Operator(
        "sqrt",
        1,
        complexity=2,
        monotone=True,
        value=lambda a, b: sqrt(a),
        da=lambda a, b, v: 0.5 / v,
        daa=lambda a, b, v: -0.25 / (a * v),
        to_sympy=sympy.sqrt,
    ),
    Operator(
        "log",
        1,
        complexity=2,
        monotone=True,
        value=lambda a, b: log(a),
        da=lambda a, b, v: 1.0 / a,
        daa=lambda a, b, v: -1.0 / (a * a),
        to_sympy=sympy.log,
    ),
    Operator(
        "exp",
        1,
        complexity=2,
        monotone=True,
        value=lambda a, b: exp(a),
        da=lambda a, b, v: v,
        daa=lambda a, b, v: v,
        to_sympy=sympy.exp,
    ),
    Operator(
        "sin",
        1,
        complexity=2,
        value=lambda a, b: sin(a),
        da=lambda a, b, v: cos(a),
        daa=lambda a, b, v: -v,
        to_sympy=sympy.sin,
    ),
    Operator(
        "cos",
        1,
        complexity=2,
        value=lambda a, b: cos(a),
        da=lambda a, b, v: -sin(a),
        daa=lambda a, b, v: -v,
        to_sympy=sympy.cos,
    ),
    Operator(
        "tanh",
        1,
        complexity=2,
        monotone=True,
        value=lambda a, b: tanh(a),
        da=lambda a, b, v: 1.0 - v * v,
        daa=lambda a, b, v: -2.0 * v * (1.0 - v * v),
        to_sympy=sympy.tanh,
    ),
    Operator(
        "abs",
        1,
        value=lambda a, b: absolute(a),
        da=lambda a, b, v: sign(a),
        to_sympy=sympy.Abs,
    ),
    Operator(
        "neg",
        1,
        monotone=True,
        value=lambda a, b: -a,
        da=_minus_one,
        to_sympy=lambda a: -a,
    ),
    Operator(
        "inv",
        1,
        monotone=True,
        value=lambda a, b: 1.0 / a,
        da=lambda a, b, v: -v * v,
        daa=lambda a, b, v: 2.0 * v * v * v,
        to_sympy=lambda a: 1 / a,
    ),
    Operator(
        "pow",
        2,
        complexity=2,
        constant_exponent=True,
        value=lambda a, b: power(a, b),
        da=lambda a, b, v: b * power(a, b - 1.0),
        db=lambda a, b, v: v * log(a),
        daa=lambda a, b, v: b * (b - 1.0) * power(a, b - 2.0),
        dab=lambda a, b, v: power(a, b - 1.0) * (1.0 + b * log(a)),
        dbb=lambda a, b, v: v * log(a) * log(a),
        to_sympy=lambda a, b: a**b,
    ),
)

CONSTANT_COMPLEXITY = 2
VARIABLE_COMPLEXITY = 1
DEFAULT_OPERATORS = ("+", "-", "*", "/", "square", "exp", "sin")


def find_operators(names: Sequence[str] | None) -> list[int]:
    """Find the numbers of operators in programs (from 1) by their names or symbols.

    Parameters
    ----------
    names : sequence of str or None
        Names or symbols of the operator table, such as `["+", "mul", "sin"]`; `None` means
        `DEFAULT_OPERATORS`.

    Returns
    -------
    list of int
        Number of each, without repetition, in the order of the table.

    Raises
    ------
    ValueError
        If a name is not in the table, or there is none.

    Examples
    --------
    >>> find_operators(["*", "add"])
    [1, 3]
    """
    if names is None:
        names = DEFAULT_OPERATORS
    number_of: dict[str, int] = {}
    for number, operator in enumerate(OPERATORS, start=1):
        number_of[operator.name] = number
        if operator.symbol is not None:
            number_of[operator.symbol] = number
    unknown = [name for name in names if name not in number_of]
    if unknown or len(names) == 0:
        known = ", ".join(operator.symbol or operator.name for operator in OPERATORS)
        cause = f"Unknown operator {unknown[0]!r}" if unknown else "No operators"
        raise ValueError(f"{cause}; choose operators from: {known}.")
    return sorted({number_of[name] for name in names})

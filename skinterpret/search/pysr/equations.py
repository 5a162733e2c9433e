"""PySR's printed equations to expressions, and the names of operators both ways.

The hall of fame is a file of text, one equation a row, printed by the Julia package
DynamicExpressions: an infix operator stands between parentheses of its own, everything else is a
call, a negative number has no parentheses, and inputs are `x0` in files, `x₀` in tables and `#1` in
templates, which also put `f = ` before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from skinterpret.expressions import Expression
from skinterpret.expressions.operators import OPERATORS
from skinterpret.expressions.text import NUMBER_OF, Definition, parse

# PySR's operators that the operator table can express, each as a formula of its operands.
FORMULAS = {
    "plus": "x0 + x1",
    "sub": "x0 - x1",
    "mult": "x0*x1",
    "div": "x0/x1",
    "neg": "-x0",
    "inv": "inv(x0)",
    "square": "x0**2",
    "cube": "x0**3",
    "pow": "exp(x1*log(x0))",  # where the exponent holds inputs, otherwise the parser has a better form
    "sqrt": "sqrt(x0)",
    "cbrt": "x0*abs(x0)**(-2/3)",  # undefined at 0 itself, where a cube root has no gradient either
    "exp": "exp(x0)",
    "log": "log(x0)",
    "log2": "log(x0)/log(2)",
    "log10": "log(x0)/log(10)",
    "log1p": "log(x0 + 1)",
    "sin": "sin(x0)",
    "cos": "cos(x0)",
    "tan": "sin(x0)/cos(x0)",
    "sinh": "(exp(x0) - exp(-x0))/2",
    "cosh": "(exp(x0) + exp(-x0))/2",
    "tanh": "tanh(x0)",
    "abs": "abs(x0)",
    "relu": "(x0 + abs(x0))/2",
    "sqrt_abs": "sqrt(abs(x0))",
    "log_abs": "log(abs(x0))",
    "log2_abs": "log(abs(x0))/log(2)",
    "log10_abs": "log(abs(x0))/log(10)",
    "log1p_abs": "log(abs(x0) + 1)",
    "pow_abs": "exp(x1*log(abs(x0)))",
    "max": "(x0 + x1 + abs(x0 - x1))/2",
    "min": "(x0 + x1 - abs(x0 - x1))/2",
    "fma": "x0*x1 + x2",
    "muladd": "x0*x1 + x2",
}

# In formulas of the past: Julia has no such functions any more, so none of them can be searched with.
ONLY_READ = tuple(name for name in FORMULAS if name.endswith("_abs"))

# Operators of the table under the names that PySR takes; the others have the same name there.
SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^"}

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
NOT_FINITE = re.compile(r"\b(?:Inf|NaN)(?:32|64)?\b")
OPERAND_STARTS = r"((?:^|[(,+\-*/^])\s*)"


def define(formula: str) -> Definition:
    """Define a function by a formula of its operands `x0`, `x1`, ….

    Parameters
    ----------
    formula : str
        The formula, which holds all operands.

    Returns
    -------
    Definition
        What the parser takes.
    """
    expression = Expression.parse(formula)
    return Definition(len(expression.variables), (list(expression.tokens), list(expression.constants)))


DEFINITIONS = {name: define(formula) for name, formula in FORMULAS.items()}


def name_in_pysr(operator: str) -> str:
    """Name under which PySR knows an operator of the table.

    Parameters
    ----------
    operator : str
        Its name in the table.

    Returns
    -------
    str
        Its name in Julia.

    Examples
    --------
    >>> from skinterpret.search.pysr.equations import name_in_pysr
    >>> name_in_pysr("mul"), name_in_pysr("pow"), name_in_pysr("square")
    ('*', '^', 'square')
    """
    return SYMBOLS.get(operator, operator)


def name_in_table(operator: str) -> str | None:
    """Name in the operator table of one of PySR's operators, or `None` if the table has none alike.

    Parameters
    ----------
    operator : str
        Its name in Julia.

    Returns
    -------
    str or None
        Its name in the table.

    Examples
    --------
    >>> from skinterpret.search.pysr.equations import name_in_table
    >>> name_in_table("mult"), name_in_table("^"), name_in_table("erf")
    ('mul', 'pow', None)
    """
    for row in OPERATORS:
        if operator in (row.name, row.symbol, name_in_pysr(row.name)):
            return row.name
    return {"plus": "add", "mult": "mul", "**": "pow"}.get(operator)


def read_equation(equation: str, definitions: Mapping[str, Definition] | None = None) -> Expression:
    """Read an equation as PySR prints it.

    Parameters
    ----------
    equation : str
        The equation: from the hall of fame, from a printed table or of a template.
    definitions : mapping of str to Definition, default=None
        Functions of the user's, by their names in Julia.

    Returns
    -------
    Expression
        The same formula.

    Raises
    ------
    ValueError
        If the text is no equation over known functions, the message says where; or if a number in it
        is infinite or undefined.

    Examples
    --------
    >>> from skinterpret.search.pysr.equations import read_equation
    >>> read_equation("(square(x₀) * -1.5e-3) + sin(x1)")
    Expression('x0**2*-0.0015 + sin(x1)')
    >>> read_equation("f = (#1 ^ 2.0) + (#2 * #2)")
    Expression('x0**2 + x1*x1')
    """
    infinite = NOT_FINITE.search(equation)
    if infinite:
        raise ValueError(f"the formula {equation!r} is not finite: it holds {infinite[0]}.")
    # the table's own operators need no definition, except for powers with any exponent
    known = {name: made for name, made in DEFINITIONS.items() if name not in NUMBER_OF or name == "pow"}
    return Expression(*parse(_in_our_grammar(equation), None, {**known, **(definitions or {})}))


def _in_our_grammar(equation: str) -> str:
    text = equation.translate(SUBSCRIPTS)
    text = re.sub(r"^[\s╭├╰]*[^\W\d]\w*\s*=", "", text)  # the name of what the equation stands for
    text = re.sub(r"#(\d+)", lambda found: f"x{int(found[1]) - 1}", text)
    text = re.sub(r"(?<=[\d.])f(?=[+-]?\d)", "e", text)  # Julia's 32-bit 1.0f-5
    text = re.sub(rf"{OPERAND_STARTS}-\s*\(", r"\1neg(", text)
    # a sign belongs to its number, as in the tree that was printed
    return re.sub(rf"{OPERAND_STARTS}-\s*({NUMBER})(?=\s*\^)", r"\1(-\2)", text)

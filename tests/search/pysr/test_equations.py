"""Equations as PySR prints them: in its hall of fame, in tables and of templates."""

import numpy as np
import pytest
from hypothesis import given, settings

from skinterpret.expressions import OPERATORS, Expression
from skinterpret.search.pysr.equations import (
    DEFINITIONS,
    FORMULAS,
    define,
    name_in_pysr,
    name_in_table,
    read_equation,
)

from ...expressions.strategies import expressions

X = np.random.default_rng(0).uniform(0.3, 2, (30, 12))

CORPUS = [
    # the hall of fame of PySR 1.5: every infix operator in parentheses, all digits
    ("x0", "x0"),
    ("x1", "x1"),
    ("x11", "x11"),
    ("1.5", "1.5"),
    ("-1.5", "-1.5"),
    ("3.8552167", "3.8552167"),
    ("x0 * x0", "x0*x0"),
    ("x0 + x1", "x0 + x1"),
    ("x0 - x1", "x0 - x1"),
    ("x0 / x1", "x0/x1"),
    ("x0 - (x1 - x2)", "x0 - (x1 - x2)"),
    ("(x0 - x1) - x2", "x0 - x1 - x2"),
    ("(x0 * x0) + -0.25573406", "x0*x0 + -0.25573406"),
    ("(x0 * x0) - -0.25", "x0*x0 - -0.25"),
    ("cos(x3) + (x0 * x0)", "cos(x3) + x0*x0"),
    ("(x0 * x0) + (cos(x3) * 2.4384754)", "x0*x0 + cos(x3)*2.4384754"),
    ("((cos(x3) * 2.5382) + (x0 * x0)) + -0.5", "cos(x3)*2.5382 + x0*x0 + -0.5"),
    ("x0 / (x1 * (x2 / x3))", "x0/(x1*(x2/x3))"),
    ("2.0 * (x0 + x1)", "2*(x0 + x1)"),
    ("square(x0)", "x0**2"),
    ("square(x0 + x1)", "(x0 + x1)**2"),
    ("square(square(x0))", "(x0**2)**2"),
    ("cube(x0)", "x0**3"),
    ("cube(x0 - 1.0)", "(x0 - 1)**3"),
    ("inv(x0)", "inv(x0)"),
    ("inv(x0 + square(x1))", "inv(x0 + x1**2)"),
    ("neg(x0)", "-x0"),
    ("exp(neg(square(x0)) * 0.5)", "exp(-x0**2*0.5)"),
    ("sqrt(x0)", "sqrt(x0)"),
    ("log(x0 + 1.0)", "log(x0 + 1)"),
    ("tanh(x0 * 2.0)", "tanh(x0*2)"),
    ("abs(x0 - x1)", "abs(x0 - x1)"),
    ("exp(exp(x0))", "exp(exp(x0))"),
    ("sin((x1 + x2) * 1.0000001)", "sin((x1 + x2)*1.0000001)"),
    ("square(x0) + (square(x1) * 2.0)", "x0**2 + x1**2*2"),
    # powers
    ("x0 ^ 2.0", "x0**2"),
    ("x0 ^ 3.0", "x0**3"),
    ("x0 ^ 1.7", "x0**1.7"),
    ("x0 ^ -0.5", "x0**-0.5"),
    ("(x0 + x1) ^ 2.5", "(x0 + x1)**2.5"),
    ("(x0 ^ 1.5) ^ 2.0", "(x0**1.5)**2"),
    ("x0 ^ (1.0 + 1.0)", "x0**2"),
    ("x0 ^ (1.0 / 3.0)", "x0**0.3333333333333333"),
    ("x0 ^ x1", "exp(x1*log(x0))"),
    ("2.0 ^ x0", "exp(x0*log(2))"),
    ("(x0 * 2.0) ^ (x1 + 1.0)", "exp((x1 + 1)*log(x0*2))"),
    ("pow(x0, 1.5)", "x0**1.5"),
    # unary minus, which belongs to what follows it, whatever follows that
    ("-(x0)", "-x0"),
    ("-x0", "-x0"),
    ("-(x0 + x1)", "-(x0 + x1)"),
    ("-(x0) + x1", "-x0 + x1"),
    ("x1 * -(x0)", "x1*(-x0)"),
    ("x1 - -(x0)", "x1 - -x0"),
    ("-(x0) ^ 2.0", "(-x0)**2"),
    ("sin(-(x0))", "sin(-x0)"),
    ("-2.0 * x0", "-2*x0"),
    # scientific notation as Julia writes it, in both precisions
    ("1.0e-7", "1e-7"),
    ("x0 * 1.2345e-12", "x0*1.2345e-12"),
    ("x0 + -4.5e6", "x0 + -4500000"),
    ("x0 * 1.0e20", "x0*1e20"),
    ("x0 * 1.0f-5", "x0*1e-5"),
    ("x0 - -1.0e-7", "x0 - -1e-7"),
    # tables on the screen: subscript digits and a name before the formula
    ("x₀", "x0"),
    ("x₁₁ * 2.0", "x11*2"),
    ("y = (x₀ * x₀) + cos(x₃)", "x0*x0 + cos(x3)"),
    ("exp(x₁ - x₂) - (x₃ * 3.1416)", "exp(x1 - x2) - x3*3.1416"),
    # templates: operands by number, from 1
    ("f = #1", "x0"),
    ("f = (#1 * #1) + (#2 * (#2 * 2.0))", "x0*x0 + x1*(x1*2)"),
    ("f = square(#1) + sin(#2 + #3)", "x0**2 + sin(x1 + x2)"),
    ("f = #12 ^ -1.0", "x11**-1"),
    ("f = -(#1)", "-x0"),
    ("╭ f = #1 / #2", "x0/x1"),
    # PySR's own names
    ("plus(x0, x1)", "x0 + x1"),
    ("sub(x0, mult(x1, x2))", "x0 - x1*x2"),
    ("div(x0, x1 + 1.0)", "x0/(x1 + 1)"),
    ("max(x0, x1)", "(x0 + x1 + abs(x0 - x1))/2"),
    ("relu(x0 - 1.0)", "(x0 - 1 + abs(x0 - 1))/2"),
    ("log_abs(x0 - 1.0)", "log(abs(x0 - 1))"),
    ("muladd(x0, x1, x2)", "x0*x1 + x2"),
]


def test_the_corpus_is_large_enough():
    assert len({printed for printed, _ in CORPUS}) >= 60


@pytest.mark.parametrize(("printed", "ours"), CORPUS, ids=[printed for printed, _ in CORPUS])
def test_an_equation_is_read_as_what_it_says(printed, ours):
    assert str(read_equation(printed)) == str(Expression.parse(ours))


FUNCTIONS = {
    "plus": np.add,
    "sub": np.subtract,
    "mult": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "inv": np.reciprocal,
    "square": np.square,
    "cube": lambda a: a**3,
    "pow": np.power,
    "sqrt": np.sqrt,
    "cbrt": np.cbrt,
    "exp": np.exp,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "abs": np.abs,
    "relu": lambda a: np.maximum(a, 0),
    "sqrt_abs": lambda a: np.sqrt(np.abs(a)),
    "log_abs": lambda a: np.log(np.abs(a)),
    "log2_abs": lambda a: np.log2(np.abs(a)),
    "log10_abs": lambda a: np.log10(np.abs(a)),
    "log1p_abs": lambda a: np.log1p(np.abs(a)),
    "pow_abs": lambda a, b: np.abs(a) ** b,
    "max": np.maximum,
    "min": np.minimum,
    "fma": lambda a, b, c: a * b + c,
    "muladd": lambda a, b, c: a * b + c,
}
DEFINED_FOR_NEGATIVE = {name for name in FUNCTIONS if name.endswith("_abs")} | {"cbrt", "relu"}


@pytest.mark.parametrize("name", FORMULAS)
def test_each_function_of_pysr_has_the_values_of_numpys(name):
    operands = [*X[:, :3].T]
    if name in DEFINED_FOR_NEGATIVE:
        operands[0] = operands[0] * np.where(np.arange(len(X)) % 2, 1, -1)
    arity = DEFINITIONS[name].arity
    printed = f"{name}({', '.join(f'x{k}' for k in range(arity))})"
    values = read_equation(printed)(np.column_stack(operands))
    np.testing.assert_allclose(values, FUNCTIONS[name](*operands[:arity]), rtol=1e-12)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_names_translate_both_ways(operator):
    assert name_in_table(name_in_pysr(operator.name)) == operator.name
    printed = name_in_pysr(operator.name)
    operands = ["x0", "1.7" if operator.constant_exponent else "x1"][: operator.arity]
    symbolic = not printed.isidentifier()
    equation = f"{operands[0]} {printed} {operands[-1]}" if symbolic else f"{printed}({', '.join(operands)})"
    read = read_equation(equation)
    assert OPERATORS[read.tokens[-1] - 1] is operator


def as_julia_prints(expression):
    """Print as DynamicExpressions does: parentheses around infix operators, none at the outside."""
    stack = []
    for token, value in zip(expression.tokens, expression.constants, strict=True):
        if token <= 0:
            stack.append(f"x{-1 - token}" if token else as_julia_writes(value))
            continue
        name = name_in_pysr(OPERATORS[token - 1].name)
        if name.isidentifier():
            stack.append(f"{name}({without_parentheses(stack.pop())})")
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(f"({left} {name} {right})")
    return without_parentheses(stack[0])


def as_julia_writes(number):
    return repr(number) if "." in repr(number) else repr(number).replace("e", ".0e")


def without_parentheses(text):
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_what_julia_prints_of_an_expression_is_read_as_that_expression(expression):
    read = read_equation(as_julia_prints(expression))
    # a power with a whole exponent is written in several ways, which differ in the last digit
    np.testing.assert_allclose(read(X[:, :4]), expression(X[:, :4]), rtol=1e-12)


def test_functions_of_the_user_are_read_and_come_first():
    mine = {"quart": define("x0**2*x0**2"), "inv": define("1/(x0 + 1)")}
    assert str(read_equation("quart(x1) + inv(x0)", mine)) == "x1**2*x1**2 + 1/(x0 + 1)"


@pytest.mark.parametrize("text", ["NaN", "Inf * x0", "x0 + -Inf", "x0 * NaN32"])
def test_a_formula_that_is_not_finite_is_refused_as_such(text):
    with pytest.raises(ValueError, match="is not finite: it holds (Inf|NaN)"):
        read_equation(text)


@pytest.mark.parametrize("text", ["", "erf(x0)", "x0 +", "y", "sin(x0, x1)", "x0 x1", "#0"])
def test_what_is_no_equation_over_known_functions_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  the place differs
        read_equation(text)

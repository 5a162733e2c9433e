"""The text form: what the printer writes and what the parser takes."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.expressions.text import Definition, parse

X = np.random.default_rng(0).uniform(0.3, 2, (20, 3))


@pytest.mark.parametrize(
    "formula",
    [
        "x0**2 + 2*x1**2",
        "x0 - (x1 - x2)",
        "x0/(x1*x2)",
        "-x0**2",
        "(-x0)**2",
        "2*(x0 + x1)*x2",
        "x0**-1.5",
        "sin(x0)**3*exp(-x1)",
        "1e-12*x0 + 1.5e+300",
    ],
)
def test_no_more_parentheses_than_needed(formula):
    assert str(Expression.parse(formula)) == formula


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("x0 - x1 - x2", X[:, 0] - X[:, 1] - X[:, 2]),
        ("x0/x1/x2", X[:, 0] / X[:, 1] / X[:, 2]),
        ("-x0^2", -(X[:, 0] ** 2)),
        ("2*-x0", -2 * X[:, 0]),
        ("x0 + x1*x2**2", X[:, 0] + X[:, 1] * X[:, 2] ** 2),
        ("square(x0) + inv(x1)", X[:, 0] ** 2 + 1 / X[:, 1]),
        (" .5e1 * ( x0 )", 5 * X[:, 0]),
    ],
)
def test_operators_bind_as_in_python(formula, value):
    np.testing.assert_allclose(Expression.parse(formula)(X), value, rtol=1e-14)


@pytest.mark.parametrize("exponent", ["(1/2)", "(2 - 1.5)", "-(-0.5)", "sqrt(0.25)"])
def test_an_exponent_may_be_computed_from_numbers(exponent):
    assert str(Expression.parse(f"x0**{exponent}")) == "x0**0.5"


def test_functions_may_be_defined_for_the_parser():
    norm = Definition(2, parse("x0**2 + x1**2", None))
    anything = Definition(2, parse("exp(x1*log(x0))", None))
    program = parse("norm(2, x1)**x2", None, {"norm": norm, "pow": anything})
    assert str(Expression(*program)) == "exp(x2*log(2**2 + x1**2))"
    with pytest.raises(ValueError, match="norm takes 2 operands, not 1"):
        parse("norm(x0)", None, {"norm": norm})


@pytest.mark.parametrize("formula", ["x0**x1", "pow(x0, x1)", "2**x0"])
def test_an_exponent_with_inputs_is_refused(formula):
    with pytest.raises(ValueError, match="constant"):
        Expression.parse(formula)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_digit_of_a_constant_is_kept(value):
    assert Expression.parse(str(Expression.constant(value))).constant_values == (value,)


@given(st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=2, unique=True))
def test_any_two_names_can_be_told_apart(names):
    expression = Expression.parse("x0 - 2*x1")
    assert Expression.parse(expression.to_text(names), names) == expression


@given(st.text(max_size=30))
def test_any_text_is_a_formula_or_a_value_error(text):
    with contextlib.suppress(ValueError):  # anything else escapes and fails
        assert isinstance(Expression.parse(text), Expression)


@pytest.mark.parametrize(
    "text", ["__import__('os')", "x0.real", "x0[0]", "lambda: 1", "x0 if 1 else 2", "x0=1"]
)
def test_python_is_not_understood(text):
    with pytest.raises(ValueError):  # noqa: PT011  the place differs
        Expression.parse(text)

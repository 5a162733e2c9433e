"""`Expression`: a value with an exact text form and a true gradient."""

import pickle

import numpy as np
import pytest
import sympy
from hypothesis import given, settings

from skinterpret.expressions import Expression

from .strategies import expressions


@given(expressions)
def test_the_text_form_is_read_back_node_by_node(expression):
    assert Expression.parse(str(expression)) == expression


@given(expressions)
def test_names_of_any_kind_survive_the_text_form(expression):
    names = ["sin", "petal length (cm)", "a`b", "plain"]
    assert Expression.parse(expression.to_text(names), names) == expression


@given(expressions)
def test_a_pickle_is_equal_and_hashes_alike(expression):
    copy = pickle.loads(pickle.dumps(expression))
    assert copy == expression
    assert hash(copy) == hash(expression)


@pytest.mark.parametrize(
    "text",
    [
        "x0**2 + 3*x0*x1 + 2*x1**2",
        "x0*exp(-0.5*(x1**2 + x2**2))",
        "x0*x1/((x2 - x0)**2 + cos(x1)**3)",
        "sqrt(x0 + 1) - log(x1**2 + 0.3)",
        "tanh(x0)/inv(x1 + 3) - (x2**2 + 1)**-1.5",
    ],
)
def test_values_and_gradient_are_those_of_sympy(text):
    expression = Expression.parse(text)
    symbols = sympy.symbols("x0 x1 x2")
    formula = expression.to_sympy()
    X = np.random.default_rng(0).uniform(0.2, 2, (20, 3))
    value = sympy.lambdify(symbols, formula, "numpy")(*X.T)
    np.testing.assert_allclose(expression(X), value, rtol=1e-12)
    for j, symbol in enumerate(symbols):
        slope = sympy.lambdify(symbols, sympy.diff(formula, symbol), "numpy")(*X.T)
        expected = np.broadcast_to(slope, len(X))
        np.testing.assert_allclose(expression.gradient(X)[:, j], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "text", ["x0**2 + 2*x1**2", "x0 - x1/x2", "exp(x0 - x1) - 3.14*x2", "sin(x0)**3*abs(x1)"]
)
def test_a_way_through_sympy_keeps_the_function(text):
    expression = Expression.parse(text)
    X = np.random.default_rng(0).uniform(0.2, 2, (20, 3))
    np.testing.assert_allclose(Expression.from_sympy(expression.to_sympy())(X), expression(X))


def test_substitution_composes_functions():
    outer, inner = Expression.parse("x0**2 + x1"), Expression.parse("x1 - x2")
    X = np.random.default_rng(0).normal(size=(10, 3))
    np.testing.assert_allclose(outer.substitute({0: inner})(X), inner(X) ** 2 + X[:, 1])


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError, match="immutable"):
        Expression.variable(0).tokens = ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x0 +", "the end at position 4"),
        ("import os", "unknown name 'import'"),
        ("x0**x1", "constant exponent"),
        ("sin(x0", r"'\)' should stand"),
        ("x0 ; x1", "';'"),
        ("sin(x0, x1)", "takes 1 operands"),
        ("(" * 300 + "x0" + ")" * 300, "nested deeper"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text, message):
    with pytest.raises(ValueError, match=message):
        Expression.parse(text)


@settings(max_examples=50)
@given(expressions)
def test_the_root_and_its_operands_make_the_expression_again(expression):
    if expression.root is None:
        assert len(expression.tokens) == 1
    else:
        name, operands = expression.root
        assert Expression.apply(name, *operands) == expression


@given(expressions)
def test_complexity_counts_every_node(expression):
    assert expression.complexity >= len(expression.tokens)

"""Functions around terms of a sum go where directions do not tell the difference, and only there."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.surrogates.formulas.plain_terms import with_plain_terms
from tests.surrogates.fits import ROWS, FitTo


@pytest.mark.parametrize(
    ("found", "plain"),
    [
        ("(x0*x1 + x2 + 9)**2 + 20*sin(3*x1*x2)", "x0*x1 + x2 + 0.9*sin(3*x1*x2)"),
        ("exp(0.1*x0*x1) + 0.1*x2", "x0*x1 + 0.9*x2"),
        ("x0**3 + exp(0.05*x1)*20", "x0**3 + x1"),
    ],
)
def test_functions_that_hardly_bend_their_terms_go(found, plain):
    fit = FitTo(found, extra=0.02)
    result = with_plain_terms(Expression.parse(found), ROWS, fit, always)
    expected = fit.refit(Expression.parse(plain))
    assert fit.loss(result) == pytest.approx(fit.loss(expected), rel=0.05)
    assert functions(result) == functions(expected)


@given(st.floats(0, 0.3))
def test_no_more_loss_than_round_numbers_may_cost(extra):
    found = Expression.parse("(x0*x1 + x2)**2 + exp(sin(x1*x2)) + log(x0 + 1)")
    fit = FitTo("(x0*x1 + x2)**2 + exp(sin(x1*x2)) + log(x0 + 1)", extra=extra)
    result = with_plain_terms(found, ROWS, fit, always)
    assert fit.loss(result) <= fit.loss(found) + 0.28 * fit.noise(found)
    assert result.to_sympy().count_ops() <= found.to_sympy().count_ops() + 3


@pytest.mark.parametrize("text", ["x0**2 + 2*x1**2", "x0**2 + sin(3*x1 + 3*x2)", "exp(x0) + 1/x1"])
def test_functions_that_directions_tell_stay(text):
    expression = Expression.parse(text)
    assert with_plain_terms(expression, ROWS, FitTo(text, extra=1e-3), always) is expression


def test_a_function_that_turns_within_the_rows_stays():
    expression = Expression.parse("x0**2 + x1")
    rows = ROWS * [1, 1, 1] - [1.2, 0, 0]
    assert with_plain_terms(expression, rows, FitTo("x0**2 + x1", extra=0.9), always) is expression


@pytest.mark.parametrize("text", ["x0*x1", "exp(x0 + x1)*x2", "x1**2"])
def test_what_is_no_sum_is_left_alone(text):
    expression = Expression.parse(text)
    assert with_plain_terms(expression, ROWS, FitTo(text, extra=0.5), always) is expression


def test_a_term_gets_one_weight_of_its_own():
    found = "(x0*x1 + x2 + 9)**2 + (x0 + x1 + 9)**2"
    result = with_plain_terms(Expression.parse(found), ROWS, FitTo(found, extra=0.02), always)
    assert len(result.constant_values) == 1
    assert functions(result) == []


def test_a_form_that_decides_worse_is_not_taken():
    found = Expression.parse("exp(0.1*x0*x1) + 0.1*x2")
    fit = FitTo("exp(0.1*x0*x1) + 0.1*x2", extra=0.02)
    assert with_plain_terms(found, ROWS, fit, lambda form: False) is found


def always(form):
    return True


def functions(expression):
    """Name the functions and powers of a formula."""
    formula = expression.to_sympy()
    return sorted(str(part.func) for part in formula.atoms(sympy.Function, sympy.Pow))

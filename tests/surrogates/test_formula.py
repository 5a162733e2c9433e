import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.surrogates.formula import tidy
from skinterpret.surrogates.selection import resolution

ROWS = np.random.default_rng(0).uniform(0.5, 2, (300, 3))


def loss_to(truth, extra=0.0):
    """Loss against the gradients of a formula; `extra` stands for the network's own errors."""
    gradient = Expression.parse(truth).gradient(ROWS)
    return lambda e: extra + 1 - alignment_score(gradient, e.gradient(ROWS))


@pytest.mark.parametrize(
    ("found", "tidied"),
    [
        ("0.5*x0**2 + 1.0*x1**2 + 7.3", "x0**2 + 2*x1**2"),
        ("(x0 + x1) * 3.7", "x0 + x1"),
        ("x0*1.9999997 + sin(x1)", "2*x0 + sin(x1)"),
        ("(x0 + x1)*(x0 + 2*x1)", "(x0 + x1)*(x0 + 2*x1)"),
    ],
)
def test_scale_offset_and_stray_digits_go(found, tidied):
    result = tidy(Expression.parse(found), loss_to(found))
    assert result.to_sympy().expand() == Expression.parse(tidied).to_sympy().expand()
    assert result.complexity <= Expression.parse(found).complexity


def test_whole_numbers_are_taken_when_the_network_is_no_more_exact():
    expression = Expression.parse("x0**2 + 1.97*x1**2")
    assert tidy(expression, loss_to("x0**2 + 1.97*x1**2", extra=1e-3)).to_text() == "x0**2 + 2*x1**2"


@pytest.mark.parametrize(("found", "snapped"), [(3.11, np.pi), (2.53, 2.5), (2.97, 3.0)])
def test_of_the_round_numbers_the_one_that_fits_best_is_taken(found, snapped):
    truth = f"exp(x0 - x1) + x0*x2*{snapped!r}"
    tidied = tidy(Expression.parse(truth.replace(repr(snapped), repr(found))), loss_to(truth, extra=1e-3))
    assert tidied.constant_values == (snapped,)


def test_whole_numbers_are_refused_when_the_loss_notices():
    expression = Expression.parse("x0**2 + 1.97*x1**2")
    assert tidy(expression, loss_to("x0**2 + 1.97*x1**2", extra=1e-7)).constant_values == (1.97,)


def test_a_term_that_the_network_does_not_show_goes():
    found = "(x0 + x1)*(x0 + 2*x1 - 0.004)"
    tidied = tidy(Expression.parse(found), loss_to("(x0 + x1)*(x0 + 2*x1)", extra=1e-4))
    assert tidied.to_sympy().expand() == Expression.parse("(x0 + x1)*(x0 + 2*x1)").to_sympy().expand()


@given(
    first=st.floats(0.1, 10),
    second=st.floats(0.1, 10),
    error=st.sampled_from([0.0, 1e-5, 1e-3]),
)
def test_the_loss_never_rises_by_more_than_round_numbers_are_worth(first, second, error):
    expression = Expression.parse(f"{first!r}*x0**2 + {second!r}*x1*x2 + 1")
    loss = loss_to(expression.to_text(), extra=error)
    level = loss(expression)
    assert loss(tidy(expression, loss)) <= level + 0.283 * (level + resolution(level)) + 2e-7


@pytest.mark.parametrize("found", ["-x0**2 - 2*x1**2", "3*x2 - exp(x0 - x1)", "-exp(x0)*x1 + x2"])
def test_the_longer_terms_have_a_plus_sign(found):
    tidied = tidy(Expression.parse(found), loss_to(found))
    assert (tidied(np.ones((1, 3))) == -Expression.parse(found)(np.ones((1, 3)))).all()

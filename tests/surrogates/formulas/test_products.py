"""Products of powers and exponentials: one spelling of each concept, and only where it decides alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.surrogates.formulas.products import spelled

POSITIVE = np.random.default_rng(0).uniform(0.2, 2, (300, 3))
SIGNED = np.random.default_rng(0).uniform(-1, 1, (300, 3))

NONZERO = st.sampled_from([-3, -2, -1, 1, 2, 3])


def spelling(text, rows=POSITIVE):
    return str(spelled(Expression.parse(text), rows).to_sympy())


def product(exponents, power):
    return "*".join(f"x{j}**({exponent * power!r})" for j, exponent in enumerate(exponents))


@given(
    st.lists(NONZERO, min_size=2, max_size=3),
    st.sampled_from([1.0, 2.0, 0.5, -1.0, -2.0, -0.5]),
    st.sampled_from(["", "*exp(({})*(x1**2 + x2**2))", "*exp(({})*(x1 - 0.7*x2))"]),
)
def test_all_powers_of_a_product_are_spelled_alike_and_run_parallel(exponents, power, growth):
    given_one = Expression.parse(product(exponents, 1.0) + growth.format(1.0))
    other = Expression.parse(product(exponents, power) + growth.format(power))
    form = spelled(other, POSITIVE)
    assert form.to_sympy() == spelled(given_one, POSITIVE).to_sympy()
    assert alignment_score(form.gradient(POSITIVE), other.gradient(POSITIVE)) > 1 - 1e-9
    order, ordered = np.argsort(other(POSITIVE)), form(POSITIVE)
    steps = np.diff(ordered[order])
    assert (steps >= -1e-9 * np.ptp(ordered)).all() or (steps <= 1e-9 * np.ptp(ordered)).all()
    again = spelled(form, POSITIVE)
    assert again.to_sympy() == form.to_sympy()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["exp(x1**2 + x2**2)/x0**2", "x0*exp(-0.5*(x1**2 + x2**2))"], "x0**2*exp(-x1**2 - x2**2)"),
        (["x1**2/x0", "3*x0/x1**2", "sqrt(x0)/x1"], "x0/x1**2"),
        (["sqrt(x0*x1)", "1/(x0*x1)", "(x0*x1)**2"], "x0*x1"),
        (["x0/(x1*x2)", "x1*x2/x0"], "x1*x2/x0"),  # two factors above, one below
        (["x0*exp(2 - x1)", "exp(x1)/x0"], "x0*exp(-x1)"),
        (["(x1 + x2)/x0", "x0/(x1 + x2)"], "x0/(x1 + x2)"),
        (["x1/x0**1.37"], "x0**1.37/x1"),  # turned over, and no whole exponents
        (["x0**3*exp(-x1)", "x0*exp(-x1/3)"], "x0**3*exp(-x1)"),
    ],
)
def test_a_spelling_is_chosen_by_factors_and_then_by_the_first_input(texts, expected):
    assert {spelling(text) for text in texts} == {expected}


@pytest.mark.parametrize(
    "text", ["x1/x0", "x0**2*x1**2", "x0**4/x1**2", "1/(x0*x1)", "sqrt(x0)/x1", "(x0 + x1)**2", "abs(x0)/x1"]
)
def test_what_changes_its_sign_on_the_rows_or_is_undefined_is_left(text):
    expression = Expression.parse(text)
    assert spelled(expression, SIGNED) is expression


def test_a_row_at_which_a_quotient_has_no_value_forbids_turning_it_over():
    rows = POSITIVE.copy()
    rows[0, 1] = 0.0
    expression = Expression.parse("x1/x0")
    assert spelled(expression, rows) is expression
    assert spelled(expression, POSITIVE) is not expression


@pytest.mark.parametrize("text", ["x0 + x1", "x0*x1 + x2", "x0", "log(x0) - x1", "x0**3", "sin(x0*x1)"])
def test_what_is_no_product_is_left(text):
    expression = Expression.parse(text)
    assert spelled(expression, POSITIVE) is expression


def test_what_is_spelled_well_stays_the_same_object():
    expression = Expression.parse("x0/x1**2")
    assert spelled(expression, POSITIVE) is expression

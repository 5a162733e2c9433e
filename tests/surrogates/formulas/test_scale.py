"""Scales and offsets of formulas: what the directions cannot tell has no constant."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.surrogates.formulas.scale import without_scale_and_offset

ROWS = np.random.default_rng(0).uniform(0.5, 2, (200, 4))


def plain(text):
    return Expression.from_sympy(without_scale_and_offset(Expression.parse(text).to_sympy()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x0 + 1.5*x1)*(4*x2 + 2*x3)", "(x0 + 1.5*x1)*(2*x2 + x3)"),
        ("7*(2*x0 + 3*x1)*(4*x2 + 10*x3)", "(x0 + 1.5*x1)*(x2 + 2.5*x3)"),
        ("(2*x0 + 3*x1)/(4*x2 + 10*x3)", "(x0 + 1.5*x1)/(x2 + 2.5*x3)"),
        ("(2*x0 + 3*x1)**2", "(x0 + 1.5*x1)**2"),
        ("x2*(2*x0 + 3*x1)**2.5", "x2*(x0 + 1.5*x1)**2.5"),
        ("x2*sqrt(2*x0 + 3*x1)", "x2*sqrt(x0 + 1.5*x1)"),
        ("x2*abs(2*x0 - 3*x1)", "x2*abs(x0 - 1.5*x1)"),
        ("sin(x0*(2*x1 + 4))*x2", "sin(2*x0*(x1 + 2))*x2"),
        ("(x0 + 1.5*x1)*(4*x2 + 2*x3) + 2*x0", "(x0 + 1.5*x1)*(2*x2 + x3) + x0"),
    ],
)
def test_one_coefficient_of_each_factor_is_one(text, expected):
    assert sympy.simplify(plain(text).to_sympy() - Expression.parse(expected).to_sympy()) == 0
    assert plain(text).complexity == Expression.parse(expected).complexity


def test_a_factor_keeps_its_constant_term():
    assert str(plain("5*(x0 + 2)*(x1 + 3)")) == "(x0 + 2)*(x1 + 3)"
    assert str(plain("(2*x0 + 4)*(x1 + 3) + 7")) == "(x0 + 2)*(x1 + 3)"


def test_a_factor_of_negative_terms_is_turned_round():
    assert str(plain("(-x0 - 2*x1)*(x2 - 1)")) == "(x2 - 1)*(x0 + 2*x1)"


def test_a_negative_scale_stays_under_a_root():
    assert str(plain("x1*sqrt(-2*x0)")) == "x1*sqrt(-1*x0)"


def test_a_sum_under_a_root_keeps_its_sign():
    assert str(plain("x0*sqrt(2 - x1 - 3*x1**2)")) == "x0*sqrt(2 - 3*x1**2 - x1)"


COEFFICIENT = st.floats(0.1, 9).map(lambda value: round(value, 2))
TEXTS = [
    "({} * x0 + {} * x1) * ({} * x2 - {} * x3)",
    "({} * x0 + {}) / ({} * x2 + {} * x3)",
    "({} * x0 + {} * x1)**1.5 * ({} * x2 + {} * x3)**2",
    "({} * x0 + {} * x1) * x2 + {} * x3**2 * ({} - x0)",
]


@settings(max_examples=20)
@given(st.sampled_from(TEXTS), st.tuples(*[COEFFICIENT] * 4))
def test_the_concept_stays_and_has_no_constant_that_another_outweighs(template, numbers):
    """The gradients stay parallel, and the constants change their direction independently."""
    before = Expression.parse(template.format(*numbers))
    after = plain(str(before))
    assert abs(alignment_score(before.gradient(ROWS), after.gradient(ROWS))) > 1 - 1e-9
    assert after.complexity <= before.complexity
    constants = np.array(after.constant_values)
    moved = []
    for k, value in enumerate(constants):
        if value.is_integer():  # exponents
            continue
        shifted = constants.copy()
        shifted[k] += 1e-6 * abs(value)
        moved.append((directions(after.with_constants(shifted.tolist())) - directions(after)).ravel() * 1e6)
    if moved:
        assert np.linalg.matrix_rank(np.array(moved), tol=1e-4) == len(moved)


def directions(expression):
    gradient = expression.gradient(ROWS)
    return gradient / np.linalg.norm(gradient, axis=1, keepdims=True)

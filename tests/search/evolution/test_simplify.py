"""Simplification keeps the concept; equal programs hash alike."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

from skinterpret.expressions import Expression

from ...expressions.strategies import expressions
from .compiled import hashed, simplified

X = np.random.default_rng(0).uniform(0.3, 2, (40, 4))


def directions(expression):
    gradient = expression.gradient(X)
    gradient /= np.abs(gradient).max(axis=1, keepdims=True)  # of any size: log(1e-194 * x0)
    return gradient / np.linalg.norm(gradient, axis=1, keepdims=True)


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_directions_stay_the_same_up_to_one_sign(expression):
    with np.errstate(all="ignore"):
        gradient, values = expression.gradient(X), expression(X)
    # rounding decides on formulas that leave the middle of the range of floats
    size = np.abs(gradient).max(axis=1)
    assume(np.isfinite(values).all() and (size > 1e-3).all() and (size < 1e6).all())
    assume(np.abs(expression.constants).max() < 1e3 and np.abs(values).max() < 1e3)
    simple = simplified(expression)
    assert simple.complexity <= expression.complexity
    cosine = np.einsum("ij,ij->i", directions(expression), directions(simple))
    np.testing.assert_allclose(np.abs(cosine), 1.0, atol=1e-5)
    assert len(set(np.sign(cosine))) == 1


@settings(max_examples=300, deadline=None)
@given(expressions)
def test_on_labels_values_stay_the_same_up_to_a_linear_map(expression):
    with np.errstate(all="ignore"):
        values = expression(X)
    assume(np.isfinite(values).all() and np.abs(values).max() < 1e3 and values.std() > 1e-2)
    assume(np.abs(expression.constants).max() < 1e3)
    simple = simplified(expression, labels=True)
    assume(np.isfinite(simple.constants).all())  # the search refuses what folds to anything else
    assert simple.complexity <= expression.complexity
    assert abs(np.corrcoef(values, simple(X))[0, 1]) > 1 - 1e-5


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("2 - 3*(x0*x1)/7", "x0*x1"),
        ("-(x0 + 4)", "x0"),
        ("exp(x0 + x1)", "exp(x0 + x1)"),
        ("2/x0", "2/x0"),
        ("abs(x0)", "abs(x0)"),
    ],
)
def test_on_labels_only_linear_roots_go(long, short):
    assert simplified(Expression.parse(long), labels=True) == Expression.parse(short)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("exp(x0**2 + x1)", "x0**2 + x1"),
        ("-3*(x0 + x1) + 1", "x0 + x1"),
        ("1/(x0*x1)", "x0*x1"),
        ("(x0 + 1) + 2 + sin(x1)", "x0 + 3 + sin(x1)"),
        ("x0*1 + x1**2", "x0 + x1**2"),
        ("x0 + 0*3 + x1**2", "x0 + x1**2"),
        ("(2 + 3)*x0 + x1**2", "x0*5 + x1**2"),
        ("sin(x1 - x1) + x0*x1", "x0*x1"),
        ("tanh(log(sqrt(x0 - x1)))", "x0 - x1"),
        ("5 - x0*x1", "x0*x1"),
        ("x0/4 + x1**2", "x0*0.25 + x1**2"),
    ],
)
def test_what_does_not_change_the_concept_goes(long, short):
    assert simplified(Expression.parse(long)) == Expression.parse(short)


@pytest.mark.parametrize("formula", ["sin(x0*x1)", "x0**2 - x1", "abs(x0 - x1)", "x0 - 2*x1"])
def test_what_changes_the_concept_stays(formula):
    expression = Expression.parse(formula)
    np.testing.assert_allclose(simplified(expression)(X), expression(X))


@pytest.mark.parametrize(
    ("one", "other"),
    [("x0 + sin(x1)*2", "2*sin(x1) + x0"), ("(x0 + x1)*(x2 - x3)", "(x2 - x3)*(x1 + x0)")],
)
def test_the_order_of_sums_and_products_does_not_change_the_hash(one, other):
    assert hashed(Expression.parse(one)) == hashed(Expression.parse(other))


def test_different_programs_have_different_hashes():
    formulas = ["x0 - x1", "x1 - x0", "x0/x1", "x1/x0", "x0 + x1", "x0*x1", "sin(x0)", "x0 + 1", "x0 + 2"]
    assert len({hashed(Expression.parse(formula)) for formula in formulas}) == len(formulas)

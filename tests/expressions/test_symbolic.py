"""Programs to sympy and back."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings

from skinterpret.expressions import Expression

from .strategies import expressions

X = np.random.default_rng(0).uniform(0.3, 2, (20, 4))


@settings(max_examples=60, deadline=None)
@given(expressions)
def test_the_way_there_and_back_keeps_the_function(expression):
    values = expression(X)
    sizes = np.abs([constant for constant in expression.constants if constant])
    # no sine of 1e116, of which sympy finds other digits than numpy
    moderate = ((sizes > 1e-6) & (sizes < 1e3)).all() and (np.abs(values) < 1e6).all()
    assume(moderate and np.isfinite(expression.gradient(X)).all())
    try:
        back = Expression.from_sympy(expression.to_sympy())
    except ValueError:  # sympy may find a number without a real value, or rewrite in other functions
        assume(False)
    scale = 1 + np.abs(expression.gradient(X)).max()
    np.testing.assert_allclose(back(X), values, rtol=1e-6, atol=1e-9 * scale)


def test_constants_are_written_as_a_person_would():
    assert str(Expression.parse("1.9*x0 + 2*x1").to_sympy()) == "1.9*x0 + 2*x1"
    pi = Expression.apply("mul", Expression.constant(2 * math.pi), Expression.variable(0))
    assert pi.to_sympy() == 2 * sympy.pi * sympy.Symbol("x0")


@pytest.mark.parametrize("turns", [-1, -0.5, 0.5, 1, 2])
def test_pi_its_half_and_its_double_have_a_name(turns):
    number = Expression.constant(turns * math.pi).to_sympy()
    assert number == sympy.Rational(str(turns)) * sympy.pi


@pytest.mark.parametrize("turns", [1.5, 3, 26])
def test_other_multiples_of_pi_are_no_simpler_than_their_digits(turns):
    number = Expression.constant(turns * math.pi).to_sympy()
    assert float(number) == turns * math.pi
    assert not number.has(sympy.pi)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (2 / 3, sympy.Rational),
        (1732147200000000000.0, sympy.Integer),
        (2e14 / 3, sympy.Rational),
        (2e16 / 3, sympy.Integer),
        (3.063e93, sympy.Float),
        (-3.063e93, sympy.Float),
    ],
)
def test_large_numbers_are_no_fractions(value, kind):
    number = Expression.constant(value).to_sympy()
    assert float(number) == value
    assert isinstance(number, kind)


def test_names_become_symbols():
    formula = Expression.parse("x0 - x1").to_sympy(["petal length (cm)", "sin"])
    assert {symbol.name for symbol in formula.free_symbols} == {"petal length (cm)", "sin"}


def test_latex_is_that_of_sympy():
    assert Expression.parse("x0**2/x1").to_latex(["a", "b"]) == r"\frac{a^{2}}{b}"


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (sympy.gamma(sympy.Symbol("x0")), "no gamma"),
        (sympy.Symbol("y"), "'y' is no input"),
        (sympy.sqrt(-2) * sympy.Symbol("x0"), "no finite real number"),
        (sympy.Symbol("x0") ** sympy.Symbol("x1"), "no Pow"),
    ],
)
def test_what_the_table_lacks_is_refused_by_name(formula, message):
    with pytest.raises(ValueError, match=message):
        Expression.from_sympy(formula)


@pytest.mark.parametrize("value", [np.pi, -np.pi / 2, 2 / 3, -1 / 3, np.e, -np.sqrt(2), np.sqrt(3) / 2, 1.9])
def test_constants_with_a_name_survive_the_round_trip(value):
    expression = Expression.parse("x0*x1").substitute({0: Expression.constant(float(value))})
    symbolic = expression.to_sympy()
    assert Expression.from_sympy(symbolic).constant_values == (float(value),)
    assert symbolic.atoms(sympy.Float) == (set() if value != 1.9 else {sympy.Float(1.9)})

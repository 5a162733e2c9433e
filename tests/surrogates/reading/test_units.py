import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.surrogates.reading.units import Units, collected, decimal_scale, in_raw_units


@given(st.floats(1e-6, 1e6))
def test_scaled_inputs_have_deviations_near_one(unit):
    X = unit * np.random.default_rng(0).normal(size=(200, 1))
    scale = decimal_scale(X)
    assert np.log10(scale) == np.round(np.log10(scale))
    assert 0.3 < (X / scale).std() < 3.2


def test_constant_inputs_keep_their_unit():
    assert decimal_scale(np.full((5, 1), 1000.0)) == 1


def test_a_formula_in_raw_units_is_the_same_function():
    X = np.random.default_rng(0).uniform(1, 2, (50, 2)) * [1.0, 1000.0]
    scale = decimal_scale(X)
    expression = Expression.parse("sin(x0) + x1/x0")
    np.testing.assert_allclose(in_raw_units(expression, scale)(X), expression(X / scale))


def test_inputs_far_from_zero_count_from_a_round_number_near_their_middle():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (500, 4)) * [9.81, 10, 1, 1] + [293.15, 2000, 0.5, -5]
    units = Units.of(X)
    np.testing.assert_allclose(units.centre, [293.15, 2000, 0, 0], atol=0.3)
    np.testing.assert_allclose(units.centre, np.round(units.centre, 1))
    assert np.abs(units.rows(X)[:, :2]).max() < 2
    np.testing.assert_array_equal(units.rows(X)[:, 2:], X[:, 2:])


def test_constant_inputs_keep_their_origin():
    assert not Units.of(np.full((5, 2), 1000.0)).is_centred


@pytest.mark.parametrize(
    "formula", ["x0**2 + 2*x1**2", "sin(x0*0.7)*x1", "(x0 + 29.3)*x1", "x1", "exp(x0)/x1**2"]
)
def test_a_formula_of_centred_inputs_is_the_same_function_of_raw_ones(formula):
    X = np.random.default_rng(0).uniform(0.5, 1, (50, 2)) * [9.81, 1] + [293.15, 0]
    units = Units(np.array([293.0, 0.0]), np.array([10.0, 1.0]))
    expression = Expression.parse(formula)
    raw = units.in_raw_units(units.without_centre(expression))
    np.testing.assert_allclose(raw(X), expression(units.rows(X)))


def test_a_parabola_about_the_centre_is_written_as_one():
    units = Units(np.array([2000.0, 0.0]), np.array([10.0, 1.0]))
    raw = units.in_raw_units(units.without_centre(Expression.parse("(0.5*x0)**2 + x1")))
    assert str(raw) == "x1 + 0.0025000000000000005*(x0 - 2000)**2"


def test_without_an_offset_formulas_are_left_as_they_are():
    units = Units(np.array([2000.0, 0.0]), np.ones(2))
    expression = Expression.parse("x1 + x1")
    assert units.without_centre(expression) is expression


def test_an_exponent_beyond_all_numbers_is_left_as_it_is():
    expression = Expression.parse("exp(x0 + 10000000000*exp(800))")
    assert np.isposinf(collected(expression)(np.ones((1, 1)))).all()

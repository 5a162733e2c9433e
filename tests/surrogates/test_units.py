import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.surrogates.units import decimal_scale, in_raw_units


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

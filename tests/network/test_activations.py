import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neural_network._base import ACTIVATIONS as JUDGES

from skinterpret.network.activations import ACTIVATIONS


@pytest.fixture(params=sorted(ACTIVATIONS))
def name(request):
    return request.param


def value(name, z):
    out = np.empty_like(z)
    ACTIVATIONS[name].value(z, out)
    return out


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_are_those_of_scikit_learn(name, dtype):
    z = np.linspace(-30, 30, 600, dtype=dtype).reshape(3, -1)
    expected = z.copy()
    JUDGES[name](expected)
    assert value(name, z).dtype == dtype
    assert_allclose(value(name, z), expected, rtol=8 * np.finfo(dtype).eps)


def test_derivatives_are_finite_differences_even_when_written_over_z(name):
    z = np.linspace(-5, 5, 200).reshape(2, -1)  # not through the kink of relu at 0
    expected = (value(name, z + 1e-6) - value(name, z - 1e-6)) / 2e-6
    a, apart = value(name, z), np.empty_like(z)
    ACTIVATIONS[name].derivative(z, a, apart)
    ACTIVATIONS[name].derivative(z, a, z)
    assert_allclose(apart, expected, atol=1e-9)
    assert_array_equal(z, apart)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_far_ends_are_finite(name, dtype):
    z = np.array([[-1e30, 1e30]], dtype=dtype)
    a, slope = value(name, z), np.empty_like(z)
    ACTIVATIONS[name].derivative(z, a, slope)
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


def test_every_activation_of_scikit_learn_is_there():
    assert set(JUDGES) - {"softmax", "exp"} == set(ACTIVATIONS)

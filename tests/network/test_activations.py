import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neural_network._base import ACTIVATIONS as JUDGES

from skinterpret.network.activations import (
    ACTIVATIONS,
    ELU,
    Activation,
    LeakyReLU,
    SiLU,
    Softplus,
    find_activation,
)

# parameters that no name stands for
OTHERS = {
    "steep leaky relu": LeakyReLU(0.3),
    "low elu": ELU(0.5),
    "low and scaled elu": ELU(0.5, 2.0),
    "sharp softplus": Softplus(3.0),
    "sharp silu": SiLU(1.7),
}
ALL = ACTIVATIONS | OTHERS


@pytest.fixture(params=sorted(ALL))
def name(request):
    return request.param


def value(name, z):
    out = np.empty_like(z)
    ALL[name].value(z, out)
    return out


@pytest.mark.parametrize("name", ["identity", "logistic", "tanh", "relu"])
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
    ALL[name].derivative(z, a, apart)
    ALL[name].derivative(z, a, z)
    assert_allclose(apart, expected, atol=1e-9)
    assert_array_equal(z, apart)


def test_second_derivatives_are_finite_differences_of_the_first(name):
    z = np.linspace(-5, 5, 200).reshape(2, -1)  # not through the kinks at 0

    def derivative(z):
        out = np.empty_like(z)
        ALL[name].derivative(z, value(name, z), out)
        return out

    expected = (derivative(z + 1e-6) - derivative(z - 1e-6)) / 2e-6
    assert_allclose(ALL[name].second_derivative(z, value(name, z)), expected, rtol=1e-6, atol=5e-9)


def test_an_activation_without_a_second_derivative_is_named():
    class Bare(Softplus):
        second_derivative = Activation.second_derivative

    with pytest.raises(NotImplementedError, match=r"activation .*Bare\(beta=1.0\) gives no second"):
        Bare().second_derivative(np.zeros((1, 1)), np.zeros((1, 1)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_far_ends_are_finite(name, dtype):
    z = np.array([[-1e30, 1e30]], dtype=dtype)
    a, slope = value(name, z), np.empty_like(z)
    ALL[name].derivative(z, a, slope)
    bend = ALL[name].second_derivative(z, a)
    assert bend.dtype == dtype
    for values in (a, slope, bend):
        assert np.isfinite(values).all()


def test_every_activation_of_scikit_learn_is_there():
    assert set(JUDGES) - {"softmax", "exp"} <= set(ACTIVATIONS)


TORCH = {
    "leaky_relu": lambda f: f.leaky_relu,
    "elu": lambda f: f.elu,
    "selu": lambda f: f.selu,
    "softplus": lambda f: f.softplus,
    "silu": lambda f: f.silu,
    "gelu": lambda f: f.gelu,
    "gelu_tanh": lambda f: lambda z: f.gelu(z, approximate="tanh"),
    "steep leaky relu": lambda f: lambda z: f.leaky_relu(z, 0.3),
    "low elu": lambda f: lambda z: f.elu(z, 0.5),
    "low and scaled elu": lambda f: lambda z: 2 * f.elu(z, 0.5),
    "sharp softplus": lambda f: lambda z: f.softplus(z, beta=3),
}


@pytest.mark.parametrize("judge", TORCH)
def test_values_and_derivatives_are_those_of_torch(judge):
    torch = pytest.importorskip("torch")
    z = torch.linspace(-40, 40, 801, dtype=torch.float64, requires_grad=True)
    expected = TORCH[judge](torch.nn.functional)(z)
    expected.sum().backward()
    rows = z.detach().numpy().reshape(1, -1)
    a, slope = value(judge, rows), np.empty_like(rows)
    ALL[judge].derivative(rows, a, slope)
    tolerance = 3e-9 if "softplus" in judge else 1e-13  # torch's softplus ends in a straight line
    assert_allclose(a[0], expected.detach().numpy(), rtol=1e-10, atol=tolerance)
    assert_allclose(slope[0], z.grad.numpy(), rtol=1e-10, atol=tolerance)


def test_single_precision_is_kept_and_close(name):
    single = np.linspace(-50, 50, 501, dtype=np.float32).reshape(1, -1)
    double = single.astype(np.float64)
    slopes = []
    for z in (single, double):
        a, slope = value(name, z), np.empty_like(z)
        ALL[name].derivative(z, a, slope)
        assert a.dtype == slope.dtype == z.dtype
        slopes.append(slope)
    assert_allclose(value(name, single), value(name, double), rtol=1e-5, atol=1e-5)
    assert_allclose(slopes[0], slopes[1], rtol=1e-5, atol=1e-5)


def test_names_and_values_are_found():
    assert find_activation("elu") == ELU()
    assert find_activation(ELU(0.3)) == ELU(0.3)
    assert pickle.loads(pickle.dumps(ELU(0.3))) == ELU(0.3) != ELU()
    with pytest.raises(ValueError, match="'cosine' is unknown; choose from identity, logistic"):
        find_activation("cosine")

"""Second derivatives, judged by finite differences of the gradient and by torch."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
)

from skinterpret.network import DenseNetwork, as_network
from skinterpret.network.activations import ACTIVATIONS, ELU, Activation
from skinterpret.network.outputs import RegressionOutput, SoftmaxOutput


def finite_differences(network, X, target=None, step=1e-5):
    shifts = step * np.eye(X.shape[1])
    columns = [
        (network.gradient(X + shift, target) - network.gradient(X - shift, target)) / (2 * shift.max())
        for shift in shifts
    ]
    return np.stack(columns, axis=2)


def random_network(activation, hidden=(6, 5), n_outputs=1):
    rng = np.random.default_rng(0)
    sizes = (4, *hidden, n_outputs)
    weights = tuple(rng.normal(size=shape) for shape in pairwise(sizes))
    biases = tuple(rng.normal(size=size) for size in sizes[1:])
    output = RegressionOutput(1) if n_outputs == 1 else SoftmaxOutput(np.arange(n_outputs))
    return DenseNetwork(weights, biases, (activation,) * len(hidden), output, 4)


@pytest.mark.parametrize("hidden", [(), (7,), (6, 5), (5, 6, 4)], ids=len)
@pytest.mark.parametrize("activation", [*ACTIVATIONS, ELU(0.5)], ids=str)
def test_it_is_the_derivative_of_the_gradient(activation, hidden, X):
    network = random_network(activation, hidden)
    assert_allclose(network.hessian(X), finite_differences(network, X), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("target", [10, 20, ("hidden", 0, 3), ("hidden", 1, 2)], ids=str)
def test_every_latent_has_one(train, X, target):
    network = as_network(train("softmax"))
    assert_allclose(network.hessian(X, target), finite_differences(network, X, target), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    "steps",
    [
        (StandardScaler(),),
        (PowerTransformer(),),
        (QuantileTransformer(n_quantiles=20, output_distribution="normal"), MinMaxScaler()),
        (StandardScaler(), PolynomialFeatures(3, include_bias=False)),
    ],
    ids=lambda steps: type(steps[-1]).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_steps_before_the_network_add_their_own(X, steps):
    scale = np.array([1.0, 10.0, 0.1, 3.0])
    rows = np.random.default_rng(2).normal(size=(100, 4))
    model = MLPClassifier((6, 5), activation="tanh", max_iter=20, random_state=0)
    network = as_network(make_pipeline(*steps, model).fit(rows * scale, rows[:, 0] > 0))
    expected = finite_differences(network, 0.5 * X * scale, step=1e-6 * scale)
    units = scale[:, None] * scale
    assert_allclose(network.hessian(0.5 * X * scale) * units, expected * units, rtol=1e-5, atol=1e-7)


def test_it_is_that_of_torch(X):
    torch = pytest.importorskip("torch")
    network = random_network("silu", n_outputs=3)

    def log_odds(row):
        a = row
        for weight, bias in zip(network.weights[:-1], network.biases[:-1], strict=True):
            a = torch.nn.functional.silu(a @ torch.tensor(weight) + torch.tensor(bias))
        z = a @ torch.tensor(network.weights[-1]) + torch.tensor(network.biases[-1])
        return z[1] - torch.logsumexp(z[[0, 2]], 0)

    judged = [torch.autograd.functional.hessian(log_odds, torch.tensor(row)).numpy() for row in X[:5]]
    assert_allclose(network.hessian(X[:5], 1), judged, rtol=1e-9, atol=1e-11)


def test_it_is_symmetric_and_the_same_row_by_row(X):
    network = random_network("tanh")
    hessian = network.hessian(X)
    assert_allclose(hessian, hessian.transpose(0, 2, 1), atol=1e-12)
    assert_allclose(hessian, np.vstack([network.hessian(row[None]) for row in X]), rtol=1e-12, atol=1e-12)


def test_piecewise_linear_networks_have_none(X):
    assert_array_equal(random_network("relu").hessian(X), np.zeros((len(X), 4, 4)))


def test_single_precision_stays_single(X):
    network = random_network("tanh")
    single = DenseNetwork(
        tuple(w.astype(np.float32) for w in network.weights),
        tuple(b.astype(np.float32) for b in network.biases),
        network.hidden_activations,
        network.output,
        4,
    )
    hessian = single.hessian(X.astype(np.float32))
    assert hessian.dtype == np.float32
    assert_allclose(hessian, network.hessian(X), rtol=1e-3, atol=1e-4)


def test_memory_stays_bounded():
    network = random_network("tanh", (60, 60))
    X = np.random.default_rng(0).normal(size=(40_000, 4))
    tracemalloc.start()
    result = network.hessian(X)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < result.nbytes + 1e8  # all rows at once would take three times as much


def test_an_activation_without_second_derivatives_is_named(X):
    class Bare(ELU):
        second_derivative = Activation.second_derivative

    with pytest.raises(NotImplementedError, match=r"Bare\(alpha=1.0, scale=1.0\) gives no second derivative"):
        random_network(Bare()).hessian(X)


def test_bad_rows_and_targets_are_refused_as_for_gradients(train, X):
    network = as_network(train("softmax"))
    with pytest.raises(ValueError, match="target=99 is unknown"):
        network.hessian(X, 99)
    with pytest.raises(ValueError, match="3 features"):
        network.hessian(X[:, :3], 10)

import pickle
import tracemalloc
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.datasets import make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.network import as_network, smooth

TARGETS = [10, 20, ("hidden", 1, 2)]


@pytest.fixture
def network(train):
    return as_network(train("softmax", "relu"))


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_gradients_are_those_of_the_mean_latent(network, X, differentiate, target):
    smoothed = smooth(network, 0.2, n_samples=8, random_state=0)

    def mean_latent(rows):
        return np.mean([network.latent(rows + offset, target) for offset in smoothed.offsets], axis=0)

    assert_allclose(smoothed.gradient(X, target), differentiate(mean_latent, X), rtol=1e-6, atol=1e-8)


def test_everything_else_is_the_network_itself(network, X):
    smoothed = smooth(network, 0.2)
    assert_array_equal(smoothed.latent(X, 10), network.latent(X, 10))
    assert_array_equal(smoothed.predict(X), network.predict(X))
    assert_array_equal(smoothed.predict_proba(X), network.predict_proba(X))
    assert_array_equal(smoothed.activations(X)[1], network.activations(X)[1])
    assert_array_equal(smoothed.classes, network.classes)
    assert smoothed.hidden_layer_sizes == network.hidden_layer_sizes
    assert smoothed.n_features_in == network.n_features_in
    assert smoothed.feature_names is network.feature_names
    assert as_network(smoothed) is smoothed


def test_the_same_seed_gives_the_same_gradients_row_by_row(network, X):
    first, again, other = (smooth(network, 0.2, random_state=seed).gradient(X, 10) for seed in (1, 1, 2))
    assert_array_equal(first, again)
    assert (first != other).any()
    one_by_one = np.vstack([smooth(network, 0.2, random_state=1).gradient(row[None], 10) for row in X])
    assert_allclose(first, one_by_one, rtol=1e-9, atol=1e-12)
    copied = pickle.loads(pickle.dumps(smooth(network, 0.2, random_state=1)))
    assert_array_equal(copied.gradient(X, 10), first)


def test_the_scale_may_differ_between_inputs(network):
    scale = np.array([1.0, 2.0, 3.0, 1e-3])
    spread = smooth(network, scale, n_samples=4000).offsets
    assert_allclose(spread.std(axis=0), scale, rtol=0.1)
    assert_allclose(spread.mean(axis=0), 0, atol=1e-12)


def test_memory_does_not_grow_with_the_neighbours(network):
    X = np.random.default_rng(0).normal(size=(40_000, 4))
    smoothed = smooth(network, 0.1, n_samples=10)
    tracemalloc.start()
    gradient = smoothed.gradient(X, 10)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - gradient.nbytes < 4e6


def test_relu_networks_come_closer_to_the_truth():
    X, y = make_wetzel(1, n_samples=3000, random_state=0, return_X_y=True)
    model = make_pipeline(StandardScaler(), MLPClassifier((60, 60), max_iter=60, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = as_network(model.fit(X, y))

    def misalignment(network):
        sample = sample_directions(network, X, random_state=0)
        truth = sample.X * [2, 4]
        truth /= np.linalg.norm(truth, axis=1, keepdims=True)
        return 1 - np.abs(np.sum(sample.directions * truth, axis=1)).mean()

    assert misalignment(smooth(network, 0.2 * X.std(axis=0))) < 0.5 * misalignment(network)


@pytest.mark.parametrize("scale", [0, -1, np.nan, [1, 2], [1, 2, 3, 0]], ids=str)
def test_a_scale_that_is_none_is_refused(network, scale):
    with pytest.raises(ValueError, match="scale must hold one positive finite number, or 4"):
        smooth(network, scale)


def test_an_odd_number_of_neighbours_is_refused(network):
    with pytest.raises(ValueError, match="n_samples must be even"):
        smooth(network, 1.0, n_samples=3)


def test_steps_before_a_smoothed_network_are_refused(network, X):
    pipeline = make_pipeline(StandardScaler().fit(X), smooth(network, 1.0))
    with pytest.raises(TypeError, match="smooth the whole"):
        as_network(pipeline)

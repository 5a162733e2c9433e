"""Fitting or taking the network."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.base import NetworkClassifierMixin, default_network


class Echo(NetworkClassifierMixin, ClassifierMixin, BaseEstimator):
    """The least surrogate: it says what the network says."""

    def __init__(self, estimator=None, random_state=None):
        self.estimator = estimator
        self.random_state = random_state

    def fit(self, X, y=None):
        self._fit_network(X, y)
        return self

    def predict(self, X):
        return self.network_labels(X)


@pytest.fixture(scope="module")
def data():
    X = np.random.default_rng(0).normal(size=(300, 2))
    return X, np.where(X.sum(axis=1) > 0, "yes", "no")


def small_network(**settings):
    return make_pipeline(StandardScaler(), MLPClassifier((5,), max_iter=2000, **settings))


def test_without_an_estimator_the_default_network_is_trained():
    assert default_network()[-1].activation == "tanh"


def test_an_estimator_is_cloned_and_trained(data):
    network = small_network(random_state=3)
    surrogate = Echo(network).fit(*data)
    assert not hasattr(network[-1], "coefs_")
    np.testing.assert_array_equal(
        surrogate.estimator_[-1].coefs_[0], small_network(random_state=3).fit(*data)[-1].coefs_[0]
    )


def test_a_seed_left_open_comes_from_the_surrogate(data):
    first, second, third = (Echo(small_network(), random_state=s).fit(*data) for s in (0, 0, 1))
    weights = [echo.estimator_[-1].coefs_[0] for echo in (first, second, third)]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_a_frozen_network_is_taken_without_labels(data):
    network = small_network(random_state=0).fit(*data)
    surrogate = Echo(FrozenEstimator(network)).fit(data[0])
    np.testing.assert_array_equal(surrogate.predict(data[0]), network.predict(data[0]))
    assert surrogate.score(data[0]) == 1.0


def test_score_weighs_rows(data):
    class Stubborn(Echo):
        def predict(self, X):
            return np.full(len(X), "yes")

    surrogate = Stubborn(small_network(random_state=0)).fit(*data)
    yes = surrogate.network_labels(data[0]) == "yes"
    assert surrogate.score(data[0]) == pytest.approx(yes.mean())
    assert surrogate.score(data[0], sample_weight=yes.astype(float)) == 1.0

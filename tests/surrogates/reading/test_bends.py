"""Second derivatives of networks in the units of a search."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skinterpret.network import as_network, smooth
from skinterpret.surrogates.reading.bends import second_derivatives_of
from skinterpret.surrogates.reading.units import Units

X = np.random.default_rng(0).uniform(-1, 1, (400, 3)) * [1, 100, 1] + [0, 0, 2000]
Y = X[:, 0] + X[:, 1] / 100 * (X[:, 2] - 2000)


def trained(activation, *, steps=(), kind=MLPRegressor, y=Y):
    network = kind(hidden_layer_sizes=(8,), activation=activation, max_iter=50, random_state=0)
    return as_network(make_pipeline(*steps, network).fit((X - X.mean(axis=0)) / X.std(axis=0), y))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
class TestSecondDerivatives:
    def test_they_are_differences_of_gradients_in_the_units_of_the_search(self):
        network = trained("tanh")
        units = Units(np.array([0.0, 0.0, 3.0]), np.array([1.0, 10.0, 0.1]))
        rows = units.rows(np.random.default_rng(1).normal(size=(20, 3)))

        def gradient(rows):
            return network.gradient(rows * units.scale + units.centre) * units.scale

        steps = 1e-5 * np.eye(3)
        expected = np.stack([(gradient(rows + h) - gradient(rows - h)) / 2e-5 for h in steps], axis=2)
        expected /= np.linalg.norm(gradient(rows), axis=1)[:, None, None]
        assert_allclose(second_derivatives_of(network, None, units)(rows), expected, rtol=1e-5, atol=1e-7)

    @pytest.mark.parametrize("activation", ["relu", "identity"])
    def test_networks_of_straight_pieces_have_none_even_behind_a_softmax(self, activation):
        network = trained(activation, kind=MLPClassifier, y=np.digitize(Y, [-0.5, 0.5]))
        assert second_derivatives_of(network, 0, Units(np.zeros(3), np.ones(3)))(X) is None

    def test_smoothed_networks_and_steps_without_them_have_none(self, monkeypatch):
        def known(network):
            return second_derivatives_of(network, None, Units(np.zeros(3), np.ones(3)))(X)

        assert known(smooth(trained("tanh"), 0.1)) is None
        assert known(trained("tanh", steps=[FunctionTransformer(np.arctan, np.tan)])) is not None

        def forgetful(network, X, target):
            raise NotImplementedError

        network = trained("tanh")
        monkeypatch.setattr(type(network), "hessian", forgetful)
        assert known(network) is None

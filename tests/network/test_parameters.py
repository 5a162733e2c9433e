"""A network as a function of its parameters; finite differences are the judge."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.network import as_network
from skinterpret.network.parameters import (
    flat_parameters,
    flatten,
    last_values,
    parameter_effects,
    refit_parameters,
    remove_parameters,
    with_parameters,
    without_idle_units,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)


def network(activation="tanh", n_classes=3):
    model = MLPClassifier((4, 3), activation=activation, max_iter=60, learning_rate_init=0.05, random_state=0)
    return as_network(make_pipeline(StandardScaler(), model).fit(X[n_classes > Y], Y[n_classes > Y]))


def test_last_values_are_the_latents():
    two = network(n_classes=2)
    np.testing.assert_allclose(last_values(two, X)[:, 0], two.latent(X), atol=1e-12)
    three = network()
    z = last_values(three, X)
    np.testing.assert_allclose(z.sum(axis=1), 0, atol=1e-12)
    others = np.log(np.exp(z[:, 1:]).sum(axis=1))
    np.testing.assert_allclose(z[:, 0] - others, three.latent(X, 0), atol=1e-10)


@pytest.mark.parametrize("activation", ["tanh", "relu", "logistic", "identity"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_effects_are_those_of_finite_differences(activation, n_classes):
    net = network(activation, n_classes)
    effects = flatten(*parameter_effects(net, X))
    given = [net.input_map.transform(X), *net.activations(X)]
    latents = last_values(net, X)
    step = 1e-6
    for layer, (inputs, weight) in enumerate(zip(given, net.weights, strict=True)):
        i, j = 1, weight.shape[1] - 1
        start = sum(w.size for w in net.weights[:layer])
        weights, biases = [w.copy() for w in net.weights], [b.copy() for b in net.biases]
        weights[layer][i, j] *= 1 - step
        biases[layer][j] += step * weight[i, j] * inputs[:, i].mean()
        change = (last_values(with_parameters(net, flatten(weights, biases)), X) - latents) / step
        expected = np.sqrt(np.mean(change**2))
        assert effects[start + i * weight.shape[1] + j] == pytest.approx(expected, rel=1e-3, abs=1e-8)
        biases = [b.copy() for b in net.biases]
        biases[layer][j] *= 1 - step
        change = (
            last_values(with_parameters(net, flatten(net.weights, biases)), X) - last_values(net, X)
        ) / step
        position = sum(w.size for w in net.weights) + sum(b.size for b in net.biases[:layer]) + j
        assert effects[position] == pytest.approx(np.sqrt(np.mean(change**2)), rel=1e-3, abs=1e-8)


def test_biases_pass_on_what_removed_weights_did_for_the_average_row():
    model = MLPRegressor(hidden_layer_sizes=(), max_iter=50, random_state=0).fit(X, Y)
    net = as_network(model)
    cut = remove_parameters(net, X, np.array([True, False, True, False, False]))
    np.testing.assert_array_equal(cut.weights[0][:, 0] == 0, [True, False, True, False])
    assert cut.predict(X).mean() == pytest.approx(net.predict(X).mean())


def test_parameters_survive_the_round_trip():
    net = network()
    again = with_parameters(net, flat_parameters(net))
    np.testing.assert_array_equal(again.predict_proba(X), net.predict_proba(X))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_refitting_finds_parameters_that_were_shaken(n_classes):
    net = network(n_classes=n_classes)
    parameters = flat_parameters(net)
    parameters[::5] = 0
    sparse = with_parameters(net, parameters)
    latents = last_values(sparse, X)
    shaken = with_parameters(sparse, parameters * np.random.default_rng(0).uniform(0.8, 1.2, len(parameters)))
    fitted = refit_parameters(shaken, X, latents, max_iter=500)
    before = np.mean((last_values(shaken, X) - latents) ** 2)
    assert np.mean((last_values(fitted, X) - latents) ** 2) < 1e-3 * before
    assert (flat_parameters(fitted)[::5] == 0).all()


@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_idle_units_go_and_the_function_stays(activation):
    net = network(activation)
    weights = [weight.copy() for weight in net.weights]
    weights[0][:, 1] = 0  # a unit without inputs
    weights[1][2] = 0  # one that nothing takes
    weights[1][:, 0] = 0
    cut = with_parameters(net, flatten(weights, net.biases))
    tidy = without_idle_units(cut)
    np.testing.assert_allclose(tidy.predict_proba(X), cut.predict_proba(X), atol=1e-12)
    assert np.count_nonzero(flat_parameters(tidy)) < np.count_nonzero(flat_parameters(cut))
    assert not tidy.weights[0][:, 2].any()
    assert not tidy.weights[2][0].any()


def test_a_regressor_has_effects_too():
    model = MLPRegressor(hidden_layer_sizes=(3,), max_iter=50, random_state=0).fit(X, X[:, :2])
    weights, biases = parameter_effects(as_network(model), X)
    assert [effect.shape for effect in weights] == [(4, 3), (3, 2)]
    assert [effect.shape for effect in biases] == [(3,), (2,)]

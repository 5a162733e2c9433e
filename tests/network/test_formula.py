"""Networks as formulas: evaluated by sympy, they are the networks."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

from skinterpret.network import as_network
from skinterpret.network.activations import ACTIVATIONS, ELU, Activation, LeakyReLU, SiLU, Softplus
from skinterpret.network.formula import to_sympy

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)
NAMES = ["sepal length (cm)", "2nd", "c", "d"]


def evaluate(expression):
    # one row at a time: sympy before 1.14 writes no Max of a number and an array
    decide = sympy.lambdify([sympy.Symbol(name) for name in NAMES], expression, "math")
    return np.array([decide(*row) for row in X])


@pytest.mark.parametrize("activation", ["tanh", "relu", "logistic", "identity"])
@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler(), "passthrough"])
def test_the_formula_of_a_logit_is_the_logit(activation, scaler):
    model = MLPClassifier((3, 2), activation=activation, max_iter=30, random_state=0)
    network = as_network(make_pipeline(scaler, model).fit(X, Y > 0))
    np.testing.assert_allclose(evaluate(to_sympy(network, NAMES)), network.latent(X), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "activation", [*ACTIVATIONS, ELU(alpha=0.3, scale=1.2), LeakyReLU(0.2), Softplus(3.0), SiLU(1.7)], ids=str
)
def test_every_activation_is_written(activation):
    model = MLPClassifier((3, 2), max_iter=30, random_state=0).fit(X, Y > 0)
    network = replace(as_network(model), hidden_activations=(activation, activation))
    np.testing.assert_allclose(evaluate(to_sympy(network, NAMES)), network.latent(X), rtol=1e-9, atol=1e-9)


def test_an_activation_of_its_owners_own_is_named():
    class Cubed(Activation):
        value = derivative = second_derivative = None

    network = as_network(MLPClassifier((3,), max_iter=30, random_state=0).fit(X, Y > 0))
    with pytest.raises(TypeError, match="activation .*Cubed"):
        to_sympy(replace(network, hidden_activations=(Cubed(),)), NAMES)


def test_each_class_has_the_formula_of_its_log_odds():
    network = as_network(MLPClassifier((3,), max_iter=30, random_state=0).fit(X, Y))
    for target in range(3):
        ours = evaluate(to_sympy(network, NAMES, target))
        np.testing.assert_allclose(ours, network.latent(X, target), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("handle_unknown", ["error", "ignore"])
def test_encoded_numbers_are_written_as_cases(handle_unknown):
    whole = X.round()
    encoder = OneHotEncoder(sparse_output=False, handle_unknown=handle_unknown)
    union = make_union(StandardScaler(), encoder)
    network = as_network(make_pipeline(union, MLPClassifier((3,), max_iter=30, random_state=0)).fit(whole, Y))
    rows = np.vstack([whole[::10], whole[::10] + 0.3])  # the latter count as the nearest category, or as none
    decide = sympy.lambdify([sympy.Symbol(name) for name in NAMES], to_sympy(network, NAMES, 1), "math")
    ours = [decide(*row) for row in rows]
    np.testing.assert_allclose(ours, network.latent(rows, 1), rtol=1e-9, atol=1e-9)


def test_affine_layers_become_one_sum():
    model = MLPRegressor(hidden_layer_sizes=(3,), activation="identity", max_iter=30, random_state=0)
    expression = to_sympy(as_network(make_pipeline(StandardScaler(), model).fit(X, Y)), NAMES)
    assert isinstance(expression, sympy.Add)
    assert len(expression.args) == 5


def test_what_cannot_be_written_is_named():
    model = make_pipeline(MinMaxScaler(clip=True), MLPClassifier((3,), max_iter=5, random_state=0))
    with pytest.raises(TypeError, match="ClipMap"):
        to_sympy(as_network(model.fit(X, Y > 0)), NAMES)

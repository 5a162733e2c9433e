import os

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skinterpret.network import as_network

torch = pytest.importorskip("torch")
os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "torch":
    pytest.skip("gradients are compared with those of the torch backend", allow_module_level=True)
layers = keras.layers
# between Keras, torch and numpy
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

NAMES = "relu tanh sigmoid elu selu gelu silu softplus leaky_relu linear"
HIDDEN = {
    **{name: [layers.Dense(6, activation=name)] for name in NAMES.split()},
    "activation layer": [layers.Dense(6), layers.Activation("elu")],
    "leaky layer": [layers.Dense(6), layers.LeakyReLU(0.1)],
    "elu layer": [layers.Dense(6), layers.ELU(0.5)],
    "relu layers": [layers.Dense(6), layers.ReLU(negative_slope=0.3), layers.ReLU()],
    "normalised": [layers.Dense(6), layers.BatchNormalization(), layers.Activation("tanh")],
    "normalised after": [layers.Dense(6, activation="tanh"), layers.BatchNormalization(scale=False)],
    "without bias": [
        layers.Dense(6, activation="tanh", use_bias=False),
        layers.BatchNormalization(center=False),
    ],
    "dropped": [
        layers.Dense(6, activation="elu"),
        layers.Dropout(0.5),
        layers.GaussianNoise(1.0),
        layers.Flatten(),
    ],
    "nested": [keras.Sequential([layers.Dense(6, activation="tanh"), layers.AlphaDropout(0.1)])],
}
# Keras multiplies in single precision, whatever its settings
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def build(*parts):
    """A model with all numbers random, also those of batch normalisation."""
    copies = [part.__class__.from_config(part.get_config()) for part in parts]
    model = keras.Sequential([keras.Input((4,)), *copies])
    rng = np.random.default_rng(0)
    for variable in model.weights:
        values = 0.5 * rng.normal(size=variable.shape)
        variable.assign(np.abs(values) + 0.5 if "variance" in variable.path else values)
    return model


def derive(model, X, unit):
    rows = torch.tensor(X, dtype=torch.float32, requires_grad=True)
    values = model(rows, training=False)[:, unit]
    (gradient,) = torch.autograd.grad(values.sum(), rows)
    return values.detach().numpy(), gradient.numpy()


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
def test_latents_and_gradients_are_those_of_keras(hidden, X):
    model = build(*hidden, layers.Dense(3))
    network = as_network(model, output="regression")
    for unit in range(3):
        values, gradient = derive(model, X, unit)
        assert_allclose(network.latent(X, unit), values, **CLOSE)
        assert_allclose(network.gradient(X, unit), gradient, **CLOSE)


def test_inputs_may_be_normalised_and_rescaled(X):
    first = layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 0.25, 9.0])
    model = build(layers.Rescaling(2.0, offset=1.0), layers.Dense(3, activation="tanh"), layers.Dense(1))
    model = keras.Sequential([keras.Input((4,)), first, model])
    values, gradient = derive(model, X, 0)
    network = as_network(model)
    assert_allclose(network.latent(X), values, **CLOSE)
    assert_allclose(network.gradient(X), gradient, **CLOSE)


def test_a_sigmoid_is_the_probability_of_the_second_class(X):
    model = build(layers.Dense(5, activation="elu"), layers.Dense(1, activation="sigmoid"))
    network = as_network(model, classes=["no", "yes"])
    expected, slope = derive(model, X, 0)
    assert_allclose(network.predict_proba(X)[:, 1], expected, **CLOSE)
    assert_allclose(network.gradient(X) * (expected * (1 - expected))[:, None], slope, **CLOSE)
    assert_array_equal(network.predict(X), np.where(expected > 0.5, "yes", "no"))


@pytest.mark.parametrize("apart", [False, True])
def test_a_softmax_is_the_probabilities_of_the_classes(apart, X):
    last = [layers.Dense(3), layers.Softmax()] if apart else [layers.Dense(3, activation="softmax")]
    model = build(layers.Dense(5, activation="elu"), *last)
    network = as_network(model)
    assert_allclose(network.predict_proba(X), model(X, training=False).detach().numpy(), **CLOSE)


def test_single_precision_is_kept():
    network = as_network(build(layers.Dense(5, activation="elu"), layers.Dense(1)))
    assert network.weights[0].dtype == np.float32


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            [layers.Dense(2), layers.LayerNormalization(name="middle")],
            "'middle', a LayerNormalization, cannot",
        ),
        ([layers.Dense(2, activation="mish", name="first")], "'first' has the activation 'mish', which"),
        (
            [layers.Dense(2), layers.PReLU(name="own")],
            "'own', a PReLU, .* ReLU, LeakyReLU, .* of sigmoid, tanh",
        ),
        ([layers.Dense(2), layers.ReLU(max_value=6, name="six")], "'six', a ReLU with a threshold"),
        ([layers.Dense(2, activation="softmax"), layers.Dense(2)], "softmax in the middle"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(parts, message):
    with pytest.raises(TypeError, match=message):
        as_network(build(*parts))


def test_models_that_are_not_sequential_are_refused():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(1)(inputs), name="graph")
    with pytest.raises(TypeError, match="'graph', a Functional, cannot be read; use keras.Sequential"):
        as_network(model)


@pytest.mark.parametrize(
    "model",
    [
        lambda: keras.Sequential([layers.Dense(8)]),
        lambda: keras.Sequential([keras.Sequential([layers.BatchNormalization(), layers.Dense(8)])]),
        lambda: layers.Dense(8),
    ],
)
def test_a_model_without_weights_is_refused_with_the_mend(model):
    with pytest.raises(ValueError, match=r"^Layer '\w+', a \w+, has not been built, .*begin .* keras\.Input"):
        as_network(model())

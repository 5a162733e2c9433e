"""Readers of Keras 3; imported when an object of Keras is to be read."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import keras
import numpy as np
from keras import layers

from skinterpret.network.activations import ELU, LeakyReLU
from skinterpret.network.readers.registry import read_layers
from skinterpret.network.readers.stacks import LayerStack


@read_layers.register(keras.Model)
@read_layers.register(keras.layers.Layer)
def _read_model(model: Any) -> LayerStack:
    _refuse_unbuilt(model)
    stack = LayerStack()
    _add(model, stack)
    return stack


def _refuse_unbuilt(model: Any) -> None:
    """Refuse models that have no weights yet, because they have not been told how many inputs there are."""
    # whoever holds built layers may not have been built itself, and need not be
    unbuilt = [
        layer for layer in _leaves(model) if not layer.built and not isinstance(layer, layers.InputLayer)
    ]
    if unbuilt:
        raise ValueError(
            f"Layer {unbuilt[0].name!r}, a {type(unbuilt[0]).__name__}, has not been built, so it has no "
            "weights; begin the model with keras.Input((n_inputs,)), or fit it first."
        )


def _leaves(layer: Any) -> list[Any]:
    """List the layers without layers of their own."""
    return (
        [leaf for inner in layer.layers for leaf in _leaves(inner)] if hasattr(layer, "layers") else [layer]
    )


@singledispatch
def _add(layer: Any, stack: LayerStack) -> None:
    """Add a layer to a stack; a new kind of layer is a function more."""
    raise TypeError(
        f"Layer {layer.name!r}, a {type(layer).__name__}, cannot be read; use keras.Sequential of Dense, "
        "BatchNormalization, Normalization, Dropout, Flatten and the activation layers ReLU, LeakyReLU, ELU, "
        f"Softmax and Activation of {', '.join(_FUNCTIONS)}."
    )


@_add.register(keras.Sequential)
def _add_sequential(layer: Any, stack: LayerStack) -> None:
    _refuse_changes(layer, keras.Sequential)
    for inner in layer.layers:
        _add(inner, stack)


@_add.register(layers.Dense)
def _add_dense(layer: Any, stack: LayerStack) -> None:
    _refuse_changes(layer, layers.Dense)
    stack.add_dense(_array(layer.kernel), _array(layer.bias) if layer.use_bias else None)
    _add_function(layer, stack)


@_add.register(layers.BatchNormalization)
def _add_batch_norm(layer: Any, stack: LayerStack) -> None:
    _refuse_changes(layer, layers.BatchNormalization)
    factor = (_array(layer.moving_variance).astype(float) + layer.epsilon) ** -0.5
    if layer.scale:
        factor = factor * _array(layer.gamma)
    stack.add_scaling(_array(layer.moving_mean), factor, _array(layer.beta) if layer.center else 0.0)


@_add.register(layers.Normalization)
def _add_normalization(layer: Any, stack: LayerStack) -> None:
    if layer.invert:
        raise TypeError(f"Layer {layer.name!r}, an inverted Normalization, cannot be read.")
    deviation = np.maximum(np.sqrt(_array(layer.variance).ravel().astype(float)), keras.backend.epsilon())
    stack.add_scaling(_array(layer.mean).ravel(), 1 / deviation, 0.0)


@_add.register(layers.Rescaling)
def _add_rescaling(layer: Any, stack: LayerStack) -> None:
    stack.add_scaling(0.0, layer.scale, layer.offset)


@_add.register(layers.InputLayer)
@_add.register(layers.Dropout)
@_add.register(layers.AlphaDropout)
@_add.register(layers.GaussianDropout)
@_add.register(layers.GaussianNoise)
@_add.register(layers.ActivityRegularization)
@_add.register(layers.Flatten)
@_add.register(layers.Identity)
def _add_nothing(layer: Any, stack: LayerStack) -> None:
    """Pass over what only training does, or only rows of more than one axis need."""


@_add.register(layers.Activation)
def _add_function(layer: Any, stack: LayerStack) -> None:
    name = keras.activations.serialize(layer.activation)
    if name in ("softmax", "log_softmax"):
        stack.add_softmax()
    elif name in _FUNCTIONS:
        stack.add_activation(_FUNCTIONS[name])
    elif name != "linear":
        raise TypeError(
            f"Layer {layer.name!r} has the activation {name!r}, which cannot be read; use one of "
            f"{', '.join(_FUNCTIONS)}."
        )


_FUNCTIONS: dict[Any, Any] = {
    "sigmoid": "logistic",
    "tanh": "tanh",
    "relu": "relu",
    "elu": "elu",
    "selu": "selu",
    "softplus": "softplus",
    "silu": "silu",
    "gelu": "gelu",
    "leaky_relu": LeakyReLU(0.2),
}


@_add.register(layers.ReLU)
def _add_relu(layer: Any, stack: LayerStack) -> None:
    if layer.max_value is not None or layer.threshold != 0:
        raise TypeError(f"Layer {layer.name!r}, a ReLU with a threshold or a largest value, cannot be read.")
    stack.add_activation(LeakyReLU(float(layer.negative_slope)) if layer.negative_slope else "relu")


@_add.register(layers.LeakyReLU)
def _add_leaky_relu(layer: Any, stack: LayerStack) -> None:
    stack.add_activation(LeakyReLU(float(layer.negative_slope)))


@_add.register(layers.ELU)
def _add_elu(layer: Any, stack: LayerStack) -> None:
    stack.add_activation(ELU(float(layer.alpha)))


@_add.register(layers.Softmax)
def _add_softmax(layer: Any, stack: LayerStack) -> None:
    stack.add_softmax()


def _refuse_changes(layer: Any, kind: Any) -> None:
    """Refuse layers that calculate otherwise than their class says."""
    if type(layer).call is not kind.call:
        raise TypeError(
            f"Layer {layer.name!r}, a {type(layer).__name__}, has a call of its own and cannot be read."
        )


def _array(variable: Any) -> Any:
    return keras.ops.convert_to_numpy(variable)

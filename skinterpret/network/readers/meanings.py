"""What the outputs of a network mean whose framework does not tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.outputs import (
    BinaryOutput,
    MultilabelOutput,
    Output,
    RegressionOutput,
    SoftmaxOutput,
)
from skinterpret.network.readers.stacks import LayerStack

# With which last layers each meaning goes; "values" is any other activation.
ENDINGS = {
    "binary": ("dense", "logistic"),
    "softmax": ("dense", "softmax"),
    "multilabel": ("dense", "logistic"),
    "regression": ("dense", "logistic", "values"),
}


def network_of(stack: LayerStack, output: str | None, classes: Sequence[Any] | None) -> DenseNetwork:
    """Make a network of layers.

    Parameters
    ----------
    stack : LayerStack
        The layers; not to be used any more.
    output : {"binary", "softmax", "multilabel", "regression"} or None
        What the outputs mean; `None` tells from their number and the last activation.
    classes : sequence or None
        Class labels; `None` means those that the stack knows, or else 0, 1, ...

    Returns
    -------
    DenseNetwork
        The network.

    Raises
    ------
    TypeError
        If there is no dense layer.
    ValueError
        If `output` or `classes` do not go with the last layer.
    """
    if not stack.weights:
        raise TypeError("A network without dense layers cannot be read.")
    meaning = _meaning(stack, output)
    if meaning != "regression" and stack.ends_in_logistic:
        stack.activations.pop()  # a logit is what stands before it
    stack.end_in_dense()
    dtype = np.result_type(*stack.weights, *stack.biases)
    network = DenseNetwork(
        weights=tuple(weight.astype(dtype) for weight in stack.weights),
        biases=tuple(bias.astype(dtype) for bias in stack.biases),
        hidden_activations=tuple(stack.activations),
        output=_output(meaning, stack.n_units, classes, stack.labels),
        n_features_in=len(stack.weights[0]),
        input_map=stack.input_map,
    )
    return _with_one_logit(network) if meaning == "softmax" and stack.n_units == 2 else network


def _meaning(stack: LayerStack, asked: str | None) -> str:
    """Settle what the outputs mean; two classes with an output each are a softmax."""
    if asked is not None and asked not in ENDINGS:
        raise ValueError(f"output={asked!r} is unknown; choose from {', '.join(map(repr, ENDINGS))}.")
    ending, n_units = _ending(stack), stack.n_units
    several = "multilabel" if ending == "logistic" else "softmax"
    meaning = asked or ("binary" if n_units == 1 else several)
    if meaning == "binary" and n_units == 2:
        meaning = "softmax"
    numbers_fit = {"binary": n_units == 1, "softmax": n_units > 1}.get(meaning, True)
    if ending not in ENDINGS[meaning] or not numbers_fit:
        cause = f"output={asked!r} does" if asked else "Classes do"
        raise ValueError(
            f"{cause} not go with {n_units} output units behind the last layer ({ending}); say which output "
            f"of {', '.join(map(repr, ENDINGS))} they are."
        )
    return meaning


def _ending(stack: LayerStack) -> str:
    if stack.softmax:
        return "softmax"
    if stack.is_open:
        return "dense"
    return "logistic" if stack.ends_in_logistic else "values"


def _output(meaning: str, n_units: int, classes: Sequence[Any] | None, known: Sequence[Any] | None) -> Output:
    if meaning in ("multilabel", "regression"):
        if classes is not None:
            raise ValueError(f"classes do not go with output={meaning!r}; leave them out.")
        return MultilabelOutput(n_units) if meaning == "multilabel" else RegressionOutput(n_units)
    n_classes = max(n_units, 2)
    labels = classes if classes is not None else known
    array = np.arange(n_classes) if labels is None else np.asarray(labels)
    if array.shape != (n_classes,) or len(np.unique(array)) != n_classes:
        raise ValueError(f"classes must hold {n_classes} different labels, got {labels!r}.")
    return BinaryOutput(array) if meaning == "binary" else SoftmaxOutput(array)


def _with_one_logit(network: DenseNetwork) -> DenseNetwork:
    """Replace a softmax of two by the logistic function of their difference, which is the same."""
    weight, bias = network.weights[-1], network.biases[-1]
    return replace(
        network,
        weights=(*network.weights[:-1], weight[:, 1:] - weight[:, :1]),
        biases=(*network.biases[:-1], bias[1:] - bias[:1]),
        output=BinaryOutput(np.asarray(network.classes)),
    )

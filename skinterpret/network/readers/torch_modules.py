"""Readers of torch; imported when an object of torch is to be read."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import torch
from torch import nn

from skinterpret.network.activations import ELU, GELU, LeakyReLU, Softplus, TanhGELU
from skinterpret.network.readers.registry import read_layers
from skinterpret.network.readers.stacks import LayerStack

LEAST_THRESHOLD = 15  # from there on the line differs from softplus by less than 1e-6


@read_layers.register(nn.Module)
def _read_module(module: Any) -> LayerStack:
    stack = LayerStack()
    _add(module, stack, "")
    return stack


@singledispatch
def _add(layer: Any, stack: LayerStack, name: str) -> None:
    """Add a layer to a stack; a new kind of layer is a function more."""
    raise TypeError(
        f"{_called(name)}, a {type(layer).__name__}, cannot be read; use torch.nn.Sequential of Linear, "
        f"BatchNorm1d, Dropout, Flatten and the activation layers {', '.join(_activation_names())}."
    )


@_add.register(nn.Sequential)
def _add_sequential(layer: Any, stack: LayerStack, name: str) -> None:
    _refuse_changes(layer, name, nn.Sequential)
    # a layer may stand in several places, of which named_children() tells the first only
    for inner_name, inner in layer._modules.items():
        _add(inner, stack, f"{name}.{inner_name}" if name else inner_name)


@_add.register(nn.Linear)
def _add_linear(layer: Any, stack: LayerStack, name: str) -> None:
    _refuse_changes(layer, name, nn.Linear)
    stack.add_dense(_array(layer.weight).T, None if layer.bias is None else _array(layer.bias))


@_add.register(nn.BatchNorm1d)
def _add_batch_norm(layer: Any, stack: LayerStack, name: str) -> None:
    _refuse_changes(layer, name, nn.BatchNorm1d)
    if layer.running_mean is None:
        raise TypeError(f"Layer {name!r}, a BatchNorm1d without running statistics, cannot be read.")
    factor = (_array(layer.running_var).astype(float) + layer.eps) ** -0.5
    if layer.affine:
        factor = factor * _array(layer.weight)
    stack.add_scaling(_array(layer.running_mean), factor, _array(layer.bias) if layer.affine else 0.0)


@_add.register(nn.Identity)
@_add.register(nn.Dropout)
@_add.register(nn.AlphaDropout)
def _add_nothing(layer: Any, stack: LayerStack, name: str) -> None:
    _refuse_changes(layer, name, (nn.Identity, nn.Dropout, nn.AlphaDropout))


@_add.register(nn.Flatten)
def _add_flatten(layer: Any, stack: LayerStack, name: str) -> None:
    if layer.start_dim not in (1, -1):
        raise TypeError(f"Layer {name!r}, a Flatten of whole batches, cannot be read.")


@_add.register(nn.Softmax)
@_add.register(nn.LogSoftmax)
def _add_softmax(layer: Any, stack: LayerStack, name: str) -> None:
    if layer.dim not in (1, -1, None):
        raise TypeError(f"Layer {name!r}, a {type(layer).__name__} over rows, cannot be read; use dim=1.")
    stack.add_softmax()


_ACTIVATIONS: dict[Any, Any] = {
    nn.ReLU: lambda layer: "relu",
    nn.Tanh: lambda layer: "tanh",
    nn.Sigmoid: lambda layer: "logistic",
    nn.SELU: lambda layer: "selu",
    nn.SiLU: lambda layer: "silu",
    nn.ELU: lambda layer: ELU(float(layer.alpha)),
    nn.LeakyReLU: lambda layer: LeakyReLU(float(layer.negative_slope)),
    nn.Softplus: lambda layer: Softplus(float(layer.beta)),
    nn.GELU: lambda layer: TanhGELU() if layer.approximate == "tanh" else GELU(),
}


def _activation_names() -> list[str]:
    return [kind.__name__ for kind in (*_ACTIVATIONS, nn.Softmax, nn.LogSoftmax)]


def _add_activation(layer: Any, stack: LayerStack, name: str) -> None:
    kind = next(kind for kind in _ACTIVATIONS if isinstance(layer, kind))
    _refuse_changes(layer, name, kind)
    if kind is nn.Softplus and layer.threshold < LEAST_THRESHOLD:
        raise TypeError(
            f"{_called(name)}, a Softplus that turns into a line from {layer.threshold} on, cannot be read; "
            f"its threshold must be {LEAST_THRESHOLD} or more."
        )
    stack.add_activation(_ACTIVATIONS[kind](layer))


for _kind in _ACTIVATIONS:
    _add.register(_kind, _add_activation)


def _refuse_changes(layer: Any, name: str, kinds: Any) -> None:
    """Refuse layers that calculate otherwise than their class says."""
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    what = _called(name)
    if type(layer).forward not in [kind.forward for kind in kinds]:
        raise TypeError(f"{what}, a {type(layer).__name__}, has a forward of its own and cannot be read.")
    if layer._forward_hooks or layer._forward_pre_hooks:
        raise TypeError(f"{what}, a {type(layer).__name__}, has hooks and cannot be read; remove them.")


def _called(name: str) -> str:
    return f"Layer {name!r}" if name else "The module"


def _array(tensor: Any) -> Any:
    tensor = tensor.detach().cpu()
    return (tensor if tensor.dtype == torch.float64 else tensor.float()).numpy()

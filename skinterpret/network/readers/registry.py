"""What is read, by type: functions with which readers register."""

from __future__ import annotations

from functools import singledispatch
from importlib import import_module
from typing import Any

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.input_maps import InputMap
from skinterpret.network.readers.refusals import mend_for
from skinterpret.network.readers.stacks import LayerStack


@singledispatch
def read_network(estimator: Any) -> DenseNetwork:
    """Read a fitted network that takes its inputs as they come; for `read_network.register`."""
    mend = mend_for(estimator)
    if mend is not None:
        raise TypeError(f"{type(estimator).__name__} cannot be read as a network; {mend}.")
    raise TypeError(
        f"{type(estimator).__name__} cannot be read as a network; pass one of "
        f"{supported(read_network)}, torch.nn.Sequential, keras.Sequential or onnx.ModelProto, alone, in a "
        "FrozenEstimator or at the end of a Pipeline."
    )


@singledispatch
def read_layers(model: Any) -> LayerStack:
    """Read a network whose framework does not tell what its outputs mean; for `.register`."""
    raise TypeError(f"{type(model).__name__} cannot be read as layers.")


# Modules that register readers of a framework's classes, by the framework's name; each is imported
# when an object of that framework is to be read, so that no framework is ever required.
FOREIGN = {
    "torch": "skinterpret.network.readers.torch_modules",
    "keras": "skinterpret.network.readers.keras_models",
    "onnx": "skinterpret.network.readers.onnx_graphs",
}


def load_readers(value: Any) -> None:
    """Import the readers of the frameworks that an object comes from."""
    for kind in type(value).__mro__:
        framework = kind.__module__.partition(".")[0]
        if framework in FOREIGN:
            import_module(FOREIGN[framework])


@singledispatch
def read_input_map(step: Any) -> InputMap:
    """Read a fitted step of a pipeline that stands before a network; for `.register`."""
    raise TypeError(
        f"{type(step).__name__} cannot be read as a step before a network; use one of "
        f"{supported(read_input_map)}, or apply the step before the pipeline."
    )


@singledispatch
def check_step(step: Any, name: str) -> None:
    """Refuse a step, fitted or not, that `read_input_map` cannot read; for `.register`.

    Kinds of which all settings can be read need no check of their own.
    """
    if not has_reader(read_input_map, step):
        raise TypeError(
            f"Step {name!r} of the pipeline is a {type(step).__name__}, which cannot be read; "
            f"use one of {supported(read_input_map)}, or apply the step before the pipeline."
        )


def refuse_step(step: Any, name: str, cause: str) -> None:
    """Say which step cannot be read, and why."""
    raise TypeError(
        f"Step {name!r} of the pipeline, a {type(step).__name__}, cannot be read: {cause}; change that, "
        "or apply the step before the pipeline."
    )


def is_foreign(model: Any) -> bool:
    """Tell whether a network is of a framework that does not say what its outputs mean."""
    load_readers(model)
    return has_reader(read_layers, model)


def has_reader(reader: Any, value: Any) -> bool:
    """Tell whether a reader of the type of `value` has registered."""
    return reader.dispatch(type(value)) is not reader.dispatch(object)


def supported(reader: Any) -> str:
    """List the types that have registered, for messages."""
    return ", ".join(kind.__name__ for kind in reader.registry if kind not in (object, str))

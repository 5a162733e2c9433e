"""Activation functions: adding one is adding a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit


@dataclass(frozen=True)
class Activation:
    """An activation function and its derivative, both in place.

    Parameters
    ----------
    apply : callable
        `apply(z)` turns pre-activations into activations in place.
    multiply_by_derivative : callable
        `multiply_by_derivative(a, adjoint)` multiplies `adjoint` in place by the derivative,
        written as a function of the activation `a`, which every activation here allows.
    """

    apply: Callable[[Any], None]
    multiply_by_derivative: Callable[[Any, Any], None]


def _identity(z: Any) -> None:
    pass


def _keep(a: Any, adjoint: Any) -> None:
    pass


def _logistic(z: Any) -> None:
    expit(z, out=z)


def _times_logistic_slope(a: Any, adjoint: Any) -> None:
    adjoint *= a
    adjoint *= 1 - a


def _tanh(z: Any) -> None:
    np.tanh(z, out=z)


def _times_tanh_slope(a: Any, adjoint: Any) -> None:
    slope = np.multiply(a, a)
    np.subtract(1, slope, out=slope)
    adjoint *= slope


def _relu(z: Any) -> None:
    np.maximum(z, 0, out=z)


def _times_relu_slope(a: Any, adjoint: Any) -> None:
    adjoint *= a > 0


ACTIVATIONS = {
    "identity": Activation(_identity, _keep),
    "logistic": Activation(_logistic, _times_logistic_slope),
    "tanh": Activation(_tanh, _times_tanh_slope),
    "relu": Activation(_relu, _times_relu_slope),
}

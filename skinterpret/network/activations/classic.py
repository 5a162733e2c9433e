"""The activation functions that scikit-learn's networks have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skinterpret.network.activations.base import Activation, Array


@dataclass(frozen=True)
class Identity(Activation):
    """`z` itself.

    Examples
    --------
    >>> from skinterpret.network.activations import Identity
    >>> activations = np.empty((1, 2))
    >>> Identity().value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[-1.,  2.]])
    """

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        np.copyto(out, z)

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        out.fill(1)

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives, which are zero; see `Activation`."""
        return np.zeros_like(z)


@dataclass(frozen=True)
class Logistic(Activation):
    """`1 / (1 + exp(-z))`.

    Examples
    --------
    >>> from skinterpret.network.activations import Logistic
    >>> activations = np.empty((1, 2))
    >>> Logistic().value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[0.269, 0.881]])
    """

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        # as exact as scipy's expit (3e-16, relative) in half its time; exp overflows to the right limit
        with np.errstate(over="ignore"):
            np.exp(np.negative(z, out=out), out=out)
        out += 1
        np.reciprocal(out, out=out)

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        np.subtract(1, a, out=out)
        out *= a

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives; see `Activation`."""
        return np.asarray(a * (1 - a) * (1 - 2 * a))


@dataclass(frozen=True)
class Tanh(Activation):
    """`tanh(z)`.

    Examples
    --------
    >>> from skinterpret.network.activations import Tanh
    >>> activations = np.empty((1, 2))
    >>> Tanh().value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[-0.762,  0.964]])
    """

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        np.tanh(z, out=out)

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        np.multiply(a, a, out=out)
        np.subtract(1, out, out=out)

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives; see `Activation`."""
        return np.asarray(-2 * a * (1 - a * a))


@dataclass(frozen=True)
class ReLU(Activation):
    """`max(z, 0)`; the derivative at the kink is 0, as scikit-learn and torch have it.

    Examples
    --------
    >>> from skinterpret.network.activations import ReLU
    >>> activations = np.empty((1, 2))
    >>> ReLU().value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[0., 2.]])
    """

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        np.maximum(z, 0, out=out)

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        np.greater(z, 0, out=out)

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives, which are zero; see `Activation`."""
        return np.zeros_like(z)

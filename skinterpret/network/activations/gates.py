"""Activation functions that multiply by a gate: SiLU and GELU."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

from skinterpret.network.activations.base import Activation, Array

FAR = 30.0  # beyond, gates are 0 or 1 to double precision, while powers of z may overflow
CUBIC = 0.044715


@dataclass(frozen=True)
class SiLU(Activation):
    """`z * logistic(beta * z)`, also called swish.

    Parameters
    ----------
    beta : float, default=1.0
        How sharp the gate is (Elfwing et al., arXiv:1702.03118; Ramachandran et al., arXiv:1710.05941).

    Examples
    --------
    >>> from skinterpret.network.activations import SiLU
    >>> activations = np.empty((1, 2))
    >>> SiLU(beta=2.0).value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[-0.119,  1.964]])
    """

    beta: float = 1.0

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        expit(np.multiply(z, self.beta, out=out), out=out)
        out *= z

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        gate = expit(self.beta * z)
        np.subtract(z, a, out=out)
        out *= self.beta
        out += 1
        out *= gate

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives; see `Activation`."""
        near = np.clip(z, -FAR / abs(self.beta), FAR / abs(self.beta)) if self.beta else z
        gate = expit(self.beta * near)
        return np.asarray(self.beta * gate * (1 - gate) * (2 + self.beta * near * (1 - 2 * gate)))


@dataclass(frozen=True)
class GELU(Activation):
    """`z` times the normal distribution function of `z` (Hendrycks and Gimpel, arXiv:1606.08415).

    Examples
    --------
    >>> from skinterpret.network.activations import GELU
    >>> activations = np.empty((1, 2))
    >>> GELU().value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[-0.159,  1.954]])
    """

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        ndtr(z, out=out)
        out *= z

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        near = np.clip(z, -FAR, FAR)
        density = np.exp(-0.5 * near * near)
        density *= near / np.sqrt(2 * np.pi, dtype=z.dtype)
        ndtr(near, out=out)
        out += density

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives; see `Activation`."""
        near = np.clip(z, -FAR, FAR)
        density = np.exp(-0.5 * near * near) / np.sqrt(2 * np.pi, dtype=z.dtype)
        return np.asarray(density * (2 - near * near))


@dataclass(frozen=True)
class TanhGELU(Activation):
    """The approximation of `GELU` by a tanh, as its authors give it.

    Examples
    --------
    >>> from skinterpret.network.activations import TanhGELU
    >>> activations = np.empty((1, 2))
    >>> TanhGELU().value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[-0.159,  1.955]])
    """

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        np.copyto(out, self._twice_gate(np.clip(z, -FAR, FAR)))
        out *= 0.5
        out *= z

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        near = np.clip(z, -FAR, FAR)
        twice = self._twice_gate(near)
        bend = twice * (2 - twice) * near
        bend *= (1 + 3 * CUBIC * near * near) * np.sqrt(2 / np.pi, dtype=z.dtype)
        np.add(twice, bend, out=out)
        out *= 0.5

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives; see `Activation`."""
        near = np.clip(z, -FAR, FAR)
        twice = self._twice_gate(near)
        root = np.sqrt(2 / np.pi, dtype=z.dtype)
        slope = root * (1 + 3 * CUBIC * near * near)  # of the argument of the tanh
        steep = twice * (2 - twice)
        bend = near * (6 * CUBIC * root * near - 2 * (twice - 1) * slope * slope)
        return np.asarray(0.5 * steep * (2 * slope + bend))

    @staticmethod
    def _twice_gate(z: Array) -> Array:
        inner = z + CUBIC * z * z * z
        inner *= np.sqrt(2 / np.pi, dtype=z.dtype)
        gate: Array = 1 + np.tanh(inner)
        return gate

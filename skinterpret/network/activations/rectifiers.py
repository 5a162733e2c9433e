"""Activation functions that are straight on one side: leaky ReLU, ELU, SELU, softplus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from skinterpret.network.activations.base import Activation, Array


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """`z` where that is positive, a multiple of it elsewhere.

    Parameters
    ----------
    negative_slope : float, default=0.01
        The multiple, which is also the derivative at the kink.

    Examples
    --------
    >>> from skinterpret.network.activations import LeakyReLU
    >>> activations = np.empty((1, 2))
    >>> LeakyReLU(negative_slope=0.1).value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[-0.1,  2. ]])
    """

    negative_slope: float = 0.01

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        np.multiply(z, self.negative_slope, out=out)
        np.copyto(out, z, where=z > 0)

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        positive = z > 0
        out.fill(self.negative_slope)
        np.copyto(out, 1, where=positive)

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives, which are zero; see `Activation`."""
        return np.zeros_like(z)


@dataclass(frozen=True)
class ELU(Activation):
    """`scale * z` where that is positive, `scale * alpha * (exp(z) - 1)` elsewhere.

    Parameters
    ----------
    alpha : float, default=1.0
        Minus the limit on the negative side, before scaling (Clevert et al., arXiv:1511.07289).
    scale : float, default=1.0
        Factor of both sides; SELU has one (Klambauer et al., arXiv:1706.02515).

    Examples
    --------
    >>> from skinterpret.network.activations import ELU
    >>> activations = np.empty((1, 2))
    >>> ELU(alpha=0.5).value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[-0.316,  2.   ]])
    """

    alpha: float = 1.0
    scale: float = 1.0

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        np.expm1(np.minimum(z, 0, out=out), out=out)
        out *= self.alpha
        np.copyto(out, z, where=z > 0)
        if self.scale != 1:
            out *= self.scale

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        positive = z > 0
        np.add(a, self.scale * self.alpha, out=out)
        np.copyto(out, self.scale, where=positive)

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives; see `Activation`."""
        return np.where(z > 0, 0, a + self.scale * self.alpha)


@dataclass(frozen=True)
class Softplus(Activation):
    """`log(1 + exp(beta * z)) / beta`.

    Parameters
    ----------
    beta : float, default=1.0
        How sharp the bend is.  Torch is straight from `beta * z > 20` on, which differs by 2e-9 at most.

    Examples
    --------
    >>> from skinterpret.network.activations import Softplus
    >>> activations = np.empty((1, 2))
    >>> Softplus(beta=2.0).value(np.array([[-1.0, 2.0]]), activations)
    >>> activations.round(3)
    array([[0.063, 2.009]])
    """

    beta: float = 1.0

    def value(self, z: Array, out: Array) -> None:
        """Write values; see `Activation`."""
        np.multiply(z, self.beta, out=out)
        np.logaddexp(0, out, out=out)
        out /= self.beta

    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write derivatives; see `Activation`."""
        expit(np.multiply(z, self.beta, out=out), out=out)

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute second derivatives; see `Activation`."""
        gate = expit(self.beta * z)
        return np.asarray(self.beta * gate * (1 - gate))

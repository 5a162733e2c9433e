"""Latents: functions of the pre-activations of one layer, with their derivatives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

Array = NDArray[Any]


def is_of_hidden_unit(target: Any) -> bool:
    """Tell whether a target names a hidden unit, `("hidden", layer, unit)`, and no output."""
    return isinstance(target, tuple) and len(target) == 3 and target[0] == "hidden"


class Latent(ABC):
    """What is read from the pre-activations `z` of a layer, shape (n_samples, n_units)."""

    @abstractmethod
    def value(self, z: Array) -> Array:
        """Compute the latent, shape (n_samples,)."""

    @abstractmethod
    def slope(self, z: Array) -> Array:
        """Differentiate by `z`: shape (n_samples, n_units), or (1, n_units) if rows are equal."""

    @abstractmethod
    def curvature(self, z: Array, tangents: Array) -> Array:
        """Differentiate twice along tangents, shape (n_samples, n_tangents, n_units), of `z`.

        Returned is an array of shape (n_samples, n_tangents, n_tangents).
        """


@dataclass(frozen=True)
class UnitLatent(Latent):
    """One unit's pre-activation, or minus that.

    Parameters
    ----------
    unit : int
        Position of the unit in its layer.
    sign : {1, -1}, default=1
        What it is multiplied by.
    """

    unit: int
    sign: int = 1

    def value(self, z: Array) -> Array:
        """Compute the latent; see `Latent`."""
        return self.sign * z[:, self.unit]

    def slope(self, z: Array) -> Array:
        """Differentiate by `z`; see `Latent`."""
        slope = np.zeros((1, z.shape[1]), dtype=z.dtype)
        slope[0, self.unit] = self.sign
        return slope

    def curvature(self, z: Array, tangents: Array) -> Array:
        """Differentiate twice, which leaves nothing; see `Latent`."""
        return np.zeros((len(tangents), *(tangents.shape[1],) * 2), z.dtype)


@dataclass(frozen=True)
class LogOddsLatent(Latent):
    """Log-odds of one class of a softmax against the rest: `z_k - logsumexp(z_others)`.

    Parameters
    ----------
    unit : int
        Position of the class, k.
    """

    unit: int

    def value(self, z: Array) -> Array:
        """Compute the latent; see `Latent`."""
        log_odds: Array = z[:, self.unit] - logsumexp(self._others(z), axis=1)
        return log_odds

    def slope(self, z: Array) -> Array:
        """Differentiate by `z`; see `Latent`."""
        slope: Array = -softmax(self._others(z), axis=1)
        slope[:, self.unit] = 1
        return slope

    def curvature(self, z: Array, tangents: Array) -> Array:
        """Differentiate twice; see `Latent`."""
        share = softmax(self._others(z), axis=1)
        mean = np.einsum("nik,nk->ni", tangents, share)
        square = (tangents * share[:, None, :]) @ tangents.transpose(0, 2, 1)
        curvature: Array = mean[:, :, None] * mean[:, None, :] - square
        return curvature

    def _others(self, z: Array) -> Array:
        others = z.copy()
        others[:, self.unit] = -np.inf
        return others

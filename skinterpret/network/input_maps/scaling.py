"""Scaling and clipping, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.input_maps.base import InputMap, no_curvature

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class ScaleMap(InputMap):
    """`(x - center) * factor + offset`, column by column: what scalers do.

    Parameters
    ----------
    center, factor, offset : ndarray of shape (n_features,)
        What is taken away, what multiplies and what is added.  `center` stands apart from `offset`
        because inputs that vary little around a large value lose digits otherwise.
    """

    center: Array
    factor: Array
    offset: Array

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        mapped = X - self.center
        mapped *= self.factor
        mapped += self.offset
        return mapped

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        return gradient * self.factor

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Return zeros; see `InputMap`."""
        return no_curvature(X, gradient)

    def then(self, following: InputMap) -> InputMap:
        """Fold two of these into one."""
        if not isinstance(following, ScaleMap):
            return super().then(following)
        return ScaleMap(
            self.center,
            self.factor * following.factor,
            (self.offset - following.center) * following.factor + following.offset,
        )


@dataclass(frozen=True, eq=False)
class ClipMap(InputMap):
    """Values are clipped, as by `MinMaxScaler(clip=True)`.

    Parameters
    ----------
    low, high : float
        Bounds; the gradient beyond them is zero.
    """

    low: float
    high: float

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        return np.clip(X, self.low, self.high)

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        return gradient * ((self.low <= X) & (self.high >= X))

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Return zeros; see `InputMap`."""
        return no_curvature(X, gradient)

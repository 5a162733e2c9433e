"""Inputs mapped to their quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from skinterpret.network.input_maps.base import InputMap, diagonal_curvature

Array = NDArray[Any]

CUT = 1e-7  # share of a normal distribution that scikit-learn cuts off at each end


@dataclass(frozen=True, eq=False)
class QuantileMap(InputMap):
    """Piecewise linear from values to their quantiles, and on to a normal distribution if asked for.

    Parameters
    ----------
    quantiles : ndarray of shape (n_quantiles, n_features)
        Values of each input, ascending; several may be equal.
    references : ndarray of shape (n_quantiles,)
        Quantile that each row of `quantiles` stands for, from 0 to 1.
    normal : bool
        Whether quantiles become those of the normal distribution, cut off where 1e-7 is left.
    """

    quantiles: Array
    references: Array
    normal: bool

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        uniform = self._uniform(X)
        return self._deviates(uniform) if self.normal else uniform

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        return gradient * self._slope(X)

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        if not self.normal:
            return diagonal_curvature(gradient, np.zeros(X.shape))
        # pieces are straight up to the normal distribution, whose deviate y has y'' = y*y'**2
        return diagonal_curvature(gradient, self.transform(X) * self._slope(X) ** 2)

    def _slope(self, X: Array) -> Array:
        slope = np.empty(X.shape)
        for j, (x, values) in enumerate(zip(X.T, self.quantiles.T, strict=True)):
            left = np.searchsorted(values, x, side="right") - 1
            inside = (left >= 0) & (left < len(values) - 1)
            left = left[inside]
            slope[:, j] = 0
            slope[inside, j] = np.diff(self.references)[left] / np.diff(values)[left]
        if self.normal:
            uniform = self._uniform(X)
            density = np.exp(-0.5 * self._deviates(uniform) ** 2) / np.sqrt(2 * np.pi)
            slope *= ((uniform > CUT) & (uniform < 1 - CUT)) / density
        return slope

    def _uniform(self, X: Array) -> Array:
        uniform = np.empty(X.shape)
        for j, (x, values) in enumerate(zip(X.T, self.quantiles.T, strict=True)):
            # the mean of both ways, because they differ where a value holds several quantiles
            upward = np.interp(x, values, self.references)
            downward = -np.interp(-x, -values[::-1], -self.references[::-1])
            uniform[:, j] = (upward + downward) / 2
        margin = CUT if self.normal else 0.0
        uniform[X + margin >= self.quantiles[-1]] = 1
        uniform[X - margin <= self.quantiles[0]] = 0
        return uniform

    @staticmethod
    def _deviates(uniform: Array) -> Array:
        clipped: Array = ndtri(np.clip(uniform, CUT, 1 - CUT))
        return clipped

"""Indicators of the values that a column holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.input_maps.base import InputMap, no_curvature

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class IndicatorMap(InputMap):
    """One column a category, 1 where the input has that value: one-hot encoding of numbers.

    The gradient is zero, as that of every step function is where it has one.

    Parameters
    ----------
    categories : tuple of ndarray of shape (n_categories,)
        Values that each input can have, ascending.
    kept : ndarray of shape (n_out,), dtype int
        Which of all indicators, counted through all inputs, are columns of the result.
    nearest : bool
        Whether a value between the categories counts as the nearest of them; otherwise it has no
        indicator.
    """

    categories: tuple[Array, ...]
    kept: Array
    nearest: bool

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        indicators = [self._indicators(x, values) for x, values in zip(X.T, self.categories, strict=True)]
        return np.hstack(indicators).astype(X.dtype)[:, self.kept]

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        return np.zeros(X.shape, np.result_type(X, gradient))

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Return zeros; see `InputMap`."""
        return no_curvature(X, gradient)

    def _indicators(self, x: Array, values: Array) -> Array:
        if self.nearest:
            middles = (values[1:] + values[:-1]) / 2
            x = values[np.searchsorted(middles, x)]
        return np.equal(x[:, None], values)

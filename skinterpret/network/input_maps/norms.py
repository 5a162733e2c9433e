"""Rows divided by their length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.input_maps.base import InputMap

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class NormMap(InputMap):
    """`x / ||x||`; rows of zeros stay as they are.

    Parameters
    ----------
    norm : {"l1", "l2", "max"}
        Which length.
    """

    norm: str

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        return X / self._length(X)[0]

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        length, slope = self._length(X)
        along = np.sum(gradient * X, axis=1, keepdims=True) / length
        result: Array = (gradient - along * slope) / length
        return result

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        length, slope = (part[:, :, None] for part in self._length(X))
        inner = np.sum(gradient * X, axis=1)[:, None, None]
        mixed = gradient[:, :, None] * slope.transpose(0, 2, 1)
        square = slope * slope.transpose(0, 2, 1)
        bend = (np.eye(X.shape[1]) - square) / length if self.norm == "l2" else 0.0
        twice = 2 * inner * square / length
        result: Array = (twice - mixed - mixed.transpose(0, 2, 1) - inner * bend) / length**2
        return result

    def _length(self, X: Array) -> tuple[Array, Array]:
        """Lengths, shape (n_samples, 1), and their derivatives, shape (n_samples, n_features)."""
        if self.norm == "l2":
            length = np.linalg.norm(X, axis=1, keepdims=True)
            slope = X / np.where(length == 0, 1, length)
        elif self.norm == "l1":
            length, slope = np.abs(X).sum(axis=1, keepdims=True), np.sign(X)
        else:
            length = np.abs(X).max(axis=1, keepdims=True)
            largest = np.arange(X.shape[1]) == np.abs(X).argmax(axis=1)[:, None]
            slope = np.sign(X) * largest
        return np.where(length == 0, 1, length), slope

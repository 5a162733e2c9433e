"""Affine maps of whole rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from skinterpret.network.input_maps.base import InputMap, no_curvature

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class LinearMap(InputMap):
    """`(x - center) @ matrix + offset`: what projections do.

    Parameters
    ----------
    center : ndarray of shape (n_in,)
        What is taken away first, so that inputs that vary little around a large value keep their digits.
    matrix : ndarray of shape (n_in, n_out)
        What rows are multiplied by.
    offset : ndarray of shape (n_out,)
        What is added.
    """

    center: Array
    matrix: Array
    offset: Array

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        mapped: Array = (X - self.center) @ self.matrix
        mapped += self.offset
        return mapped

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        return gradient @ self.matrix.T

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Return zeros; see `InputMap`."""
        return no_curvature(X, gradient)

    def pull_back_twice(self, X: Array, hessian: Array) -> Array:
        """Carry second derivatives over; see `InputMap`."""
        carried: Array = self.matrix @ hessian @ self.matrix.T
        return carried

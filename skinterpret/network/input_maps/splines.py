"""B-splines of each input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from skinterpret.network.input_maps.base import InputMap, diagonal_curvature

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class SplineMap(InputMap):
    """Values of a basis of splines, one group of columns an input.

    Parameters
    ----------
    knots : tuple of ndarray of shape (n_knots,)
        Knots of each input.
    coefficients : tuple of ndarray of shape (n_coefficients, n_splines)
        What makes the basis of each input out of B-splines.
    degree : int
        Degree of the polynomials between the knots.
    extrapolation : {"error", "constant", "linear", "continue", "periodic"}
        What happens beyond the outer knots; with `"error"` values are not defined there.
    """

    knots: tuple[Array, ...]
    coefficients: tuple[Array, ...]
    degree: int
    extrapolation: str

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        return np.hstack([self._values(j, x) for j, x in enumerate(X.T)])

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        return self._weighted(X, gradient, 1)

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        return diagonal_curvature(np.ones(X.shape), self._weighted(X, gradient, 2))

    def _values(self, j: int, x: Array) -> Array:
        spline, inner = self._spline(j), self._inside(j, x)
        values: Array = spline(inner)
        if self.extrapolation == "linear":
            values += (x - inner)[:, None] * spline(inner, nu=1)
        return values

    def _weighted(self, X: Array, gradient: Array, order: int) -> Array:
        """Weigh derivatives of the splines, and add up those of each input."""
        result = np.empty(X.shape, np.result_type(X, gradient))
        start = 0
        for j, x in enumerate(X.T):
            derivatives = self._derivatives(j, x, order)
            stop = start + derivatives.shape[1]
            result[:, j] = np.einsum("ij,ij->i", gradient[:, start:stop], derivatives)
            start = stop
        return result

    def _derivatives(self, j: int, x: Array, order: int) -> Array:
        inner = self._inside(j, x)
        derivatives: Array = self._spline(j)(inner, nu=order)
        if self.extrapolation == "constant" or (self.extrapolation == "linear" and order > 1):
            derivatives *= (x == inner)[:, None]
        return derivatives

    def _spline(self, j: int) -> Any:
        beyond = self.extrapolation != "error"
        return BSpline(self.knots[j], self.coefficients[j], self.degree, extrapolate=beyond)

    def _inside(self, j: int, x: Array) -> Array:
        """Where in the range of the knots an input is looked up."""
        knots = self.knots[j]
        low, high = knots[self.degree], knots[len(knots) - self.degree - 1]
        if self.extrapolation in ("constant", "linear"):
            x = np.clip(x, low, high)
        elif self.extrapolation == "periodic" and high > low:
            x = low + (x - low) % (high - low)
        return x

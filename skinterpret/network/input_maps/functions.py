"""One function for every value of a column: powers, and numpy's own functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import boxcox, boxcox1p, expit, logit

from skinterpret.network.input_maps.base import InputMap, diagonal_curvature

Array = NDArray[Any]

# Derivatives by the value `x`, given `x` and the function's `y`: a function is supported by a row here.
DERIVATIVES: dict[Any, Any] = {
    np.log: lambda x, y: 1 / x,
    np.log2: lambda x, y: 1 / (x * np.log(2)),
    np.log10: lambda x, y: 1 / (x * np.log(10)),
    np.log1p: lambda x, y: 1 / (1 + x),
    np.exp: lambda x, y: y,
    np.exp2: lambda x, y: y * np.log(2),
    np.expm1: lambda x, y: y + 1,
    np.sqrt: lambda x, y: 0.5 / y,
    np.cbrt: lambda x, y: 1 / (3 * y**2),
    np.square: lambda x, y: 2 * x,
    np.reciprocal: lambda x, y: -(y**2),
    np.negative: lambda x, y: np.full_like(x, -1),
    np.abs: lambda x, y: np.sign(x),
    np.sin: lambda x, y: np.cos(x),
    np.cos: lambda x, y: -np.sin(x),
    np.tanh: lambda x, y: 1 - y**2,
    np.arctan: lambda x, y: 1 / (1 + x**2),
    np.arcsinh: lambda x, y: 1 / np.sqrt(1 + x**2),
    np.deg2rad: lambda x, y: np.full_like(x, np.pi / 180),
    np.rad2deg: lambda x, y: np.full_like(x, 180 / np.pi),
    expit: lambda x, y: y * (1 - y),
    logit: lambda x, y: 1 / (x * (1 - x)),
}

# Second derivatives, given the same.
SECOND_DERIVATIVES: dict[Any, Any] = {
    np.log: lambda x, y: -1 / x**2,
    np.log2: lambda x, y: -1 / (x**2 * np.log(2)),
    np.log10: lambda x, y: -1 / (x**2 * np.log(10)),
    np.log1p: lambda x, y: -1 / (1 + x) ** 2,
    np.exp: lambda x, y: y,
    np.exp2: lambda x, y: y * np.log(2) ** 2,
    np.expm1: lambda x, y: y + 1,
    np.sqrt: lambda x, y: -0.25 / y**3,
    np.cbrt: lambda x, y: -2 / (9 * y**5),
    np.square: lambda x, y: np.full_like(x, 2),
    np.reciprocal: lambda x, y: 2 * y**3,
    np.negative: lambda x, y: np.zeros_like(x),
    np.abs: lambda x, y: np.zeros_like(x),
    np.sin: lambda x, y: -y,
    np.cos: lambda x, y: -y,
    np.tanh: lambda x, y: -2 * y * (1 - y**2),
    np.arctan: lambda x, y: -2 * x / (1 + x**2) ** 2,
    np.arcsinh: lambda x, y: -x / (1 + x**2) ** 1.5,
    np.deg2rad: lambda x, y: np.zeros_like(x),
    np.rad2deg: lambda x, y: np.zeros_like(x),
    expit: lambda x, y: y * (1 - y) * (1 - 2 * y),
    logit: lambda x, y: (2 * x - 1) / (x * (1 - x)) ** 2,
}


@dataclass(frozen=True, eq=False)
class FunctionMap(InputMap):
    """A function of numpy or scipy.

    Parameters
    ----------
    function : ufunc
        One of the keys of `DERIVATIVES`.  Where it is not defined values are not finite.
    """

    function: Any

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        with np.errstate(all="ignore"):
            mapped: Array = self.function(X)
        return mapped

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        with np.errstate(all="ignore"):
            slope: Array = DERIVATIVES[self.function](X, self.function(X))
        return gradient * slope

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        if self.function not in SECOND_DERIVATIVES:
            raise NotImplementedError(
                f"The function {self.function.__name__} before the network gives no second derivative; "
                "add a row for it to SECOND_DERIVATIVES."
            )
        with np.errstate(all="ignore"):
            second: Array = SECOND_DERIVATIVES[self.function](X, self.function(X))
        return diagonal_curvature(gradient, second)


@dataclass(frozen=True, eq=False)
class BoxCoxMap(InputMap):
    """`(x**power - 1) / power`, or `log(x)` where the power is 0; for positive values.

    Parameters
    ----------
    powers : ndarray of shape (n_features,)
        Power of each column (Box and Cox, JRSS B 26, 1964).
    """

    powers: Array

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        mapped: Array = boxcox(X, self.powers)
        return mapped

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        with np.errstate(all="ignore"):
            slope: Array = X ** (self.powers - 1)
        return gradient * slope

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        with np.errstate(all="ignore"):
            second: Array = (self.powers - 1) * X ** (self.powers - 2)
        return diagonal_curvature(gradient, second)


@dataclass(frozen=True, eq=False)
class YeoJohnsonMap(InputMap):
    """A Box-Cox transform of `1 + x`, and for negative values of `1 - x`, mirrored.

    Parameters
    ----------
    powers : ndarray of shape (n_features,)
        Power of each column; negative values have 2 minus that (Yeo and Johnson, Biometrika 87, 2000).
    """

    powers: Array

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        mapped: Array = boxcox1p(np.abs(X), self._powers(X))
        return np.where(X < 0, -mapped, mapped)

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        slope: Array = (1 + np.abs(X)) ** (self._powers(X) - 1)
        return gradient * slope

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        powers = self._powers(X)
        second = np.sign(X) * (powers - 1) * (1 + np.abs(X)) ** (powers - 2)
        return diagonal_curvature(gradient, second)

    def _powers(self, X: Array) -> Array:
        return np.where(X < 0, 2 - self.powers, self.powers)

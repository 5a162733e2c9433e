"""What a map of rows before the first layer is, and one after another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.immutable import Immutable

Array = NDArray[Any]


class InputMap(Immutable, ABC):
    """A differentiable map of rows to rows.

    Adding one is adding a class here and a reader that makes it; no method may change what it is
    given.
    """

    @abstractmethod
    def transform(self, X: Array) -> Array:
        """Map rows, shape (n_samples, n_in) to (n_samples, n_out)."""

    @abstractmethod
    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule.

        `gradient`, shape (n_samples, n_out), is that of a function by the mapped rows; returned is
        that by `X`, shape (n_samples, n_in): the rows before the map.
        """

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh the second derivatives of the mapped columns by `gradient`, and add them up.

        Shape (n_samples, n_in, n_in); maps that have second derivatives override this.
        """
        raise NotImplementedError(
            f"{type(self).__name__}, which stands before the network, gives no second derivatives; add a "
            "method curvature to it."
        )

    def pull_back_twice(self, X: Array, hessian: Array) -> Array:
        """Carry second derivatives by the mapped rows, shape (n_samples, n_out, n_out), over to `X`.

        What the map's own `curvature` adds is left out.
        """
        half = np.stack([self.pull_back(X, column) for column in hessian.transpose(2, 0, 1)], axis=1)
        return np.stack([self.pull_back(X, column) for column in half.transpose(2, 0, 1)], axis=1)

    def then(self, following: InputMap) -> InputMap:
        """Compose with a map that follows; maps that fold into one override this."""
        return self if isinstance(following, IdentityMap) else ChainMap(self, following)


@dataclass(frozen=True, eq=False)
class IdentityMap(InputMap):
    """The map of a network that takes the raw inputs."""

    def transform(self, X: Array) -> Array:
        """Return the rows."""
        return X

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Return the gradient."""
        return gradient

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Return zeros; see `InputMap`."""
        return no_curvature(X, gradient)

    def pull_back_twice(self, X: Array, hessian: Array) -> Array:
        """Return the second derivatives."""
        return hessian

    def then(self, following: InputMap) -> InputMap:
        """Return the other map."""
        return following


@dataclass(frozen=True, eq=False)
class ChainMap(InputMap):
    """One map after another.

    Parameters
    ----------
    first, second : InputMap
        In the order in which rows pass them.
    """

    first: InputMap
    second: InputMap

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        return self.second.transform(self.first.transform(X))

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        between = self.first.transform(X)
        return self.first.pull_back(X, self.second.pull_back(between, gradient))

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        between = self.first.transform(X)
        outer = self.first.pull_back_twice(X, self.second.curvature(between, gradient))
        inner: Array = outer + self.first.curvature(X, self.second.pull_back(between, gradient))
        return inner


def no_curvature(X: Array, gradient: Array) -> Array:
    """Second derivatives of maps that are straight wherever they have derivatives.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_in)
        Rows before the map.
    gradient : ndarray of shape (n_samples, n_out)
        Weights.

    Returns
    -------
    ndarray of shape (n_samples, n_in, n_in)
        Zeros.
    """
    return np.zeros((*X.shape, X.shape[1]), np.result_type(X, gradient))


def diagonal_curvature(gradient: Array, second: Array) -> Array:
    """Second derivatives of maps in which each column depends on its own input alone.

    Parameters
    ----------
    gradient : ndarray of shape (n_samples, n_in)
        Weights.
    second : ndarray of shape (n_samples, n_in)
        Second derivative of each column.

    Returns
    -------
    ndarray of shape (n_samples, n_in, n_in)
        The weighted ones, on the diagonal.
    """
    n_samples, n_in = gradient.shape
    result = np.zeros((n_samples, n_in, n_in), np.result_type(gradient, second))
    np.einsum("nii->ni", result)[:] = gradient * second
    return result

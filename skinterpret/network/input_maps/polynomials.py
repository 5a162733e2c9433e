"""Products of powers of the inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.input_maps.base import InputMap

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class PolynomialMap(InputMap):
    """Monomials, each an earlier one times an input.

    Parameters
    ----------
    parent : ndarray of shape (n_monomials,), dtype int
        Number of the monomial that each is a multiple of; monomial 0 is the constant 1, and its
        entries mean nothing.
    factor : ndarray of shape (n_monomials,), dtype int
        Number of the input that the parent is multiplied by.
    kept : ndarray of shape (n_out,), dtype int
        Which monomials are columns of the result.
    """

    parent: Array
    factor: Array
    kept: Array

    @classmethod
    def of(cls, powers: Array) -> PolynomialMap:
        """Order monomials so that each follows the one it is a multiple of.

        Parameters
        ----------
        powers : ndarray of shape (n_out, n_in), dtype int
            Exponent of each input in each column of the result.

        Returns
        -------
        PolynomialMap
            The map that computes these columns.
        """
        numbers = {(0,) * powers.shape[1]: 0}
        parents, factors = [0], [0]

        def number_of(exponents: tuple[int, ...]) -> int:
            if exponents not in numbers:
                factor = max(j for j, exponent in enumerate(exponents) if exponent)
                divided = tuple(exponent - (j == factor) for j, exponent in enumerate(exponents))
                parents.append(number_of(divided))
                factors.append(factor)
                numbers[exponents] = len(numbers)
            return numbers[exponents]

        kept = [number_of(tuple(row)) for row in powers.tolist()]
        return cls(np.array(parents), np.array(factors), np.array(kept))

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        return self._monomials(X)[self.kept].T

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule, from the last monomial to the first; see `InputMap`."""
        monomials, columns = self._monomials(X), np.ascontiguousarray(X.T)
        adjoint = self._adjoint(columns, gradient)
        result = np.zeros(columns.shape, adjoint.dtype)
        for k in range(len(adjoint) - 1, 0, -1):
            result[self.factor[k]] += adjoint[k] * monomials[self.parent[k]]
        return result.T

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`.

        Each monomial is a product of its parent and its factor, so what is left of the chain rule are
        the two derivatives of that product, one by each: those of the parent by all inputs are at hand.
        """
        monomials, columns = self._monomials(X), np.ascontiguousarray(X.T)
        adjoint = self._adjoint(columns, gradient)
        slopes = np.zeros((*monomials.shape, X.shape[1]), adjoint.dtype)
        result = np.zeros((len(X), X.shape[1], X.shape[1]), adjoint.dtype)
        for k in range(1, len(monomials)):
            parent, factor = self.parent[k], self.factor[k]
            slopes[k] = slopes[parent] * columns[factor][:, None]
            slopes[k][:, factor] += monomials[parent]
            mixed = adjoint[k][:, None] * slopes[parent]
            result[:, factor, :] += mixed
            result[:, :, factor] += mixed
        return result

    def _adjoint(self, columns: Array, gradient: Array) -> Array:
        """Differentiate the weighted sum of the monomials kept by each of all."""
        adjoint = np.zeros((len(self.parent), columns.shape[1]), np.result_type(columns, gradient))
        adjoint[self.kept] = gradient.T
        for k in range(len(adjoint) - 1, 0, -1):
            adjoint[self.parent[k]] += adjoint[k] * columns[self.factor[k]]
        return adjoint

    def _monomials(self, X: Array) -> Array:
        columns = np.ascontiguousarray(X.T)
        monomials = np.ones((len(self.parent), len(X)), X.dtype)
        for k in range(1, len(monomials)):
            np.multiply(monomials[self.parent[k]], columns[self.factor[k]], out=monomials[k])
        return monomials

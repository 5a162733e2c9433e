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
        adjoint = np.zeros(monomials.shape, np.result_type(X, gradient))
        adjoint[self.kept] = gradient.T
        result = np.zeros(columns.shape, adjoint.dtype)
        for k in range(len(adjoint) - 1, 0, -1):
            adjoint[self.parent[k]] += adjoint[k] * columns[self.factor[k]]
            result[self.factor[k]] += adjoint[k] * monomials[self.parent[k]]
        return result.T

    def _monomials(self, X: Array) -> Array:
        columns = np.ascontiguousarray(X.T)
        monomials = np.ones((len(self.parent), len(X)), X.dtype)
        for k in range(1, len(monomials)):
            np.multiply(monomials[self.parent[k]], columns[self.factor[k]], out=monomials[k])
        return monomials

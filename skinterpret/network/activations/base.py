"""What an activation function is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Activation(ABC):
    """An activation function and its derivatives; value and slope are written into arrays that are there.

    Values without identity: two of one class with equal parameters are equal.  All arrays are of
    shape (n_samples, n_units) and of one float dtype.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.network.activations import ACTIVATIONS
    >>> z, a = np.array([[0.0, 2.0]]), np.empty((1, 2))
    >>> ACTIVATIONS["logistic"].value(z, a)
    >>> ACTIVATIONS["logistic"].derivative(z, a, z)
    >>> a.round(2), z.round(2)
    (array([[0.5 , 0.88]]), array([[0.25, 0.1 ]]))
    """

    @abstractmethod
    def value(self, z: Array, out: Array) -> None:
        """Write the activations into an array.

        Parameters
        ----------
        z : ndarray of shape (n_samples, n_units)
            Pre-activations.
        out : ndarray of shape (n_samples, n_units)
            Where to write; another array than `z`.
        """

    @abstractmethod
    def derivative(self, z: Array, a: Array, out: Array) -> None:
        """Write the derivative by `z` into an array.

        Parameters
        ----------
        z : ndarray of shape (n_samples, n_units)
            Pre-activations.
        a : ndarray of shape (n_samples, n_units)
            Their activations; whichever of the two is cheaper is used.
        out : ndarray of shape (n_samples, n_units)
            Where to write; it may be `z` itself, but not `a`.
        """

    def second_derivative(self, z: Array, a: Array) -> Array:
        """Compute the second derivative by `z`; functions that have one override this.

        Parameters
        ----------
        z : ndarray of shape (n_samples, n_units)
            Pre-activations.
        a : ndarray of shape (n_samples, n_units)
            Their activations.

        Returns
        -------
        ndarray of shape (n_samples, n_units)
            Second derivatives; 0 where the function is straight, and at its kinks.

        Raises
        ------
        NotImplementedError
            If the function does not say what it is.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.network.activations import ACTIVATIONS
        >>> z = np.array([[-1.0, 1.0]])
        >>> ACTIVATIONS["tanh"].second_derivative(z, np.tanh(z)).round(2).tolist()
        [[0.64, -0.64]]
        """
        raise NotImplementedError(
            f"The activation {self} gives no second derivative; add a method second_derivative to it."
        )

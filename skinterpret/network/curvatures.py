"""Second derivatives of a latent, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.activations import Activation, find_activation
from skinterpret.network.latents import Latent

Array = NDArray[Any]

MOST_NUMBERS = 1 << 21  # in the arrays of a block of rows: 16 MB in double precision


class Curvatures:
    """First and second derivatives of a latent through the first layers of a network.

    Every hidden layer adds its own curvature: with the derivatives `J` of its pre-activations by what
    the first layer gets, `J diag(second derivative of the activation times adjoint) J.T`.

    Parameters
    ----------
    weights : sequence of ndarray of shape (n_in, n_out)
        Weights of the layers.
    biases : sequence of ndarray of shape (n_out,)
        Biases of the layers.
    activations : sequence of str or Activation
        Activations of all layers but the last.
    latent : Latent
        What is read from the last of the layers.
    dtype : dtype
        What to calculate in.
    """

    def __init__(
        self,
        weights: Sequence[Array],
        biases: Sequence[Array],
        activations: Sequence[str | Activation],
        latent: Latent,
        dtype: Any,
    ) -> None:
        self._weights = [weight.astype(dtype, copy=False) for weight in weights]
        self._biases = [bias.astype(dtype, copy=False) for bias in biases]
        self._activations = [find_activation(activation) for activation in activations]
        self._latent = latent
        self._dtype = dtype

    def blocks(self, n_samples: int) -> Iterator[slice]:
        """Cut rows into blocks, so small that memory stays bounded.

        Parameters
        ----------
        n_samples : int
            Rows in all.

        Yields
        ------
        slice
            Which rows to take next.
        """
        n_in = len(self._weights[0])
        numbers = n_in * (n_in + sum(weight.shape[1] for weight in self._weights))
        step = max(1, MOST_NUMBERS // numbers)
        for start in range(0, n_samples, step):
            yield slice(start, min(start + step, n_samples))

    def at(self, X: Array) -> tuple[Array, Array]:
        """Differentiate at a block of rows.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_in)
            What the first layer gets.

        Returns
        -------
        gradient : ndarray of shape (n_rows, n_in)
            First derivatives.
        hessian : ndarray of shape (n_rows, n_in, n_in)
            Second derivatives.
        """
        tangents, slopes, bends = [self._first_tangents(X)], [], []
        z = X.astype(self._dtype, copy=False) @ self._weights[0] + self._biases[0]
        for k, activation in enumerate(self._activations):
            a, slope = np.empty_like(z), np.empty_like(z)
            activation.value(z, a)
            activation.derivative(z, a, slope)
            bends.append(activation.second_derivative(z, a))
            slopes.append(slope)
            tangents.append((tangents[k] * slope[:, None, :]) @ self._weights[k + 1])
            z = a @ self._weights[k + 1] + self._biases[k + 1]
        hessian = self._latent.curvature(z, tangents[-1])
        adjoint = np.broadcast_to(self._latent.slope(z), z.shape)
        for k in range(len(slopes) - 1, -1, -1):
            adjoint = adjoint @ self._weights[k + 1].T
            weighted = tangents[k] * (adjoint * bends[k])[:, None, :]
            hessian += weighted @ tangents[k].transpose(0, 2, 1)
            adjoint = adjoint * slopes[k]
        return adjoint @ self._weights[0].T, hessian

    def _first_tangents(self, X: Array) -> Array:
        return np.broadcast_to(self._weights[0], (len(X), *self._weights[0].shape))

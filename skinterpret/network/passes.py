"""Forward and backward passes over blocks of rows, in arrays that are made once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.activations import Activation, find_activation

Array = NDArray[Any]

# Blocks of rows so small that the activations stay in the cache next to the core, yet more rows
# than units, so that reading the weights does not outweigh multiplying by them.
FEWEST_ROWS, MOST_ROWS = 256, 2048


class Passes:
    """Passes through the first layers of a network, up to the pre-activations of the last of them.

    Not for use by several threads: each call of a network makes its own.

    Parameters
    ----------
    weights : sequence of ndarray of shape (n_in, n_out)
        Weights of the layers.
    biases : sequence of ndarray of shape (n_out,)
        Biases of the layers.
    activations : sequence of str or Activation
        Activations of all layers but the last.
    n_samples : int
        Rows in all.
    dtype : dtype
        What to calculate in.
    """

    def __init__(
        self,
        weights: Sequence[Array],
        biases: Sequence[Array],
        activations: Sequence[str | Activation],
        n_samples: int,
        dtype: Any,
    ) -> None:
        self._weights = [weight.astype(dtype, copy=False) for weight in weights]
        self._activations = [find_activation(activation) for activation in activations]
        self._n_samples = n_samples
        self._dtype = dtype
        widest = max(max(weight.shape) for weight in weights)
        self._n_rows = min(n_samples, max(FEWEST_ROWS, min(2 * widest, MOST_ROWS)))
        # a bias for each row, because adding whole arrays takes half the time of broadcasting
        self._biases = [np.tile(bias.astype(dtype), (self._n_rows, 1)) for bias in biases]
        self._before = [np.empty_like(bias) for bias in self._biases]
        self._after = [np.empty_like(bias) for bias in self._biases[:-1]]
        self._scratch = np.empty(self._n_rows * widest, dtype)

    def blocks(self) -> Iterator[slice]:
        """Cut the rows into blocks.

        Yields
        ------
        slice
            Which rows to pass next.
        """
        for start in range(0, self._n_samples, self._n_rows):
            yield slice(start, min(start + self._n_rows, self._n_samples))

    def forward(self, X: Array) -> Array:
        """Carry a block of rows forwards.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_in)
            What the first layer gets.

        Returns
        -------
        ndarray of shape (n_rows, n_out)
            Pre-activations of the last layer, valid until the next block.
        """
        a = X.astype(self._dtype, copy=False)
        for k, (weight, bias) in enumerate(zip(self._weights, self._biases, strict=True)):
            z = self._before[k][: len(X)]
            np.dot(a, weight, out=z)
            z += bias[: len(X)]
            if k < len(self._activations):
                a = self._after[k][: len(X)]
                self._activations[k].value(z, a)
        return z

    def hidden(self, n_rows: int) -> list[Array]:
        """Give the activations of the block that was carried forwards last.

        Parameters
        ----------
        n_rows : int
            Rows of that block.

        Returns
        -------
        list of ndarray of shape (n_rows, n_units)
            One array a layer but the last, valid until the next block.
        """
        return [after[:n_rows] for after in self._after]

    def backward(self, slope: Array, n_rows: int) -> Array:
        """Carry a derivative back through the block that was carried forwards last, once.

        Parameters
        ----------
        slope : ndarray of shape (n_rows, n_out) or (1, n_out)
            Derivative by the pre-activations of the last layer.
        n_rows : int
            Rows of that block.

        Returns
        -------
        ndarray of shape (n_rows, n_in)
            Derivative by what the first layer got, valid until the next block.
        """
        adjoint = self._multiply(slope, self._transposed_weights[-1])
        for k in range(len(self._activations) - 1, -1, -1):
            z, a = self._before[k][:n_rows], self._after[k][:n_rows]
            self._activations[k].derivative(z, a, z)
            weight = self._transposed_weights[k]
            if len(adjoint) == 1:
                weight = adjoint.T * weight  # the same product, with fewer numbers than z has
            else:
                z *= adjoint
            adjoint = self._multiply(z, weight)
        return np.broadcast_to(adjoint, (n_rows, adjoint.shape[1]))

    @cached_property
    def _transposed_weights(self) -> list[Array]:
        # copies: products of tall and narrow arrays take a fifth longer with a transposed view
        return [np.ascontiguousarray(weight.T) for weight in self._weights]

    def _multiply(self, adjoint: Array, weight: Array) -> Array:
        shape = len(adjoint), weight.shape[1]
        result: Array = self._scratch[: shape[0] * shape[1]].reshape(shape)
        return np.dot(adjoint, weight, out=result)

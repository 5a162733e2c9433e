"""Layers of any framework, gathered one after another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.activations import Activation, Logistic, find_activation
from skinterpret.network.input_maps import IdentityMap, InputMap, ScaleMap

Array = NDArray[Any]


class LayerStack:
    """Layers in the order in which rows pass them.

    Two dense layers with nothing between them stay two, so that hidden layers are counted as in the
    framework.  Batch normalisation and other scaling becomes part of the dense layer before it, or of
    the one after it where an activation stands before it; at the start, of the input map.

    Attributes
    ----------
    weights, biases : list of ndarray
        Of the dense layers so far, shapes (n_in, n_out) and (n_out,).
    activations : list of Activation
        Of all dense layers, or of all but the last.
    input_map : InputMap
        What stands before the first dense layer.
    softmax : bool
        Whether a softmax is the last layer.
    labels : sequence or None
        Class labels, where the framework knows them.
    """

    def __init__(self) -> None:
        self.weights: list[Array] = []
        self.biases: list[Array] = []
        self.activations: list[Activation] = []
        self.input_map: InputMap = IdentityMap()
        self.softmax = False
        self.labels: Sequence[Any] | None = None
        self._scaling: tuple[Array, Array] | None = None  # of activations, not yet part of a dense layer

    @property
    def n_units(self) -> int:
        """Number of units of the last dense layer."""
        return int(self.weights[-1].shape[1])

    @property
    def is_open(self) -> bool:
        """Whether the last layer is a dense one, with no activation yet."""
        return len(self.weights) > len(self.activations)

    @property
    def ends_in_logistic(self) -> bool:
        """Whether the last layer is a logistic activation."""
        return not self.is_open and self._scaling is None and self.activations[-1] == Logistic()

    def add_dense(self, weight: Array, bias: Array | None = None) -> None:
        """Add a dense layer: `weight` of shape (n_in, n_out), `bias` of shape (n_out,)."""
        self._refuse_after_softmax()
        if bias is None:
            bias = np.zeros(weight.shape[1], weight.dtype)
        if self.is_open:
            self.activations.append(find_activation("identity"))
        if self._scaling is not None:
            factor, offset = (np.broadcast_to(values, len(weight)) for values in self._scaling)
            bias = bias + offset @ weight
            weight = factor[:, None] * weight
            self._scaling = None
        self.weights.append(weight)
        self.biases.append(bias)

    def add_scaling(self, center: Any, factor: Any, offset: Any) -> None:
        """Add `(x - center) * factor + offset`, each a number or of shape (n_units,)."""
        self._refuse_after_softmax()
        values = np.broadcast_arrays(*(np.atleast_1d(v).astype(np.float64) for v in (center, factor, offset)))
        center, factor, offset = values
        if not self.weights:
            self.input_map = self.input_map.then(ScaleMap(center, factor, offset))
        elif self.is_open:
            self.weights[-1] = self.weights[-1] * factor
            self.biases[-1] = (self.biases[-1] - center) * factor + offset
        else:
            before, shift = self._scaling or (np.ones(1), np.zeros(1))
            self._scaling = before * factor, (shift - center) * factor + offset

    def add_activation(self, activation: str | Activation) -> None:
        """Add an activation."""
        self._refuse_after_softmax()
        if not self.weights:
            raise TypeError("An activation before the first dense layer cannot be read; apply it to X.")
        self.end_in_dense()
        self.activations.append(find_activation(activation))

    def add_softmax(self) -> None:
        """Add a softmax, or the logarithm of one, which can only be the last layer."""
        self._refuse_after_softmax()
        self.softmax = True

    def end_in_dense(self) -> None:
        """Add a dense layer that changes nothing, unless the last layer is a dense one."""
        if not self.is_open:
            self.add_dense(np.eye(self.n_units, dtype=self.weights[-1].dtype))

    def _refuse_after_softmax(self) -> None:
        if self.softmax:
            raise TypeError("A softmax in the middle of a network cannot be read.")

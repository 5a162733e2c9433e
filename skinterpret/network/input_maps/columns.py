"""Columns chosen, mapped apart and put side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.input_maps.base import InputMap, no_curvature

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class ColumnsMap(InputMap):
    """Groups of columns, each with a map of its own; the results stand side by side.

    Columns that belong to no group are left out, those that belong to several count in each.

    Parameters
    ----------
    positions : tuple of ndarray of shape (n_group,), dtype int
        Columns of each group, in the order in which its map takes them.
    maps : tuple of InputMap
        Map of each group.
    """

    positions: tuple[Array, ...]
    maps: tuple[InputMap, ...]

    def transform(self, X: Array) -> Array:
        """Map rows; see `InputMap`."""
        groups = zip(self.positions, self.maps, strict=True)
        return np.hstack([group.transform(X[:, columns]) for columns, group in groups])

    def pull_back(self, X: Array, gradient: Array) -> Array:
        """Apply the chain rule; see `InputMap`."""
        result = np.zeros((X.shape[1], len(X)), np.result_type(X, gradient))
        start = 0
        for columns, group in zip(self.positions, self.maps, strict=True):
            rows = X[:, columns]
            stop = start + group.transform(rows[:1]).shape[1]
            back = group.pull_back(rows, gradient[:, start:stop])
            for column, values in zip(columns, back.T, strict=True):
                result[column] += values
            start = stop
        return result.T

    def curvature(self, X: Array, gradient: Array) -> Array:
        """Weigh second derivatives; see `InputMap`."""
        result = no_curvature(X, gradient)
        start = 0
        for columns, group in zip(self.positions, self.maps, strict=True):
            rows = X[:, columns]
            stop = start + group.transform(rows[:1]).shape[1]
            of_group = group.curvature(rows, gradient[:, start:stop])
            # one at a time, because a column may occur more than once
            for (k, column), (m, other) in product(enumerate(columns), repeat=2):
                result[:, column, other] += of_group[:, k, m]
            start = stop
        return result

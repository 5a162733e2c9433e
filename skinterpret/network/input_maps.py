"""What happens to raw inputs before the first layer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np


class InputMap(ABC):
    """A differentiable map from raw inputs to what the next map, or the first layer, gets."""

    @abstractmethod
    def transform(self, X: Any) -> Any:
        """Map rows, shape (n_samples, n_in) to (n_samples, n_out)."""

    @abstractmethod
    def pull_back(self, X: Any, gradient: Any) -> Any:
        """Turn a gradient by the mapped inputs into one by `X`, the rows before the map."""


@dataclass(frozen=True)
class ElementwiseAffineMap(InputMap):
    """`x * factor + offset`, column by column: every scaler of scikit-learn.

    Parameters
    ----------
    factor, offset : ndarray of shape (n_features,)
        What multiplies and what is added.
    """

    factor: Any
    offset: Any

    def transform(self, X: Any) -> Any:
        """See `InputMap`."""
        return X * self.factor + self.offset

    def pull_back(self, X: Any, gradient: Any) -> Any:
        """See `InputMap`."""
        return gradient * self.factor


@dataclass(frozen=True)
class ClippedAffineMap(ElementwiseAffineMap):
    """An affine map whose result is clipped, as `MinMaxScaler(clip=True)` does.

    Parameters
    ----------
    low, high : float
        Bounds; the gradient beyond them is zero.
    """

    low: float
    high: float

    def transform(self, X: Any) -> Any:
        """See `InputMap`."""
        return np.clip(super().transform(X), self.low, self.high)

    def pull_back(self, X: Any, gradient: Any) -> Any:
        """See `InputMap`."""
        mapped = super().transform(X)
        return gradient * self.factor * ((mapped > self.low) & (mapped < self.high))

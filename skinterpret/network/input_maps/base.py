"""What a map of rows before the first layer is, and one after another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from skinterpret.network.immutable import Immutable

Array = NDArray[Any]


class InputMap(Immutable, ABC):
    """A differentiable map of rows to rows.

    Adding one is adding a class here and a reader that makes it; neither method may change what it
    is given.
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

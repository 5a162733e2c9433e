"""Output layers: which latents there are and how they come from the last layer's values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logsumexp, softmax


@dataclass(frozen=True)
class Output(ABC):
    """What the last layer's values `z` mean.

    A latent is a function of `z`; `seed` is its gradient by `z`, where the backward pass starts.

    Parameters
    ----------
    labels : tuple
        Class labels of a classifier; numbers of the outputs otherwise.
    """

    labels: tuple[Any, ...]

    @abstractmethod
    def latent(self, z: Any, target: Any) -> Any:
        """Latent of a target, shape (n_samples,), from `z` of shape (n_samples, n_outputs)."""

    @abstractmethod
    def seed(self, z: Any, target: Any) -> Any:
        """Gradient of the latent by `z`, broadcastable to (n_samples, n_outputs)."""

    def probabilities(self, z: Any) -> Any:
        """Probabilities, shape (n_samples, n_classes)."""
        raise AttributeError("A regressor has no class probabilities; use predict.")

    def _position(self, target: Any) -> int:
        if target is None and len(self.labels) == 1:
            return 0
        for position, label in enumerate(self.labels):
            if target is not None and label == target:
                return position
        allowed = ", ".join(repr(label) for label in self.labels)
        cause = "target must be named" if target is None else f"target={target!r} is unknown"
        raise ValueError(f"{cause}; choose from {allowed} or ('hidden', layer, unit).")


@dataclass(frozen=True)
class BinaryOutput(Output):
    """One logit for two classes; the negative class has minus the logit."""

    def latent(self, z: Any, target: Any) -> Any:
        """See `Output`."""
        return self._sign(target) * z[:, 0]

    def seed(self, z: Any, target: Any) -> Any:
        """See `Output`."""
        return np.full((1, 1), self._sign(target), dtype=z.dtype)

    def probabilities(self, z: Any) -> Any:
        """See `Output`."""
        positive = expit(z)
        return np.hstack([1 - positive, positive])

    def _sign(self, target: Any) -> int:
        return 1 if target is None or self._position(target) == 1 else -1


@dataclass(frozen=True)
class SoftmaxOutput(Output):
    """One value a class; the latent of a class is its log-odds against the rest."""

    def latent(self, z: Any, target: Any) -> Any:
        """See `Output`."""
        position = self._position(target)
        return z[:, position] - logsumexp(np.delete(z, position, axis=1), axis=1)

    def seed(self, z: Any, target: Any) -> Any:
        """See `Output`."""
        position = self._position(target)
        seed = np.insert(-softmax(np.delete(z, position, axis=1), axis=1), position, 1, axis=1)
        return seed.astype(z.dtype, copy=False)

    def probabilities(self, z: Any) -> Any:
        """See `Output`."""
        return softmax(z, axis=1)


@dataclass(frozen=True)
class IndependentOutput(Output):
    """Values that stand for themselves: outputs of a regressor, or logits of several labels."""

    def latent(self, z: Any, target: Any) -> Any:
        """See `Output`."""
        return z[:, self._position(target)]

    def seed(self, z: Any, target: Any) -> Any:
        """See `Output`."""
        seed = np.zeros((1, z.shape[1]), dtype=z.dtype)
        seed[0, self._position(target)] = 1
        return seed


@dataclass(frozen=True)
class MultilabelOutput(IndependentOutput):
    """One logit a label, each a decision of its own."""

    def probabilities(self, z: Any) -> Any:
        """See `Output`."""
        return expit(z)

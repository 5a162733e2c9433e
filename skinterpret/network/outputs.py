"""Output layers: which latents there are, and what is predicted from the last layer's values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from skinterpret.network.immutable import Immutable
from skinterpret.network.latents import Latent, LogOddsLatent, UnitLatent

Array = NDArray[Any]


class Output(Immutable, ABC):
    """What the last layer's values `z`, shape (n_samples, n_units) and not yet activated, mean."""

    @property
    def classes(self) -> Array | None:
        """Class labels, or positions of the labels of a multi-label network; None if neither."""
        return None

    @abstractmethod
    def latent(self, target: Any) -> Latent:
        """Find the latent of a target; ValueError, with the targets there are, if there is none."""

    @abstractmethod
    def predict(self, z: Array) -> Array:
        """Predict as the network's own estimator does."""

    def probabilities(self, z: Array) -> Array:
        """Compute probabilities, shape (n_samples, n_classes)."""
        raise AttributeError("A regressor has no class probabilities; use predict.")


@dataclass(frozen=True, eq=False)
class BinaryOutput(Output):
    """One logit for two classes.

    Parameters
    ----------
    labels : ndarray of shape (2,)
        Class labels; the logit is that of the second.
    """

    labels: Array

    @property
    def classes(self) -> Array:
        """Class labels."""
        return self.labels

    def latent(self, target: Any) -> Latent:
        """Find the logit, or minus it for the negative class."""
        return UnitLatent(0, 1 if target is None or _position(self.labels, target) == 1 else -1)

    def predict(self, z: Array) -> Array:
        """Predict class labels."""
        predicted: Array = self.labels[(expit(z[:, 0]) > 0.5).astype(np.intp)]
        return predicted

    def probabilities(self, z: Array) -> Array:
        """Compute the probabilities of both classes."""
        positive = expit(z)
        return np.hstack([1 - positive, positive])


@dataclass(frozen=True, eq=False)
class SoftmaxOutput(Output):
    """One value a class, for more than two classes.

    Parameters
    ----------
    labels : ndarray of shape (n_classes,)
        Class labels.
    """

    labels: Array

    @property
    def classes(self) -> Array:
        """Class labels."""
        return self.labels

    def latent(self, target: Any) -> Latent:
        """Find the log-odds of a class."""
        return LogOddsLatent(_position(self.labels, target))

    def predict(self, z: Array) -> Array:
        """Predict class labels."""
        predicted: Array = self.labels[np.argmax(z, axis=1)]
        return predicted

    def probabilities(self, z: Array) -> Array:
        """Compute the probabilities of all classes."""
        probabilities: Array = softmax(z, axis=1)
        return probabilities


@dataclass(frozen=True, eq=False)
class MultilabelOutput(Output):
    """One logit a label, each a decision of its own.

    Parameters
    ----------
    n_labels : int
        Number of labels; targets are their positions.
    """

    n_labels: int

    @property
    def classes(self) -> Array:
        """Positions of the labels."""
        return np.arange(self.n_labels)

    def latent(self, target: Any) -> Latent:
        """Find the logit of a label."""
        return UnitLatent(_position(range(self.n_labels), target))

    def predict(self, z: Array) -> Array:
        """Predict an indicator matrix, 1 where a label applies."""
        predicted: Array = (expit(z) > 0.5).astype(np.int64)
        return predicted

    def probabilities(self, z: Array) -> Array:
        """Compute the probability of each label."""
        probabilities: Array = expit(z)
        return probabilities


@dataclass(frozen=True, eq=False)
class RegressionOutput(Output):
    """Values that stand for themselves.

    Parameters
    ----------
    n_outputs : int
        Number of outputs; targets are their positions.
    """

    n_outputs: int

    def latent(self, target: Any) -> Latent:
        """Find an output."""
        if target is None and self.n_outputs == 1:
            return UnitLatent(0)
        return UnitLatent(_position(range(self.n_outputs), target))

    def predict(self, z: Array) -> Array:
        """Predict values, without the second axis if there is one output."""
        return z[:, 0].copy() if self.n_outputs == 1 else z.copy()


@dataclass(frozen=True, eq=False)
class LogMeanOutput(RegressionOutput):
    """Logarithms of means, as a regressor with `loss="poisson"` has them; these are its latents."""

    def predict(self, z: Array) -> Array:
        """Predict means."""
        return np.exp(super().predict(z))


def _position(labels: Iterable[Any], target: Any) -> int:
    known = list(labels)
    if target is not None and np.ndim(target) == 0 and target in known:
        return known.index(target)
    allowed = ", ".join(repr(getattr(label, "item", lambda label=label: label)()) for label in known)
    cause = "A target must be named" if target is None else f"target={target!r} is unknown"
    raise ValueError(f"{cause}; choose from {allowed} or ('hidden', layer, unit).")

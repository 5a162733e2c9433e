"""Synthetic rows from the distribution of the training rows, answered by the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """Rows with the network's answers.

    Attributes
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units, training rows first.
    answers : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        What the network says of each.
    weights : ndarray of shape (n_samples,)
        What each counts; their sum is the number of training rows.
    n_training : int
        How many of them are training rows.
    """

    X: Array
    answers: NDArray[Any]
    weights: Array
    n_training: int


def add_synthetic_rows(
    X: Array, answer: Callable[[Array], NDArray[Any]], *, n_synthetic: int, rng: np.random.RandomState
) -> Sample:
    """Draw rows as the training rows are distributed, and ask the network about all.

    As in TREPAN (Craven & Shavlik, Extracting tree-structured representations of trained networks,
    NIPS 1996, section 3) a tree is told more than the training rows say: a node gets its share of the
    rows that are drawn, which have the distribution of the training rows within it.  TREPAN draws each
    input on its own, which leaves the data where inputs depend on each other; so a row here is a
    training row with noise that has their covariance, a draw from a kernel density estimate.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Training rows.
    answer : callable
        The network: rows to answers.
    n_synthetic : int
        Rows to draw.
    rng : RandomState
        Source of randomness.

    Returns
    -------
    Sample
        Training rows first, synthetic ones behind them, which count as much as they together, or one by
        one where there are fewer of them.
    """
    if n_synthetic == 0:
        return Sample(X, answer(X), np.ones(len(X)), len(X))
    new = draw_like(X, n_synthetic, rng)
    rows = np.vstack([X, new])
    weights = np.repeat([1.0, min(1.0, len(X) / n_synthetic)], [len(X), n_synthetic])
    return Sample(rows, answer(rows), weights * len(X) / weights.sum(), len(X))


def draw_like(X: Array, n_rows: int, rng: np.random.RandomState) -> Array:
    """Draw rows from a smooth estimate of the distribution of others.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The others.
    n_rows : int
        How many to draw.
    rng : RandomState
        Source of randomness.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
        Rows of X, with noise in all inputs that do not hold whole numbers only, and not beyond the
        smallest and the largest value of each.
    """
    new = X[rng.randint(len(X), size=n_rows)]
    smooth = np.flatnonzero((np.round(X) != X).any(axis=0))
    if len(smooth) and len(X) > 1:
        variances, axes = np.linalg.eigh(np.atleast_2d(np.cov(X[:, smooth], rowvar=False)))
        # Scott's rule (Multivariate Density Estimation, 1992, section 6.3) along each principal axis
        widths = np.sqrt(np.maximum(variances, 0.0)) * len(X) ** (-1 / (len(smooth) + 4))
        new[:, smooth] += (rng.normal(size=(n_rows, len(smooth))) * widths) @ axes.T
    return np.asarray(new.clip(X.min(axis=0), X.max(axis=0)))

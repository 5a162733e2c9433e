"""Synthetic rows where a tree has few: drawn inside its leaves, answered by the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROUNDS = 3  # at least; more would follow the splits more closely, and grow one more tree each
BATCHES = 8  # of `n_synthetic` rows, out of which a round takes those that fall into leaves with few rows


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
    X: Array,
    answer: Callable[[Array], NDArray[Any]],
    grow: Callable[[Sample], Any],
    *,
    n_synthetic: int,
    min_samples_node: int,
    rng: np.random.RandomState,
) -> Sample:
    """Grow a tree, draw rows in the leaves that hold few, ask the network, and grow again.

    This is TREPAN's way of asking a network for more examples (Craven & Shavlik, Extracting
    tree-structured representations of trained networks, NIPS 1996, section 3), with two changes.  It
    goes in rounds over all leaves instead of one node after another.  And where TREPAN draws each
    input on its own, which leaves the data where inputs depend on each other, a row here is drawn from
    an estimate of the joint density (see `draw_like`), conditional on the leaf: rows that fall
    elsewhere are thrown away.  A leaf's new rows share its weight with those that were there, so that
    the tree is told more about a region without taking it for a more frequent one; and half of all
    weight stays with the training rows alone.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Training rows.
    answer : callable
        The network: rows to answers.
    grow : callable
        Fits a tree to a `Sample`.
    n_synthetic : int
        Rows to draw at most.
    min_samples_node : int
        Leaves with fewer rows get more.
    rng : RandomState
        Source of randomness.

    Returns
    -------
    Sample
        Training rows first, synthetic ones behind them.
    """
    sample, shares = Sample(X, answer(X), np.ones(len(X)), len(X)), np.ones(len(X))
    n_left = n_synthetic
    while n_left > 0:
        tree = grow(sample).tree_
        leaves = _leaves_of(tree, sample.X)
        counts = np.bincount(leaves, minlength=tree.node_count)
        missing = np.where(tree.children_left < 0, np.maximum(min_samples_node - counts, 0), 0)
        new = _draw_where_missing(tree, missing, X, n_synthetic, rng)
        new = new[rng.permutation(len(new))[: min(n_left, -(-n_synthetic // ROUNDS))]]
        if len(new) == 0:
            break
        shares = _shared(shares, leaves, _leaves_of(tree, new))
        sample = _joined(sample, new, answer(new), shares)
        n_left -= len(new)
    return sample


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


def _draw_where_missing(
    tree: Any, missing: NDArray[np.int64], X: Array, n_rows: int, rng: np.random.RandomState
) -> Array:
    """Draw until no leaf misses rows, or until the leaves that do have come up too rarely."""
    kept = [X[:0]]
    for _ in range(BATCHES):
        if not missing.any():
            break
        rows = draw_like(X, n_rows, rng)
        leaves = _leaves_of(tree, rows)
        rows = rows[_places_among_equals(leaves) < missing[leaves]]
        missing = missing - np.bincount(_leaves_of(tree, rows), minlength=len(missing))
        kept.append(rows)
    return np.vstack(kept)


def _places_among_equals(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give 0 to the first of equal values, 1 to the second, and so on."""
    order = np.argsort(values, kind="stable")
    counts = np.bincount(values)
    places = np.empty_like(order)
    places[order] = np.arange(len(values)) - (np.cumsum(counts) - counts)[values[order]]
    return places


def _shared(shares: Array, leaves: NDArray[np.int64], leaves_of_new: NDArray[np.int64]) -> Array:
    """Let the new rows of a leaf have their part of what the rows in it stand for."""
    n_leaves = 1 + max(leaves.max(), leaves_of_new.max())
    before = np.bincount(leaves, minlength=n_leaves)
    after = np.maximum(before + np.bincount(leaves_of_new, minlength=n_leaves), 1)
    each = np.bincount(leaves, weights=shares, minlength=n_leaves) / after
    return np.concatenate([shares * (before / after)[leaves], each[leaves_of_new]])


def _joined(sample: Sample, new: Array, answers: NDArray[Any], shares: Array) -> Sample:
    is_training = np.arange(len(shares)) < sample.n_training
    return Sample(
        np.vstack([sample.X, new]),
        np.concatenate([sample.answers, answers]),
        (shares + is_training) / 2,
        sample.n_training,
    )


def _leaves_of(tree: Any, rows: Array) -> NDArray[np.int64]:
    leaves: NDArray[np.int64] = tree.apply(rows.astype(np.float32))
    return leaves

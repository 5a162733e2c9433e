"""Synthetic rows where a tree has few: drawn inside its leaves, answered by the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Array = NDArray[np.float64]

ROUNDS = 5


@dataclass(frozen=True)
class Sample:
    """Rows with the network's answers.

    Attributes
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    answers : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        What the network says of each.
    weights : ndarray of shape (n_samples,)
        What each counts; their sum is the number of training rows.
    """

    X: Array
    answers: NDArray[Any]
    weights: Array


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
    tree-structured representations of trained networks, NIPS 1996, section 3), in rounds over all
    leaves instead of one node after another.  Each input of a new row is drawn on its own, from the
    smoothed distribution that the leaf's rows have (whole-numbered inputs: from their values), cut
    off at the leaf's box.  A leaf's new rows share its weight with those that were there, so that
    the tree is told more about a region without taking it for a more frequent one.

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
    bounds = X.min(axis=0), X.max(axis=0)
    bandwidth = _bandwidth(X)
    sample = Sample(X, answer(X), np.ones(len(X)))
    n_left = n_synthetic
    while n_left > 0:
        tree = grow(sample).tree_
        leaves = tree.apply(sample.X.astype(np.float32))
        counts = np.bincount(leaves, minlength=tree.node_count)
        mass = np.bincount(leaves, weights=sample.weights, minlength=tree.node_count)
        mass[counts >= min_samples_node] = 0.0
        if mass.sum() <= 0:
            break
        n_draws = min(n_left, -(-n_synthetic // ROUNDS))
        where = rng.choice(tree.node_count, size=n_draws, p=mass / mass.sum())
        new = _draw(sample.X, leaves, where, leaf_boxes(tree, *bounds), bandwidth, rng)
        sample = _joined(sample, leaves, new, answer(new), where, counts)
        n_left -= n_draws
    return sample


def leaf_boxes(tree: Any, low: Array, high: Array) -> tuple[Array, Array]:
    """Box of each node: which rows come to it.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The nodes.
    low, high : ndarray of shape (n_features,)
        Bounds of the root.

    Returns
    -------
    low, high : ndarray of shape (n_nodes, n_features)
        Bounds of each node; a row at the lower one belongs to the neighbour.
    """
    lows = np.tile(low, (tree.node_count, 1))
    highs = np.tile(high, (tree.node_count, 1))
    for node in np.flatnonzero(tree.children_left >= 0):  # parents come before their children
        left, right = tree.children_left[node], tree.children_right[node]
        lows[[left, right]], highs[[left, right]] = lows[node], highs[node]
        feature, threshold = tree.feature[node], tree.threshold[node]
        highs[left, feature] = min(highs[left, feature], threshold)
        lows[right, feature] = max(lows[right, feature], threshold)
    return lows, highs


def _bandwidth(X: Array) -> Array:
    """Give the standard deviation of each input, 0 for those with whole numbers only."""
    whole = (np.round(X) == X).all(axis=0)
    return np.where(whole, 0.0, X.std(axis=0))


def _draw(
    X: Array,
    leaves: NDArray[np.int64],
    where: NDArray[np.int64],
    boxes: tuple[Array, Array],
    bandwidth: Array,
    rng: np.random.RandomState,
) -> Array:
    order = np.argsort(leaves, kind="stable")
    counts = np.bincount(leaves, minlength=len(boxes[0]))
    first = np.cumsum(counts) - counts
    shape = len(where), X.shape[1]
    place = (rng.uniform(size=shape) * counts[where][:, None]).astype(np.int64)
    center = X[order[first[where][:, None] + place], np.arange(X.shape[1])]
    # Scott's rule for one dimension (Multivariate Density Estimation, 1992, section 6.3), with the
    # spread of all rows: that of the few in a leaf would keep new ones from its corners
    width = bandwidth * counts[where][:, None] ** -0.2
    low, high = (box[where] for box in boxes)
    with np.errstate(all="ignore"):
        below, above = ndtr((low - center) / width), ndtr((high - center) / width)
        drawn = center + width * ndtri(below + rng.uniform(size=shape) * (above - below))
    usable = (width > 0) & np.isfinite(drawn)
    return np.asarray(np.where(usable, np.clip(drawn, low, high), center))


def _joined(
    sample: Sample,
    leaves: NDArray[np.int64],
    new: Array,
    answers: NDArray[Any],
    where: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> Sample:
    drawn = np.bincount(where, minlength=len(counts))
    mass = np.bincount(leaves, weights=sample.weights, minlength=len(counts))
    kept = counts / np.maximum(counts + drawn, 1)
    return Sample(
        np.vstack([sample.X, new]),
        np.concatenate([sample.answers, answers]),
        np.concatenate([sample.weights * kept[leaves], mass[where] / (counts + drawn)[where]]),
    )

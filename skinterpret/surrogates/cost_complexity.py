"""Minimal cost-complexity pruning of trees: at which price of a leaf each node becomes one.

Breiman, Friedman, Olshen & Stone, Classification and Regression Trees (1984), chapter 3.
scikit-learn prunes while it fits; with these prices one fitted tree predicts as all of its pruned
ones do, without being fitted for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_PRUNED = 20


def candidate_alphas(tree: Any) -> Array:
    """Prices that lead to differently pruned trees, from the full one to the root.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The full tree.

    Returns
    -------
    ndarray of shape (n_candidates,)
        Rising prices, 0 first; no more than twenty, spread over the logarithm of the number of leaves.
        Each is the geometric mean of the two prices between which nothing changes (section 3.4.2).
    """
    prices = collapse_prices(tree)
    inner = tree.children_left >= 0
    steps = np.unique(prices[inner])
    steps = steps[steps > 0]
    if len(steps) == 0:
        return np.zeros(1)
    between = np.concatenate([[0.0], np.sqrt(steps[:-1] * steps[1:]), [2 * steps[-1]]])
    n_leaves = np.array([1 + np.count_nonzero(prices[inner] > alpha) for alpha in between])
    wanted = np.geomspace(n_leaves[0], 1, MOST_PRUNED)
    chosen = {int(np.abs(n_leaves - number).argmin()) for number in wanted}
    # short trees are those that somebody may read, so all of them are candidates
    chosen.update(np.flatnonzero(n_leaves <= MOST_PRUNED // 2).tolist())
    return np.asarray(between[sorted(chosen)])


def collapse_prices(tree: Any) -> Array:
    """Price of a leaf from which on each node is one, by weakest-link pruning (section 3.3).

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The full tree.

    Returns
    -------
    ndarray of shape (n_nodes,)
        Price of each inner node, never higher than its parent's; 0 for leaves.
    """
    left, right = tree.children_left, tree.children_right
    parent = parents(tree)
    cost = tree.impurity * tree.weighted_n_node_samples / tree.weighted_n_node_samples[0]
    below, n_leaves = cost.copy(), np.ones(tree.node_count)
    inner = np.flatnonzero(left >= 0)
    for node in inner[::-1]:
        below[node] = below[left[node]] + below[right[node]]
        n_leaves[node] = n_leaves[left[node]] + n_leaves[right[node]]
    price = np.full(tree.node_count, np.inf)
    price[inner] = (cost[inner] - below[inner]) / (n_leaves[inner] - 1)
    collapsed = np.zeros(tree.node_count)
    highest = 0.0
    while np.isfinite(price[0]):
        weakest = int(price.argmin())
        highest = max(highest, float(price[weakest]))
        for node in _subtree(tree, weakest):
            if np.isfinite(price[node]):
                collapsed[node], price[node] = highest, np.inf
        gain, fewer = cost[weakest] - below[weakest], n_leaves[weakest] - 1
        node = parent[weakest]
        while node >= 0:
            below[node] += gain
            n_leaves[node] -= fewer
            price[node] = (cost[node] - below[node]) / (n_leaves[node] - 1)
            node = parent[node]
    return collapsed


def pruned_leaves(tree: Any, prices: Array, leaves: NDArray[np.int64], alpha: float) -> NDArray[np.int64]:
    """Leaf of the pruned tree that each row comes to.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The full tree.
    prices : ndarray of shape (n_nodes,)
        Its `collapse_prices`.
    leaves : ndarray of shape (n_samples,)
        Leaf of the full tree that each row comes to.
    alpha : float
        Price of a leaf.

    Returns
    -------
    ndarray of shape (n_samples,)
        Numbers of nodes of the full tree.
    """
    parent = parents(tree)
    reached = np.arange(tree.node_count)
    while True:
        above = parent[reached]
        climbs = (above >= 0) & (prices[above] <= alpha)
        if not climbs.any():
            return np.asarray(reached[leaves])
        reached = np.where(climbs, above, reached)


def parents(tree: Any) -> NDArray[np.int64]:
    """Parent of each node, -1 for the root.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The nodes.

    Returns
    -------
    ndarray of shape (n_nodes,)
        Numbers of nodes.
    """
    parent = np.full(tree.node_count, -1, dtype=np.int64)
    inner = np.flatnonzero(tree.children_left >= 0)
    parent[tree.children_left[inner]] = inner
    parent[tree.children_right[inner]] = inner
    return parent


def _subtree(tree: Any, root: int) -> Iterator[int]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if tree.children_left[node] >= 0:
            waiting += [int(tree.children_left[node]), int(tree.children_right[node])]

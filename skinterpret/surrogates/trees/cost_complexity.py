"""Minimal cost-complexity pruning of trees: at which price of a leaf each node becomes one.

Breiman, Friedman, Olshen & Stone, Classification and Regression Trees (1984), chapter 3.
scikit-learn prunes while it fits; with these prices one fitted tree predicts as all of its pruned
ones do, without being fitted for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
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
    left, right = tree.children_left.tolist(), tree.children_right.tolist()
    parent = parents(tree).tolist()
    weights = tree.weighted_n_node_samples
    cost = (tree.impurity * weights / weights[0]).tolist()
    below, n_leaves = cost.copy(), [1] * tree.node_count
    inner = np.flatnonzero(tree.children_left >= 0).tolist()
    for node in reversed(inner):  # children come after their parents
        below[node] = below[left[node]] + below[right[node]]
        n_leaves[node] = n_leaves[left[node]] + n_leaves[right[node]]

    def price(node: int) -> float:
        return float((cost[node] - below[node]) / (n_leaves[node] - 1))

    collapsed = [0.0] * tree.node_count
    current = {node: price(node) for node in inner}
    queue = [(price, node) for node, price in current.items()]
    heapify(queue)
    highest = 0.0
    while queue:
        offered, weakest = heappop(queue)
        if current.get(weakest) != offered:
            continue  # collapsed with a parent, or dearer by now
        highest = max(highest, offered)
        for node in _subtree(left, right, weakest):
            if current.pop(node, None) is not None:
                collapsed[node] = highest
        gain, fewer = cost[weakest] - below[weakest], n_leaves[weakest] - 1
        node = parent[weakest]
        while node >= 0:
            below[node] += gain
            n_leaves[node] -= fewer
            current[node] = price(node)
            heappush(queue, (current[node], node))
            node = parent[node]
    return np.array(collapsed)


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


def _subtree(left: list[int], right: list[int], root: int) -> Iterator[int]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if left[node] >= 0:
            waiting += [left[node], right[node]]

"""Which box of inputs each node of a tree stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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

"""A decision tree as a list of rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.surrogates.node_rows import leaf_boxes


def list_rules(
    tree: Any, feature_names: Sequence[str], answers: NDArray[Any], shares: NDArray[np.float64]
) -> pd.DataFrame:
    """Write one rule a leaf.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The nodes.
    feature_names : sequence of str
        Names of the inputs.
    answers : ndarray of shape (n_nodes,) or (n_nodes, n_outputs)
        What the tree says at each node.
    shares : ndarray of shape (n_nodes,)
        Share of the training rows that end in each node.

    Returns
    -------
    DataFrame
        Columns `rule` (bounds to four digits), `answer`, `share`, and `impurity` (the tree's own, of all
        rows to which it was fitted), the most frequent rule first.
    """
    free = np.full(len(feature_names), np.inf)
    lows, highs = leaf_boxes(tree, -free, free)
    leaves = np.flatnonzero(tree.children_left < 0)
    table = pd.DataFrame(
        {
            "rule": [_conditions(lows[leaf], highs[leaf], feature_names) for leaf in leaves],
            "answer": [answers[leaf] for leaf in leaves],
            "share": shares[leaves],
            "impurity": np.maximum(tree.impurity[leaves], 0.0),  # rounding may leave less
        }
    )
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _conditions(low: NDArray[np.float64], high: NDArray[np.float64], names: Sequence[str]) -> str:
    conditions = []
    for lower, upper, name in zip(low, high, names, strict=True):
        below, above = np.isfinite(lower), np.isfinite(upper)
        if below or above:
            start = f"{lower:.4g} < " if below and above else ""
            end = f" <= {upper:.4g}" if above else f" > {lower:.4g}"
            conditions.append(f"{start}{name}{end}")
    return " and ".join(conditions) or "always"

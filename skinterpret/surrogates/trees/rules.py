"""A decision tree as a list of rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.digits import to_digits
from skinterpret.surrogates.trees.cost_complexity import parents
from skinterpret.surrogates.trees.node_boxes import leaf_boxes

MOST_DECIMALS = 15
ROUNDING = 1e-12  # of the impurity of all rows; what sums of weights may leave of none


def list_rules(
    tree: Any,
    feature_names: Sequence[str],
    answers: NDArray[Any],
    shares: NDArray[np.float64],
    categories: Sequence[tuple[str, Any] | None] | None = None,
    spreads: Sequence[float] | None = None,
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
        Share of the training rows that come to each node.
    categories : sequence of (tuple of (str, object) or None), default=None
        Column and category of each input that is the indicator of one, None for numbers; `None`
        means that all are numbers.
    spreads : sequence of float, default=None
        Standard deviation of each input, of which a thousandth is told; `None` means that four digits
        say enough.

    Returns
    -------
    DataFrame
        Columns `rule` (bounds to four digits, or more where inputs vary less than that; categories by
        name, as in `colour is not red`), `answer`, `share`, and `impurity` (the tree's own, of all rows to
        which it was fitted), the most frequent rule first.
    """
    meanings = [None] * len(feature_names) if categories is None else categories
    finest = [np.inf] * len(feature_names) if spreads is None else spreads
    free = np.full(len(feature_names), np.inf)
    lows, highs = leaf_boxes(tree, -free, free)
    leaves = np.flatnonzero(tree.children_left < 0)
    impurity = tree.impurity[leaves]
    table = pd.DataFrame(
        {
            "rule": [
                _conditions(lows[leaf], highs[leaf], feature_names, meanings, finest) for leaf in leaves
            ],
            "answer": [answers[leaf] for leaf in leaves],
            "share": shares[leaves],
            "impurity": np.where(impurity > ROUNDING * tree.impurity[0], impurity, 0.0),
        }
    )
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def telling_decimals(tree: Any, decimals: int) -> int:
    """Count the digits that tell each split from those above it, which lead to it.

    Parameters
    ----------
    tree : sklearn.tree._tree.Tree
        The nodes.
    decimals : int
        Fewest digits behind the point.

    Returns
    -------
    int
        Digits behind the point, at most 15.
    """
    parent = parents(tree)
    pairs = []
    for node in np.flatnonzero(tree.children_left >= 0):
        above = parent[node]
        while above >= 0:
            if tree.feature[above] == tree.feature[node]:
                pairs.append(tree.threshold[[above, node]])
            above = parent[above]
    enough = decimals
    while enough < MOST_DECIMALS and any(
        f"{one:.{enough}f}" == f"{other:.{enough}f}" for one, other in pairs
    ):
        enough += 1
    return enough


def _conditions(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    names: Sequence[str],
    meanings: Sequence[tuple[str, Any] | None],
    spreads: Sequence[float],
) -> str:
    conditions: dict[int | str, str] = {}  # by position of a number, by name of a column of categories
    held: dict[str, tuple[list[str], list[str]]] = {}
    bounds = zip(low, high, names, meanings, spreads, strict=True)
    for k, (lower, upper, name, meaning, spread) in enumerate(bounds):
        below, above = np.isfinite(lower), np.isfinite(upper)
        if not below and not above:
            continue
        if meaning is None:
            conditions[k] = _between(name, lower, upper, spread)
        else:
            column, category = meaning
            yes, no = held.setdefault(column, ([], []))
            (yes if below else no).append(str(category))  # indicators are 0 or 1: one bound says all
            conditions[column] = _of_category(column, yes, no)
    return " and ".join(conditions.values()) or "always"


def _between(name: str, lower: float, upper: float, spread: float) -> str:
    least, most = to_digits(lower, spread), to_digits(upper, spread)
    start = f"{least} < " if np.isfinite(lower) and np.isfinite(upper) else ""
    end = f" <= {most}" if np.isfinite(upper) else f" > {least}"
    return f"{start}{name}{end}"


def _of_category(column: str, yes: list[str], no: list[str]) -> str:
    """Say which category a column has, or else which ones it has not."""
    if yes:  # more than one only in leaves that no training row comes to
        return " and ".join(f"{column} is {category}" for category in yes)
    if len(no) == 1:
        return f"{column} is not {no[0]}"
    return f"{column} is neither {', '.join(no[:-1])} nor {no[-1]}"

"""A decision tree as indented text, which speaks of categories as its rules do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sklearn.tree import export_text

from skinterpret.surrogates.trees.rules import telling_decimals

SPLIT = re.compile("\1(\\d+)\1 (<=|>) .*")


def tree_text(
    tree: Any,
    names: Sequence[str],
    categories: Sequence[tuple[str, Any] | None] | None,
    decimals: int,
    max_depth: int | None = None,
) -> str:
    """Write a tree as scikit-learn does, with its splits by indicators in words.

    Parameters
    ----------
    tree : DecisionTreeClassifier or DecisionTreeRegressor
        The fitted tree.
    names : sequence of str
        Names of the inputs.
    categories : sequence of (tuple of (str, object) or None)
        Column and category of each input that is the indicator of one, None for numbers; `None`
        means that all are numbers.
    decimals : int
        Digits behind the point; more are written where two splits of one input, one below the other,
        would read alike.
    max_depth : int, default=None
        Splits below this depth are left out, of which the text tells; `None` writes all.

    Returns
    -------
    str
        The text.
    """
    meanings = [None] * len(names) if categories is None else categories

    def in_words(split: re.Match[str]) -> str:
        column, category = meanings[int(split[1])] or ("", "")
        return f"{column} is {'not ' if split[2] == '<=' else ''}{category}"

    # stands for indicators until their splits are put into words; numpy would drop a final \0
    marked = [
        name if meaning is None else f"\1{k}\1"
        for k, (name, meaning) in enumerate(zip(names, meanings, strict=True))
    ]
    text = export_text(
        tree,
        feature_names=marked,
        decimals=telling_decimals(tree.tree_, decimals),
        max_depth=max(tree.get_depth(), 1) if max_depth is None else max_depth,
    )
    return SPLIT.sub(in_words, text)

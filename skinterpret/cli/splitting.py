"""Rows to train and search on, and rows to test on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from skinterpret.cli.columns import or_leave_out
from skinterpret.cli.text_columns import text_columns

TEST_SHARE = 0.2
MOST_MOVED = 0.5  # of the test rows


@dataclass(frozen=True)
class Split:
    """Rows in two parts.

    Attributes
    ----------
    X_train : DataFrame of shape (n_train, n_features)
        Inputs to train and to search on.
    X_test : DataFrame of shape (n_test, n_features)
        Inputs to test on.
    y_train : Series of shape (n_train,)
        Their classes.
    y_test : Series of shape (n_test,)
        Likewise.
    n_moved : int
        How many rows are in the first part for their category.
    words : str
        How the rows were split.
    """

    X_train: pd.DataFrame
    X_test: pd.DataFrame
    y_train: pd.Series
    y_test: pd.Series
    n_moved: int
    words: str


def split_rows(X: pd.DataFrame, y: pd.Series, seed: int, may_drop: bool = True) -> Split:
    """Split a table, so that every category is in the first part.

    A category that is in test rows only is one of which neither a network nor a rule can tell anything;
    such rows are there to train on.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Inputs.
    y : Series of shape (n_samples,)
        Classes.
    seed : int
        Seed of the split.
    may_drop : bool, default=True
        Whether `--drop` may name its columns.

    Returns
    -------
    Split
        Both parts.

    Raises
    ------
    ValueError
        If hardly any row would be left to test on.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.cli.splitting import split_rows
    >>> X = pd.DataFrame({"site": ["A"] * 9 + ["B"]})
    >>> {"B" in set(split_rows(X, pd.Series([0, 1] * 5), seed).X_train["site"]) for seed in range(9)}
    {True}
    """
    train, test = train_test_split(np.arange(len(X)), test_size=TEST_SHARE, stratify=y, random_state=seed)
    new = np.zeros(len(test), dtype=bool)
    for name in text_columns(X):
        new |= ~X[name].iloc[test].isin(X[name].iloc[train]).to_numpy()
    if new.sum() > MOST_MOVED * len(test):
        name = _most_distinct(X)
        raise ValueError(
            f"{new.sum()} of {len(test)} test rows hold a category that no other row has, most of them in "
            f"column {name!r}, which looks like names, or like numbers that were read as text; write its "
            f"numbers with a decimal point{or_leave_out(name, may_drop)}."
        )
    train, test = np.concatenate([train, test[new]]), test[~new]
    words = (
        f"train_test_split(X, y, test_size={TEST_SHARE}, stratify=y, random_state={seed}): {len(train):,} "
        f"rows to train and to search, {len(test):,} to test, each class with the same share in both"
    )
    if new.any():
        words += (
            f"; {new.sum()} of the former moved there, with a category that else only test rows would have"
        )
    return Split(X.iloc[train], X.iloc[test], y.iloc[train], y.iloc[test], int(new.sum()), words)


def _most_distinct(X: pd.DataFrame) -> str:
    """Name of the column of categories with the most of them."""
    return str(max(text_columns(X), key=lambda name: X[name].nunique()))

"""Rows to train on and rows to test on."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from skinterpret.cli.splitting import split_rows


@pytest.fixture
def rows():
    """100 rows, of which the last alone has its category, and two others share theirs."""
    X = pd.DataFrame({"a": np.arange(100.0), "site": ["north", "south"] * 50, "town": "A"})
    X.loc[99, "site"] = "rare"
    X.loc[[7, 31], "town"] = "B"
    return X, pd.Series(np.arange(100) % 2, name="sick")


@pytest.mark.parametrize("seed", range(12))
def test_every_category_is_among_the_rows_to_train_on(rows, seed):
    X, y = rows
    split = split_rows(X, y, seed)
    for name in ("site", "town"):
        assert set(split.X_test[name]) <= set(split.X_train[name])
    assert sorted([*split.X_train["a"], *split.X_test["a"]]) == X["a"].tolist()
    pd.testing.assert_series_equal(split.y_test, y[split.X_test.index])
    pd.testing.assert_series_equal(split.y_train, y[split.X_train.index])


@pytest.mark.parametrize("seed", range(12))
def test_all_other_rows_stay_where_scikit_learn_puts_them(rows, seed):
    X, y = rows
    split = split_rows(X, y, seed)
    train, test = train_test_split(X, test_size=0.2, stratify=y, random_state=seed)
    moved = set(test.index) - set(split.X_test.index)
    assert moved <= {7, 31, 99}
    assert len(moved) == split.n_moved
    assert split.X_train.index[: len(train)].equals(train.index)
    assert ("moved there" in split.words) == bool(moved)
    assert f"{80 + len(moved)} rows to train and to search, {20 - len(moved)} to test" in split.words


def test_some_seed_needs_it_and_some_does_not(rows):
    moved = {split_rows(*rows, seed).n_moved for seed in range(12)}
    assert 0 in moved
    assert moved - {0}


def test_a_column_of_names_is_refused_before_anything_is_trained():
    X = pd.DataFrame({"site": ["A", "B"] * 15, "name": [f"1,5{k}" for k in range(30)]})
    with pytest.raises(ValueError, match="6 of 6 test rows hold a category that no other row has.*'name'"):
        split_rows(X, pd.Series([0, 1] * 15), 0)

"""Which of many probed values are shown."""

import numpy as np
import pandas as pd

from skinterpret.report.few_values import few_values


def shown(index, X):
    return index[few_values(index, X)].tolist()


def test_of_many_whole_numbers_quantiles_of_the_observed_rows_are_shown():
    ages = np.repeat([30, 31, 32, 33, 34], 20).tolist() + list(range(50, 70))
    index = pd.MultiIndex.from_product([["age"], sorted(set(ages))])
    kept = [value for _, value in shown(index, np.array(ages, float)[:, None])]
    assert kept[0] == 30
    assert kept[-1] == 69
    assert len(kept) <= 10
    assert sum(value < 40 for value in kept) > sum(value > 40 for value in kept)  # as are most rows


def test_few_numbers_and_categories_are_all_shown():
    words = [f"site {k}" for k in range(15)]
    X = pd.DataFrame({"n": np.arange(15) % 10, "site": words})
    index = pd.MultiIndex.from_tuples([("n", k) for k in range(10)] + [("site", word) for word in words])
    assert shown(index, X) == index.tolist()


def test_inputs_are_told_apart_by_their_position():
    X = np.column_stack([np.arange(30.0), 2 * np.arange(30.0)])
    index = pd.MultiIndex.from_tuples([("a", k) for k in range(30)] + [("b", 2 * k) for k in range(30)])
    kept = shown(index, X)
    assert ("a", 29) in kept
    assert ("b", 58) in kept
    assert len(kept) == 20

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skinterpret.network import as_network
from skinterpret.network.rows import check_rows

NAMES = ("a", "b")


@pytest.mark.parametrize(
    ("X", "dtype"),
    [
        (np.ones((3, 2), np.float32), np.float32),
        (np.ones((3, 2)), np.float64),
        (np.ones((3, 2), int), np.float64),
        (pd.DataFrame({"a": [1.0], "b": [1]}), np.float64),
        ([[1, 1]], np.float64),
    ],
)
def test_rows_become_floats(X, dtype):
    rows = check_rows(X, 2, NAMES)
    assert rows.dtype == dtype
    assert_array_equal(rows, 1)


def test_floats_are_not_copied():
    X = np.ones((3, 2))
    assert np.shares_memory(check_rows(X, 2, None), X)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_must_be_finite(value):
    with pytest.raises(ValueError, match="Input X contains"):
        check_rows([[0.0, value]], 2, None)


def test_the_number_of_columns_must_fit():
    with pytest.raises(ValueError, match="X has 3 features, but the network takes 2"):
        check_rows(np.ones((1, 3)), 2, None)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["b", "a"], "in another order; pass the columns"),
        (["a", "c"], r"lacks the columns \['b'\].* and has \['c'\] instead"),
        (["a", "b", "c"], r"has \['c'\] instead"),
    ],
)
def test_names_must_fit(columns, message):
    with pytest.raises(ValueError, match=message):
        check_rows(pd.DataFrame(np.ones((1, len(columns))), columns=columns), 2, NAMES)


@pytest.mark.parametrize("columns", [[0, 1], ["a", 1]])
def test_columns_that_are_not_named_are_taken_as_they_come(columns):
    assert check_rows(pd.DataFrame(np.ones((1, 2)), columns=columns), 2, NAMES).shape == (1, 2)


def test_a_network_without_names_takes_any():
    assert check_rows(pd.DataFrame({"p": [1.0], "q": [1.0]}), 2, None).shape == (1, 2)


def test_every_method_checks_its_rows(train, X):
    network = as_network(train("binary"))
    for name in ("latent", "gradient", "activations", "predict", "predict_proba"):
        with pytest.raises(ValueError, match="X has 3 features"):
            getattr(network, name)(X[:, :3])

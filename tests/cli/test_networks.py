"""Networks that a command trains where none is given."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.neural_network import MLPClassifier

from skinterpret.cli.networks import FEW_ROWS, train, untrained_network


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
def test_training_converges_on_small_tables(load):
    X, y = load(as_frame=True, return_X_y=True)
    training = train(untrained_network(X, []), X, y, 0)  # a warning would be an error here
    assert "converged after" in training.words
    assert "not converged" not in training.words
    assert training.network.score(X, y) > 0.95


def test_labels_that_follow_from_nothing_are_no_trouble_either():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 5)), columns=list("abcde"))
    assert "not converged" not in train(untrained_network(X, []), X, rng.integers(0, 2, 200), 0).words


def test_training_that_did_not_end_is_said_and_not_warned_of():
    X, y = load_wine(as_frame=True, return_X_y=True)
    network = untrained_network(X, [])
    network[-1].set_params(max_iter=2)
    training = train(network, X, y, 0)
    assert "not converged after all of its 2 iterations" in training.words


def test_the_seed_decides():
    X, y = load_wine(as_frame=True, return_X_y=True)
    weights = [train(untrained_network(X, []), X, y, seed).network[-1].coefs_[0] for seed in (0, 0, 1)]
    np.testing.assert_array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_many_rows_are_trained_on_in_batches():
    solvers = [
        untrained_network(pd.DataFrame({"a": range(n)}), [])[-1].solver for n in (FEW_ROWS - 1, FEW_ROWS)
    ]
    assert solvers == ["lbfgs", "adam"]


def test_words_become_indicators_before_numbers_are_scaled():
    X = pd.DataFrame({"a": np.arange(40.0), "site": ["north", "south"] * 20})
    y = X["site"] == "south"
    network = train(untrained_network(X, ["site"]), X, y, 0).network
    names = network[0].get_feature_names_out().tolist()
    assert len(names) == 3
    assert network.score(X, y) == 1


def test_categories_that_a_part_of_the_rows_lacks_are_known():
    X = pd.DataFrame({"a": np.arange(40.0), "site": ["north", "south"] * 19 + ["rare", "north"]})
    y = X["site"] == "south"
    network = train(untrained_network(X, ["site"]), X[:38], y[:38], 0).network
    assert network[0].get_feature_names_out()[:3].tolist() == [
        f"onehotencoder__site_{c}" for c in ("north", "rare", "south")
    ]
    assert network.predict(X[38:]).shape == (2,)


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame({"site": ["A", "a_C"], "site_a": ["B", "C"]}),
        pd.DataFrame({"site": ["A", "B"], "site_B": [0.5, 1.5]}),
    ],
    ids=["two indicators", "an indicator and a column"],
)
def test_inputs_of_the_same_name_are_refused(X):
    words = [name for name in X if name != "site_B"]
    with pytest.raises(ValueError, match="Two inputs would have the name 'site_.*'.*; rename one"):
        untrained_network(X, words)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_a_training_that_is_interrupted_is_no_training_that_converged(monkeypatch, solver):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(MLPClassifier, "_backprop", interrupt)
    X, y = load_wine(as_frame=True, return_X_y=True)
    network = untrained_network(X, [])
    network[-1].set_params(solver=solver)
    with pytest.raises(KeyboardInterrupt):
        train(network, X, y, 0)

"""What is needed to get the same report again."""

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.base import default_network
from skinterpret.network import as_network
from skinterpret.report.reproduction import call_of, changed_settings
from skinterpret.search import EvolutionEngine


def test_only_what_differs_from_the_defaults_is_listed():
    surrogate = SymbolicSurrogate(engine=EvolutionEngine(max_complexity=12), random_state=3)
    assert dict(changed_settings(surrogate)) == {
        "engine": "EvolutionEngine",
        "engine__max_complexity": "12",
        "random_state": "3",
    }


def test_settings_behind_a_frozen_network_are_listed_too():
    network = make_readable_network((10,), random_state=7)
    frozen = dict(changed_settings(FrozenEstimator(network)))
    assert frozen == dict(changed_settings(network))
    assert frozen["mlpclassifier__random_state"] == "7"
    assert frozen["mlpclassifier__hidden_layer_sizes"] == "(10,)"


def test_a_long_value_is_cut():
    surrogate = SymbolicSurrogate(engine=EvolutionEngine(checkpoint="x" * 1000))
    assert len(dict(changed_settings(surrogate))["engine__checkpoint"]) < 400


@pytest.mark.parametrize(
    ("estimator", "call", "network"),
    [
        (default_network(), ".fit(X, y)", "trained by the surrogate"),
        (FrozenEstimator(default_network()), ".fit(X)", "trained before"),
        (as_network(MLPClassifier((2,), solver="lbfgs").fit(np.eye(2), [0, 1])), ".fit(X)", "trained before"),
    ],
)
def test_the_call_says_who_trained_the_network(estimator, call, network):
    told = call_of(SymbolicSurrogate(estimator, random_state=0))
    assert told["Call"].endswith(call)
    assert told["Network"].startswith(network)


def test_a_seed_that_was_not_given_is_said():
    assert call_of(SymbolicSurrogate(random_state=5))["Seed"].startswith("5, ")
    assert "none was given" in call_of(SymbolicSurrogate())["Seed"]


def test_rows_that_the_page_cannot_know_are_not_made_up():
    words = call_of(SymbolicSurrogate(validation_fraction=0.25))["Rows and split"]
    assert "not known" in words
    assert "0.25 were held back" in words

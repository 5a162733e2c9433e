"""Other readings of the network that the page shows beside the rule."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skinterpret import OneHotProbe, SymbolicSurrogate, complexity_score
from skinterpret.report.company import MOST_INPUTS, compared, neurons, probed


@pytest.fixture(scope="module")
def iris_surrogate(quick_engine):
    data = load_iris(as_frame=True)
    network = make_pipeline(StandardScaler(), MLPClassifier((10,), max_iter=300, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(data.data, data.target)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0)
    return surrogate.fit(data.data)


def test_all_are_judged_on_the_same_rows(ellipse, ellipse_surrogate):
    X, y = ellipse.data[2000:4000], np.asarray(ellipse.target[2000:4000])
    table = compared(ellipse_surrogate, X, y, ellipse.data[:2000])
    rule = table.loc["this rule"]
    assert rule["fidelity"] == ellipse_surrogate.score(X)
    assert rule["accuracy"] == np.mean(ellipse_surrogate.predict(X) == y)
    assert rule["complexity"] == complexity_score(ellipse_surrogate)
    assert table.loc["decision tree of that length", "complexity"] <= rule["complexity"]
    assert rule["fidelity"] > table.loc["decision tree of that length", "fidelity"]
    probe = OneHotProbe(FrozenEstimator(ellipse_surrogate.estimator_), baseline="mean")
    fitted = probe.fit(ellipse.data[:2000])
    assert table.loc["sum of single inputs", "complexity"] == complexity_score(fitted)


def test_without_labels_there_is_no_accuracy(ellipse, ellipse_surrogate):
    assert list(compared(ellipse_surrogate, ellipse.data[:400]).columns) == ["fidelity", "complexity"]


def test_a_rule_for_one_class_stands_alone(iris_surrogate, quick_engine):
    X = load_iris(as_frame=True).data
    one = SymbolicSurrogate(iris_surrogate.estimator, target=0, engine=quick_engine, random_state=0).fit(X)
    assert compared(one, X) is None


def test_a_network_that_says_one_thing_only_has_nothing_to_show(ellipse, ellipse_surrogate):
    inside = ellipse.data[(ellipse.data**2).sum(axis=1) < 0.1]
    assert len(inside) > 10
    assert compared(ellipse_surrogate, inside) is None
    assert probed(ellipse_surrogate, inside) is None
    assert neurons(ellipse_surrogate, inside) is None


def test_probes_begin_with_the_baseline_and_keep_the_order_of_the_inputs(iris_surrogate):
    X = load_iris(as_frame=True).data
    table = probed(iris_surrogate, X)
    np.testing.assert_allclose(table.sum(axis=1), 1)
    features = table.index.get_level_values(0).unique().tolist()
    assert features[1:] == list(X.columns)
    assert len(features) <= MOST_INPUTS + 1


def test_neurons_are_in_the_order_of_what_they_do_for_a_class(iris_surrogate):
    table = neurons(iris_surrogate, load_iris(as_frame=True).data)
    assert table["relevance"].is_monotonic_decreasing
    assert {"mean activation, 0", "mean activation, 1", "mean activation, 2"} < set(table.columns)


def test_others_are_judged_behind_an_encoder_as_well(quick_engine):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"site": rng.choice(["A", "B"], 400), "dose": rng.uniform(0, 4, 400)})
    y = X["dose"] + 2 * (X["site"] == "B") > 2.5
    steps = make_column_transformer((OneHotEncoder(), ["site"]), (StandardScaler(), ["dose"]))
    network = make_pipeline(steps, MLPClassifier((8,), solver="lbfgs", alpha=1, random_state=0)).fit(X, y)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0).fit(X)
    table = compared(surrogate, X, y.to_numpy())
    assert table["fidelity"].between(0.5, 1).all()
    assert len(table) == 5

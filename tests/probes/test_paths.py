"""Paths: contributions that add up."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator

from skinterpret import NeuronProbe
from skinterpret.network import as_network
from skinterpret.probes import trace_path

CASES = [
    ("binary", None),
    ("binary", "no"),
    ("softmax", 1),
    ("regression", None),
    ("softmax", ("hidden", 1, 2)),
    ("binary", ("hidden", 0, 3)),
]


@pytest.mark.parametrize(("kind", "target"), CASES)
@pytest.mark.parametrize("activation", ["tanh", "relu", "logistic", "identity"])
def test_relevance_adds_up_to_the_latent(train, kind, target, activation):
    X, model = train(kind, activation=activation)
    network = as_network(model)
    for row in X[:10]:
        path = trace_path(model, row, target)
        total = path.loc[path["kind"] != "unit", "relevance"].sum()
        assert abs(total - network.latent(row[None], target)[0]) < 1e-10


@pytest.mark.parametrize("activation", ["tanh", "relu", "logistic"])
def test_relevance_adds_up_at_every_layer(train, activation):
    X, model = train("softmax", activation=activation, hidden=(7, 5, 4))
    path = trace_path(model, X[0], 2)
    latent = as_network(model).latent(X[:1], 2)[0]
    for layer in range(4):
        from_below = path[(path["layer"] == layer) & path["kind"].isin(["unit", "input"])]
        other = path[path["kind"].isin(["bias", "rivals"]) & (path["layer"] >= layer)]
        offsets = path[(path["kind"] == "offset") & (path["layer"] >= layer)]
        parts = (from_below, other, offsets)
        assert abs(sum(part["relevance"].sum() for part in parts) - latent) < 1e-10


@pytest.mark.parametrize("activation", ["tanh", "relu", "logistic"])
def test_what_flows_into_a_unit_flows_out(train, activation):
    X, model = train("binary", activation=activation)
    path = trace_path(model, X[0])
    out = path[path["kind"] == "unit"].groupby("source")["relevance"].sum()
    into = path.groupby("target")["relevance"].sum()
    np.testing.assert_allclose(out, into[out.index], atol=1e-10)


def test_contributions_add_up_to_pre_activations(train):
    X, model = train("softmax")
    network = as_network(model)
    path = trace_path(model, X[0], 0)
    sums = path[path["kind"] != "rivals"].groupby("target")["contribution"].sum()
    for layer, size in enumerate(network.hidden_layer_sizes):
        for unit in range(size):
            expected = network.latent(X[:1], ("hidden", layer, unit))[0]
            assert sums[f"h{layer}.{unit}"] == pytest.approx(expected, abs=1e-10)
    outputs = np.exp([sums[f"output {label}"] for label in range(3)])
    np.testing.assert_allclose(outputs / outputs.sum(), model.predict_proba(X[:1])[0])
    edges = path[path["kind"].isin(["input", "unit"])]
    np.testing.assert_allclose(edges["contribution"], edges["activation"] * edges["weight"])


def test_the_path_of_a_linear_network_is_weight_times_input(train):
    X, model = train("regression", activation="identity", hidden=(5,))
    path = trace_path(model, X[0])
    from_inputs = path[path["kind"] == "input"].groupby("source", sort=False)["relevance"].sum()
    slope = as_network(model).gradient(X[:1])[0]
    scaled = X[0] - model[0].mean_
    np.testing.assert_allclose(from_inputs, slope * scaled, rtol=1e-8)


def test_for_relu_the_relevance_of_an_input_is_its_gradient_times_value(train):
    X, model = train("binary", activation="relu")
    path = trace_path(model, X[0])
    from_inputs = path[path["kind"] == "input"].groupby("source", sort=False)["relevance"].sum()
    slope = as_network(model).gradient(X[:1])[0]
    np.testing.assert_allclose(from_inputs, slope * (X[0] - model[0].mean_), atol=1e-9)


def test_a_row_may_be_a_series_a_frame_or_an_array(iris):
    probe = NeuronProbe(FrozenEstimator(iris.network)).fit(iris.X)
    path = probe.path(iris.X.iloc[7])
    assert path.equals(probe.path(iris.X.iloc[[7]]))
    assert set(path.loc[path["kind"] == "input", "source"]) == set(iris.X.columns)
    label = iris.network.predict(iris.X.iloc[[7]])[0]
    assert path.equals(probe.path(iris.X.iloc[7], target=label))

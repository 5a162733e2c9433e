"""Paths: contributions that add up."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_selection import SelectKBest
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    SplineTransformer,
    StandardScaler,
)

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


def iris_path(iris, *steps, hidden=(4,), X=None, **settings):
    X = iris.X if X is None else X
    network = MLPClassifier(
        hidden, activation="tanh", solver="lbfgs", alpha=0.1, max_iter=3000, random_state=0
    )
    model = make_pipeline(*steps, network).fit(X, iris.y)
    return model, trace_path(model, X.iloc[[60]], **settings)


def inputs_of(path):
    return path.loc[path["kind"] == "input", "source"].unique().tolist()


LINEAR = {
    "projection": [PCA(3)],
    "scaled projection": [StandardScaler(), PCA(3)],
    "whitened and scaled": [StandardScaler(), PCA(2, whiten=True), MinMaxScaler()],
    "some columns": [make_column_transformer((PCA(2), [2, 0]), (StandardScaler(), [3, 1]))],
    "union": [make_union(StandardScaler(), PCA(1))],
    "selected": [SelectKBest(k=4), StandardScaler(), TruncatedSVD(2)],
}


@pytest.mark.parametrize("steps", LINEAR.values(), ids=LINEAR.keys())
def test_behind_linear_steps_contributions_are_those_of_raw_inputs(iris, steps):
    """What a unit gets from an input changes as the input does, and everything else stays."""
    model, path = iris_path(iris, *steps)
    assert sorted(inputs_of(path)) == sorted(iris.X.columns)
    network, row = as_network(model), iris.X.iloc[[60]]
    for name, target in product(iris.X.columns, [("hidden", 0, unit) for unit in range(4)]):
        rows = row, row.assign(**{name: row[name] + 2.5})
        before, after = (network.latent(x, target)[0] for x in rows)
        paths = (trace_path(model, x, target).set_index("source") for x in rows)
        contributions = [path.loc[name, "contribution"] for path in paths]
        assert contributions[1] - contributions[0] == pytest.approx(after - before, abs=1e-9)


@pytest.mark.parametrize("steps", LINEAR.values(), ids=LINEAR.keys())
def test_behind_linear_steps_both_sums_hold(iris, steps):
    model, path = iris_path(iris, *steps, hidden=(4, 3), target=1)
    network, row = as_network(model), iris.X.iloc[[60]]
    total = path.loc[path["kind"] != "unit", "relevance"].sum()
    assert total == pytest.approx(network.latent(row, 1)[0], abs=1e-9)
    sums = path[path["kind"] != "rivals"].groupby("target")["contribution"].sum()
    for unit in range(4):
        assert sums[f"h0.{unit}"] == pytest.approx(network.latent(row, ("hidden", 0, unit))[0], abs=1e-9)
    bias = path.query("kind == 'bias' and layer == 0")["contribution"]
    np.testing.assert_allclose(bias, model[-1].intercepts_[0], atol=1e-9)


def test_inputs_of_a_projection_are_scaled_as_without_it(iris):
    model, path = iris_path(iris, StandardScaler(), PCA(3))
    scaled = dict(zip(iris.X.columns, model[0].transform(iris.X.iloc[[60]])[0], strict=True))
    found = path[path["kind"] == "input"].groupby("source")["activation"].first()
    for name, value in scaled.items():
        assert found[name] == pytest.approx(value)
    assert "constant" not in set(path["kind"])  # scaled inputs have no mean to take away
    assert "constant" in set(iris_path(iris, PCA(3))[1]["kind"])


def test_columns_that_change_places_keep_their_names(iris):
    turned = make_column_transformer((StandardScaler(), [3, 2]), ("passthrough", [0]))
    _, path = iris_path(iris, turned)
    assert inputs_of(path) == [iris.X.columns[j] for j in (3, 2, 0)]


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        ([PowerTransformer(), PCA(2)], None),
        ([PolynomialFeatures(2), PCA(3)], ["pca0", "pca1", "pca2"]),
        ([SplineTransformer(3, degree=2)], "petal width (cm)_sp_0"),
        ([FunctionTransformer(np.sqrt), Normalizer(), PCA(2)], ["input 0", "input 1"]),
    ],
    ids=["linear at the end", "polynomials", "splines", "a function that gives no names"],
)
def test_columns_that_other_steps_mix_have_the_names_that_these_give(iris, steps, names):
    model, path = iris_path(iris, *steps)
    if names is None:
        assert inputs_of(path) == list(iris.X.columns)
    elif isinstance(names, str):
        assert names in inputs_of(path)
    else:
        assert inputs_of(path) == names
    latent = as_network(model).latent(iris.X.iloc[[60]], model.predict(iris.X.iloc[[60]])[0])[0]
    assert path.loc[path["kind"] != "unit", "relevance"].sum() == pytest.approx(latent, abs=1e-9)

"""What the first layer gets has the names that a reader knows it by."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, OneHotEncoder, StandardScaler

from skinterpret import NeuronProbe
from skinterpret.probes import trace_path

CATEGORIES = ["colour=blue", "colour=green", "colour=red", "size=L", "size=M", "size=S"]


def fitted(shop, *steps, columns=("colour", "price", "size")):
    network = MLPClassifier((3,), solver="lbfgs", alpha=1, max_iter=1000, random_state=0)
    return make_pipeline(*steps, network).fit(shop.X[list(columns)], shop.y)


def inputs_of(path):
    inputs = path[path["kind"] == "input"]
    return inputs.groupby("source", sort=False)["activation"].first()


def both(encoder, *rest):
    return make_column_transformer((encoder, ["colour", "size"]), *rest, remainder=StandardScaler())


def test_indicators_are_named_after_their_categories_and_stand_where_they_belong(shop):
    for _, row in shop.X[:20].iterrows():
        inputs = inputs_of(trace_path(shop.network, row))
        assert list(inputs.index) == [*CATEGORIES, "price"]
        for name in CATEGORIES:
            column, category = name.split("=")
            assert inputs[name] == (row[column] == category)
        price = shop.X["price"]
        assert inputs["price"] == pytest.approx((row["price"] - price.mean()) / price.std(ddof=0))


def test_the_probe_of_neurons_names_them_alike(shop):
    probe = NeuronProbe(FrozenEstimator(shop.network)).fit(shop.X)
    row = shop.X.iloc[[3]]
    pd.testing.assert_frame_equal(probe.path(row), trace_path(shop.network, row))


@pytest.mark.parametrize(
    ("encoder", "names"),
    [
        (OneHotEncoder(handle_unknown="ignore"), CATEGORIES),
        (OneHotEncoder(drop="first"), [name for name in CATEGORIES if name[-2:] not in ("ue", "=L")]),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), CATEGORIES),
        (
            OneHotEncoder(feature_name_combiner=lambda column, category: f"is {category}"),
            [f"is {name.split('=')[1]}" for name in CATEGORIES],
        ),
    ],
)
def test_all_settings_of_the_encoder_are_followed(shop, encoder, names):
    inputs = inputs_of(trace_path(fitted(shop, both(encoder)), shop.X.iloc[[0]]))
    assert list(inputs.index) == [*names, "price"]


def test_infrequent_categories_have_one_name(shop):
    encoder = OneHotEncoder(max_categories=2)
    inputs = inputs_of(trace_path(fitted(shop, both(encoder)), shop.X.iloc[[0]]))
    assert "colour=infrequent_sklearn" in inputs.index
    assert len(inputs) == 5


def test_names_go_through_scalers_and_linear_projections(shop):
    scaled = trace_path(fitted(shop, both(OneHotEncoder()), MaxAbsScaler()), shop.X.iloc[[0]])
    assert list(inputs_of(scaled).index) == [*CATEGORIES, "price"]
    mixed = trace_path(fitted(shop, both(OneHotEncoder()), PCA(7)), shop.X.iloc[[0]])
    assert list(inputs_of(mixed).index) == [*CATEGORIES, "price"]


def test_columns_without_names_are_numbered(shop):
    X = shop.X[["colour", "size"]].to_numpy(dtype=object)
    network = make_pipeline(OneHotEncoder(), MLPClassifier((3,), solver="lbfgs", random_state=0))
    inputs = inputs_of(trace_path(network.fit(X, shop.X["colour"] == "red"), X[0]))
    assert [name.split("=")[0] for name in inputs.index] == ["x0"] * 3 + ["x1"] * 3
    assert inputs[f"x0={X[0, 0]}"] == 1


def test_indicators_that_change_places_behind_the_encoder_take_their_names_along(shop):
    turned = make_column_transformer(("passthrough", [1, 0]), remainder="passthrough")
    X = shop.X[["colour"]].replace("blue", "green")
    encoder = OneHotEncoder(sparse_output=False)
    network = MLPClassifier((3,), solver="lbfgs", random_state=0)
    network = make_pipeline(encoder, turned, network).fit(X, X["colour"] == "red")
    for _, row in X[:10].iterrows():
        inputs = inputs_of(trace_path(network, row))
        assert list(inputs.index) == ["colour=red", "colour=green"]
        assert inputs[f"colour={row['colour']}"] == 1


def test_names_that_are_given_are_used(shop):
    network = fitted(shop, both(OneHotEncoder(drop="first")))
    given = [f"n{k}" for k in range(5)]
    path = trace_path(network, shop.X.iloc[[0]], feature_names=np.array(given))
    assert list(inputs_of(path).index) == given


def test_the_weights_of_the_first_layer_are_told_of_every_indicator(shop):
    probe = NeuronProbe(FrozenEstimator(shop.network)).fit(shop.X)
    encoded = shop.network[0].transform(shop.X)
    expected = shop.network[-1].coefs_[0].T * encoded.std(axis=0)
    assert list(probe.inputs_.columns) == [*CATEGORIES, "price"]
    np.testing.assert_allclose(probe.inputs_, expected, rtol=1e-10)


@pytest.mark.parametrize("encoder", [OneHotEncoder(), OneHotEncoder(drop="first")])
def test_inputs_and_paths_of_a_probe_have_the_same_names(shop, encoder):
    network = fitted(shop, both(encoder), MaxAbsScaler())
    probe = NeuronProbe(FrozenEstimator(network)).fit(shop.X)
    assert list(probe.inputs_.columns) == list(inputs_of(probe.path(shop.X.iloc[[0]])).index)


def test_deeper_units_are_told_of_every_indicator_too(shop):
    """Against finite differences in the indicators, each alone."""
    network = make_pipeline(both(OneHotEncoder()), MLPClassifier((4, 3), activation="tanh", max_iter=2000))
    network.set_params(mlpclassifier__solver="lbfgs", mlpclassifier__random_state=0).fit(shop.X, shop.y)
    inputs = NeuronProbe(FrozenEstimator(network)).fit(shop.X).inputs_
    encoded, mlp = network[0].transform(shop.X), network[-1]

    def before(rows):
        return np.tanh(rows @ mlp.coefs_[0] + mlp.intercepts_[0]) @ mlp.coefs_[1]

    for k, name in enumerate([*CATEGORIES, "price"]):
        step = np.eye(7)[k] * 1e-6
        slopes = (before(encoded + step) - before(encoded - step)) / 2e-6
        expected = np.abs(slopes).mean(axis=0) * encoded[:, k].std()
        np.testing.assert_allclose(inputs.loc[1, name], expected, rtol=1e-5)

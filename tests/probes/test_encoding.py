"""Networks behind steps that encode: which columns hold categories, and what none of them is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skinterpret import OneHotProbe
from skinterpret.probes.encoding import BLANK, EncodedNetwork, one_hot_columns

COLUMNS = [
    ["colour", "size"],
    [0, 2],
    slice(0, 3, 2),
    [True, False, True],
    make_column_selector(dtype_exclude=np.number),
]


def encoder():
    return OneHotEncoder(sparse_output=False)


def end():
    return MLPClassifier((4,), solver="lbfgs", max_iter=2000, alpha=0.1, random_state=0)


@pytest.mark.parametrize("columns", COLUMNS)
def test_columns_of_a_column_transformer_are_found_however_they_are_named(shop, columns):
    transformer = ColumnTransformer([("code", encoder(), columns)], remainder=StandardScaler())
    pipeline = make_pipeline(transformer, end())
    assert one_hot_columns(pipeline, shop.X) == {0, 2}
    assert one_hot_columns(pipeline.fit(shop.X, shop.y), shop.X) == {0, 2}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([encoder()], {0, 1, 2}),
        ([SimpleImputer(strategy="most_frequent"), encoder()], {0, 1, 2}),
        ([make_pipeline(SimpleImputer(strategy="most_frequent"), FrozenEstimator(encoder()))], {0, 1, 2}),
        ([make_union(encoder(), FunctionTransformer())], {0, 1, 2}),
        ([StandardScaler(), encoder()], {0, 1, 2}),
        ([PCA(), encoder()], set()),
        ([StandardScaler()], set()),
        ([make_column_transformer(("passthrough", ["price"]), remainder=encoder())], {0, 2}),
        ([make_column_transformer((make_pipeline(SimpleImputer(), encoder()), "size"))], {2}),
        ([make_pipeline(make_column_transformer((encoder(), "size"), remainder="passthrough"))], {2}),
    ],
)
def test_columns_are_followed_through_steps_that_keep_them_in_place(shop, steps, found):
    assert one_hot_columns(make_pipeline(*steps, end()), shop.X) == found


@pytest.mark.parametrize(
    "transformer",
    [
        make_column_transformer((OneHotEncoder(), ["colour", "size"]), remainder=StandardScaler()),
        make_column_transformer(
            (make_pipeline(SimpleImputer(strategy="most_frequent"), encoder()), ["colour", "size"]),
            remainder=make_pipeline(SimpleImputer(), StandardScaler()),
        ),
    ],
)
def test_no_category_is_zeros_where_the_encoder_writes(shop, transformer):
    pipeline = make_pipeline(transformer, end()).fit(shop.X, shop.y)
    network = EncodedNetwork(FrozenEstimator(pipeline))
    rows = shop.X.head(3).astype({"colour": object}).assign(colour=BLANK)
    encoded = network.encode(rows, blanks=True)
    names = list(pipeline[0].get_feature_names_out())
    colours = np.array(["colour" in name for name in names])
    whole = pipeline[0].transform(shop.X.head(3))
    assert (encoded[:, colours] == 0).all()
    np.testing.assert_array_equal(encoded[:, ~colours], np.asarray(whole)[:, ~colours])
    with pytest.raises(ValueError, match="unknown categories"):
        network.encode(rows)
    with pytest.raises(ValueError, match="unknown categories"):
        pipeline.predict(rows)  # the user's own encoder is left as it was


def test_the_network_is_the_estimator(shop, iris):
    network = EncodedNetwork(shop.network)
    np.testing.assert_array_equal(network.predict(shop.X), shop.network.predict(shop.X))
    margins = EncodedNetwork(iris.network).margins(iris.X)
    np.testing.assert_allclose(margins.sum(axis=1), 0, atol=1e-12)
    probability = np.exp(margins) / np.exp(margins).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probability, iris.network.predict_proba(iris.X), atol=1e-12)


def test_truth_values_beside_categories_are_shown_as_such(shop):
    X = shop.X.assign(used=shop.X["price"] > 30)
    network = clone(shop.network).set_params(columntransformer__remainder="passthrough")
    probe = OneHotProbe(network, baseline="median").fit(X, shop.y)
    assert [value for name, value in probe.probe_table_.index if name == "used"] == ["False", "True"]


def test_a_category_with_the_name_of_none_is_refused(shop):
    X = shop.X.replace({"colour": {"red": BLANK}})
    with pytest.raises(ValueError, match="rename that category"):
        OneHotProbe(clone(shop.network)).fit(X, shop.y)


def test_frames_from_the_steps_are_taken(shop):
    plain = make_column_transformer((encoder(), ["colour", "size"]), remainder=StandardScaler())
    network = make_pipeline(plain, end()).set_output(transform="pandas").fit(shop.X, shop.y)
    probe = OneHotProbe(FrozenEstimator(network)).fit(shop.X)
    assert isinstance(network[0].transform(shop.X), pd.DataFrame)
    assert probe.transform(shop.X).shape == (400, 3)

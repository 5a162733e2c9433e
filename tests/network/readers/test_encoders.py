"""Pipelines that begin by encoding categories."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler

from skinterpret import SymbolicSurrogate
from skinterpret.network import split_encoder
from skinterpret.network.readers import has_encoder, split_indicators

RNG = np.random.default_rng(0)
X = pd.DataFrame(
    {
        "site": RNG.choice(["A", "B", "C"], 400),
        "dose": RNG.uniform(0, 4, 400),
        "kind": RNG.choice([1, 2], 400),
        "age": RNG.uniform(20, 80, 400),
    }
)
Y = np.where(X["dose"] + 2 * (X["site"] == "B") + (X["kind"] == 2) > 3, "ill", "well")


def fitted(first):
    network = MLPClassifier((6,), activation="tanh", solver="lbfgs", max_iter=2000, random_state=0)
    return make_pipeline(first, network).fit(X, Y)


FIRST = {
    "one after the other": make_column_transformer(
        (OneHotEncoder(), ["site", "kind"]), (StandardScaler(), ["dose", "age"])
    ),
    "numbers first": make_column_transformer(
        (StandardScaler(), ["age"]), (OneHotEncoder(), ["site"]), remainder="passthrough"
    ),
    "rare ones together": make_column_transformer(
        (OneHotEncoder(max_categories=2), ["site", "kind"]), (StandardScaler(), ["dose", "age"])
    ),
    "one dropped": make_column_transformer(
        (OneHotEncoder(drop="first", sparse_output=False), ["site", "kind"]), ("passthrough", ["dose"])
    ),
    "unknown ones": make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["site"]), ("passthrough", ["dose"])
    ),
    "one of two dropped": make_column_transformer(
        (OneHotEncoder(drop="if_binary"), ["site", "kind"]), ("passthrough", ["dose"])
    ),
    "all rare": make_column_transformer(
        (OneHotEncoder(min_frequency=0.9, handle_unknown="infrequent_if_exist"), ["site"]),
        ("passthrough", ["dose"]),
    ),
    "filled": make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()), ["site"]),
        ("passthrough", ["dose", "age"]),
    ),
}


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST.keys())
def test_encoder_and_network_together_are_the_pipeline(first):
    model = fitted(first)
    encoder, network = split_encoder(FrozenEstimator(model))
    latent = network.latent(encoder.transform(X))
    np.testing.assert_allclose(expit(latent), model.predict_proba(X)[:, 1], atol=1e-12)


def test_gradients_are_central_differences_in_the_encoded_columns():
    encoder, network = split_encoder(fitted(FIRST["one after the other"]))
    rows = encoder.transform(X[:20])
    for j in range(rows.shape[1]):
        step = np.zeros(rows.shape[1])
        step[j] = 1e-5
        difference = (network.latent(rows + step) - network.latent(rows - step)) / 2e-5
        np.testing.assert_allclose(network.gradient(rows)[:, j], difference, rtol=1e-5, atol=1e-6)


def test_indicators_have_readable_names_and_the_first_category_none():
    encoder, network = split_encoder(fitted(FIRST["one after the other"]))
    assert encoder.names == ["site_B", "site_C", "kind_2", "dose", "age"]
    assert network.feature_names == tuple(encoder.names)
    np.testing.assert_array_equal(encoder.transform(X)[:, 0], X["site"] == "B")
    np.testing.assert_array_equal(encoder.transform(X)[:, 3], X["dose"])


@pytest.mark.parametrize(
    ("first", "names"),
    [
        ("one of two dropped", ["site_B", "site_C", "kind_2", "dose"]),
        ("unknown ones", ["site_B", "site_C", "dose"]),
        ("one dropped", ["site_B", "site_C", "kind_2", "dose"]),
        ("rare ones together", ["site_infrequent_sklearn", "kind_infrequent_sklearn", "dose", "age"]),
        ("all rare", ["dose"]),
    ],
)
def test_no_indicator_says_what_the_others_of_its_feature_say(first, names):
    encoder, _ = split_encoder(fitted(FIRST[first]))
    assert encoder.names == names
    encoded = encoder.transform(X)
    assert np.linalg.matrix_rank(encoded - encoded.mean(axis=0)) == encoded.shape[1]


def test_a_category_that_training_had_not_counts_as_the_first_one_with_a_warning():
    encoder, _ = split_encoder(fitted(FIRST["unknown ones"]))
    with pytest.warns(UserWarning, match="Column 'site' has categories that the network was not"):
        encoded = encoder.transform(X.assign(site="D"))
    np.testing.assert_array_equal(encoded, encoder.transform(X.assign(site="A")))


def test_columns_are_found_by_name_in_any_order():
    encoder, _ = split_encoder(fitted(FIRST["one after the other"]))
    shuffled = X.assign(more=1.0)[["age", "more", "kind", "site", "dose"]]
    np.testing.assert_array_equal(encoder.transform(shuffled), encoder.transform(X))


def test_gaps_missing_columns_and_unknown_categories_are_refused():
    encoder, _ = split_encoder(fitted(FIRST["one after the other"]))
    with pytest.raises(ValueError, match="'dose' contains NaN"):
        encoder.transform(X.assign(dose=np.nan))
    with pytest.raises(ValueError, match="no column 'age'"):
        encoder.transform(X.drop(columns="age"))
    with pytest.raises(ValueError, match="unknown categories"):
        encoder.transform(X.assign(site="D"))


def test_a_step_behind_the_encoder_that_cannot_be_read_is_named():
    first = make_column_transformer((OneHotEncoder(), ["site"]), (KBinsDiscretizer(3), ["dose"]))
    with pytest.raises(TypeError, match="kbinsdiscretizer"):
        SymbolicSurrogate(make_pipeline(first, MLPClassifier())).fit(X, Y)


def test_only_encoders_in_front_count():
    assert has_encoder(make_pipeline(OneHotEncoder(), MLPClassifier()))
    assert not has_encoder(make_pipeline(StandardScaler(), MLPClassifier()))
    assert not has_encoder(MLPClassifier())


def test_a_rule_is_written_in_indicators(quick_engine):
    first = FIRST["one after the other"]
    network = make_pipeline(first, MLPClassifier((20,), activation="tanh", max_iter=3000, random_state=0))
    surrogate = SymbolicSurrogate(network, engine=quick_engine, random_state=0).fit(X, Y)
    assert {str(symbol) for symbol in surrogate.expression_.free_symbols} >= {"dose", "site_B"}
    assert surrogate.n_features_in_ == 4
    assert surrogate.score(X) > 0.9
    assert surrogate.predict(X[:5]).shape == (5,)
    assert surrogate.transform(X[:5]).shape == (5, 1)
    np.testing.assert_array_equal(surrogate.network_labels(X), surrogate.estimator_.predict(X))


@pytest.mark.parametrize("first", FIRST.values(), ids=FIRST.keys())
def test_categories_tell_what_every_indicator_stands_for(first):
    encoder, _ = split_encoder(fitted(first))
    encoded = encoder.transform(X)
    told = set()
    for column, categories in encoder.categories.items():
        assert set(categories) == set(X[column])
        for position in set(categories.values()) - {None}:
            here = [value for value, indicator in categories.items() if indicator == position]
            np.testing.assert_array_equal(encoded[:, position], X[column].isin(here))
            told.add(position)
    numbers = {k for k, source in enumerate(encoder.sources) if X.columns[source] not in encoder.categories}
    assert told | numbers == set(range(encoded.shape[1]))


def test_what_is_no_category_of_the_raw_rows_is_not_told():
    bins = KBinsDiscretizer(3, encode="ordinal", strategy="uniform")
    first = make_column_transformer(
        (make_pipeline(bins, OneHotEncoder()), ["age"]), (OneHotEncoder(), ["site"])
    )
    encoder, _ = split_encoder(fitted(first))
    assert list(encoder.categories) == ["site"]


def test_a_missing_category_is_none_and_categories_are_plain():
    sites = pd.DataFrame({"site": X["site"].where(X["site"] != "A", np.nan), "kind": X["kind"]})
    network = MLPClassifier((3,), solver="lbfgs", max_iter=2000, random_state=0)
    encoder, _ = split_encoder(make_pipeline(OneHotEncoder(), network).fit(sites, Y))
    assert encoder.categories == {"site": {"B": None, "C": 0, None: 1}, "kind": {1: None, 2: 2}}
    assert [type(kind) for kind in encoder.categories["kind"]] == [int, int]


def test_weights_of_transformers_count():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"site": rng.choice(list("abc"), 80), "dose": rng.normal(size=80)})
    first = ColumnTransformer(
        [("kind", OneHotEncoder(), ["site"]), ("size", StandardScaler(), ["dose"])],
        transformer_weights={"kind": 0.3, "size": 2.0},
    )
    model = make_pipeline(first, MLPClassifier((5,), solver="lbfgs", max_iter=500, random_state=0))
    model.fit(X, (X["site"] == "a") ^ (X["dose"] > 0))
    for split in (split_encoder, split_indicators):
        encoder, network = split(model)
        np.testing.assert_allclose(network.predict_proba(encoder.transform(X)), model.predict_proba(X))

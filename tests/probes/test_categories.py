"""Attributions, paths and maximisation where categories stand before the network."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skinterpret.network import split_encoder
from skinterpret.probes import global_importance, maximise_activation, saliency, trace_path

PARTS = ("gradient_x_input", "integrated")
DERIVATIVES = ("gradient", "smooth")


@pytest.fixture(scope="module")
def parts(shop):
    return split_encoder(shop.network)


def latents(parts, rows):
    encoder, network = parts
    return network.latent(encoder.transform(rows))


@pytest.mark.parametrize("method", PARTS)
def test_a_category_gets_the_sum_of_what_its_indicators_get(method, shop, parts):
    encoder, network = parts
    rows = shop.X[:50]
    values = saliency(shop.network, rows, method)
    assert list(values.columns) == ["colour", "price", "size"]
    assert (values.index == rows.index).all()
    inner = pd.DataFrame(saliency(network, encoder.transform(rows), method), columns=encoder.names)
    for column in values:
        expected = inner.filter(regex=f"^{column}").sum(axis=1)
        np.testing.assert_allclose(values[column], expected, atol=1e-12)


def test_integrated_gradients_are_complete_in_raw_columns(shop, parts):
    baseline = pd.Series({"size": "M", "price": 20.0, "colour": "blue"})
    values = saliency(shop.network, shop.X, "integrated", baseline=baseline)
    start = latents(parts, shop.X.iloc[[0]].assign(colour="blue", price=20.0, size="M"))
    np.testing.assert_allclose(values.sum(axis=1), latents(parts, shop.X) - start, atol=1e-3)
    same = (shop.X["colour"] == "blue").to_numpy()
    assert np.abs(values.loc[same, "colour"]).max() < 1e-12
    assert np.abs(values.loc[~same, "colour"]).min() > 0.1


def test_the_median_of_categories_is_the_most_frequent_and_the_zero_has_no_indicator(shop, parts):
    encoder, network = parts
    usual = {"colour": shop.X["colour"].mode()[0], "size": shop.X["size"].mode()[0]}
    row = pd.Series({**usual, "price": shop.X["price"].median()})
    pd.testing.assert_frame_equal(
        saliency(shop.network, shop.X, "integrated", baseline="median"),
        saliency(shop.network, shop.X, "integrated", baseline=row),
    )
    values = saliency(shop.network, shop.X, "integrated", baseline="zero").sum(axis=1)
    nothing = network.latent(np.zeros((1, len(encoder.names))))
    np.testing.assert_allclose(values, latents(parts, shop.X) - nothing, atol=1e-3)


def test_a_row_in_another_order_of_columns_says_the_same(shop):
    turned = shop.X[["size", "colour", "price"]]
    pd.testing.assert_frame_equal(
        saliency(shop.network, turned, "integrated"), saliency(shop.network, shop.X, "integrated")
    )


def test_importances_belong_to_raw_columns(shop, parts):
    importance = global_importance(shop.network, shop.X)
    assert list(importance.index) == ["colour", "price", "size"]
    assert importance["colour"] > importance["price"] > importance["size"]
    baseline = ["green", 30.0, "S"]
    values = saliency(shop.network, shop.X, "integrated", baseline=baseline)
    expected = values.abs().mean()
    pd.testing.assert_series_equal(global_importance(shop.network, shop.X, baseline=baseline), expected)


def test_from_the_mean_categories_start_at_their_shares(shop, parts):
    encoder, network = parts
    start = network.latent(encoder.transform(shop.X).mean(axis=0, keepdims=True))
    values = saliency(shop.network, shop.X, "integrated", baseline="mean")
    np.testing.assert_allclose(values.sum(axis=1), latents(parts, shop.X) - start, atol=1e-3)
    pd.testing.assert_series_equal(global_importance(shop.network, shop.X), values.abs().mean())
    named = global_importance(shop.network, shop.X, baseline="mean")
    pd.testing.assert_series_equal(named, values.abs().mean())


@pytest.mark.parametrize("method", DERIVATIVES)
def test_derivatives_by_categories_are_refused(method, shop):
    for ask in (saliency, global_importance):
        with pytest.raises(ValueError, match="derivatives, which categories do not have; take one of"):
            ask(shop.network, shop.X, method)


def test_unknown_methods_are_called_unknown(shop):
    for ask in (saliency, global_importance):
        with pytest.raises(ValueError, match="method='slope' is unknown"):
            ask(shop.network, shop.X, "slope")


def test_a_pipeline_that_is_not_fitted_is_refused(shop):
    for ask in (saliency, global_importance):
        with pytest.raises(NotFittedError):
            ask(clone(shop.network), shop.X, "integrated")


def test_a_baseline_of_another_length_is_refused(shop):
    with pytest.raises(ValueError, match="baseline must be 3 values"):
        saliency(shop.network, shop.X, "integrated", baseline=[0.0, 1.0])


def test_the_path_of_a_raw_row_adds_up_to_the_latent(shop, parts):
    for x in (shop.X.iloc[[7]], shop.X.iloc[7]):
        path = trace_path(shop.network, x)
        total = path.loc[path["kind"] != "unit", "relevance"].sum()
        assert total == pytest.approx(latents(parts, shop.X.iloc[[7]])[0], abs=1e-10)


def test_maximised_rows_hold_categories_and_beat_the_data(shop, parts):
    rows = maximise_activation(shop.network, True, shop.X, n_samples=4, random_state=0)
    assert list(rows.columns) == list(shop.X.columns)
    assert rows["colour"].isin(shop.X["colour"]).all()
    assert rows["price"].between(shop.X["price"].min(), shop.X["price"].max()).all()
    reached = latents(parts, rows)
    assert (np.diff(reached) <= 0).all()
    assert reached.min() > np.quantile(latents(parts, shop.X), 0.99)
    assert shop.network.predict(rows).all()
    assert not shop.network.predict(maximise_activation(shop.network, False, shop.X, random_state=0)).any()


def test_no_single_change_of_a_maximised_row_helps(shop, parts):
    best = maximise_activation(shop.network, True, shop.X, n_samples=1, random_state=0)
    reached = latents(parts, best)[0]
    changes = [best.assign(colour=colour) for colour in shop.X["colour"].unique()]
    changes += [best.assign(size=size) for size in shop.X["size"].unique()]
    prices = np.linspace(best["price"][0] - 1, best["price"][0] + 1, 11)
    changes += [
        best.assign(price=price) for price in prices.clip(shop.X["price"].min(), shop.X["price"].max())
    ]
    assert latents(parts, pd.concat(changes)).max() <= reached + 1e-5


def test_categories_alone_are_maximised_too(shop):
    network = make_pipeline(OneHotEncoder(), MLPClassifier((4,), solver="lbfgs", random_state=0))
    X = shop.X[["colour", "size"]].to_numpy(dtype=object)
    network.fit(X, shop.X["colour"] == "red")
    rows = maximise_activation(network, True, X, n_samples=3, random_state=0)
    assert rows.shape == (3, 2)
    assert (rows[:, 0] == "red").all()


def test_bounds_of_categories_are_refused(shop):
    for settings in ({"bounds": [[0, 1]] * 3}, {"X": shop.X, "bounds": [[0, 1]] * 3}, {}):
        with pytest.raises(ValueError, match="pass X, and no bounds"):
            maximise_activation(shop.network, True, **settings)

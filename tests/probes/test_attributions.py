"""Saliency against finite differences, completeness and what made the data."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, QuantileTransformer, StandardScaler

from skinterpret.network import as_network
from skinterpret.probes import global_importance, saliency

KINDS = [("binary", None), ("softmax", 1), ("regression", None), ("softmax", ("hidden", 1, 2))]


@pytest.mark.parametrize(("kind", "target"), KINDS)
def test_the_gradient_is_the_slope_of_the_latent(train, kind, target):
    X, model = train(kind)
    network = as_network(model)
    step = 1e-6 * X.std(axis=0)
    for j, shift in enumerate(np.diag(step)):
        slope = (network.latent(X + shift, target) - network.latent(X - shift, target)) / (2 * step[j])
        np.testing.assert_allclose(saliency(model, X, target=target)[:, j], slope, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("kind", "target"), KINDS)
@pytest.mark.parametrize("activation", ["tanh", "logistic"])
def test_integrated_gradients_are_complete(train, kind, target, activation):
    X, model = train(kind, activation=activation)
    network = as_network(model)
    for baseline in (np.zeros(4), X.mean(axis=0)):
        parts = saliency(model, X, "integrated", target=target, baseline=baseline)
        change = network.latent(X, target) - network.latent(baseline[None], target)
        np.testing.assert_allclose(parts.sum(axis=1), change, atol=1e-3)


@pytest.mark.parametrize(("kind", "target"), KINDS)
def test_integrated_gradients_are_those_of_a_fine_grid_and_complete_in_spite_of_kinks(train, kind, target):
    X, model = train(kind, activation="relu")
    network = as_network(model)
    rows, start = X[:20], X.mean(axis=0)
    parts = saliency(model, rows, "integrated", target=target, baseline=start)
    change = network.latent(rows, target) - network.latent(start[None], target)
    np.testing.assert_allclose(parts.sum(axis=1), change, atol=1e-3)
    steps = (np.arange(5000) + 0.5) / 5000
    for row, found in zip(rows, parts, strict=True):
        line = start + steps[:, None] * (row - start)
        expected = network.gradient(line, target).mean(axis=0) * (row - start)
        np.testing.assert_allclose(found, expected, atol=2e-3 * np.abs(parts).max())


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_integrated_gradients_are_complete_with_too_few_steps(train, activation):
    X, model = train("binary", activation=activation)
    network = as_network(model)
    change = network.latent(X) - network.latent(np.zeros((1, 4)))
    parts = saliency(model, X, "integrated", n_steps=2)
    np.testing.assert_allclose(parts.sum(axis=1), change, atol=1e-3)


@pytest.fixture
def counts():
    """Counts, of which many are alike, and what depends on both."""
    X = np.random.default_rng(0).poisson(2, size=(300, 2)).astype(float)
    return X, X[:, 0] + X[:, 0] * X[:, 1] > 5


def test_parts_that_miss_the_jumps_of_a_latent_are_announced_once(counts):
    X, y = counts
    quantiles = QuantileTransformer(n_quantiles=50)
    settings = {"activation": "tanh", "solver": "lbfgs", "alpha": 0.1, "max_iter": 500, "random_state": 0}
    model = make_pipeline(quantiles, MLPClassifier((5,), **settings)).fit(X, y)
    latent = as_network(model).latent
    with pytest.warns(UserWarning, match="do not add up") as heard:
        parts = saliency(model, X, "integrated", baseline="mean")
    assert len(heard) == 1
    assert heard[0].filename == __file__
    change = latent(X) - latent(X.mean(axis=0)[None])
    gap = np.abs(parts.sum(axis=1) - change) / np.abs(change).max()
    message = str(heard[0].message)
    assert f"parts of {np.mean(gap > 1e-3):.2g} of the rows" in message
    assert f"up to {gap.max():.2g} of the largest change" in message
    several = make_pipeline(quantiles, MLPClassifier((5,), **settings)).fit(X, y + (X[:, 1] > 2))
    with pytest.warns(UserWarning, match="do not add up") as heard:
        global_importance(several, X)
    assert len(heard) == 1


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize(
    "steps",
    [
        [StandardScaler()],
        [MinMaxScaler(), PCA(2)],
        [PowerTransformer()],
        [StandardScaler(), PowerTransformer(standardize=False)],
    ],
)
def test_no_warning_where_latents_do_not_jump(counts, activation, steps):
    X, y = counts
    network = MLPClassifier((20, 20), activation=activation, solver="lbfgs", max_iter=300, random_state=0)
    model = make_pipeline(*steps, network).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for baseline in ("zero", "mean", X[0]):
            saliency(model, X, "integrated", baseline=baseline)
        saliency(model, X[:1], "integrated", baseline=X[0])


def test_an_input_that_does_not_differ_from_the_baseline_gets_nothing(train):
    X, model = train("binary")
    same = X.copy()
    same[:, 2] = 7
    for method in ("integrated", "gradient_x_input"):
        parts = saliency(model, same, method, baseline=[0, 0, 7, 0])
        assert (parts[:, 2] == 0).all()
        assert (parts[:, 0] != 0).any()


def test_gradient_times_input_is_exact_for_a_linear_network(train):
    X, model = train("regression", activation="identity")
    baseline = X[3]
    parts = saliency(model, X, "gradient_x_input", baseline=baseline)
    np.testing.assert_allclose(parts.sum(axis=1), model.predict(X) - model.predict(X[[3]]), atol=1e-9)


@pytest.mark.parametrize(
    ("name", "row"),
    [("zero", np.zeros(4)), ("mean", "mean"), ("median", "median")],
    ids=lambda value: str(value),
)
def test_baselines_have_names(iris, name, row):
    named = saliency(iris.network, iris.X, "integrated", target=1, baseline=name)
    given = getattr(iris.X, row)() if isinstance(row, str) else row
    pd.testing.assert_frame_equal(
        named, saliency(iris.network, iris.X, "integrated", target=1, baseline=given)
    )


@pytest.mark.parametrize("baseline", ["average", None])
def test_an_unknown_baseline_is_refused_with_those_that_there_are(iris, baseline):
    with pytest.raises(ValueError, match="is unknown; choose from 'zero', 'mean', 'median', or pass one"):
        saliency(iris.network, iris.X, "integrated", target=1, baseline=baseline)


def test_smooth_gradients_tend_to_the_mean_gradient_around_the_row(train):
    X, model = train("binary")
    network = as_network(model)
    spread = 0.1 * X.std(axis=0)
    row = X[[0]]
    cloud = row + spread * np.random.default_rng(5).normal(size=(20_000, 4))
    expected = network.gradient(cloud).mean(axis=0) * spread
    found = saliency(model, row, "smooth", noise=spread, n_steps=4000, random_state=0)[0] * spread
    np.testing.assert_allclose(found, expected, atol=0.05 * np.abs(expected).max())
    np.testing.assert_allclose(saliency(model, X, "smooth", noise=0.0), saliency(model, X))


def test_smooth_gradients_are_those_of_the_seed(train):
    X, model = train("binary")
    first, again, other = (saliency(model, X, "smooth", n_steps=3, random_state=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_frames_keep_their_index_and_columns(iris):
    X = iris.X.sample(20, random_state=0)
    for method in ("gradient", "gradient_x_input", "integrated", "smooth"):
        parts = saliency(iris.network, X, method, target=0, random_state=0)
        pd.testing.assert_index_equal(parts.index, X.index)
        pd.testing.assert_index_equal(parts.columns, X.columns)


@pytest.mark.parametrize("method", ["gradient", "gradient_x_input", "integrated", "smooth"])
def test_importance_is_greatest_for_the_inputs_that_made_the_labels(train, method):
    X, model = train("regression")  # the product of the first two, in unequal units
    importance = global_importance(model, X, method, random_state=0)
    assert set(np.argsort(importance)[-2:]) == {0, 1}


def test_importance_over_classes_is_the_mean_of_theirs(iris):
    every = [global_importance(iris.network, iris.X, target=label) for label in range(3)]
    overall = global_importance(iris.network, iris.X)
    pd.testing.assert_series_equal(overall, sum(every) / 3)
    assert list(overall.index) == list(iris.X.columns)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"method": "grad"}, "method='grad' is unknown; choose from 'gradient'"),
        ({"method": "integrated", "baseline": [0, 1]}, "baseline must be 4 finite numbers"),
        ({"method": "integrated", "n_steps": 0}, "n_steps"),
        ({"method": "smooth", "noise": -1.0}, "noise"),
        ({"method": "smooth", "noise": [1, 2]}, "noise"),
        ({"target": "maybe"}, "target='maybe' is unknown"),
    ],
)
def test_what_cannot_be_done_is_refused(train, settings, message):
    X, model = train("binary")
    with pytest.raises(ValueError, match=message):
        saliency(model, X, **settings)


def test_noise_for_one_row_needs_a_unit(train):
    X, model = train("binary")
    with pytest.raises(ValueError, match="One row has no range"):
        saliency(model, X[:1], "smooth")


def test_what_is_no_network_is_refused(train):
    X, model = train("binary")
    with pytest.raises(TypeError, match="LogisticRegression cannot be read"):
        saliency(LogisticRegression().fit(X, model.predict(X)), X)


def test_a_baseline_with_names_is_put_into_the_order_of_the_inputs():
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = MLPClassifier((5,), solver="lbfgs", max_iter=300, random_state=0).fit(X, y == 2)
    mean = X.mean()
    expected = saliency(model, X, "integrated", baseline=mean.to_numpy())
    pd.testing.assert_frame_equal(saliency(model, X, "integrated", baseline=mean[::-1]), expected)
    pd.testing.assert_frame_equal(saliency(model, X, "integrated", baseline=mean.to_frame().T), expected)
    with pytest.raises(ValueError, match="baseline has other names"):
        saliency(model, X, "integrated", baseline=mean.rename({"petal width (cm)": "petal"}))


@pytest.mark.parametrize("attribute", [saliency, global_importance], ids=lambda function: function.__name__)
def test_one_row_must_be_a_table_and_the_message_says_how(train, attribute):
    X, model = train("binary")
    row = np.asarray(X)[0]
    with pytest.raises(ValueError, match=r"X is a ndarray of one dimension.*X\.reshape\(1, -1\)\.$"):
        attribute(model, row)
    with pytest.raises(ValueError, match=r"X is a Series of one dimension.*X\.to_frame\(\)\.T\.$"):
        attribute(model, pd.Series(row))
    assert saliency(model, row.reshape(1, -1)).shape == (1, len(row))


@pytest.mark.parametrize("baseline", ["mean", "median"])
@pytest.mark.parametrize("method", ["integrated", "gradient_x_input"])
def test_a_single_row_is_not_attributed_against_itself(train, baseline, method):
    X, network = train("regression")
    with pytest.raises(ValueError, match=f"{baseline} of the training data as a row"):
        saliency(network, X[:1], method, baseline=baseline)
    assert np.abs(saliency(network, X[:1], method, baseline=X.mean(axis=0))).max() > 0
    assert saliency(network, X[:1], "gradient", baseline=baseline).shape == X[:1].shape

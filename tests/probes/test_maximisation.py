"""Synthetic rows that drive a latent up, inside the data's box."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neural_network import MLPRegressor

from skinterpret.network import as_network, split_encoder
from skinterpret.probes import maximise_activation

CASES = [
    ("binary", None, "tanh"),
    ("binary", "no", "tanh"),
    ("binary", "no", "relu"),
    ("softmax", 0, "tanh"),
    ("softmax", 1, "logistic"),
    ("softmax", 2, "relu"),
    ("regression", None, "tanh"),
    ("softmax", ("hidden", 1, 3), "tanh"),
]


@pytest.mark.parametrize(("kind", "target", "activation"), CASES)
def test_the_latent_exceeds_that_of_99_percent_of_the_data(train, kind, target, activation):
    X, model = train(kind, activation=activation)
    network = as_network(model)
    rows = maximise_activation(model, target, X, n_samples=5, random_state=0)
    latents = network.latent(rows, target)
    assert latents[0] > np.quantile(network.latent(X, target), 0.99)
    assert (np.diff(latents) <= 0).all()
    assert (rows >= X.min(axis=0)).all()
    assert (rows <= X.max(axis=0)).all()


def test_no_row_of_the_data_and_none_at_random_is_better(train):
    X, model = train("binary")
    network = as_network(model)
    best = network.latent(maximise_activation(model, None, X, random_state=0)).max()
    box = np.random.default_rng(1).uniform(X.min(axis=0), X.max(axis=0), (20_000, 4))
    assert best >= max(network.latent(X).max(), network.latent(box).max())


def test_one_maximum_is_repeated_once_a_start():
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
    rows = maximise_activation(model.fit(X, X @ [1.0, -2.0]), None, X, n_samples=4, random_state=0)
    corner = [X[:, 0].max(), X[:, 1].min()]
    np.testing.assert_allclose(rows, [corner] * 4)


def test_several_maxima_are_all_found():
    X = np.random.default_rng(0).uniform(-1, 1, (400, 1))
    model = MLPRegressor(hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs", random_state=0)
    rows = maximise_activation(model.fit(X, X[:, 0] ** 2), None, X, n_samples=12, random_state=0)
    maxima, n_starts = np.unique(rows.round(6), return_counts=True)
    np.testing.assert_allclose(maxima, [X.min(), X.max()], atol=1e-6)
    assert n_starts.sum() == 12


@pytest.mark.parametrize("steepness", [1, 30, 1000])
def test_no_answer_is_below_the_maximum_of_the_data(steepness):
    X = np.random.default_rng(0).normal(size=(2000, 3))
    model = MLPRegressor(hidden_layer_sizes=(12,), activation="tanh", solver="lbfgs", random_state=0)
    model.set_params(max_iter=5000).fit(X, np.sin(2 * X[:, 0]) * X[:, 1])
    model.coefs_[0] *= steepness  # saturated units leave no gradient
    network = as_network(model)
    for seed in range(5):
        rows = maximise_activation(model, None, X, n_samples=1, random_state=seed)
        assert network.latent(rows)[0] >= network.latent(X).max() - 1e-12


def test_with_categories_no_answer_is_below_the_maximum_of_the_data(shop):
    encoder, network = split_encoder(shop.network)
    highest = network.latent(encoder.transform(shop.X)).max()
    for seed in range(3):
        rows = maximise_activation(shop.network, None, shop.X, n_samples=1, random_state=seed)
        assert network.latent(encoder.transform(rows))[0] >= highest - 1e-12


def test_bounds_alone_are_enough_and_hold(train):
    X, model = train("softmax")
    bounds = np.column_stack([X.min(axis=0), X.max(axis=0)])
    bounds[1] = X[0, 1]  # an input that is not to move
    rows = maximise_activation(model, 2, bounds=bounds, n_samples=4, random_state=0)
    np.testing.assert_array_equal(rows[:, 1], X[0, 1])
    assert (model.predict(rows) == 2).any()


def test_the_same_seed_gives_the_same_rows(train):
    X, model = train("binary")
    first, again, other = (
        maximise_activation(model, None, X, n_samples=2, random_state=s) for s in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_frames_keep_their_columns(iris):
    rows = maximise_activation(iris.network, 0, iris.X, n_samples=3, random_state=0)
    assert list(rows.columns) == list(iris.X.columns)
    assert (iris.network.predict(rows) == 0).all()


def test_a_search_without_a_box_is_refused(train):
    _, model = train("binary")
    with pytest.raises(ValueError, match="Neither X nor bounds"):
        maximise_activation(model)
    with pytest.raises(ValueError, match="4 pairs"):
        maximise_activation(model, bounds=[[1, 0]] * 4)
    with pytest.raises(ValueError, match="target='maybe' is unknown"):
        maximise_activation(model, "maybe", bounds=[[0, 1]] * 4)
    with pytest.raises(ValueError, match=r"target is a table.*maximise_activation\(network, target, X\)"):
        maximise_activation(model, np.zeros((2, 4)), 1)

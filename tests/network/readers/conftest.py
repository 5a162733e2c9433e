"""Networks behind a step, judged by scikit-learn and by finite differences."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import issparse
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline

from skinterpret.network import as_network


@pytest.fixture(scope="session")
def judge():
    """Compare the network behind a fitted step with scikit-learn's own, and its gradients."""

    def judge(step, X, *, step_size=1e-6, rtol=1e-5):
        mapped = step.transform(X)
        network = _random_network(mapped.toarray() if issparse(mapped) else mapped)
        pipeline = make_pipeline(step, network)
        read = as_network(pipeline)
        assert read.n_features_in == X.shape[1]
        rows = np.asarray(X, dtype=float)
        assert_allclose(read.predict(X), pipeline.predict(X), rtol=1e-9, atol=1e-9)
        gradient = read.gradient(X)
        for j, width in enumerate(step_size * (rows.std(axis=0) + 1e-3)):
            shift = width * np.eye(rows.shape[1])[j]
            expected = (read.latent(rows + shift) - read.latent(rows - shift)) / (2 * width)
            noise = 1e-14 / width  # what rounding leaves of a difference
            allowed = rtol * np.abs(gradient[:, j]).max() + noise
            assert_allclose(gradient[:, j], expected, rtol=rtol, atol=allowed)

    return judge


def _random_network(inputs):
    """A network that is not trained, as what it has learned does not matter, nor saturated."""
    rng = np.random.default_rng(inputs.shape[1])
    estimator = MLPRegressor(hidden_layer_sizes=(6,), activation="tanh", max_iter=1)
    sizes = (inputs.shape[1], 6, 1)
    first, last = (rng.normal(size=pair) / np.sqrt(pair[0]) for pair in pairwise(sizes))
    first /= inputs.std(axis=0)[:, None] + 1e-3
    estimator.coefs_ = [first, last]
    estimator.intercepts_ = [-inputs.mean(axis=0) @ first, np.zeros(1)]
    estimator.n_layers_, estimator.n_outputs_, estimator.out_activation_ = 3, 1, "identity"
    estimator.n_features_in_ = sizes[0]
    return estimator

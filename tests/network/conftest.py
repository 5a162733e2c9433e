"""Small trained networks of every kind, and rows to ask them about."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

N_FEATURES = 4


@cache
def _train(kind, activation="tanh", hidden=(6, 5), dtype=np.float64):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, N_FEATURES)).astype(dtype)
    y = {
        "binary": np.where(X[:, 0] > 0, "yes", "no"),
        "softmax": np.digitize(X[:, 0] + X[:, 1], [-0.5, 0.5]) * 10,
        "multilabel": (X[:, :3] > 0).astype(int),
        "regression": X[:, 0] * X[:, 1],
        "multioutput": X[:, :2] ** 2,
    }[kind]
    if kind in ("regression", "multioutput"):
        model, y = MLPRegressor, y.astype(dtype)
    else:
        model = MLPClassifier
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        settings = {"hidden_layer_sizes": hidden, "activation": activation, "max_iter": 20}
        estimator = model(**settings, random_state=0)
        return estimator.fit(X, y)


@pytest.fixture(scope="session")
def train():
    """Train a network of a kind; the same arguments give the same object."""
    return _train


@pytest.fixture(name="X", scope="session")
def rows():
    """Rows that no network was trained on."""
    return np.random.default_rng(1).normal(size=(30, N_FEATURES))


@pytest.fixture(scope="session")
def differentiate():
    """Central finite differences of a function of rows."""

    def differentiate(function, X, step=1e-6):
        gradient = np.empty(X.shape)
        for j in range(X.shape[1]):
            shift = step * np.eye(X.shape[1])[j]
            gradient[:, j] = (function(X + shift) - function(X - shift)) / (2 * step)
        return gradient

    return differentiate

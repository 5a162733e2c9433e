"""Networks and data that the probes' tests share."""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, OneHotEncoder, StandardScaler

CLASS_OF = {"a": "red", "b": "red", "c": "green", "d": "green", "e": "blue", "f": "blue"}


def most_frequent_class(row):
    """The rule: the class that most of a row's values stand for; blue in a tie."""
    votes = {"red": 0.0, "green": 0.0, "blue": 0.5}
    for value in row:
        votes[CLASS_OF[value]] += 1
    return max(votes, key=votes.get)


@pytest.fixture(scope="session")
def votes():
    """Six values, three classes: rows of three values whose position does not matter."""
    rng = np.random.default_rng(0)
    rows = [rng.choice(list(CLASS_OF), 3, replace=False).tolist() for _ in range(300)]
    binarizer = MultiLabelBinarizer()
    X = pd.DataFrame(binarizer.fit_transform(rows), columns=list(binarizer.classes_))
    y = np.array([most_frequent_class(row) for row in rows])
    listed = pd.DataFrame(rows, columns=["first", "second", "third"])
    network = MLPClassifier((16,), activation="tanh", learning_rate_init=0.02, max_iter=1000, random_state=0)
    return SimpleNamespace(rows=listed, X=X, y=y, network=network.fit(X, y))


@pytest.fixture(scope="session")
def shop():
    """Categories and a number: a sale when the colour is red, or green at a low price."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(
        {
            "colour": rng.choice(["red", "green", "blue"], 400),
            "price": rng.uniform(10, 50, 400).round(2),
            "size": rng.choice(["S", "M", "L"], 400),
        }
    )
    y = (X["colour"] == "red") | ((X["colour"] == "green") & (X["price"] < 30))
    encoder = make_column_transformer((OneHotEncoder(), ["colour", "size"]), remainder=StandardScaler())
    settings = {"activation": "tanh", "solver": "lbfgs", "alpha": 0.1, "max_iter": 2000}
    network = make_pipeline(encoder, MLPClassifier((8,), **settings, random_state=0))
    return SimpleNamespace(X=X, y=y, network=network.fit(X, y))


@pytest.fixture(scope="session")
def iris():
    X, y = load_iris(return_X_y=True, as_frame=True)
    network = make_pipeline(StandardScaler(), MLPClassifier((8, 6), activation="tanh", random_state=0))
    return SimpleNamespace(X=X, y=y, network=quietly_fitted(network, X, y))


@pytest.fixture(scope="session")
def train():
    """Train a small network of a kind on random rows in unequal units."""

    def train(kind, activation="tanh", hidden=(7, 5), max_iter=200):
        rng = np.random.default_rng(0)
        X = rng.normal(size=(200, 4)) * [1, 10, 0.1, 5] + [0, 3, 0.2, -7]
        z = (X - X.mean(axis=0)) / X.std(axis=0)
        y = {
            "binary": np.where(z[:, 0] * z[:, 1] > z[:, 2], "yes", "no"),
            "softmax": np.digitize(z[:, 0] + z[:, 1] ** 2, [0.2, 1.5]),
            "regression": z[:, 0] * z[:, 1],
        }[kind]
        model = MLPRegressor if kind == "regression" else MLPClassifier
        settings = {"activation": activation, "solver": "lbfgs", "alpha": 0.1, "max_iter": max_iter}
        network = model(hidden_layer_sizes=hidden, **settings, random_state=0)
        return X, quietly_fitted(make_pipeline(StandardScaler(), network), X, y)

    return train


def quietly_fitted(network, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(X, y)

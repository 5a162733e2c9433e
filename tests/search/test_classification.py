"""The search behind symbolic classification; scikit-learn's linear models are the judge of its links."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from skinterpret.search.classification import RIDGE, fit_links, search_labels

RNG = np.random.default_rng(0)


def test_links_are_those_of_logistic_regression():
    values = RNG.normal(size=(5, 300)) * [[1], [10], [0.1], [1], [1]] + [[0], [3], [-2], [100], [0]]
    signs = np.where(values[:3].sum(axis=0) + RNG.normal(size=300) > values[:3].sum(axis=0).mean(), 1.0, -1.0)
    losses, slopes, intercepts = fit_links(values, signs, "logistic")
    for row, loss, slope, intercept in zip(values, losses, slopes, intercepts, strict=True):
        assert loss == pytest.approx(np.mean(np.logaddexp(0, -signs * (slope * row + intercept))), rel=1e-9)
        standard = ((row - row.mean()) / row.std())[:, None]
        model = LogisticRegression(C=1 / (RIDGE * 300), tol=1e-8, max_iter=1000).fit(standard, signs)
        assert loss == pytest.approx(log_loss(signs, model.predict_proba(standard)), rel=1e-3)


def test_squared_hinges_have_a_margin():
    row = np.r_[RNG.uniform(-2, -1, 50), RNG.uniform(1, 2, 50)]
    losses, slopes, intercepts = fit_links(row[None], np.sign(row), "squared_hinge")
    assert losses[0] < 0.02
    assert (np.sign(row) * (slopes[0] * row + intercepts[0]) > 0.5).all()


def test_values_that_say_nothing_are_worth_nothing():
    values = np.stack([np.full(10, 3.0), np.r_[np.nan, np.arange(9.0)]])
    assert np.isinf(fit_links(values, np.repeat([1.0, -1.0], 5), "logistic")[0]).all()


def test_the_front_falls_and_keeps_to_the_limit():
    X = RNG.uniform(-1, 1, (200, 3))
    front = search_labels(X, X[:, 0] ** 2 + X[:, 1] * X[:, 2] > 0.3, max_complexity=9, max_programs=100)
    assert max(candidate.complexity for candidate in front) <= 9
    losses = [candidate.loss for candidate in front]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1


def test_a_factor_is_found_where_one_is_needed():
    X = RNG.uniform(-1, 1, (300, 2))
    positive = X[:, 0] + 0.35 * X[:, 1] > 0.1
    front = search_labels(X, positive, operators=["+", "*"], max_complexity=6, max_programs=20)
    with_constant = [candidate for candidate in front if candidate.expression.constant_values]
    slope = with_constant[-1].expression.gradient(X[:1])[0]
    assert slope[1] / slope[0] == pytest.approx(0.35, abs=0.1)
    assert front[-1] is with_constant[-1]


@pytest.mark.parametrize("loss", ["logistic", "squared_hinge"])
def test_losses_of_the_front_are_those_of_its_expressions(loss):
    X = RNG.uniform(0.5, 2, (80, 3))
    positive = X[:, 0] * X[:, 1] - np.sin(X[:, 2]) / X[:, 0] > 0.4
    signs = np.where(positive, 1.0, -1.0)
    front = search_labels(X, positive, max_complexity=9, max_programs=60, loss=loss)
    assert front[-1].complexity > 6
    for candidate in front:
        again = fit_links(candidate.expression(X)[None], signs, loss)[0][0]
        assert again == pytest.approx(candidate.loss, rel=1e-6)

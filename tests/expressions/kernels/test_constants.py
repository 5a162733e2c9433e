"""Constants by Levenberg-Marquardt: exact directions give back exact constants."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.compilation import entry_kernel
from skinterpret.expressions.kernels.constants import fit_constants
from skinterpret.expressions.kernels.matching import make_rows

from .programs import as_arrays, workspace


@entry_kernel
def fit(tokens, constants, length, rows, max_steps, work):
    return fit_constants(tokens, constants, length, rows, max_steps, work)


METRIC = np.random.default_rng(1).normal(size=(3, 3))


def fitted(start, truth, X, max_steps=60, metric=None):
    gradient = Expression.parse(truth).gradient(X)
    if metric is not None:
        gradient = gradient @ metric.T
    rows = make_rows(X, gradient / np.linalg.norm(gradient, axis=1, keepdims=True), metric=metric)
    expression = Expression.parse(start)
    tokens, constants, lengths = as_arrays([expression])
    loss, cost = fit(tokens[0], constants[0], lengths[0], rows, max_steps, workspace(X.shape[1]))
    return Expression(tokens[0, : lengths[0]], constants[0, : lengths[0]]), loss, cost


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).uniform(0.2, 2, (130, 3))


@pytest.mark.parametrize("metric", [None, METRIC], ids=["none", "random"])
@pytest.mark.parametrize(
    ("start", "truth"),
    [
        ("x0**2 + 1.3*x1**2", "x0**2 + 2*x1**2"),
        ("sin(0.8*x0) + x1*x2", "sin(1.1*x0) + x1*x2"),
        ("x0/(x1 + 0.7) + 2.5*x2", "x0/(x1 + 1.25) + 3*x2"),
        ("x0*exp(-0.2*x1) + x2", "x0*exp(-0.5*x1) + x2"),
        ("tanh(x0 - 0.7) + log(x1 + 0.5)*x2", "tanh(x0 - 1) + log(x1 + 1)*x2"),
        ("x0**1.5 + x1*x2", "x0**2.5 + x1*x2"),
    ],
)
def test_constants_of_the_truth_are_found(start, truth, metric, rows):
    expression, loss, _ = fitted(start, truth, rows, metric=metric)
    assert loss < 1e-12
    np.testing.assert_allclose(expression.constant_values, Expression.parse(truth).constant_values, rtol=1e-4)


def test_a_formula_whose_scale_is_free_is_fitted_in_its_ratio(rows):
    expression, loss, _ = fitted("0.4*x0**2 + 3*x1**2", "x0**2 + 2*x1**2", rows)
    first, second = expression.constant_values
    assert loss < 1e-12
    assert second / first == pytest.approx(2, rel=1e-5)


def test_more_steps_never_raise_the_loss(rows):
    losses = [fitted("sin(3*x0) + 0.2*x1*x2", "x0**2 + x1*x2", rows, steps)[1] for steps in range(6)]
    assert (np.diff(losses) <= 0).all()


def test_a_formula_without_constants_costs_one_evaluation(rows):
    expression, _, cost = fitted("x0*x1", "x0*x1 + x2", rows)
    assert (str(expression), cost) == ("x0*x1", 1)


def test_an_undefined_formula_keeps_its_constants(rows):
    expression, loss, _ = fitted("log(x0 - 5) + x1", "x0 + x1", rows)
    assert loss == np.inf
    assert expression.constant_values == (5.0,)

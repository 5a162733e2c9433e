"""What rows tell about parameters, against estimates from many samples."""

import numpy as np
import pytest
from scipy.special import expit

from skinterpret.expressions import Expression
from skinterpret.surrogates.judging.information import (
    derivatives_by_constants,
    logistic_weights,
    standard_errors,
)

X = np.random.default_rng(0).uniform(0.5, 2, (200, 2))


def test_derivatives_by_constants_are_those_of_calculus():
    expression = Expression.parse("1.5*x0 + sin(2.5*x1)")
    found = derivatives_by_constants(expression, X)
    expected = {1.5: X[:, 0], 2.5: X[:, 1] * np.cos(2.5 * X[:, 1])}
    for k, value in enumerate(expression.constant_values):
        np.testing.assert_allclose(found[:, k], expected[value], rtol=1e-6)


def test_a_formula_that_is_not_defined_somewhere_has_no_derivative_there():
    found = derivatives_by_constants(Expression.parse("log(x0 - 1.25)"), X)
    assert np.isfinite(found).all()
    assert (found[X[:, 0] < 1.2] == 0).all()


def test_errors_are_those_of_least_squares():
    rng = np.random.default_rng(1)
    design = np.column_stack([np.ones(200), X])
    noise = 0.3
    estimates = [
        np.linalg.lstsq(design, rng.normal(scale=noise, size=200), rcond=None)[0] for _ in range(2000)
    ]
    errors = standard_errors(design, np.full(200, 1 / noise**2))
    np.testing.assert_allclose(errors, np.std(estimates, axis=0), rtol=0.1)


def test_a_parameter_on_which_nothing_depends_has_no_error():
    design = np.column_stack([X, np.zeros(200)])
    errors = standard_errors(design, np.ones(200))
    assert errors[-1] == 0
    np.testing.assert_allclose(errors[:-1], standard_errors(X, np.ones(200)))


@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_a_row_without_a_finite_derivative_tells_nothing(number):
    design = np.vstack([X, [[number, 1.0]]])
    np.testing.assert_allclose(standard_errors(design, np.ones(201)), standard_errors(X, np.ones(200)))
    assert np.isnan(standard_errors(design[-1:], np.ones(1))).all()


def test_a_weight_next_to_nothing_is_a_large_error():
    errors = standard_errors(X, np.full(200, 1e-320))
    np.testing.assert_allclose(errors, 1e160 * standard_errors(X, np.ones(200)), rtol=1e-3)


@pytest.mark.parametrize("factor", [1, 7, 1e200])
def test_errors_follow_the_scale_of_parameters(factor):
    errors = standard_errors(X * [1, factor], np.ones(200))
    np.testing.assert_allclose(errors * [1, factor], standard_errors(X, np.ones(200)))


def test_rows_count_by_how_open_they_are():
    log_odds = np.linspace(-3, 3, 100)
    weight, share = logistic_weights(log_odds, 500)
    assert share == 1
    np.testing.assert_allclose(weight, 5 * expit(log_odds) * expit(-log_odds))


def test_a_boundary_is_not_known_better_than_to_the_nearest_rows():
    log_odds = np.linspace(-1, 1, 100)
    known = [logistic_weights(steepness * log_odds, 100) for steepness in (1e4, 1e6)]
    slopes = [steepness * share for steepness, (_, share) in zip((1e4, 1e6), known, strict=True)]
    assert slopes[0] == pytest.approx(slopes[1], rel=0.25)
    for weight, _ in known:
        assert 2 <= weight.sum() < 3


def test_few_rows_leave_some_weight_too():
    weight, _ = logistic_weights(np.array([-1e9, 1e9]), 2)
    assert weight.sum() > 0

"""The loss on labels: scikit-learn's and scipy's optima and finite differences are its judges."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from skinterpret.expressions import Expression
from skinterpret.expressions.compilation import entry_kernel
from skinterpret.expressions.kernels.dispatch import TILE
from skinterpret.expressions.kernels.labels import (
    LOGISTIC,
    LOSSES,
    RIDGE,
    differentiate_loss,
    fit_link_to_labels,
    label_losses,
    make_labelled_rows,
)

from .programs import as_arrays, workspace

RNG = np.random.default_rng(0)
X = RNG.uniform(0.2, 2, (150, 3))  # two tiles, the last not full
POSITIVE = X[:, 0] * X[:, 1] + 0.3 * RNG.normal(size=150) > 1


def losses_of(*formulas, rows=X, positive=POSITIVE, weight=None, loss="logistic"):
    losses = np.empty(len(formulas))
    arrays = as_arrays([Expression.parse(formula) for formula in formulas])
    labelled = make_labelled_rows(rows, positive, weight, loss)
    label_losses(*arrays, labelled, workspace(rows.shape[1]), losses)
    return losses


@entry_kernel
def derivatives(margins, weights, loss, value, first, second):
    differentiate_loss(margins, weights, loss, value, first, second)


def differentiated(margins, weights, loss):
    value, first, second = np.empty((3, TILE))
    derivatives(margins, weights, loss, value, first, second)
    return value, first, second


@pytest.mark.parametrize("loss", range(len(LOSSES)), ids=LOSSES)
def test_derivatives_are_those_of_finite_differences(loss):
    margins, weights, h = RNG.uniform(-4, 4, TILE), RNG.uniform(0, 1, TILE), 1e-6
    margins[np.abs(margins - 1) < 1e-3] = 0.5  # off the corner of the hinge
    value, first, second = differentiated(margins, weights, loss)
    above, below = (differentiated(margins + step, weights, loss) for step in (h, -h))
    np.testing.assert_allclose(first, (above[0] - below[0]) / (2 * h), atol=1e-8)
    np.testing.assert_allclose(second, (above[1] - below[1]) / (2 * h), atol=1e-8)
    expected = np.logaddexp(0, -margins) if loss == LOGISTIC else np.maximum(1 - margins, 0) ** 2
    np.testing.assert_allclose(value, weights * expected, atol=1e-12)


def test_far_margins_overflow_nowhere():
    margins = np.linspace(-1e4, 1e4, TILE)
    value, first, second = differentiated(margins, np.ones(TILE), LOGISTIC)
    np.testing.assert_allclose(value, np.maximum(-margins, 0), atol=1e-9)
    assert np.isfinite([value, first, second]).all()


def test_a_program_loses_what_logistic_regression_on_its_values_loses():
    weight = RNG.uniform(0.1, 2, len(X))
    share = weight / weight.sum()
    values = X[:, 0] * X[:, 1] - X[:, 2]
    center = share @ values
    standard = ((values - center) / np.sqrt(share @ (values - center) ** 2))[:, None]
    model = LogisticRegression(C=1 / RIDGE, tol=1e-10, max_iter=1000).fit(standard, POSITIVE, share)
    expected = log_loss(POSITIVE, model.predict_proba(standard), sample_weight=share)
    assert losses_of("x0*x1 - x2", weight=weight)[0] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_link_is_the_optimum_of_its_penalised_loss(loss):
    values = X[:, 0] * X[:, 1]
    signs = np.where(POSITIVE, 1.0, -1.0)
    rows = make_labelled_rows(values[:, None], POSITIVE, None, loss)
    _, slope, intercept = fit_link_to_labels(np.ascontiguousarray(rows.X[:, 0]), rows)

    def penalised(link):
        margins = signs * (link[0] * values + link[1])
        lost = np.logaddexp(0, -margins) if loss == "logistic" else np.maximum(1 - margins, 0) ** 2
        return lost.mean() + 0.5 * RIDGE * (link[0] * values.std()) ** 2

    best = minimize(penalised, [0.0, 0.0], method="BFGS", options={"gtol": 1e-9})
    assert [slope, intercept] == pytest.approx(best.x, rel=1e-3)
    assert penalised([slope, intercept]) == pytest.approx(best.fun, abs=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_loss_does_not_depend_on_a_factor_or_a_term_or_a_sign(loss):
    losses = losses_of("x0*x1", "3*(x0*x1) - 7", "-(x0*x1)", "0.001*(x0*x1)", loss=loss)
    np.testing.assert_allclose(losses, losses[0], atol=1e-6)


def test_swapped_classes_lose_the_same():
    assert losses_of("x0*x1", positive=~POSITIVE) == pytest.approx(losses_of("x0*x1"), abs=1e-9)


def test_rows_without_weight_do_not_count():
    half = np.arange(len(X)) % 2
    expected = losses_of("x0 + x1*x2", rows=X[half == 1], positive=POSITIVE[half == 1])
    assert losses_of("x0 + x1*x2", weight=half) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("formula", ["3.5", "log(x0 - 1)", "x0 - x0", "1/(x1 - x1)"])
def test_values_that_are_undefined_or_all_the_same_make_the_loss_infinite(formula):
    assert losses_of(formula)[0] == np.inf

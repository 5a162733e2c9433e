"""Constants on labels: the loss never rises, and its derivatives are those of finite differences."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.compilation import entry_kernel
from skinterpret.expressions.kernels.label_constants import _normal_equations, fit_label_programs
from skinterpret.expressions.kernels.labels import LOSSES, RIDGE, label_losses, make_labelled_rows

from .programs import as_arrays, workspace

RNG = np.random.default_rng(0)
X = RNG.uniform(0.2, 2, (150, 3))
POSITIVE = np.sin(1.3 * X[:, 0]) + 0.6 * X[:, 1] * X[:, 2] + 0.1 * RNG.normal(size=150) > 1.4
SIGNS = np.where(POSITIVE, 1.0, -1.0)


def fitted(formula, loss, max_steps=30):
    expression = Expression.parse(formula)
    tokens, constants, lengths = as_arrays([expression])
    rows, work = make_labelled_rows(X, POSITIVE, None, loss), workspace(3)
    losses = np.empty((2, 1))
    label_losses(tokens, constants, lengths, rows, work, losses[0])
    cost = fit_label_programs(tokens, constants, lengths, rows, max_steps, work, losses[1])
    found = Expression(tokens[0, : lengths[0]], constants[0, : lengths[0]])
    refound = np.empty(1)
    label_losses(tokens, constants, lengths, rows, work, refound)
    assert refound[0] == pytest.approx(losses[1, 0], rel=1e-9)
    return found, losses[0, 0], losses[1, 0], cost


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "formula",
    ["sin(2*x0) + 0.2*x1*x2", "x0**1.5 + 3*x1", "exp(0.1*x0)/(x1 + 5)", "log(x0 + 0.7)*x2 - 2.5*x1"],
)
def test_a_fit_does_not_raise_the_loss(formula, loss):
    losses = [fitted(formula, loss, steps)[2] for steps in (0, 1, 3, 30)]
    assert losses[0] == pytest.approx(fitted(formula, loss, 1)[1], rel=1e-9)
    assert (np.diff(losses) <= 1e-12).all()
    assert losses[-1] < losses[0]


def test_constants_that_made_the_labels_are_found_as_far_as_labels_tell():
    found, _, lost, cost = fitted("sin(1*x0) + 0.4*x1*x2", "logistic")
    assert found.constant_values == pytest.approx((1.3, 0.6), abs=0.25)
    assert lost <= fitted("sin(1.3*x0) + 0.6*x1*x2", "logistic", 0)[1]
    assert cost > 3


def test_a_formula_without_constants_costs_one_evaluation():
    found, before, after, cost = fitted("x0*x1", "logistic")
    assert (str(found), before, cost) == ("x0*x1", after, 1)


def test_an_undefined_formula_keeps_its_constants():
    found, _, lost, _ = fitted("log(x0 - 5) + x1", "hinge")
    assert lost == np.inf
    assert found.constant_values == (5.0,)


@entry_kernel
def normal_equations(tokens, constants, length, rows, positions, slope, intercept, normal, gradient, work):
    _normal_equations(tokens, constants, length, rows, positions, slope, intercept, normal, gradient, work)


def equations(expression, slope, intercept, loss):
    tokens, constants, lengths = as_arrays([expression])
    positions = np.flatnonzero(np.isin(constants[0, : lengths[0]], expression.constant_values))
    size = len(positions) + 2
    normal, gradient = np.empty((size, size)), np.empty(size)
    rows = make_labelled_rows(X, POSITIVE, None, loss)
    normal_equations(
        tokens[0], constants[0], lengths[0], rows, positions, slope, intercept, normal, gradient, workspace(3)
    )
    return normal, gradient


@pytest.mark.parametrize("loss", LOSSES)
def test_derivatives_by_constants_and_link_are_those_of_finite_differences(loss):
    start = Expression.parse("sin(1.7*x0) + 0.4*x1*x2")

    def penalised(parameters, spread):
        *constants, log_slope, intercept = parameters
        values = start.with_constants(list(constants))(X)
        margins = SIGNS * (np.exp(log_slope) * values + intercept)
        lost = np.logaddexp(0, -margins) if loss == "logistic" else np.maximum(1 - margins, 0) ** 2
        return lost.mean() + 0.5 * RIDGE * (np.exp(log_slope) * spread) ** 2

    at, h = np.array([*start.constant_values, np.log(2.2), -2.9]), 1e-6
    normal, gradient = equations(start, 2.2, -2.9, loss)
    # the penalty is on the slope for standardised values: its standard deviation counts as given
    spread = start(X).std()
    steps = h * np.eye(len(at))
    expected = [(penalised(at + step, spread) - penalised(at - step, spread)) / (2 * h) for step in steps]
    np.testing.assert_allclose(gradient, expected, atol=1e-7)
    np.testing.assert_allclose(normal, normal.T)
    assert np.linalg.eigvalsh(normal).min() > 0
    above, below = (equations(start, 2.2, -2.9 + step, loss)[1] for step in (1e-5, -1e-5))
    # margins are linear in the intercept, so its column is exact, apart from corners of the hinge
    np.testing.assert_allclose(
        normal[:, -1], (above - below) / 2e-5, atol=1e-4 if loss == "logistic" else 0.05
    )

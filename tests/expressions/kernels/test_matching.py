"""The compiled direction loss against the interpreted gradient."""

import numpy as np
import pytest
from hypothesis import given, settings

from skinterpret.expressions import OPERATORS, Expression
from skinterpret.expressions.kernels.matching import direction_losses, make_rows
from skinterpret.metrics import alignment_score

from ..strategies import expressions
from .programs import as_arrays, workspace

RNG = np.random.default_rng(0)
X = RNG.uniform(0.2, 2, (150, 4))
TARGET = Expression.parse("x0**2 + x1*x2 + sin(x3)").gradient(X)
DIRECTIONS = TARGET / np.linalg.norm(TARGET, axis=1, keepdims=True)


def compiled_loss(*formulas, rows=X, directions=DIRECTIONS, weight=None):
    losses = np.empty(len(formulas))
    tiles = make_rows(rows, directions, weight)
    direction_losses(*as_arrays(formulas), tiles, workspace(rows.shape[1]), losses)
    return losses


def interpreted_loss(expression, weight=None):
    gradient = expression.gradient(X)
    with np.errstate(all="ignore"):
        cosine = np.einsum("ij,ij->i", gradient, DIRECTIONS) / np.linalg.norm(gradient, axis=1)
    return 1 - abs(np.average(cosine, weights=weight))


def shielded(operator):
    """An expression in which the operator gets positive operands that depend on all inputs."""
    first = Expression.parse("x0*x3 + 0.5*x1")
    second = Expression.constant(1.7) if operator.constant_exponent else Expression.parse("x1 + x2")
    inner = Expression.apply(operator.name, *(first, second)[: operator.arity])
    return Expression.apply("add", inner, Expression.parse("x2*x0"))


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_each_operator_has_the_gradient_of_the_interpreter(operator):
    expression = shielded(operator)
    assert compiled_loss(expression)[0] == pytest.approx(interpreted_loss(expression), abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(expressions)
def test_any_expression_gets_the_loss_of_its_interpreted_gradient(expression):
    gradient = expression.gradient(X)
    size = np.abs(gradient).max(axis=1)
    # beyond this range of sizes rounding decides, and the kernel refuses
    sound = np.isfinite(size).all() and (size > 1e-80).all() and (size < 1e80).all()
    values = np.vstack([np.broadcast_to(value, len(X)) for value in expression._values(X)])
    loss = compiled_loss(expression)[0]
    if sound and np.abs(values).max() < 1e5:
        assert loss == pytest.approx(interpreted_loss(expression), abs=1e-6)
    elif not np.isfinite(size).all():
        assert loss == np.inf


def test_the_loss_does_not_depend_on_sign_or_monotone_wrappers():
    formulas = ["x0**2 + x1", "-(x0**2 + x1)", "exp(x0**2 + x1)", "3*(x0**2 + x1) - 7", "1/(x0**2 + x1)"]
    losses = compiled_loss(*map(Expression.parse, formulas))
    np.testing.assert_allclose(losses, losses[0], atol=1e-13)


def test_the_truth_has_no_loss():
    assert compiled_loss(Expression.parse("x0**2 + x1*x2 + sin(x3)"))[0] < 1e-14


def test_weights_count_and_rows_without_weight_do_not():
    expression = Expression.parse("x0*x1 + x2")
    weight = RNG.uniform(0, 1, len(X))
    loss = compiled_loss(expression, weight=weight)[0]
    assert loss == pytest.approx(interpreted_loss(expression, weight), abs=1e-12)
    half = np.arange(len(X)) % 2
    loss = compiled_loss(expression, weight=half)[0]
    assert loss == pytest.approx(
        compiled_loss(expression, rows=X[half == 1], directions=DIRECTIONS[half == 1])[0], abs=1e-12
    )


@pytest.mark.parametrize("formula", ["3.5", "log(x0 - 1)", "sqrt(x0 - 1)*x1", "x0 - x0"])
def test_a_gradient_that_vanishes_or_is_undefined_makes_the_loss_infinite(formula):
    assert compiled_loss(Expression.parse(formula))[0] == np.inf


def test_a_part_counts_as_what_it_stands_for():
    parts = [Expression.parse("x0*x1"), Expression.parse("log(x2 - 5)"), Expression.parse("x1 - 2*x3")]
    rows = make_rows(X, DIRECTIONS, parts=parts)
    program = Expression.parse("sin(x4) + x6**2*x4 + x3*x0")  # x5 occurs nowhere, and is undefined
    losses = np.empty(1)
    direction_losses(*as_arrays([program]), rows, workspace(7), losses)
    meant = program.substitute({4 + k: part for k, part in enumerate(parts)})
    assert losses[0] == pytest.approx(interpreted_loss(meant), abs=1e-12)


@pytest.mark.parametrize("parts", [(), ("x0*x1",)])
def test_gradients_are_multiplied_by_the_metric_before_they_are_compared(parts):
    metric = RNG.normal(size=(4, 4))
    directions = TARGET @ metric.T
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rows = make_rows(X, directions, parts=[Expression.parse(part) for part in parts], metric=metric)
    meant = Expression.parse("x0*x1*sin(x3) + x0")
    program = Expression.parse("x4*sin(x3) + x0") if parts else meant
    losses = np.empty(1)
    direction_losses(*as_arrays([program]), rows, workspace(4 + len(parts)), losses)
    assert losses[0] == pytest.approx(
        1 - alignment_score(directions, meant.gradient(X) @ metric.T), abs=1e-12
    )

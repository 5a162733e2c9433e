"""Found formulas, simplified and judged by our own code."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.search import Front
from skinterpret.search.pysr.candidates import judge
from skinterpret.search.pysr.equations import read_equation

X = np.random.default_rng(0).uniform(0.3, 2, (200, 3))
TRUTH = Expression.parse("x0**2 + x1*x2")
GRADIENT = TRUTH.gradient(X)
DIRECTIONS = GRADIENT / np.linalg.norm(GRADIENT, axis=1, keepdims=True)
WEIGHT = np.random.default_rng(1).uniform(0.1, 1, 200)


def front_of(*equations, directions=DIRECTIONS, weight=WEIGHT):
    return Front(judge([read_equation(equation) for equation in equations], X, directions, weight))


@pytest.mark.parametrize(
    "bloated",
    [
        "exp(exp((x0 * x0) + (x1 * x2)))",
        "(square(x0) + (x1 * x2)) + 1.2",
        "((x0 * x0) + (x1 * x2)) * (x1 / x1)",
        "cube(-((x2 * x1) + (x0 ^ 2.0)))",
        "3.0 * (square(x0) + (x2 * x1))",
        "square(square(x0) + (x1 * x2))",
        "(square(x0) - 0.0) + (x1 * x2)",
    ],
)
def test_bloat_around_a_concept_is_taken_off(bloated):
    best = front_of(bloated)[-1]
    assert best.loss < 1e-14
    assert best.complexity == TRUTH.complexity


def test_the_loss_is_ours_with_weights_and_without_sign():
    formula = Expression.parse("x0*x1 + x2")
    gradient = formula.gradient(X)
    cosine = np.einsum("ij,ij->i", gradient, DIRECTIONS) / np.linalg.norm(gradient, axis=1)
    expected = 1 - abs(np.average(cosine, weights=WEIGHT))
    for directions in (DIRECTIONS, -DIRECTIONS):
        front = front_of("(x0 * x1) + x2", directions=directions)
        assert front[-1].loss == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("equation", ["2.5", "log(x0 - 1.0) + x1", "x0 - x0", "exp(exp(exp(x0 * 9.0))) + x1"])
def test_formulas_without_a_gradient_are_left_out(equation):
    assert len(front_of(equation)) == 0


def test_numbers_that_sympy_would_expand_do_no_harm():
    assert len(front_of("(2.0 ^ 1.0e9) * x0", "(x0 * 2.0) ^ 1.0e9", "x0")) == 1

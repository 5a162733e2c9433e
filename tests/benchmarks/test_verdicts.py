import numpy as np
import pytest

from benchmarks.verdicts import is_concept, is_decision, is_function_of_both, is_sum
from skinterpret.expressions import Expression

BOX = np.array([[-1.0, 1.0], [-1.0, 1.0]])
TRUTH = Expression.parse("x0**2 + 2*x1**2")
ROWS = np.random.default_rng(0).uniform(-1, 1, (500, 2))


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("x0**2 + 2*x1**2", True),
        ("x0**2 + 2.001*x1**2", True),
        ("x0**2 + 2.05*x1**2", False),
        ("x0**2 + 2*x1**2 + x0 + x1 - x0 - x1", False),
    ],
)
def test_concept_is_parallel_and_short(formula, verdict):
    assert is_concept(Expression.parse(formula), TRUTH, ROWS) is verdict


@pytest.mark.parametrize(("threshold", "verdict"), [(1.0, True), (1.005, True), (1.05, False)])
def test_decision_is_agreement_outside_the_noise(threshold, verdict):
    assert is_decision(lambda X: TRUTH(X) > threshold, TRUTH, TRUTH, 1.0, BOX) is verdict


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("x0**2 + x1**3", True),
        ("0.4*x1**3 - x0**2", True),
        ("2*(x0**2 + 3.7*x1**3) + 5", True),
        ("x0**2", False),
        ("x0**2 + 0.001*x1**3", False),
        ("x0**2 + x1**3 + 0.2*x0*x1", False),
    ],
)
def test_a_sum_has_both_parts_with_any_weights(formula, verdict):
    parts = [Expression.parse("x0**2"), Expression.parse("x1**3")]
    assert is_sum(Expression.parse(formula), parts, ROWS) is verdict


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("x0*x1 + x2 + sin(x1*x2)", True),
        ("(x0*x1 + x2)**2 + exp(sin(x1*x2))", True),
        ("x0*x1 + x2", False),
        ("x0*x1 + x2 - sin(x1*x2)", False),
        ("x0*x1 + 1.1*x2 + sin(x1*x2)", False),
        ("x0 + x1 + x2", False),
    ],
)
def test_functions_of_both_parts_are_told(formula, verdict):
    rows = np.random.default_rng(0).uniform(0, 1.2, (500, 3))
    parts = [Expression.parse("x0*x1 + x2"), Expression.parse("sin(x1*x2)")]
    assert is_function_of_both(Expression.parse(formula), parts, rows) is verdict

"""Constant terms and outer factors go, and the gradient stays parallel."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.search.evolution.offsets import without_offset

X = np.random.default_rng(0).uniform(0.5, 2, (100, 3))


@pytest.mark.parametrize(
    ("formula", "plain"),
    [
        ("(0.1 - exp(x0 - x1)) + (0.4519 - x2)", "exp(x0 - x1) + x2"),
        ("x0 - (2.5 - x1)", "x0 + x1"),
        ("3*(x0*x1 + 1) - x2", "3*(x0*x1) - x2"),
        ("(x0 - 1)/4 + x1", "x0/4 + x1"),
        ("2*(x0*x1)/3", "x0*x1"),
        ("x0*(0.3 - (0.1 - x1))", "x0*(0.3 - (0.1 - x1))"),  # here the constant counts
        ("2/(x0 + x1)", "2/(x0 + x1)"),
        ("exp(x0 + 1)", "exp(x0 + 1)"),
        ("x0", "x0"),
        (
            "41039.57*x2 + x2 + x1 - 13391.03*(exp(x0)/exp(x1))",
            "41040.57*x2 + x1 - 13391.03*(exp(x0)/exp(x1))",
        ),
        ("x2 + 3*x1 - x2*4", "3*x1 - 3*x2"),
        ("0.5*x0 - (x1 - x0)", "1.5*x0 - x1"),
        ("x0/4 + x1 + x0*0.75", "x0 + x1"),
        ("exp(x0*x1) + x1 - exp(x0*x1)", "x1"),
        ("x0 + sin(x1*2) - 3*sin(x1*2.5)", "x0 + sin(x1*2) - 3*sin(x1*2.5)"),  # not alike
        ("(x0*2 + x0)/x1", "(x0*2 + x0)/x1"),  # no sum of terms
        ("x0 + x0 + x1", "x0 + x0 + x1"),  # with a factor it is no shorter
    ],
)
def test_what_is_left(formula, plain):
    whole = Expression.parse(formula)
    found = without_offset(whole)
    assert str(found) == str(Expression.parse(plain))
    assert found.complexity <= whole.complexity
    assert alignment_score(whole.gradient(X), found.gradient(X)) > 1 - 1e-12


def test_terms_that_cancel_out_altogether_stay():
    whole = Expression.parse("x0*2 - x0 - x0")
    assert without_offset(whole) is whole


def test_no_formula_of_a_front_can_be_shortened_so():
    gradient = Expression.parse("exp(x0 - x1) - 3.1*x2 + sin(x0*x2)/x1").gradient(X)
    engine = EvolutionEngine(max_evals=60_000, patience=10**6)
    front = search_directions(X, gradient, engine=engine, structure=False, random_state=0)
    for candidate in front:
        assert without_offset(candidate.expression) is candidate.expression

"""Linear combinations come back exactly, under noise too, and only where they exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.search.structure.invariances import invariant_combinations


def directions(formula, n_features, noise=0.0, n_rows=600, seed=0):
    rng = np.random.default_rng(seed)
    gradient = Expression.parse(formula).gradient(rng.uniform(0.2, 2, (n_rows, n_features)))
    gradient = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    gradient = gradient + noise * rng.normal(size=gradient.shape)
    return gradient / np.linalg.norm(gradient, axis=1, keepdims=True)


def found(formula, n_features, noise=0.0):
    rows = [directions(formula, n_features, noise, seed=seed) for seed in (0, 1)]
    return [one for entering in invariant_combinations(*rows) for one in entering.combinations]


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize(
    ("formula", "n_features", "expected"),
    [
        ("x0*x1/((x2 - x3)**2 + (x4 - x5)**2)", 6, [{2: 1, 3: -1}, {4: 1, 5: -1}]),
        ("x0**2 + sin(x1 + x2)", 3, [{1: 1, 2: 1}]),
        ("exp(2*x0 - x1) + x2**2", 3, [{0: 2, 1: -1}]),
        ("(x0 + x1 + x2)**2*x3", 4, [{0: 1, 1: 1, 2: 1}]),
        ("sin(2*x0 - 3*x1) + x2", 3, [{0: 2, 1: -3}]),
        ("(x0 + 0.737*x1)**2 + x2", 3, [{0: pytest.approx(1.36, rel=0.02), 1: pytest.approx(1)}]),
    ],
)
def test_the_combination_is_found(formula, n_features, expected, noise):
    assert found(formula, n_features, noise) == expected


@pytest.mark.parametrize("formula", ["x0**2 + x1*x2", "x0*x1*x2", "sin(x0) + exp(x1) + x2**2"])
def test_nothing_is_found_where_nothing_is_invariant(formula):
    assert found(formula, 3) == []


def test_an_input_that_does_not_matter_makes_no_combination():
    assert found("x0**2 + sin(x1)", 3) == []


def test_a_combination_of_all_inputs_is_left_to_the_search():
    assert found("sin(x0 - x1)", 2) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(-4, 4).filter(bool))
def test_any_ratio_of_small_integers_is_exact(first, second):
    formula = f"sin({first}*x0 + {second}*x1) + x2**2"
    divisor = np.gcd(first, second)
    assert found(formula, 3) == [{0: first / divisor, 1: second / divisor}]

"""Linear combinations come back exactly, under noise too, and only where they exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.search.structure.invariances import invariant_combinations


def directions(formula, n_features, noise=0.0, n_rows=600, seed=0, low=0.2):
    rng = np.random.default_rng(seed)
    gradient = Expression.parse(formula).gradient(rng.uniform(low, 2, (n_rows, n_features)))
    gradient = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    gradient = gradient + noise * rng.normal(size=gradient.shape)
    return gradient / np.linalg.norm(gradient, axis=1, keepdims=True)


def found(formula, n_features, noise=0.0, low=0.2):
    rows = [directions(formula, n_features, noise, seed=seed, low=low) for seed in (0, 1)]
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


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize(
    ("formula", "n_features", "expected"),
    [
        ("(x0 - x1)**2 + exp(x1 - x2)", 3, [{0: 1, 1: -1}, {1: 1, 2: -1}]),
        ("(x0 + x1)*(x0 + 2*x1 + x2)", 3, [{0: 1, 1: 1}, {1: 1, 2: 1}]),
        ("sin(x0 + 2*x1 + x2) + exp(x1 - x2 + x3)", 4, [{0: 1, 1: 2, 2: 1}, {1: 1, 2: -1, 3: 1}]),
        ("sin(x0 + x1 + x2) + exp(x2 + x3 + x4)", 5, [{0: 1, 1: 1, 2: 1}, {2: 1, 3: 1, 4: 1}]),
        ("(x0 - x1)**2 + exp(x1 - x2) + x3*x4", 5, [{0: 1, 1: -1}, {1: 1, 2: -1}]),
    ],
)
def test_combinations_that_share_inputs_are_found(formula, n_features, expected, noise):
    assert found(formula, n_features, noise, low=-1) == expected


@pytest.mark.parametrize(
    "formula", ["sin(x0-x1) + exp(x1-x2) + (x2-x3)**2", "(x0-x1)**2*exp(x1-x2) + sin(x2-x3)"]
)
@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_all_differences_of_four_inputs_are_offered_and_three_are_the_basis(formula, noise):
    rows = [directions(formula, 4, noise, seed=seed, low=-1) for seed in (0, 1)]
    (entering,) = invariant_combinations(*rows)
    assert len(entering.combinations) == 3
    offered = [*entering.combinations, *entering.others]
    assert sorted(tuple(one.items()) for one in offered) == [
        ((i, 1), (j, -1)) for i in range(4) for j in range(i + 1, 4)
    ]


def test_the_evidence_is_what_none_of_the_combinations_explains():
    formula = "(x0 - x1)**2 + exp(x1 - x2)"
    exact, held_back = directions(formula, 3), directions(formula, 3, noise=0.01, seed=1)
    (entering,) = invariant_combinations(exact, held_back)
    along = held_back @ np.ones(3) / np.sqrt(3)
    assert entering.unexplained == pytest.approx(np.mean(along**2))


def test_combinations_that_do_not_hold_on_the_held_back_rows_are_none():
    held_back = directions("(x0 - x1)**2 + exp(x1 - x2) + x2*x0", 3)
    assert invariant_combinations(directions("(x0 - x1)**2 + exp(x1 - x2)", 3), held_back) == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(-2, 2), min_size=4, max_size=4), min_size=2, max_size=2).filter(
        lambda rows: (
            np.linalg.matrix_rank(rows) == 2
            and all(np.linalg.matrix_rank(np.delete(rows, j, axis=1)) == 2 for j in range(4))
        )
    )
)
def test_whatever_is_found_spans_what_the_function_has_its_inputs_through(rows):
    texts = [" + ".join(f"({value})*x{j}" for j, value in enumerate(row)) for row in rows]
    combinations = found(f"sin({texts[0]}) + exp(0.5*({texts[1]}))", 4)
    for combination in combinations:
        row = [combination.get(j, 0.0) for j in range(4)]
        assert np.linalg.matrix_rank([*rows, row], tol=1e-2) == 2


def test_a_combination_of_all_inputs_is_left_to_the_search():
    assert found("sin(x0 - x1)", 2) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.integers(-4, 4).filter(bool))
def test_any_ratio_of_small_integers_is_exact(first, second):
    formula = f"sin({first}*x0 + {second}*x1) + x2**2"
    divisor = np.gcd(first, second)
    assert found(formula, 3) == [{0: first / divisor, 1: second / divisor}]

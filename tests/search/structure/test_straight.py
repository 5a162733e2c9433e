"""Where all inputs enter through one combination, it is told."""

import numpy as np
import pytest

from skinterpret.base import default_network
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.network import as_network
from skinterpret.search import EvolutionEngine, discover_structure, search_directions
from skinterpret.search.structure.straight import straight_combination


def noisy(gradient, noise, seed=0):
    rng = np.random.default_rng(seed)
    units = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    return units + noise * rng.normal(size=units.shape)


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_a_sum_of_thirty_inputs_is_told(noise):
    X = np.random.default_rng(0).uniform(-1, 1, (400, 30))
    factors = np.arange(1.0, 31)
    structure = discover_structure(X, noisy(np.tile(factors, (400, 1)), noise), random_state=0)
    (part,) = structure.parts
    told = part.gradient(X[:1])[0]
    assert told @ factors / np.linalg.norm(told) / np.linalg.norm(factors) > 0.9995


def test_a_part_longer_than_any_formula_does_not_disturb_the_search():
    X = np.random.default_rng(0).uniform(-1, 1, (200, 12))
    directions = noisy(np.tile(np.arange(1.0, 13), (200, 1)), 0.02)
    engine = EvolutionEngine(max_complexity=20, max_evals=20_000)
    structure = discover_structure(X, directions, random_state=0)
    assert structure.parts[0].complexity > engine.max_complexity
    with_it, without = (
        search_directions(X, directions, engine=engine, structure=known, random_state=0)
        for known in (structure, False)
    )
    assert [candidate.expression for candidate in with_it] == [each.expression for each in without]


def test_gradients_that_turn_have_no_combination():
    rng = np.random.default_rng(0)
    gradient = np.ones((400, 12))
    gradient[:, 0] += rng.uniform(-1.5, 1.5, 400)
    assert straight_combination(noisy(gradient, 0), noisy(gradient, 0)) is None


def test_gradients_that_turn_a_little_everywhere_have_no_combination():
    values = np.random.default_rng(0).uniform(0.5, 2, (500, 22))
    gradient = noisy(values[:, np.arange(22) ^ 1], 0)  # of x0*x1 + x2*x3 + ...
    assert straight_combination(gradient[::2], gradient[1::2]) is None


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("formula", ["x0 + x1", "x0 + x1 + x2 + x3", "(x0 + 2*x1 - x2)**3"])
def test_one_combination_of_all_of_a_few_inputs_is_told_with_the_digits_that_count(formula, noise):
    truth = Expression.parse(formula)
    X = np.random.default_rng(0).uniform(0.3, 2, (400, 1 + max(truth.variables)))
    structure = discover_structure(X, noisy(truth.gradient(X), noise), random_state=0)
    (part,) = structure.parts
    inside = {"(x0 + 2*x1 - x2)**3": "x0 + 2*x1 - x2"}.get(formula, formula)
    np.testing.assert_array_equal(part.gradient(X), Expression.parse(inside).gradient(X))


def test_of_a_few_inputs_a_combination_is_not_told_where_a_polynomial_is_far_nearer():
    X = np.random.default_rng(0).uniform(0.3, 2, (400, 2))
    bent = Expression.parse("x0 + x1 + 0.05*x0*x1").gradient(X)
    assert straight_combination(noisy(bent, 0), noisy(bent, 0)) is not None
    assert discover_structure(X, noisy(bent, 0), random_state=0).parts == ()


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.02, 0.03])
def test_a_weak_term_beside_a_combination_is_not_taken_for_a_part_of_it(noise):
    truth = Expression.parse("(x0 + x1 + x2 + x3)**2 + x4*x5")
    X = np.random.default_rng(0).uniform(0.3, 2, (400, 6))
    structure = discover_structure(X, noisy(truth.gradient(X), noise), random_state=0)
    assert all(len(finding.inputs) < 6 for finding in structure.findings)


@pytest.mark.parametrize("n_inputs", [2, 4, 6])
def test_the_combination_of_a_network_of_a_linear_rule_is_told(n_inputs):
    X = np.random.default_rng(0).uniform(-1, 1, (2000, n_inputs))
    weights = np.arange(1, n_inputs + 1)
    network = as_network(default_network().fit(X, X @ weights > 0.3))
    sample = sample_directions(network, X, n_rows=512, random_state=0)
    (part,) = discover_structure(sample.X, sample.directions, random_state=0).parts
    told = part.gradient(X[:1])[0]
    assert told @ weights / np.linalg.norm(told) / np.linalg.norm(weights) > 0.999

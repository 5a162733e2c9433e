"""Of a sum of many inputs, for which no formula has room, the combination is told."""

import numpy as np
import pytest

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


def test_of_few_inputs_it_is_left_to_the_search():
    assert straight_combination(np.ones((50, 3)), np.ones((50, 3))) is None

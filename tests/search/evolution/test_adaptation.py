"""Weights of mutations and operators follow what has helped."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.operators import find_operators
from skinterpret.search.evolution.adaptation import (
    MOST,
    MUTATION_WEIGHTS,
    SCALE_SUBTREE,
    adapt_operators,
    add_credit,
    make_credit,
    mutation_weights,
)
from skinterpret.search.evolution.population import make_members

from .compiled import make_grammar

GRAMMAR = make_grammar(("+", "*", "sin", "exp"))


def single(cumulative):
    return np.diff(cumulative, prepend=0.0)


def test_without_experience_the_weights_are_those_of_the_start():
    np.testing.assert_allclose(single(mutation_weights(make_credit(), GRAMMAR)), MUTATION_WEIGHTS)


def test_a_mutation_that_helps_more_often_is_drawn_more_often_within_bounds():
    tried = np.full(len(MUTATION_WEIGHTS), 10_000.0)
    improved = np.full(len(MUTATION_WEIGHTS), 100.0)
    improved[3], improved[5] = 5_000.0, 0.0
    ratio = single(mutation_weights(add_credit(make_credit(), tried, improved), GRAMMAR)) / MUTATION_WEIGHTS
    assert ratio[3] == pytest.approx(MOST)
    assert ratio[5] == pytest.approx(1 / MOST)
    assert np.all(ratio[[0, 1]] < 1)


def test_one_lucky_child_proves_little():
    improved = np.zeros(len(MUTATION_WEIGHTS))
    improved[2] = 1.0
    tried = np.full(len(MUTATION_WEIGHTS), 10.0)
    ratio = single(mutation_weights(add_credit(make_credit(), tried, improved), GRAMMAR)) / MUTATION_WEIGHTS
    assert ratio[2] < 1.6


def test_older_epochs_fade():
    ones = np.ones(len(MUTATION_WEIGHTS))
    credit = make_credit()
    for _ in range(200):
        credit = add_credit(credit, ones, 0 * ones)
    assert credit.tried.max() < 6


def test_factors_need_a_product():
    weights = single(mutation_weights(make_credit(), make_grammar(("+", "sin"))))
    assert weights[SCALE_SUBTREE] == 0


def test_operators_of_the_hall_of_fame_are_drawn_more_often_and_the_others_still():
    fame = make_members(4, 10)
    for row, text in enumerate(["sin(x0)", "sin(x0) + x1", "sin(x0)*sin(x1)"]):
        program = Expression.parse(text)
        fame.tokens[row, : len(program.tokens)] = program.tokens
        fame.lengths[row] = len(program.tokens)
        fame.losses[row] = 0.1
    adapted = adapt_operators(GRAMMAR, fame)
    sine, exponential = (list(adapted.unary).index(find_operators([name])[0]) for name in ("sin", "exp"))
    weights = single(adapted.unary_weights)
    assert weights[sine] == pytest.approx(0.75)
    assert weights[exponential] == pytest.approx(0.25)
    assert weights.sum() == pytest.approx(1)

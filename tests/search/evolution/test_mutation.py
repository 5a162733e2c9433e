"""Mutations: every child is a program, and each kind does what its name says."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.operators import OPERATORS
from skinterpret.search.evolution.generator import make_state

from .compiled import MUTATIONS, as_expression, grown, is_sound, make_grammar, mutated

GRAMMAR = make_grammar()
PARENT = Expression.parse("(x0 + 2*x1)**2 - sin(x2)/x0")
SYMBOLS = {operator.name: number for number, operator in enumerate(OPERATORS, start=1)}


def children(name, parent=PARENT, n=200, grammar=GRAMMAR, donor=None):
    state = make_state(1, 2, 3)
    return [mutated(name, parent, grammar, state, donor) for _ in range(n)]


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_child_of_a_random_program_is_a_program(name):
    state = make_state(0, 0, 0)
    grammar = make_grammar(("+", "-", "*", "/", "square", "exp", "sin"))
    for _ in range(300):
        parent, donor = grown(grammar, 1 + int(state[0] % 9), state), grown(grammar, 6, state)
        child = mutated(name, parent, grammar, state, donor)
        as_expression(child)  # raises where the stack does not come out


@pytest.mark.parametrize("name", MUTATIONS)
def test_children_use_what_the_grammar_allows(name):
    grammar = make_grammar(("+", "sin"), n_features=2)
    parent = Expression.parse("sin(x0 + x1) + x0")
    for child in children(name, parent, grammar=grammar):
        tokens = child.tokens[: child.length[0]]
        assert set(tokens[tokens > 0]) <= {SYMBOLS["add"], SYMBOLS["sin"]}
        assert tokens.min() >= -2


@pytest.mark.parametrize("name", ["perturb_constant", "change_operator", "change_leaf", "swap_operands"])
def test_small_mutations_keep_the_length(name):
    assert {int(child.length[0]) for child in children(name)} == {len(PARENT.tokens)}


def test_a_perturbed_constant_is_the_only_change():
    values = set()
    for child in children("perturb_constant"):
        expression = as_expression(child)
        assert expression.tokens == PARENT.tokens
        values.add(expression.constant_values)
    assert len(values) > 100


def test_an_inserted_operator_keeps_the_parent_in_the_child():
    for child in children("insert_operator"):
        assert child.length[0] > len(PARENT.tokens)


def test_a_deleted_operator_makes_the_program_shorter():
    lengths = [int(child.length[0]) for child in children("delete_operator")]
    assert max(lengths) <= len(PARENT.tokens)
    assert min(lengths) < len(PARENT.tokens)


def test_a_promoted_subtree_is_one_of_the_parent():
    for child in children("promote_subtree"):
        length = child.length[0]
        runs = [PARENT.tokens[k : k + length] for k in range(len(PARENT.tokens) - length + 1)]
        assert tuple(child.tokens[:length].tolist()) in runs


def test_a_crossed_child_holds_something_of_both():
    donor = Expression.parse("exp(x1)")
    tokens = [set(child.tokens[: child.length[0]].tolist()) for child in children("cross", donor=donor)]
    assert any(SYMBOLS["exp"] in child and SYMBOLS["sin"] in child for child in tokens)


def test_a_mirrored_subtree_stands_beside_its_like():
    parent = Expression.parse("x0**2")
    grammar = make_grammar(("+", "*", "square"))
    drawn = children("mirror_subtree", parent, n=400, grammar=grammar)
    formulas = {str(as_expression(child)) for child in drawn}
    assert "x0**2 + x1**2" in formulas


def test_a_mutation_repeats_with_its_state():
    first, second = (children("replace_subtree", n=20) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.tokens, other.tokens)


def test_a_constant_exponent_may_be_lost_and_that_is_recognised():
    parent = Expression.parse("x0**1.5 + x1")
    drawn = children("replace_subtree", parent, n=300)
    assert {is_sound(child) for child in drawn} == {True, False}
    for child in drawn:
        if is_sound(child):
            as_expression(child)

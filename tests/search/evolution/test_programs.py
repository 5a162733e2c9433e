"""Random programs and what is counted on programs."""

import numpy as np
import pytest
from hypothesis import given, settings

from skinterpret.search.evolution.generator import make_state

from ...expressions.strategies import expressions
from .compiled import described, grown, make_grammar


@settings(max_examples=100, deadline=None)
@given(expressions)
def test_complexity_is_that_of_the_expression(expression):
    assert described(expression) == (expression.complexity, True)


@pytest.mark.parametrize(
    "operators", [("+", "*", "sin"), ("+",), ("sin", "exp"), ("pow", "*"), ("+", "-", "/", "pow", "square")]
)
def test_random_programs_are_well_formed_and_use_what_is_allowed(operators):
    grammar = make_grammar(operators)
    allowed = {*grammar.unary.tolist(), *grammar.binary.tolist()}
    state = make_state(0, 0, 0)
    for n_nodes in range(1, 12):
        for _ in range(50):
            expression = grown(grammar, n_nodes, state)  # an ill-formed one is refused here
            assert {token for token in expression.tokens if token > 0} <= allowed
            assert len(expression.tokens) <= n_nodes + 2


def test_inputs_are_drawn_by_weight():
    grammar = make_grammar(n_features=4)._replace(leaf_weights=np.cumsum([0.0, 1.0, 0.0, 3.0]))
    state = make_state(0, 0, 0)
    tokens = [token for _ in range(500) for token in grown(grammar, 5, state).tokens if token < 0]
    assert set(tokens) == {-2, -4}
    assert np.mean(np.array(tokens) == -4) == pytest.approx(0.75, abs=0.05)

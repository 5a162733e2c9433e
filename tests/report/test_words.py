"""Words of the page."""

from skinterpret.report import words
from skinterpret.report.words import left_out
from skinterpret.search.structure import HYPOTHESES


def test_inputs_that_a_rule_leaves_out_are_named_up_to_twenty():
    names = [f"x{j}" for j in range(30)]
    assert left_out(names[:2], [0, 1]) == "The rule uses each of the 2 inputs."
    assert left_out(names[:2], [0], "parts") == "The rule uses 1 of 2 parts, and leaves out x1."
    sentence = left_out(names, [0, 3])
    assert sentence.startswith("The rule uses 2 of 30 inputs, and leaves out x1, x2, x4,")
    assert sentence.endswith("x21 and 8 others.")


def test_each_hypothesis_has_a_heading():
    assert set(words.HYPOTHESES) == set(HYPOTHESES)

"""What is said of the indicators in a rule."""

from types import SimpleNamespace

import pytest

from skinterpret.expressions import Expression
from skinterpret.report.references import indicator_sentences, indicators_in_words

INPUTS = {"north": 0, "far east": 1, "south": None}
NAMES = ["district_north", "district_far east", "age"]


def test_each_indicator_in_use_is_explained_and_the_reference_named_once():
    assert indicators_in_words("district", INPUTS, NAMES, {0, 1, 2}) == (
        "district_north is 1 where district is north, `district_far east` is 1 where district is far east, "
        "else 0; the reference is district south."
    )


@pytest.mark.parametrize("used", [set(), {2}])
def test_a_column_that_is_not_in_the_rule_is_not_spoken_of(used):
    assert indicators_in_words("district", INPUTS, NAMES, used) == ""


def test_where_every_category_has_an_indicator_there_is_no_reference():
    sentence = indicators_in_words("district", {"north": 0, "south": 1}, ["n", "s"], {0})
    assert sentence == "n is 1 where district is north, else 0."


def test_every_column_with_an_indicator_in_some_rule_gets_a_sentence():
    encoder = SimpleNamespace(
        names=["a_y", "b_y", "c_y"], categories={k: {"x": None, "y": j} for j, k in enumerate("abc")}
    )
    answers = [SimpleNamespace(expression=Expression.parse(text)) for text in ("x0", "x2 + x0")]
    sentences = indicator_sentences(SimpleNamespace(encoder_=encoder, _answers=answers))
    assert [sentence.split(" is ")[0] for sentence in sentences] == ["a_y", "c_y"]
    assert indicator_sentences(SimpleNamespace(encoder_=None)) == []

"""What sentences say of a finding."""

import pytest

from skinterpret.expressions import Expression
from skinterpret.search import Finding, Structure


def test_numbers_in_sentences_have_six_digits_and_the_part_keeps_all():
    part = Expression.parse("x0**2 + 0.5232858758945006*x1**2")
    finding = Finding("separable_pairs", (0, 1), part, 1e-4)
    assert "0.523286*" in finding.describe() or "*0.523286" in finding.describe()
    assert "0.5232858758945006" in finding.part.to_text()


def test_terms_of_a_part_are_collected_before_they_are_shown():
    part = Expression.parse("x0*0.7251594 + (x1 + x1)")
    names = ["petal length (cm)", "petal width (cm)"]
    sentence = Finding("linear_invariances", (0, 1), part, 1e-4).describe(names)
    assert "through 0.725159*`petal length (cm)` + 2*`petal width (cm)` (all but" in sentence


@pytest.mark.parametrize(
    ("left", "words"), [(0.0, "enter through"), (1e-6, "enter through"), (1.1e-6, "enter about through")]
)
def test_what_leaves_something_is_told_to_hold_about(left, words):
    finding = Finding("linear_invariances", (0, 1), Expression.parse("x0 + 1.4*x1"), left)
    assert finding.describe(["a", "b"]).startswith(f"a and b {words} a + 1.4*b (all but")


def test_several_functions_of_the_same_inputs_are_told_together():
    first, second, third = (Expression.parse(text) for text in ("x0 - x1", "x1 - x2", "x0 - x2"))
    finding = Finding("linear_invariances", (0, 1, 2), first, 1e-4, (second,), (third,))
    assert finding.describe(["a", "b", "c"]).startswith(
        "a, b and c enter about through a - b and b - c (all but"
    )
    structure = Structure(3, (finding,))
    assert structure.parts == (first, second)
    assert set(structure.leaves) == {first, second, third}


@pytest.mark.parametrize("n_findings", [0, 1, 2])
def test_in_a_dict_by_class_a_structure_is_a_line(n_findings):
    findings = [Finding("separability", (k, k + 1), Expression.parse(f"x{k}*x{k + 1}"), 1e-4) for k in (0, 2)]
    structure = Structure(4, tuple(findings[:n_findings]), ("a", "b", "c", "d"), not_tried=("Not this.",))
    shown = repr({"up": structure})
    assert shown.startswith("{'up': Structure(4 inputs: ")
    assert "\n" not in shown
    assert "\\n" not in shown
    for sentence in str(structure).splitlines():
        assert sentence in shown

"""The text of what Julia is given; only Julia can tell what it does."""

import re
from pathlib import Path

import pytest

from skinterpret.search.pysr.objective import OBJECTIVE, SET_TABLES, make_template

GOLDEN = Path(__file__).parent / "golden"
OPENERS = {
    "if",
    "for",
    "while",
    "function",
    "begin",
    "do",
    "let",
    "struct",
    "try",
    "module",
    "quote",
    "macro",
}
CLOSERS = {")": "(", "]": "[", "}": "{"}


def is_balanced(source):
    """Whether all blocks and brackets of a Julia source are closed, in the right order."""
    code = re.sub(r"#.*", "", re.sub(r'"(?:\\.|[^"\\])*"', '""', source))
    open_ones = []
    for token in re.findall(r"[:\w!]+|[()\[\]{}]", code):
        if token in OPENERS or token in "([{":
            open_ones.append(token)
        elif token in CLOSERS:
            if not open_ones or open_ones.pop() != CLOSERS[token]:
                return False
        elif token == "end" and (not open_ones or open_ones.pop() in "([{"):
            return False
    return not open_ones


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("function f(x)\n if x > 0\n 1\n end\nend", True),
        ("function f(x)\n if x > 0\n 1\nend", False),
        ("f(x) = (x + 1", False),
        ("begin\n (a, b]\nend", False),
        ('# if only\nx = "begin"', True),
        ("end", False),
    ],
)
def test_the_check_of_balance_can_fail(source, verdict):
    assert is_balanced(source) is verdict


@pytest.mark.parametrize("source", [OBJECTIVE, SET_TABLES, *(make_template(n).combine for n in (1, 2, 7))])
def test_blocks_and_brackets_are_balanced(source):
    assert is_balanced(source)


def test_the_objective_is_the_one_that_was_reviewed():
    assert OBJECTIVE.strip() == (GOLDEN / "objective.jl").read_text(encoding="utf-8").strip()


def test_the_template_is_the_one_that_was_reviewed():
    assert make_template(3).combine == (GOLDEN / "template_3.jl").read_text(encoding="utf-8").strip()


@pytest.mark.parametrize("source", [OBJECTIVE, SET_TABLES, *(make_template(n).combine for n in (1, 2))])
def test_names_of_the_package_are_qualified(source):
    """Worker processes lack D, which is not exported, and Main may hold a Dataset of another package."""
    assert not re.findall(r"(?<![.\w])(?:D|Dataset|eval_grad_tree_array)(?=[({])", source)


def test_the_objective_does_what_real_pysr_is_known_to_need():
    assert "eval_grad_tree_array(tree, X, options; variable=Val(true))" in OBJECTIVE
    assert re.search(r"X = Matrix\{T\}\(dataset\.X\)", OBJECTIVE)  # a batch is a view
    assert "round(Int, number)" in OBJECTIVE  # y holds numbers of rows
    assert "const SKINTERPRET_DIRECTIONS = Ref(zeros(Float64, 0, 0))" in OBJECTIVE
    assert OBJECTIVE.count("L(Inf)") == 3  # not complete, gradient out of range, loss not finite
    assert "abs(total)" in OBJECTIVE  # one sign for the whole formula


def test_the_template_has_columns_for_inputs_directions_and_weight():
    template = make_template(3)
    assert template.variable_names == ["x1", "x2", "x3", "d1", "d2", "d3", "w"]
    assert template.expressions == ["f"]
    derivatives = re.findall(r"SymbolicRegression\.D\(f, (\d)\)\(x1, x2, x3\)", template.combine)
    assert derivatives == ["1", "2", "3"]
    used = set(re.findall(r"\b[xdw]\d?\b", template.combine))
    assert used >= set(template.variable_names)

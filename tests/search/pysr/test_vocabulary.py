"""Operators as users name them."""

import pytest
import sympy

from skinterpret.expressions import OPERATORS
from skinterpret.search.pysr.equations import read_equation
from skinterpret.search.pysr.vocabulary import make_vocabulary


def test_all_operators_of_the_table_go_to_pysr_under_its_names():
    julia = make_vocabulary([operator.name for operator in OPERATORS], None).julia
    assert julia[2] == ["+", "-", "*", "/", "^"]
    assert set(julia[1]) == {operator.name for operator in OPERATORS if operator.arity == 1}


def test_names_of_pysrs_are_understood_and_repetitions_dropped():
    assert make_vocabulary(["plus", "+", "add", "tan", "^"], None).julia == {2: ["+", "^"], 1: ["tan"]}


def test_complexities_are_ours():
    complexities = make_vocabulary(["+", "exp", "log10", "^"], None).complexities
    assert complexities == {"+": 1, "exp": 2, "log10": 7, "^": 2}  # log10: log, /, log and a constant


def test_lists_by_number_of_operands_are_taken_and_checked():
    assert make_vocabulary({1: ["-", "sin"], 2: ["-"]}, None).julia == {1: ["neg", "sin"], 2: ["-"]}
    with pytest.raises(ValueError, match="'sin' takes 1 operands, not 2"):
        make_vocabulary({2: ["sin"]}, None)


def test_a_definition_in_julia_is_read_back_through_its_sympy_form():
    vocabulary = make_vocabulary(
        ["+", "quart(x) = x^4", "soft(a, b) = log(exp(a) + exp(b))"],
        {"quart": lambda x: x**4, "soft": lambda a, b: sympy.log(sympy.exp(a) + sympy.exp(b))},
    )
    assert vocabulary.julia[1] == ["quart(x) = x^4"]
    assert str(read_equation("soft(x0, quart(x1))", vocabulary.definitions)) == "log(exp(x0) + exp(x1**4))"


def test_blanks_before_a_parenthesis_are_no_part_of_a_name():
    vocabulary = make_vocabulary([" quart (x) = x^4"], {"quart": lambda x: x**4})
    assert vocabulary.julia == {1: ["quart(x) = x^4"]}


def test_what_is_offered_can_be_searched_with():
    with pytest.raises(ValueError, match="choose operators from") as refused:
        make_vocabulary(["gamma"], None)
    offered = str(refused.value).partition("from: ")[2].partition(", or give")[0].split(", ")
    assert make_vocabulary(offered, None).julia


def test_what_sympy_can_write_with_exponentials_is_taken():
    vocabulary = make_vocabulary(["+", "sech"], {"sech": lambda x: 1 / sympy.cosh(x)})
    value = read_equation("sech(x0)", vocabulary.definitions)([[0.5]])
    assert value[0] == pytest.approx(float(1 / sympy.cosh(0.5)))


@pytest.mark.parametrize(
    ("operators", "mappings", "message"),
    [
        ([], None, "No operators; choose"),
        (["+", "gamma"], None, "Unknown operator 'gamma'; choose operators from"),
        (["+", 3], None, "must be a str"),
        (["+", "log_abs"], None, "in PySR's tables but not in Julia; choose 'log'"),
        (["+", "pow_abs"], None, "in PySR's tables but not in Julia; choose 'pow'"),
        (["function quart(x) x^4 end"], {"quart": lambda x: x**4}, "in one line, as in 'quart"),
        (["quart(x) = x^4"], None, "give its sympy form as well"),
        (["step(x) = x > 0"], {"step": sympy.Heaviside}, "cannot be written in the operator table"),
        (["+", "other"], {"other": lambda x: sympy.gamma(x)}, "cannot be written in the operator table"),
    ],
)
def test_operators_that_cannot_be_used_are_refused(operators, mappings, message):
    with pytest.raises(ValueError, match=message):
        make_vocabulary(operators, mappings)

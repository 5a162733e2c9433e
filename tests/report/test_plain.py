"""Rules as text in which names can be told from the formula around them."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.report.plain import explained, quoted, to_plain


@pytest.mark.parametrize("name", ["age", "x1", "größe", "lambda"])
def test_words_stand_as_they_are(name):
    assert quoted(name) == name


@pytest.mark.parametrize("name", ["blood pressure", "a*b", "1st", 'a"b', "sin", "pi", "e", "x**2"])
def test_what_could_be_taken_for_something_else_is_quoted(name):
    assert quoted(name) == f"`{name}`"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (sympy.Integer(5899999999999999999406041104256073728), "5.9e+36"),
        (sympy.Float(140200000000000.0), "1.402e+14"),
        (sympy.Rational(10**96, 3), "3.33333333333e+95"),
        (sympy.Integer(1700500123), "1700500123"),
        (sympy.Integer(9776), "9776"),
        (sympy.Rational(1, 3), "1/3"),
        (sympy.Float(0.00028), "0.00028"),
    ],
)
def test_long_numbers_are_written_with_their_power_of_ten(number, written):
    assert to_plain(sympy.Symbol("x") > number) == f"x > {written}"


def test_a_backtick_in_a_name_is_doubled():
    assert quoted("a`b") == "`a``b`"


def test_a_name_stays_on_one_line_and_no_other_name_looks_like_it():
    assert quoted("a\nb") == r"`a\nb`"
    assert quoted(r"a\nb") == r"`a\\nb`"
    assert len(to_plain(sympy.Symbol("a\n\u2028b") > 1).splitlines()) == 1


def test_a_column_called_x_squared_is_no_power():
    assert to_plain(sympy.Symbol("x**2") ** 2 > 0.98) == "`x**2`**2 > 0.98"


def test_eulers_number_is_a_small_letter_and_is_explained():
    x0, e = sympy.symbols("x0 e")
    assert to_plain(x0**2 + sympy.E * x0 > 1.1) == "x0**2 + e*x0 > 1.1"
    assert to_plain(sympy.E * e) == "e*`e`"
    (sentence,) = explained(["x0**2 + e*x0 > 1.1"])
    assert "2.718" in sentence
    assert explained(["1e-05*x0 + `e`*exp(x1) + e1"])[1:] == []


def test_only_what_is_there_is_explained():
    assert explained(["x0 + 2*age > 1"]) == []
    assert len(explained(["`a b`", "e"])) == 2
    assert any("line break" in sentence for sentence in explained([quoted("a\nb")]))
    assert any("a \\ is doubled" in sentence for sentence in explained([quoted("a\\b")]))
    (_, unseen) = explained([quoted("a\u202eb")])
    assert "such as \\u202e, " in unseen
    assert "line break" not in unseen


@given(st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=2, unique=True))
def test_names_are_quoted_each_in_its_own_way(names):
    first, second = map(sympy.Symbol, names)
    assert quoted(names[0]) != quoted(names[1])
    text = to_plain(first - 2 * second)
    assert all(quoted(name) in text for name in names)


def test_digits_that_only_arithmetic_added_are_left_out():
    assert to_plain(sympy.Float(0.00015749999999999998) * sympy.Symbol("x0")) == "0.0001575*x0"


@given(st.floats(min_value=1e-30, max_value=1e30))
def test_a_coefficient_is_read_back_to_twelve_digits(value):
    text = to_plain(sympy.Float(value) * sympy.Symbol("x0"))
    assert Expression.parse(text)([[1.0]])[0] == pytest.approx(value, rel=1e-11)

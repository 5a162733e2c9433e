"""Names of inputs in LaTeX: what TeX would take for a command is escaped."""

import re

import pytest
import sympy

from skinterpret.expressions import Expression
from skinterpret.expressions.latex import to_latex


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x1", "x_{1}"),
        ("q", "q"),
        ("petal_length", r"\mathrm{petal\_length}"),
        ("alcohol %", r"\mathrm{alcohol\ \%}"),
        ("a&b", r"\mathrm{a\&b}"),
        (r"\input{/etc/passwd}", r"\mathrm{\backslash \backslash input\{/etc/passwd\}}"),
        ("x**2", r"\mathrm{x**2}"),
        ("speed (m/s)", r"\mathrm{speed\ (m/s)}"),
        ("2nd", r"\mathrm{2nd}"),
        ("two\n\nlines", r"\mathrm{two\backslash n\backslash nlines}"),
    ],
)
def test_names_are_set_as_they_are(name, written):
    assert to_latex(sympy.Symbol(name)) == written
    assert written in Expression.parse("2*x0").to_latex([name])


def test_no_character_of_a_name_is_a_command_of_its_own():
    text = to_latex(sympy.Symbol("%&#$_{}^~"))
    assert not re.search(r"(?<!\\)[%&#$^~]", text)

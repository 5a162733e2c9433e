"""Characters that turn the order of reading around: by their codes where they are read, kept where copied."""

import re

import pytest
import sympy
from markupsafe import Markup

from skinterpret.report.mathematics import to_mathml
from skinterpret.report.turning import in_reading_order, isolated, turns

ALL = [chr(code) for code in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]


@pytest.mark.parametrize("letter", ALL)
def test_each_is_written_by_its_code_where_it_is_read(letter):
    code = f"\\u{ord(letter):04x}"
    assert in_reading_order(f"a{letter}<b") == f"a{code}<b"
    mathematics = to_mathml(sympy.Symbol(f"a{letter}b") > 1)
    assert letter not in mathematics
    assert code in mathematics


@pytest.mark.parametrize("letter", ALL)
def test_each_is_kept_alone_where_it_is_copied(letter):
    written = isolated(f"a{letter}<b")
    assert turns(f"a{letter}<b")
    assert re.sub("<[^>]*>", "", written) == f"a{letter}&lt;b"
    assert f">{letter}</bdi>" in written


def test_other_letters_markup_and_numbers_are_left_alone():
    for value in ("שלום\u200dx\n", Markup("\u202e"), 3, None):
        assert in_reading_order(value) == value
    assert isolated("שלום") == "שלום"

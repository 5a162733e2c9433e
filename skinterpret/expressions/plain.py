"""Formulas and rules as plain text in which every name can be told from the formula around it."""

from __future__ import annotations

import math
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from skinterpret.expressions import text

MOST_DIGITS = 8  # that are easily read
SYMPY_WORDS = {"Abs", "E", "pi", "True", "False"}


def to_plain(rule: sympy.Basic) -> str:
    """Write a formula as one line of text, names that are no single words between backticks.

    Parameters
    ----------
    rule : sympy expression or relational
        What to write.

    Returns
    -------
    str
        The text, as `Expression.parse` reads it on either side of the comparison.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.expressions.plain import to_plain
    >>> to_plain(2 * sympy.Symbol("a*b") + sympy.Symbol("age") > 1)
    '2*`a*b` + age > 1'
    """
    return str(_Printer().doprint(rule))


def quoted(name: str) -> str:
    """Write a name as it stands in a formula.

    Parameters
    ----------
    name : str
        Name of an input.

    Returns
    -------
    str
        The name itself, or between backticks.
    """
    return f"`{name}`" if name in SYMPY_WORDS else text.quoted(name)


class _Printer(StrPrinter):  # type: ignore[misc]
    """sympy's printer with quoted names and numbers of twelve digits at most."""

    def _print_Float(self, value: Any) -> str:  # noqa: N802
        # what arithmetic adds after the twelfth digit was not in the coefficient
        return _shortest(f"{float(value):.12g}")

    def _print_Integer(self, value: Any) -> str:  # noqa: N802
        text = str(value.p)
        return text if len(text) <= MOST_DIGITS or not _is_float(value) else _shortest(text)

    def _print_Rational(self, value: Any) -> str:  # noqa: N802
        text = f"{value.p}/{value.q}"
        return text if len(text) <= MOST_DIGITS or not _is_float(value) else self._print_Float(value)

    def _print_Symbol(self, symbol: Any) -> str:  # noqa: N802
        return quoted(symbol.name)


def _is_float(value: Any) -> bool:
    return math.isfinite(float(value))


def _shortest(text: str) -> str:
    """Write a long number with its power of ten where that takes fewer characters."""
    if len(text) <= MOST_DIGITS or "e" in text or abs(float(text)) < 10**MOST_DIGITS:
        return text
    digits, _, power = f"{float(text):.11e}".partition("e")
    short = f"{digits.rstrip('0').rstrip('.')}e{power}"
    return short if len(short) < len(text) else text

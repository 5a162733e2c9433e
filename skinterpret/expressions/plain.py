"""Formulas and rules as plain text in which every name can be told from the formula around it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from skinterpret.expressions import text

MOST_DIGITS = 8  # that are easily read
SYMPY_WORDS = {"Abs", "E", "e", "pi", "True", "False"}
QUOTED = re.compile("`[^`]*`")
ESCAPED = re.compile(r"\\(?:\\|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|.)")
EULER = re.compile(r"(?<![\w.])e(?!\w)")

QUOTING = "Names that could be taken for something else stand between `backticks`; a ` in them is doubled."
ESCAPING = r"A line break in a name is written as \n, and a \ is doubled."
UNSEEN = (
    r"Characters of names that cannot be seen are written by their codes, such as {}, and a \ is doubled."
)
EULERS_NUMBER = "e is Euler's number, 2.718…"


def to_plain(rule: sympy.Basic) -> str:
    """Write a formula as one line of text, names that are no single words between backticks.

    What a reader may have to be told of it is what `explained` gives.

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
    r"""Write a name as it stands in a formula.

    Parameters
    ----------
    name : str
        Name of an input.

    Returns
    -------
    str
        The name itself, or between backticks, on one line.

    Examples
    --------
    >>> from skinterpret.expressions.plain import quoted
    >>> print(quoted("age"), quoted("x**2"), quoted("blood\npressure"))
    age `x**2` `blood\npressure`
    """
    return f"`{name}`" if name in SYMPY_WORDS else text.quoted(on_one_line(name))


def on_one_line(name: str) -> str:
    """Write characters that cannot be seen, and line breaks, as Python does; a backslash is doubled.

    Parameters
    ----------
    name : str
        Name of an input.

    Returns
    -------
    str
        The name, of which two that differ still do.
    """
    return "".join(
        each if each.isprintable() and each != "\\" else each.encode("unicode_escape").decode("ascii")
        for each in name
    )


def explained(texts: Iterable[str]) -> list[str]:
    """Say what a reader has to know of formulas in plain text.

    Parameters
    ----------
    texts : iterable of str
        What `to_plain` or `quoted` gave.

    Returns
    -------
    list of str
        A sentence each; empty where there is nothing to be told.

    Examples
    --------
    >>> from skinterpret.expressions.plain import explained
    >>> explained(["x0**2 + e*x1 > 1"])
    ["e is Euler's number, 2.718…"]
    """
    shown = list(texts)
    escapes = list(dict.fromkeys(escape for each in shown for escape in ESCAPED.findall(each)))
    codes = [escape for escape in escapes if escape not in (r"\n", r"\\")]
    checks = {
        QUOTING: any("`" in each for each in shown),
        ESCAPING: r"\n" in escapes or (not codes and bool(escapes)),
        UNSEEN.format(*codes[:1] or [""]): bool(codes),
        EULERS_NUMBER: any(EULER.search(QUOTED.sub("", each)) for each in shown),
    }
    return [sentence for sentence, holds in checks.items() if holds]


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

    def _print_Exp1(self, number: Any) -> str:  # noqa: N802
        return "e"  # sympy's E could be an input

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

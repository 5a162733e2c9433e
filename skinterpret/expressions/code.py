"""Formulas as source text of other languages, by sympy's printers."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import PythonCodePrinter
from sympy.printing.str import StrPrinter

NUMPY_NAMES = frozenset(["abs", "formula", "numpy"])
PYTHON_HELPERS = {
    "exponential": """def exponential(exponent):
    try:
        return math.exp(exponent)
    except OverflowError:
        return math.inf
""",
    "power": """def power(base, exponent):
    if base < 0 and exponent % 1 != 0:
        return math.nan
    try:
        return base**exponent
    except OverflowError:
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf
""",
}
C_KEYWORDS = frozenset(
    [
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
    ]
)


def write_code(
    formula: sympy.Expr,
    feature_names: Sequence[str],
    language: str,
    categories: Mapping[str, Mapping[Any, int | None]] | None = None,
) -> str:
    """Write a formula as source text that needs nothing but the language's own library.

    Parameters
    ----------
    formula : sympy.Expr
        A formula over symbols with the names of the inputs.
    feature_names : sequence of str
        Names of all inputs, in their order.
    language : {"python", "numpy", "c", "sql", "excel"}
        - `"python"`: a function of the inputs, over the standard library's `math`;
        - `"numpy"`: a function of the inputs' columns, as arrays, over numpy;
        - `"c"`: a function of the inputs, in C99;
        - `"sql"`: an expression over columns with these names;
        - `"excel"`: a formula over cells of the second row, inputs in columns A, B, …, as in a table
          with names in its first row.
    categories : mapping of mapping, default=None
        By the name of each raw column of categories, each category with the position of the input that is
        1 for it.  SQL asks these columns; the other languages take the indicators as inputs.

    Returns
    -------
    str
        The source text.  In Python and C names that are no identifiers are replaced; a comment
        says which is which.

    Raises
    ------
    ValueError
        If the language is none of these, or the formula is defined nowhere.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.expressions.code import write_code
    >>> a, b = sympy.symbols("a b")
    >>> write_code(a**2 + sympy.exp(b) / 2, ["a", "b"], "sql")
    'POWER("a", 2.0) + 0.5*EXP("b")'
    >>> print(write_code(2 * b, ["a", "b"], "sql", {"site": {"north": None, "south": 1}}))
    2.0*CASE WHEN "site" = 'south' THEN 1.0 ELSE 0.0 END
    """
    if str(language).lower() in ("latex", "tex"):
        raise ValueError(f"{language!r} is no language of to_code; use to_latex().")
    if language not in LANGUAGES:
        raise ValueError(f"Unknown language {language!r}; choose from: {', '.join(LANGUAGES)}.")
    if formula.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
        raise ValueError(
            "The formula is defined nowhere, since it divides by 0 or has a constant that is not finite; "
            "take another candidate."
        )
    names = [str(name) for name in feature_names]
    if language == "sql":
        return _sql(formula, names, categories or {})
    return FUNCTIONS[language](formula, names)


def numpy_function(formula: sympy.Expr, feature_names: Sequence[str]) -> Callable[..., Any]:
    """Make a formula a plain function of the inputs' columns.

    Parameters
    ----------
    formula : sympy.Expr
        A formula over symbols with the names of the inputs.
    feature_names : sequence of str
        Names of all inputs, in their order.

    Returns
    -------
    function
        Takes as many arrays (or numbers) as there are inputs.  It needs numpy and nothing else, and does
        not pickle: `sympy.lambdify` compiled it in this process.

    Examples
    --------
    >>> import numpy as np
    >>> import sympy
    >>> from skinterpret.expressions.code import numpy_function
    >>> a, b = sympy.symbols("a b")
    >>> function = numpy_function(a**2 + sympy.exp(b), ["a", "b"])
    >>> function(np.array([1.0, 2.0]), np.array([0.0, 0.0]))
    array([2., 5.])
    """
    names = [str(name) for name in feature_names]
    identifiers = _identifiers(names, set(keyword.kwlist) | NUMPY_NAMES, _of_letters)
    symbols = [sympy.Symbol(name) for name in identifiers]
    function: Callable[..., Any] = sympy.lambdify(symbols, _renamed(formula, names, identifiers), "numpy")
    return function


def _python(formula: sympy.Expr, names: list[str]) -> str:
    identifiers = _identifiers(names, set(keyword.kwlist) | {"formula", "math", *PYTHON_HELPERS}, _of_letters)
    body = _PythonPrinter().doprint(_renamed(formula, names, identifiers))
    helpers = "".join(f"{text}\n\n" for name, text in PYTHON_HELPERS.items() if f"{name}(" in body)
    comment = "".join(f"    # {new}: {old!r}\n" for old, new in _changed(names, identifiers))
    return f"import math\n\n\n{helpers}def formula({', '.join(identifiers)}):\n{comment}    return {body}\n"


def _numpy(formula: sympy.Expr, names: list[str]) -> str:
    identifiers = _identifiers(names, set(keyword.kwlist) | NUMPY_NAMES, _of_letters)
    body = NumPyPrinter().doprint(_renamed(formula, names, identifiers))
    comment = "".join(f"    # {new}: {old!r}\n" for old, new in _changed(names, identifiers))
    return f"import numpy\n\n\ndef formula({', '.join(identifiers)}):\n{comment}    return {body}\n"


def _c(formula: sympy.Expr, names: list[str]) -> str:
    identifiers = _identifiers(names, set(C_KEYWORDS) | {"formula"}, _of_ascii)
    # C99 has no names for numbers
    numbers = {name: sympy.Float(float(name), 17) for name in (sympy.pi, sympy.E)}
    body = sympy.ccode(_renamed(formula, names, identifiers).xreplace(numbers), math_macros={})
    parameters = ", ".join(f"double {name}" for name in identifiers)
    comment = "".join(f"    // {new}: {old!a}\n" for old, new in _changed(names, identifiers))
    return f"#include <math.h>\n\ndouble formula({parameters})\n{{\n{comment}    return {body};\n}}\n"


def _sql(formula: sympy.Expr, names: list[str], categories: Mapping[str, Mapping[Any, int | None]]) -> str:
    columns = {name: _sql_name(name) for name in names}
    for column, inputs in categories.items():
        for position in {position for position in inputs.values() if position is not None}:
            # several categories share an input where infrequent ones were put together
            own = [category for category, other in inputs.items() if other == position]
            holds = " OR ".join(_sql_name(column) + _sql_is(category) for category in own)
            columns[names[position]] = f"CASE WHEN {holds} THEN 1.0 ELSE 0.0 END"
    return str(_FunctionPrinter(columns).doprint(formula))


def _sql_is(category: Any) -> str:
    if category is None or category != category:  # NaN
        return " IS NULL"
    if isinstance(category, str):
        return " = '" + category.replace("'", "''") + "'"
    return f" = {str(category).upper() if isinstance(category, bool) else repr(category)}"


def _sql_name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _excel(formula: sympy.Expr, names: list[str]) -> str:
    cells = {name: f"{column_letters(index)}2" for index, name in enumerate(names)}
    return "=" + str(_FunctionPrinter(cells).doprint(formula))


FUNCTIONS: dict[str, Callable[[sympy.Expr, list[str]], str]] = {
    "python": _python,
    "numpy": _numpy,
    "c": _c,
    "excel": _excel,
}
LANGUAGES = ("python", "numpy", "c", "sql", "excel")


class _PythonPrinter(PythonCodePrinter):  # type: ignore[misc]
    """Formulas over `math`, in which what is too large for a number is infinite, as it is elsewhere."""

    def _print_exp(self, expr: Any) -> str:
        return f"exponential({self._print(expr.args[0])})"

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: N802
        # roots and reciprocals are never too large for Python
        if expr.is_number or abs(expr.exp) in (sympy.S.Half, 1):
            return str(super()._print_Pow(expr, rational=rational))
        return f"power({self._print(expr.base)}, {self._print(expr.exp)})"


class _FunctionPrinter(StrPrinter):  # type: ignore[misc]
    """Formulas in which powers and quotients are function calls.

    `POWER` binds alike everywhere, whereas `-x^2` is a square of `-x` in Excel, and `/` between
    columns of whole numbers drops the remainder in SQL.
    """

    def __init__(self, names: dict[str, str]) -> None:
        super().__init__()
        self._names = names

    def _print_Symbol(self, expr: Any) -> str:  # noqa: N802
        return self._names[expr.name]

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: N802
        return f"POWER({self._print(expr.base)}, {self._print(expr.exp)})"

    def _print_Mul(self, expr: Any) -> str:  # noqa: N802
        coefficient, factors = expr.as_coeff_mul()
        parts = [self.parenthesize(factor, sympy.printing.precedence.PRECEDENCE["Mul"]) for factor in factors]
        if coefficient == -1:
            return "-" + "*".join(parts)
        return "*".join([self._print(coefficient), *parts] if coefficient != 1 else parts)

    def _print_Integer(self, expr: Any) -> str:  # noqa: N802
        return repr(float(expr))

    _print_Rational = _print_Half = _print_Float = _print_NumberSymbol = _print_Pi = _print_Integer  # noqa: N815
    _print_Exp1 = _print_One = _print_Zero = _print_NegativeOne = _print_Integer  # noqa: N815

    def _print_Function(self, expr: Any) -> str:  # noqa: N802
        name = {"log": "LN", "Abs": "ABS"}.get(expr.func.__name__, expr.func.__name__.upper())
        return f"{name}({self._print(expr.args[0])})"

    _print_Abs = _print_exp = _print_Function  # noqa: N815


def _identifiers(names: list[str], taken: set[str], plain_of: Callable[[str], str]) -> list[str]:
    identifiers: list[str] = []
    for name in names:
        plain = plain_of(name)
        candidate, number = plain, 2
        while candidate in taken or hasattr(math, candidate):
            candidate, number = f"{plain}_{number}", number + 1
        taken.add(candidate)
        identifiers.append(candidate)
    return identifiers


def _of_ascii(name: str) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return plain if plain and not plain[0].isdigit() else f"x_{plain}"


def _of_letters(name: str) -> str:
    """Keep the letters of all scripts that Python takes, in the form in which it tells names apart."""
    kept = unicodedata.normalize("NFKC", name)
    plain = "".join(letter if f"x{letter}".isidentifier() else "_" for letter in kept)
    return plain if plain.isidentifier() else f"x_{plain}"


def _renamed(formula: sympy.Expr, names: list[str], identifiers: list[str]) -> sympy.Expr:
    pairs = zip(names, identifiers, strict=True)
    return formula.xreplace({sympy.Symbol(old): sympy.Symbol(new) for old, new in pairs})


def _changed(names: list[str], identifiers: list[str]) -> list[tuple[str, str]]:
    return [(old, new) for old, new in zip(names, identifiers, strict=True) if old != new]


def column_letters(index: int) -> str:
    """Name a column of a spreadsheet: A, …, Z, AA, ….

    Parameters
    ----------
    index : int
        Its number, from 0.

    Returns
    -------
    str
        Its letters.

    Examples
    --------
    >>> from skinterpret.expressions.code import column_letters
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

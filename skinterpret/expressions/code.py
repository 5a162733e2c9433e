"""Formulas as source text of other languages, by sympy's printers."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import sympy
from sympy.printing.c import C99CodePrinter
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.pycode import PythonCodePrinter
from sympy.printing.str import StrPrinter

from skinterpret.digits import without_rounding_error
from skinterpret.expressions.raw_columns import Categories, conditions, is_missing, raw_columns

NUMPY_NAMES = frozenset(["abs", "formula", "numpy"])
# `math` raises an error where numpy and C give NaN or an infinite number
PYTHON_HELPERS = {
    "cosine": """def cosine(angle):
    return math.cos(angle) if math.isfinite(angle) else math.nan
""",
    "exponential": """def exponential(exponent):
    try:
        return math.exp(exponent)
    except OverflowError:
        return math.inf
""",
    "logarithm": """def logarithm(number):
    if number <= 0:
        return -math.inf if number == 0 else math.nan
    return math.log(number)
""",
    "power": """def power(base, exponent):
    if base < 0 and exponent % 1 != 0:
        return math.nan
    try:
        return base**exponent
    except (OverflowError, ZeroDivisionError):
        return math.copysign(math.inf, base) if exponent % 2 == 1 else math.inf
""",
    "quotient": """def quotient(numerator, denominator):
    if denominator == 0:
        sign = math.copysign(1.0, denominator)
        return numerator * sign * math.inf
    return numerator / denominator
""",
    "sine": """def sine(angle):
    return math.sin(angle) if math.isfinite(angle) else math.nan
""",
    "square_root": """def square_root(number):
    return math.nan if number < 0 else math.sqrt(number)
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
    categories: Categories | None = None,
    columns: Sequence[str] | None = None,
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
        1 for it.  These columns are asked in place of the indicators, in all languages but C, which has
        numbers only.
    columns : sequence of str, default=None
        Names of the columns of the raw table, in the order in which functions and spreadsheets take them;
        `None` means that of the inputs.  It counts where there are categories.

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
    >>> print(write_code(2 * b, ["a", "b"], "excel", {"site": {"north": None, "south": 1}}, ["site", "a"]))
    =2.0*IF(A2="south", 1.0, 0.0)
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
    known = categories or {}
    return FUNCTIONS[language](formula, names, known, raw_columns(names, known, columns if known else None))


def numpy_function(
    formula: sympy.Expr,
    feature_names: Sequence[str],
    categories: Categories | None = None,
    columns: Sequence[str] | None = None,
) -> Callable[..., Any]:
    """Make a formula a plain function of the inputs' columns.

    Parameters
    ----------
    formula : sympy.Expr
        A formula over symbols with the names of the inputs.
    feature_names : sequence of str
        Names of all inputs, in their order.
    categories, columns : object, default=None
        As for `write_code`.

    Returns
    -------
    function
        Takes as many arrays (or numbers) as there are inputs, or columns of the raw table.  It needs numpy
        and nothing else, and does not pickle: `sympy.lambdify` compiled it in this process.

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
    known = categories or {}
    asked = raw_columns(names, known, columns if known else None)
    identifiers = _identifiers(asked, set(keyword.kwlist) | NUMPY_NAMES, _of_letters)
    printer = _NumPyPrinter(_texts_of(names, known, identifiers, _numpy_is, _numpy_where))
    symbols = [sympy.Symbol(name) for name in identifiers.values()]
    function: Callable[..., Any] = sympy.lambdify(symbols, formula, "numpy", printer=printer)
    return function


def _python(formula: sympy.Expr, names: list[str], categories: Categories, columns: list[str]) -> str:
    taken = set(keyword.kwlist) | {"formula", "math", *PYTHON_HELPERS}
    identifiers = _identifiers(columns, taken, _of_letters)
    texts = _texts_of(names, categories, identifiers, _python_is, _python_if)
    body = _PythonPrinter(texts).doprint(formula)
    helpers = "".join(f"{text}\n\n" for name, text in PYTHON_HELPERS.items() if f"{name}(" in body)
    return f"import math\n\n\n{helpers}{_definition(identifiers)}    return {body}\n"


def _python_is(column: str, category: Any, others: Collection[Any]) -> str:
    return (
        f"{column} is None or {column} != {column}" if is_missing(category) else f"{column} == {category!r}"
    )


def _python_if(held: list[str]) -> str:
    return f"(1.0 if {' or '.join(held)} else 0.0)"


def _numpy(formula: sympy.Expr, names: list[str], categories: Categories, columns: list[str]) -> str:
    identifiers = _identifiers(columns, set(keyword.kwlist) | NUMPY_NAMES, _of_letters)
    texts = _texts_of(names, categories, identifiers, _numpy_is, _numpy_where)
    return f"import numpy\n\n\n{_definition(identifiers)}    return {_NumPyPrinter(texts).doprint(formula)}\n"


def _numpy_is(column: str, category: Any, others: Collection[Any]) -> str:
    if is_missing(category):
        return f"({column} == None) | ({column} != {column})"
    return f"{column} == {category!r}"


def _numpy_where(held: list[str]) -> str:
    holds = " | ".join(f"({each})" for each in held) if len(held) > 1 else held[0]
    return f"numpy.where({holds}, 1.0, 0.0)"


def _definition(identifiers: dict[str, str]) -> str:
    comment = "".join(f"    # {new}: {old!r}\n" for old, new in identifiers.items() if old != new)
    return f"def formula({', '.join(identifiers.values())}):\n{comment}"


def _texts_of(
    names: list[str],
    categories: Categories,
    columns: dict[str, str],
    holds: Callable[[str, Any, Collection[Any]], str],
    indicator: Callable[[list[str]], str],
) -> dict[str, str]:
    """Write each input: a column as it is called, or whether a column holds a category."""

    def write(column: str, category: Any, others: Collection[Any]) -> str:
        return holds(columns[column], category, others)

    return columns | {name: indicator(held) for name, held in conditions(names, categories, write).items()}


def _c(formula: sympy.Expr, names: list[str], categories: Categories, columns: list[str]) -> str:
    identifiers = _identifiers(names, set(C_KEYWORDS) | {"formula"}, _of_ascii)
    # C99 has no names for numbers
    numbers = {name: sympy.Float(float(name), 17) for name in (sympy.pi, sympy.E)}
    renamed = {sympy.Symbol(old): sympy.Symbol(new) for old, new in identifiers.items()}
    body = _CPrinter({"math_macros": {}}).doprint(formula.xreplace(renamed).xreplace(numbers))
    parameters = ", ".join(f"double {name}" for name in identifiers.values())
    comment = "".join(f"    // {new}: {text}\n" for new, text in _c_comments(names, categories, identifiers))
    return f"#include <math.h>\n\ndouble formula({parameters})\n{{\n{comment}    return {body};\n}}\n"


def _c_comments(
    names: list[str], categories: Categories, identifiers: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Say which inputs are indicators of what, and how others are called that C cannot call so."""
    held = conditions(names, categories, lambda column, category, _: f"{column!a} is {category!a}")
    for old, new in identifiers.items():
        if old in held:
            yield new, f"1 where {' or '.join(held[old])}, else 0"
        elif old != new:
            yield new, ascii(old)


def _sql(formula: sympy.Expr, names: list[str], categories: Categories, columns: list[str]) -> str:
    quoted = {column: '"' + column.replace('"', '""') + '"' for column in columns}
    texts = _texts_of(names, categories, quoted, _sql_is, _sql_case)
    return str(_FunctionPrinter(texts).doprint(formula))


def _sql_is(column: str, category: Any, others: Collection[Any]) -> str:
    return f"{column} IS NULL" if is_missing(category) else f"{column} = {_literal(category, chr(39))}"


def _sql_case(held: list[str]) -> str:
    return f"CASE WHEN {' OR '.join(held)} THEN 1.0 ELSE 0.0 END"


def _excel(formula: sympy.Expr, names: list[str], categories: Categories, columns: list[str]) -> str:
    cells = {name: f"{column_letters(index)}2" for index, name in enumerate(columns)}
    texts = _texts_of(names, categories, cells, _excel_is, _excel_if)
    return "=" + str(_FunctionPrinter(texts).doprint(formula))


def _excel_is(cell: str, category: Any, others: Collection[Any]) -> str:
    if is_missing(category):
        return f'{cell}=""'
    literal = _literal(category, '"')
    if isinstance(category, str):
        alike = [other for other in others if isinstance(other, str) and other.lower() == category.lower()]
        # = takes a for A
        return f"{cell}={literal}" if len(alike) == 1 else f"EXACT({cell}, {literal})"
    if category == 0 and any(map(is_missing, others)):  # an empty cell equals 0
        return f'AND({cell}={literal}, {cell}<>"")'
    return f"{cell}={literal}"


def _excel_if(held: list[str]) -> str:
    holds = f"OR({', '.join(held)})" if len(held) > 1 else held[0]
    return f"IF({holds}, 1.0, 0.0)"


def _literal(category: Any, quote: str) -> str:
    if isinstance(category, str):
        return quote + category.replace(quote, 2 * quote) + quote
    return str(category).upper() if isinstance(category, bool) else repr(category)


FUNCTIONS: dict[str, Callable[[sympy.Expr, list[str], Categories, list[str]], str]] = {
    "python": _python,
    "numpy": _numpy,
    "c": _c,
    "sql": _sql,
    "excel": _excel,
}
LANGUAGES = tuple(FUNCTIONS)


class _ShortestNumbers:
    """Numbers with the fewest digits from which the same double is read, where sympy has 15 or 17.

    Products that sympy made of short numbers lose their rounding error before.
    """

    def _print_Float(self, expr: Any) -> str:  # noqa: N802
        return repr(without_rounding_error(float(expr)))


class _CPrinter(_ShortestNumbers, C99CodePrinter):  # type: ignore[misc]
    pass


class _NumPyPrinter(_ShortestNumbers, NumPyPrinter):  # type: ignore[misc]
    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def _print_Symbol(self, expr: Any) -> str:  # noqa: N802
        return self._texts[expr.name]


class _PythonPrinter(_ShortestNumbers, PythonCodePrinter):  # type: ignore[misc]
    """Formulas over `math` that give what numpy gives where a number is too large or not defined."""

    def __init__(self, texts: dict[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def _print_Symbol(self, expr: Any) -> str:  # noqa: N802
        return self._texts[expr.name]

    def _print_exp(self, expr: Any) -> str:
        return f"exponential({self._print(expr.args[0])})"

    def _print_Pow(self, expr: Any, rational: bool = False) -> str:  # noqa: N802
        if expr.is_number:
            return str(super()._print_Pow(expr, rational=rational))
        if expr.exp in (-1, -sympy.S.Half):
            return f"quotient(1, {self._print(1 / expr)})"
        if expr.exp == sympy.S.Half:
            return f"square_root({self._print(expr.base)})"
        return f"power({self._print(expr.base)}, {self._print(expr.exp)})"

    def _print_Mul(self, expr: Any) -> str:  # noqa: N802
        below = [factor for factor in expr.args if _divides(factor)]
        if not below:
            return str(super()._print_Mul(expr))
        if expr.could_extract_minus_sign():
            return f"-{self._print(-expr)}"
        above = sympy.Mul(*(factor for factor in expr.args if factor not in below))
        return f"quotient({self._print(above)}, {self._print(sympy.Mul(*(1 / each for each in below)))})"

    def _print_log(self, expr: Any) -> str:
        return f"logarithm({self._print(expr.args[0])})"

    def _print_sin(self, expr: Any) -> str:
        return self._of_angle("sine", "math.sin", expr.args[0])

    def _print_cos(self, expr: Any) -> str:
        return self._of_angle("cosine", "math.cos", expr.args[0])

    def _of_angle(self, helper: str, plain: str, angle: Any) -> str:
        may_be_infinite = angle.has(sympy.Function, sympy.Pow)
        return f"{helper if may_be_infinite else plain}({self._print(angle)})"


def _divides(factor: sympy.Expr) -> bool:
    return bool(factor.is_Pow and not factor.is_number and factor.exp.is_negative)


class _FunctionPrinter(_ShortestNumbers, StrPrinter):  # type: ignore[misc]
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

    _print_Integer = _print_Rational = _print_Half = _ShortestNumbers._print_Float  # noqa: N815
    _print_NumberSymbol = _print_Pi = _print_Exp1 = _ShortestNumbers._print_Float  # noqa: N815
    _print_One = _print_Zero = _print_NegativeOne = _ShortestNumbers._print_Float  # noqa: N815

    def _print_Function(self, expr: Any) -> str:  # noqa: N802
        name = {"log": "LN", "Abs": "ABS"}.get(expr.func.__name__, expr.func.__name__.upper())
        return f"{name}({self._print(expr.args[0])})"

    _print_Abs = _print_exp = _print_Function  # noqa: N815


def _identifiers(names: list[str], taken: set[str], plain_of: Callable[[str], str]) -> dict[str, str]:
    identifiers: dict[str, str] = {}
    for name in names:
        plain = plain_of(name)
        candidate, number = plain, 2
        while candidate in taken or hasattr(math, candidate):
            candidate, number = f"{plain}_{number}", number + 1
        taken.add(candidate)
        identifiers[name] = candidate
    return identifiers


def _of_ascii(name: str) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return plain if plain and not plain[0].isdigit() else f"x_{plain}"


def _of_letters(name: str) -> str:
    """Keep the letters of all scripts that Python takes, in the form in which it tells names apart."""
    kept = unicodedata.normalize("NFKC", name)
    plain = "".join(letter if f"x{letter}".isidentifier() else "_" for letter in kept)
    return plain if plain.isidentifier() else f"x_{plain}"


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

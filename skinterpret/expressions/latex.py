"""Formulas in LaTeX, with names of inputs that may hold any character."""

from __future__ import annotations

import re

import sympy

from skinterpret.expressions.plain import on_one_line

# letters that sympy sets as it should, with a number for an index
SIMPLE = re.compile(r"[A-Za-z]\d*")
# what TeX would read as a command, in a form that may stand inside \mathrm
ESCAPED = {
    "\\": r"\backslash ",
    "^": r"\wedge ",
    "~": r"\sim ",
    " ": r"\ ",
    **{character: "\\" + character for character in "{}_%&#$"},
}


def to_latex(expression: sympy.Basic) -> str:
    r"""Write a formula in LaTeX.

    Parameters
    ----------
    expression : sympy.Basic
        A formula or a rule; names of its symbols may come from strangers.

    Returns
    -------
    str
        The formula, without dollar signs.

    Examples
    --------
    >>> import sympy
    >>> from skinterpret.expressions.latex import to_latex
    >>> print(to_latex(sympy.Symbol("x1") ** 2 + sympy.Symbol("fat_in_%")))
    \mathrm{fat\_in\_\%} + x_{1}^{2}
    """
    names = {symbol: _name(symbol.name) for symbol in expression.free_symbols}
    return str(sympy.latex(expression, symbol_names=names))


def _name(name: str) -> str:
    if SIMPLE.fullmatch(name):
        return str(sympy.latex(sympy.Symbol(name)))
    # upright, so that a name like x*y is told from a product without quotes, which TeX would turn around
    return r"\mathrm{" + "".join(ESCAPED.get(character, character) for character in on_one_line(name)) + "}"

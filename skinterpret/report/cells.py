"""Which cells of a spreadsheet a rule reads."""

from __future__ import annotations

from typing import Any

from skinterpret.expressions import Expression
from skinterpret.expressions.code import column_letters
from skinterpret.expressions.plain import on_one_line
from skinterpret.expressions.raw_columns import raw_columns


def cells_of(surrogate: Any, formula: Expression) -> str:
    """Name the columns that a formula reads and the cells that hold them, as `to_code("excel")` has them.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    formula : Expression
        One of its formulas, or of its candidates'.

    Returns
    -------
    str
        "A2: age, C2: weight"; empty where the formula reads none.
    """
    names, categories = surrogate._input_names(), surrogate._input_categories()
    column_of = {j: column for column, inputs in categories.items() for j in inputs.values() if j is not None}
    used = {column_of.get(j, names[j]) for j in formula.variables}
    columns = enumerate(raw_columns(names, categories, surrogate._raw_columns()))
    return ", ".join(f"{column_letters(j)}2: {on_one_line(str(name))}" for j, name in columns if name in used)

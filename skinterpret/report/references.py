"""What the indicators in a rule stand for, and which category is left when all of them are 0."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from skinterpret.report.plain import quoted


def indicator_sentences(surrogate: Any) -> list[str]:
    """Say of each column of categories in the rules which indicator is which, and what the reference is.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.

    Returns
    -------
    list of str
        A sentence a column; empty where the rules hold no indicator.
    """
    if surrogate.encoder_ is None:
        return []
    names = [str(name) for name in surrogate.encoder_.names]
    used = {j for answer in surrogate._answers for j in answer.expression.variables}
    sentences = (
        indicators_in_words(column, inputs, names, used)
        for column, inputs in surrogate.encoder_.categories.items()
    )
    return [sentence for sentence in sentences if sentence]


def indicators_in_words(
    column: str, inputs: Mapping[Any, int | None], names: list[str], used: Collection[int]
) -> str:
    """Say of one column which indicator is which, and what the reference is.

    Parameters
    ----------
    column : str
        Its name.
    inputs : mapping
        Each category with the position of its indicator; None for one that has none.
    names : list of str
        Names of all inputs.
    used : collection of int
        Positions of those in the rules.

    Returns
    -------
    str
        The sentence; empty where the rules hold no indicator of the column.

    Examples
    --------
    >>> from skinterpret.report.references import indicators_in_words
    >>> inputs = {"north": 0, "south": None}
    >>> indicators_in_words("district", inputs, ["district_north", "age"], {0, 1})
    'district_north is 1 where district is north, else 0; the reference is district south.'
    """
    shown = [(quoted(names[j]), category) for category, j in inputs.items() if j is not None and j in used]
    if not shown:
        return ""
    said = ", ".join(f"{name} is 1 where {column} is {category}" for name, category in shown)
    left = [str(category) for category, position in inputs.items() if position is None]
    reference = f"; the reference is {column} {' or '.join(left)}" if left else ""
    return f"{said}, else 0{reference}."

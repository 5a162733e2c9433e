"""The columns that source text asks: numbers by their names, categories by what their column holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Categories = Mapping[str, Mapping[Any, int | None]]


def raw_columns(
    names: Sequence[str], categories: Categories, columns: Sequence[str] | None = None
) -> list[str]:
    """List the columns that a table has for the inputs of a formula, in their order.

    Parameters
    ----------
    names : sequence of str
        Names of the inputs.
    categories : mapping of mapping
        By the name of each raw column of categories, each category with the position of the input that is
        1 for it.
    columns : sequence of str, default=None
        Names of the columns of the table, where they are known; what an input needs and is not among
        them follows.  `None` means the order of the inputs.

    Returns
    -------
    list of str
        Columns, each once.

    Examples
    --------
    >>> from skinterpret.expressions.raw_columns import raw_columns
    >>> categories = {"site": {"north": None, "south": 0}}
    >>> raw_columns(["site_south", "age"], categories)
    ['site', 'age']
    >>> raw_columns(["site_south", "age"], categories, ["name", "age", "site"])
    ['name', 'age', 'site']
    """
    column_of = {position: column for position, column, _ in _indicators(categories)}
    needed = [column_of.get(position, name) for position, name in enumerate(names)]
    return list(dict.fromkeys([*(columns or []), *needed]))


def conditions(
    names: Sequence[str], categories: Categories, write: Callable[[str, Any, Collection[Any]], str]
) -> dict[str, list[str]]:
    """Write for each indicator when it is 1.

    Parameters
    ----------
    names : sequence of str
        Names of the inputs.
    categories : mapping of mapping
        As for `raw_columns`.
    write : callable
        Gets a column's name, a category and all categories of the column, and writes that the column
        holds the category.

    Returns
    -------
    dict of list of str
        Conditions by the names of the inputs, of which one must hold.

    Examples
    --------
    >>> from skinterpret.expressions.raw_columns import conditions
    >>> write = lambda column, category, others: f"{column} is {category}"
    >>> conditions(["rare", "age"], {"site": {"A": 0, "B": None, "C": 0}}, write)
    {'rare': ['site is A', 'site is C']}
    """
    return {
        names[position]: [write(column, category, categories[column]) for category in own]
        for position, column, own in _indicators(categories)
    }


def _indicators(categories: Categories) -> list[tuple[int, str, list[Any]]]:
    """Position of each indicator, its column, and its categories: infrequent ones may share one."""
    return [
        (position, column, [category for category, other in inputs.items() if other == position])
        for column, inputs in categories.items()
        for position in dict.fromkeys(inputs.values())
        if position is not None
    ]


def is_missing(category: Any) -> bool:
    """Tell whether a category stands for missing values.

    Parameters
    ----------
    category : object
        A category.

    Returns
    -------
    bool
        Whether it is None or NaN.

    Examples
    --------
    >>> from skinterpret.expressions.raw_columns import is_missing
    >>> is_missing(None), is_missing(float("nan")), is_missing("")
    (True, True, False)
    """
    return category is None or bool(category != category)

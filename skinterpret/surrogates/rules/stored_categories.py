"""What the inputs of a stored rule say of categories: the raw column and the category of each indicator."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

Categories = Mapping[str, Mapping[Any, int | None]]


def written(categories: Categories | None) -> list[dict[str, Any]] | None:
    """Turn categories into plain values.

    Parameters
    ----------
    categories : mapping or None
        As `ClassificationRule` takes it.

    Returns
    -------
    list of dict or None
        For each raw column its name, its categories and the inputs that are their indicators.
    """
    if categories is None:
        return None
    return [
        {"column": column, "values": list(inputs), "inputs": list(inputs.values())}
        for column, inputs in categories.items()
    ]


def checked(entries: Any, n_features: int) -> dict[str, dict[Any, int | None]] | None:
    """Check what `written` gave.

    Parameters
    ----------
    entries : object
        Anything that JSON can hold.
    n_features : int
        Number of inputs.

    Returns
    -------
    dict or None
        Categories as `ClassificationRule` takes them.

    Raises
    ------
    ValueError
        If it is something else; the message says what.
    """
    if entries is None:
        return None
    if not isinstance(entries, list):
        raise ValueError("categories must be null or a list of columns.")
    known: dict[str, dict[Any, int | None]] = {}
    taken: set[int] = set()
    for number, entry in enumerate(entries):
        column, inputs = _column(entry, f"Entry {number} of categories", n_features)
        if column in known:
            raise ValueError(f"categories must name each column once, but {column!r:.40} is there twice.")
        own = {position for position in inputs.values() if position is not None}
        if own & taken:
            raise ValueError("categories must not give one input to two columns.")
        known[column] = inputs
        taken |= own
    return known


def _column(entry: Any, what: str, n_features: int) -> tuple[str, dict[Any, int | None]]:
    if not isinstance(entry, dict) or set(entry) != {"column", "values", "inputs"}:
        raise ValueError(f"{what} must have column, values and inputs, and nothing else.")
    column, values, inputs = entry["column"], entry["values"], entry["inputs"]
    if not isinstance(column, str):
        raise ValueError(f"{what} must have a text for its column.")
    if not isinstance(values, list) or not all(map(_is_category, values)):
        raise ValueError(f"{what} must have a list of texts and numbers for its values.")
    if not isinstance(inputs, list) or len(inputs) != len(values) or len(set(values)) != len(values):
        raise ValueError(f"{what} must have different values, and as many inputs.")
    if not all(each is None or (type(each) is int and 0 <= each < n_features) for each in inputs):
        raise ValueError(f"{what} must have null or the number of an input, counted from 0, for each value.")
    return column, dict(zip(values, inputs, strict=True))


def _is_category(value: Any) -> bool:
    finite = isinstance(value, float) and math.isfinite(value)  # a number such as 1e999 is read as infinity
    return value is None or isinstance(value, str | int) or finite

"""Values of text that are one to a reader: those that differ by blanks at their ends, or by capitals."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pandas as pd


def refuse_blanks(column: pd.Series, or_else: str = "") -> None:
    """Refuse values that differ by blanks at their ends only, which nobody sees in a table.

    Parameters
    ----------
    column : Series
        Labels or categories.
    or_else : str, default=""
        A further mend, from the comma before it on.

    Raises
    ------
    ValueError
        If there are two such values.
    """
    pairs = _pairs(column, str.strip)
    if pairs:
        one, other = pairs[0]
        raise ValueError(
            f"Column {column.name!r} holds {one!r} and {other!r}, which differ by blanks at their ends only; "
            f"write them alike, in pandas by .str.strip(){or_else}."
        )


def warn_of_capitals(column: pd.Series) -> None:
    """Say which values differ by capitals only; they may be meant as different ones.

    Parameters
    ----------
    column : Series
        Labels or categories.
    """
    pairs = _pairs(column, lambda text: text.strip().casefold())
    if pairs:
        one, other = pairs[0]
        more = f" ({len(pairs) - 1} more such)" if len(pairs) > 1 else ""
        print(
            f"skinterpret: column {column.name!r} holds {one!r} and {other!r}{more}, which differ by "
            "capitals only and count as different ones; write them alike if they are not.",
            file=sys.stderr,
        )


def _pairs(column: pd.Series, reduced: Callable[[str], str]) -> list[tuple[str, str]]:
    """List values that are the same when reduced, each with the first such value before it."""
    first: dict[str, str] = {}
    found = []
    for value in sorted(value for value in column.unique() if isinstance(value, str)):
        known = first.setdefault(reduced(value), value)
        if known != value:
            found.append((known, value))
    return found

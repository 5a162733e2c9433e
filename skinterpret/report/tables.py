"""Tables that other parts of the package have computed, ready for the page."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

MOST_ROWS = 200


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    text : str
        What it says.
    shade : float or None
        From 0 to 1, how strongly it is coloured; `None` for words.
    """

    text: str
    shade: float | None


@dataclass(frozen=True)
class TableView:
    """A table of text.

    Attributes
    ----------
    index_names, columns : list of str
        Headings of the index levels and of the columns.
    rows : list of (list of str, list of Cell)
        Index entries and cells.
    n_left_out : int
        Rows beyond those that are shown.
    """

    index_names: list[str]
    columns: list[str]
    rows: list[tuple[list[str], list[Cell]]]
    n_left_out: int


def table_view(table: pd.DataFrame, *, shaded: bool) -> TableView:
    """Turn a table into text.

    Parameters
    ----------
    table : DataFrame
        Any table; a heat map with class probabilities has rows (feature, value) and a column a class.
    shaded : bool
        Whether numbers are coloured by their size: as they are where all lie between 0 and 1,
        otherwise by their size among all.

    Returns
    -------
    TableView
        At most 200 rows of it.
    """
    shown = table.iloc[:MOST_ROWS]
    shades = _shades(shown) if shaded else np.full(shown.shape, np.nan)
    entries = [key if isinstance(key, tuple) else (key,) for key in shown.index]
    return TableView(
        index_names=["" if name is None else str(name) for name in table.index.names],
        columns=[_heading(column) for column in table.columns],
        rows=[
            (
                [_text(part) for part in entry],
                [
                    Cell(_text(value), None if np.isnan(shade) else round(float(shade), 2))
                    for value, shade in zip(row, row_shades, strict=True)
                ],
            )
            for entry, row, row_shades in zip(
                entries, shown.itertuples(index=False, name=None), shades, strict=True
            )
        ],
        n_left_out=len(table) - len(shown),
    )


def _shades(table: pd.DataFrame) -> Any:
    numbers = table.apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        return np.full(table.shape, np.nan)
    low, high = min(0.0, finite.min()), max(1.0, finite.max())
    if finite.min() < 0 or finite.max() > 1:
        low, high = finite.min(), finite.max()
    shades = (numbers - low) / (high - low) if high > low else np.zeros(table.shape)
    return np.where(np.isfinite(shades), shades, np.nan)


def _heading(column: Any) -> str:
    return " ".join(map(str, column)) if isinstance(column, tuple) else str(column)


def _text(value: Any) -> str:
    if isinstance(value, Real) and not isinstance(value, Integral):
        return "–" if np.isnan(float(value)) else f"{float(value):.4g}"
    return str(value)

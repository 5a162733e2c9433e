"""Tables that other parts of the package have computed, ready for the page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from skinterpret.report.numbers import alike

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
    cells = list(zip(*(alike(shown.iloc[:, j].tolist()) for j in range(shown.shape[1])), strict=True))
    return TableView(
        index_names=["" if name is None else str(name) for name in table.index.names],
        columns=[_heading(column) for column in table.columns],
        rows=[
            (
                entry,
                [
                    Cell(text, None if np.isnan(shade) else round(float(shade), 2))
                    for text, shade in zip(texts, row_shades, strict=True)
                ],
            )
            for entry, texts, row_shades in zip(index_texts(shown.index), cells, shades, strict=True)
        ],
        n_left_out=len(table) - len(shown),
    )


def index_texts(index: pd.Index) -> list[list[str]]:
    """Write the entries of an index, those of the last level alike where the levels before it are the same.

    Parameters
    ----------
    index : Index
        Such as one of features and their values.

    Returns
    -------
    list of list of str
        The texts of each entry.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.report.tables import index_texts
    >>> index_texts(pd.MultiIndex.from_tuples([("age", 70), ("dose", 1.0), ("dose", 0.5)]))
    [['age', '70'], ['dose', '1.0'], ['dose', '0.5']]
    """
    entries = [key if isinstance(key, tuple) else (key,) for key in index]
    together = defaultdict(list)
    for position, entry in enumerate(entries):
        together[entry[:-1]].append(position)
    texts = [[str(part) for part in entry] for entry in entries]
    for positions in together.values():
        for position, text in zip(positions, alike([entries[k][-1] for k in positions]), strict=True):
            texts[position][-1] = text
    return texts


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

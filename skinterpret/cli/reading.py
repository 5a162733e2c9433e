"""Tables from files, refused in one sentence where they cannot be read."""

from __future__ import annotations

import errno
import os
import re
import warnings
from collections.abc import Callable, Collection, Hashable
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import pandas as pd

from skinterpret.cli.columns import or_leave_out

Reader = Callable[[str], pd.DataFrame]
READERS: dict[str, Reader] = {
    ".csv": pd.read_csv,
    ".parquet": pd.read_parquet,
    ".feather": pd.read_feather,
}
WITH_COMMA = re.compile(r'"?\s*[-+]?\d+,\d+\s*"?')
SEPARATORS = {"\t": "tabs", ";": "semicolons"}  # other than commas; tabs are seldom parts of names
MOST_LINES = 1000  # that are read to see whether numbers have commas
RAGGED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_table(path: str) -> pd.DataFrame:
    """Read a CSV, Parquet or Feather file.

    Parameters
    ----------
    path : str
        The file; its ending says which.

    Returns
    -------
    DataFrame
        Its rows.

    Raises
    ------
    ValueError
        If the ending is another one, if pyarrow is missing, if there is nothing in the file, if it is no
        table, or if its columns cannot be told apart by their names.
    OSError
        If it cannot be read.
    """
    ending = Path(path).suffix.lower()
    if Path(path).is_dir():
        raise ValueError(f"{path} is a directory; give a file in it, one of {', '.join(READERS)}.")
    if ending not in READERS:
        raise ValueError(f"{path} is no table that can be read; use one of {', '.join(READERS)}.")
    if ending != ".csv" and find_spec("pyarrow") is None:
        raise ValueError(
            f'Reading {path} takes pyarrow: pip install "skinterpret[tables]", or save the table as CSV.'
        )
    table = _read_csv(path) if ending == ".csv" else _read_columns(path, READERS[ending])
    if table.empty:
        raise ValueError(f"{path} has no rows.")
    if ending != ".csv":
        _refuse_names(list(map(str, table.columns)), path)
    return table.set_axis(table.columns.map(str), axis=1)


def _read_csv(path: str) -> pd.DataFrame:
    try:
        names = _names_in(path)
        if len(names) == 1:
            _refuse_separators(names[0], path)
        table = _parsed(path)
    except pd.errors.EmptyDataError:
        raise ValueError(f"{path} is empty.") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not written in UTF-8; save it again in that encoding.") from None
    except pd.errors.ParserError as error:
        raise ValueError(_broken(path, str(error))) from None
    _refuse_names(names, path)
    return table


def _parsed(path: str) -> pd.DataFrame:
    """Parse a file; pandas by itself makes an index of the first values where rows have more than names."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            table = pd.read_csv(path, index_col=False)
        except pd.errors.ParserWarning:  # what is beyond the names would be dropped
            raise ValueError(
                f"{path} has rows with more values than there are names in its first line; name each column "
                "there, and put values that hold a comma between quotes."
            ) from None
    return table


def _refuse_separators(first: str, path: str) -> None:
    """Refuse a table without commas in its first line that has other signs between columns."""
    for separator, name in SEPARATORS.items():
        if separator in first:
            raise ValueError(_with_separators(path, separator, name))


def _with_separators(path: str, separator: str, name: str) -> str:
    """Say how to save a table with commas, under a name that leaves the file as it is."""
    with open(path, encoding="utf-8") as file:
        cells = [cell for line in islice(file, MOST_LINES) for cell in line.strip().split(separator)]
    decimal = ", decimal=','" if any(map(WITH_COMMA.fullmatch, cells)) else ""
    place = Path(path)
    other = str(place.with_name(f"{place.stem}_commas{place.suffix}"))
    return (
        f"{path} looks as if {name} stood between its columns; save it with commas, in pandas by "
        f"pd.read_csv({path!r}, sep={separator!r}{decimal}).to_csv({other!r}, index=False)."
    )


def _read_columns(path: str, reader: Reader) -> pd.DataFrame:
    try:
        return reader(path)
    except FileNotFoundError:  # which pyarrow raises in words of its own
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from None
    except ValueError as error:
        raise ValueError(_broken(path, str(error))) from None


def _broken(path: str, reason: str) -> str:
    ragged = RAGGED.search(reason)
    if ragged:
        expected, line, found = ragged.groups()
        return (
            f"Line {line} of {path} has {found} values instead of {expected}; put values that hold a comma "
            "between quotes."
        )
    first = reason.removeprefix("Error tokenizing data. C error: ").strip().partition("\n")[0].rstrip(".")
    return f"{path} is no table that can be read ({first}); save it again."


def _names_in(path: str) -> list[str]:
    """Read the names as they are in the file; pandas makes others of those that are there twice or empty."""
    first = pd.read_csv(path, header=None, nrows=1, dtype=str, keep_default_na=False)
    return [str(name) for name in first.iloc[0]]


def _refuse_names(names: list[str], path: str) -> None:
    for position, name in enumerate(names, start=1):
        if not name.strip():
            raise ValueError(
                f"Column {position} of {path} has no name; name it in the file or leave it out, as pandas "
                "does with row numbers by to_csv(index=False)."
            )
        if names.index(name) + 1 < position:
            raise ValueError(f"{path} has more than one column {name!r}; give each a name of its own.")


def refuse_lists(table: pd.DataFrame, path: str, may_drop: Collection[str] = ()) -> None:
    """Refuse columns that hold more than one value a row.

    Parameters
    ----------
    table : DataFrame
        What was read.
    path : str
        Name of the file, for messages.
    may_drop : collection of str, default=()
        Columns that `--drop` may name.

    Raises
    ------
    ValueError
        If there is one.
    """
    for name in table.columns[[pd.api.types.is_object_dtype(dtype) for dtype in table.dtypes]]:
        kinds = {type(value).__name__ for value in table[name] if not isinstance(value, Hashable)}
        if kinds:
            raise ValueError(
                f"Column {name!r} of {path} holds more than one value a row ({min(kinds)}); give each of "
                f"them a column of its own{or_leave_out(str(name), name in may_drop)}."
            )

"""Columns of text: categories, or what was meant as something else and is refused in one sentence."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.cli.columns import or_leave_out
from skinterpret.cli.spellings import refuse_blanks, warn_of_capitals

MOST_CATEGORIES = 30
#: how tables write that there is no number; pandas reads some of them as missing by itself
MARKS = {"?", "", "na", "n/a", "-", "null", "none", "nan", ".", "missing", "unknown"}
WITH_COMMAS = re.compile(r"\s*[-+]?\d{1,3}(,\d{3})*(\.\d+)?\s*")
SHARE = re.compile(r"\s*[-+]?\d+([.,]\d+)?\s*%\s*")
DATE = re.compile(r"\s*(\d{4}([-./])\d{1,2}\2\d{1,2}|\d{1,2}([-./])\d{1,2}\3(\d{4}|\d{2}))([ T].*)?")
MONTH = re.compile(r"\s*\d{4}[-/](0?[1-9]|1[0-2])\s*")


def text_columns(X: pd.DataFrame) -> list[str]:
    """List the columns that hold no numbers.

    Parameters
    ----------
    X : DataFrame
        Inputs.

    Returns
    -------
    list of str
        Names.
    """
    return list(X.select_dtypes(exclude=["number", "bool"]).columns)


def categorical_columns(X: pd.DataFrame, may_drop: bool = True) -> list[str]:
    """List the columns that hold categories.

    Parameters
    ----------
    X : DataFrame
        Inputs.
    may_drop : bool, default=True
        Whether `--drop` may name them.

    Returns
    -------
    list of str
        Names of all columns that hold no numbers.

    Raises
    ------
    ValueError
        If one holds dates, shares, more words than there may be categories, or words that differ by blanks at
        their ends only.
    """
    names = text_columns(X)
    for name in names:
        _refuse_what_is_no_category(X[name], or_leave_out(name, may_drop))
        warn_of_capitals(X[name])
    return names


def refuse_mistaken_numbers(X: pd.DataFrame, may_drop: bool = True) -> None:
    """Refuse columns of numbers that a few cells make columns of text.

    The numbers would become categories, each with an indicator, and nobody would be told.  A column that is
    declared to hold categories may hold any.

    Parameters
    ----------
    X : DataFrame
        Inputs.
    may_drop : bool, default=True
        Whether `--drop` may name its columns.

    Raises
    ------
    ValueError
        If a column of text holds numbers mostly, or but for marks of missing values; the message names the
        first other cell.
    """
    for name in text_columns(X):
        if not isinstance(X[name].dtype, pd.CategoricalDtype):
            _refuse_other_cells(X[name], or_leave_out(name, may_drop))


def _refuse_other_cells(column: pd.Series, or_else: str) -> None:
    texts = column.astype(str)
    other = pd.to_numeric(texts, errors="coerce").isna().to_numpy()
    _refuse_separators(column, texts, other)
    marked = texts.str.strip().str.lower().isin(MARKS).to_numpy()
    if not other.any() or other.all() or not (other.mean() < 0.5 or marked[other].all()):
        return
    are = "is none," if other.sum() == 1 else "are none, the first"
    raise ValueError(
        f"Column {column.name!r} holds numbers, but {other.sum():,} of its {len(other):,} values {are} "
        f"{_cell(column, other)}; write a number there or leave the row out, or, where categories are "
        f"meant, write all of them as words{or_else}."
    )


def _refuse_separators(column: pd.Series, texts: pd.Series, other: NDArray[np.bool_]) -> None:
    if other.any() and texts.map(lambda text: bool(WITH_COMMAS.fullmatch(text))).all():
        raise ValueError(
            f"Column {column.name!r} holds numbers with separators of thousands, first "
            f"{_cell(column, other)}; write them without, as pandas does after read_csv(…, thousands=',')."
        )


def _refuse_what_is_no_category(column: pd.Series, or_else: str) -> None:
    n_values, texts = column.nunique(), column.astype(str)
    if texts.map(lambda text: bool(SHARE.fullmatch(text))).all():
        raise ValueError(
            f"Column {column.name!r} holds numbers with a % sign, such as {column.iloc[0]!r}; write them "
            "without it."
        )
    if texts.str.strip().nunique() <= MOST_CATEGORIES:  # of more it is not the blanks that matter
        refuse_blanks(column, or_else)
    _refuse_months(column, texts, or_else)
    is_many = n_values > MOST_CATEGORIES
    are_dates = pd.api.types.is_datetime64_any_dtype(column)
    if are_dates or (is_many and texts.map(lambda text: bool(DATE.fullmatch(text))).all()):
        raise ValueError(
            f"Column {column.name!r} holds dates, such as {texts.iloc[0]!r}; write them as numbers, for "
            f"instance as the days since a day of your choice{or_else}."
        )
    if is_many:
        raise ValueError(
            f"Column {column.name!r} holds {n_values:,} different words, more than the {MOST_CATEGORIES} "
            f"that can be categories; write numbers, group rare words so that at most {MOST_CATEGORIES} are "
            f"left{or_else}."
        )


def _refuse_months(column: pd.Series, texts: pd.Series, or_else: str) -> None:
    """Refuse years with months, however few, unless the column is declared to hold categories."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return
    if texts.map(lambda text: bool(MONTH.fullmatch(text))).all():
        raise ValueError(
            f"Column {column.name!r} holds dates, such as {texts.iloc[0]!r}; write them as numbers, for "
            f"instance as the months since one of your choice{or_else}."
        )


def _cell(column: pd.Series, where: NDArray[np.bool_]) -> str:
    row = int(np.flatnonzero(where)[0])
    return f"{str(column.iloc[row])!r} in row {row + 1}"

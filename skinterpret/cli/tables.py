"""Inputs and classes of a table, refused in one sentence where they cannot be used."""

from __future__ import annotations

import re

import pandas as pd

from skinterpret._gaps import refuse_gaps
from skinterpret._spelling import did_you_mean


def split_target(table: pd.DataFrame, target: str, path: str) -> tuple[pd.DataFrame, pd.Series]:
    """Separate the inputs from the labels.

    Parameters
    ----------
    table : DataFrame
        Inputs and labels.
    target : str
        Name of the column with the labels.
    path : str
        Name of the file, for messages.

    Returns
    -------
    DataFrame
        Inputs.
    Series
        Labels.

    Raises
    ------
    ValueError
        If there is no such column or no other one, or something is missing or infinite.
    """
    if target not in table:
        names = list(map(str, table.columns))
        choice = f"choose --target from: {', '.join(names[:MOST_NAMES])}{', …' * (len(names) > MOST_NAMES)}."
        raise ValueError(f"{path} has no column {target!r}; {did_you_mean(target, names) or choice}")
    if len(table.columns) == 1:
        raise ValueError(f"{path} has no column beside {target!r}; add those that the classes depend on.")
    if table[target].isna().any():
        raise ValueError(f"Column {target!r} has missing values; drop the rows without a class.")
    counts = table[target].value_counts()
    if len(counts) == 1:
        raise ValueError(
            f"Column {target!r} holds one class only ({counts.index[0]}); a decision rule needs rows of two."
        )
    if len(counts) > MOST_CATEGORIES:
        raise ValueError(
            f"Column {target!r} has {len(counts)} different values, too many for classes; values are "
            "explained by SymbolicSurrogateRegressor in Python."
        )
    if counts.min() < FEWEST_ROWS:
        raise ValueError(
            f"Only {_rows_have(counts.min(), path)} {target} = {counts.idxmin()}; {FEWEST_ROWS} of each "
            "class are needed at least."
        )
    X = table.drop(columns=target)
    refuse_gaps(X)
    return X, table[target]


def _rows_have(number: int, path: str) -> str:
    return f"one row of {path} has" if number == 1 else f"{number} rows of {path} have"


def check_folds(y: pd.Series, n_folds: int) -> None:
    """Refuse more folds than there are rows of a class.

    Parameters
    ----------
    y : Series of shape (n_samples,)
        Classes.
    n_folds : int
        Folds of a cross-validation.

    Raises
    ------
    ValueError
        If some fold would lack a class.
    """
    counts = y.value_counts()
    if counts.min() < n_folds:
        raise ValueError(
            f"--folds {n_folds} is more than the {counts.min()} rows with {y.name} = {counts.idxmin()}, of "
            f"which each fold needs one; give --folds {counts.min()} at most."
        )


def categorical_columns(X: pd.DataFrame) -> list[str]:
    """List the columns that hold no numbers.

    Parameters
    ----------
    X : DataFrame
        Inputs.

    Returns
    -------
    list of str
        Names; columns of dates and of as many words as rows are refused.

    Raises
    ------
    ValueError
        If a column is neither numbers nor categories.
    """
    words = list(X.select_dtypes(exclude=["number", "bool"]).columns)
    for name in words:
        n_values = X[name].nunique()
        if n_values > MOST_CATEGORIES and _are_numbers_with_separators(X[name]):
            raise ValueError(
                f"Column {name!r} holds numbers with separators of thousands, such as {X[name].iloc[0]!r}; "
                "write them without, as pandas does after read_csv(…, thousands=',')."
            )
        if pd.api.types.is_datetime64_any_dtype(X[name]) or n_values > MOST_CATEGORIES:
            raise ValueError(
                f"Column {name!r} holds neither numbers nor categories ({n_values} different values); "
                "leave it out of the file."
            )
    return words


def _are_numbers_with_separators(column: pd.Series) -> bool:
    return bool(column.map(lambda value: isinstance(value, str) and bool(WITH_COMMAS.fullmatch(value))).all())


WITH_COMMAS = re.compile(r"\s*[-+]?\d{1,3}(,\d{3})*(\.\d+)?\s*")
MOST_NAMES = 40  # of columns in a message
MOST_CATEGORIES = 30
FEWEST_ROWS = 5  # of a class: of the train, held-back and test rows each must have some

"""Inputs and classes of a table, refused in one sentence where they cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from skinterpret._gaps import first_gap
from skinterpret._spelling import columns_named, did_you_mean
from skinterpret.cli.columns import MOST_NAMES, chosen_columns
from skinterpret.cli.reading import refuse_lists
from skinterpret.cli.spellings import refuse_blanks, warn_of_capitals
from skinterpret.cli.text_columns import MOST_CATEGORIES


def split_target(
    table: pd.DataFrame,
    target: str,
    path: str,
    columns: Sequence[str] | None = None,
    drop: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, pd.Series]:
    """Separate the inputs from the labels.

    Parameters
    ----------
    table : DataFrame
        Inputs and labels.
    target : str
        Name of the column with the labels.
    path : str
        Name of the file, for messages.
    columns : sequence of str or None, default=None
        The only inputs; `None` means all columns.
    drop : sequence of str or None, default=None
        Columns that are no inputs.

    Returns
    -------
    DataFrame
        Inputs.
    Series
        Labels.

    Raises
    ------
    ValueError
        If there is no such column or no other one, or the labels are no classes with rows enough.
    """
    if target not in table:
        names = list(map(str, table.columns))
        choice = f"choose --target from: {', '.join(names[:MOST_NAMES])}{', …' * (len(names) > MOST_NAMES)}."
        raise ValueError(f"{path} has no column {target!r}; {did_you_mean(target, names) or choice}")
    if len(table.columns) == 1:
        raise ValueError(f"{path} has no column beside {target!r}; add those that the classes depend on.")
    table = chosen_columns(table, target, path, columns, drop)
    refuse_lists(table, path, [name for name in table.columns if name != target])
    if table[target].isna().any():
        raise ValueError(
            f"Column {target!r} has missing values, {first_gap(table[target])}; drop the rows without a "
            "class."
        )
    refuse_blanks(table[target])
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
    warn_of_capitals(table[target])
    if counts.min() < FEWEST_ROWS:
        raise ValueError(
            f"Only {_rows_have(counts.min(), path)} {target} = {counts.idxmin()}; {FEWEST_ROWS} of each "
            "class are needed at least."
        )
    return table.drop(columns=target), table[target]


def _rows_have(number: int, path: str) -> str:
    return f"one row of {path} has" if number == 1 else f"{number} rows of {path} have"


def constant_columns(X: pd.DataFrame) -> list[str]:
    """List the columns that hold the same value in all rows, of which no network learns anything.

    Parameters
    ----------
    X : DataFrame
        Inputs.

    Returns
    -------
    list of str
        Names.

    Raises
    ------
    ValueError
        If all columns do.
    """
    names = [name for name in X.columns if X[name].nunique() == 1]
    if len(names) == len(X.columns):
        raise ValueError(
            f"No input varies, as {columns_named(names)} would have to; add columns that the classes depend "
            "on."
        )
    return names


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


FEWEST_ROWS = 5  # of a class: of the train, held-back and test rows each must have some

"""The inputs of a rule, found in a table of raw rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from skinterpret._gaps import refuse_gaps
from skinterpret._spelling import columns_named, did_you_mean, mended


def rule_inputs(table: pd.DataFrame, rule: Any, what: str) -> pd.DataFrame:
    """Find the inputs of a rule in a table, indicators of categories among them.

    Parameters
    ----------
    table : DataFrame
        Raw rows.
    rule : ClassificationRule or RegressionRule
        The rule; of its inputs those that its formulas hold are needed.
    what : str
        Name of the table, for messages.

    Returns
    -------
    DataFrame
        The inputs by their names; 0 for those that the formulas do not hold.

    Raises
    ------
    ValueError
        If an input that the rule uses is not there or has missing values, if it holds a category that the
        rule does not know, or if a rule that does not tell what its indicators stand for leaves more than
        one column to choose from.
    """
    names = [str(name) for name in getattr(rule, "feature_names_in_", table.columns)]
    used = {j for formula in rule.formulas for j in formula.variables}
    _refuse_missing(table, rule, [(j, names[j]) for j in sorted(used)], what)
    columns = {
        name: _values(table, rule, j, name, what) if j in used else 0.0 for j, name in enumerate(names)
    }
    return pd.DataFrame(columns, index=table.index)


def has_raw_columns(X: Any, rule: Any) -> bool:
    """Tell whether rows come as the table that a rule was made from, with its columns of categories.

    Parameters
    ----------
    X : object
        Rows.
    rule : ClassificationRule or RegressionRule
        The rule.

    Returns
    -------
    bool
        Whether they are a table that holds such a column and is not one of the rule's inputs.
    """
    if not rule.categories or rule.feature_names is None or not isinstance(X, pd.DataFrame):
        return False
    is_of_inputs = list(X.columns) == list(rule.feature_names)
    return not is_of_inputs and any(column in X for column in rule.categories)


def _refuse_missing(table: pd.DataFrame, rule: Any, used: list[tuple[int, str]], what: str) -> None:
    needed = [_column_of(table, rule, position, name) for position, name in used]
    missing = list(dict.fromkeys(column for column in needed if column not in table))
    if missing:
        raise ValueError(
            f"{what} has no {columns_named(missing)}, which the rule uses"
            f"{mended(did_you_mean(missing[0], map(str, table.columns)))}"
        )


def _column_of(table: pd.DataFrame, rule: Any, position: int, name: str) -> str:
    """Name the column that an input is read from: its own, or that of the category which it stands for."""
    if rule.categories is None and name not in table:
        return next(iter(_prefixes(table, name)), name)
    for column, inputs in (rule.categories or {}).items():
        if position in inputs.values() and (column in table or name not in table):
            return str(column)
    return name


def _values(table: pd.DataFrame, rule: Any, position: int, name: str, what: str) -> Any:
    """Values of one input: a column, or whether another column holds the category that it stands for."""
    if rule.categories is None and name not in table:
        return _guessed(table, name, what)
    column = _column_of(table, rule, position, name)
    inputs = (rule.categories or {}).get(column, {})
    if position in inputs.values():
        return _indicator(table[column], inputs, position, what)
    return _number(table, name, what)


def _number(table: pd.DataFrame, name: str, what: str) -> pd.Series:
    column = table[name]
    refuse_gaps(column.to_frame())
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.isna().any():
        row = int(np.flatnonzero(numbers.isna())[0])
        raise ValueError(
            f"Column {name!r} of {what} must hold numbers for the rule, but row {row + 1} has "
            f"{column.iloc[row]!r}; write a number there or leave the row out."
        )
    refuse_gaps(numbers.to_frame())
    return numbers


def _indicator(column: pd.Series, inputs: Mapping[Any, int | None], position: int, what: str) -> Any:
    if None not in inputs:
        refuse_gaps(column.to_frame())
    known = {_text(value): input_of_value for value, input_of_value in inputs.items()}
    texts = [_text(value) for value in column]
    unknown = [row for row, text in enumerate(texts) if text not in known]
    if unknown:
        several = f"{len(unknown)} rows of {what} have" if len(unknown) > 1 else f"A row of {what} has"
        raise ValueError(
            f"{several} a category in column {column.name!r} that the rule does not know, first "
            f"{texts[unknown[0]]!r} in row {unknown[0] + 1}; leave such rows out, or explain a table that "
            f"has it (known: {', '.join(map(str, known))})."
        )
    return np.array([known[text] == position for text in texts], dtype=np.float64)


def _text(value: Any) -> str | None:
    """Write a category so that it is found again where numbers were words, or 2 is 2.0."""
    if pd.isna(value):
        return None
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def _guessed(table: pd.DataFrame, name: str, what: str) -> Any:
    """Take a name such as `site_B` for the category B of the column site, where one column allows it."""
    columns = _prefixes(table, name)
    if len(columns) > 1:
        raise ValueError(
            f"The rule does not tell whether its input {name!r} is a category of column {columns[0]!r} or of "
            f"{columns[1]!r} of {what}; write the rule again with this version of skinterpret."
        )
    refuse_gaps(table[columns])
    return (table[columns[0]].astype(str) == name[len(columns[0]) + 1 :]).astype(np.float64)


def _prefixes(table: pd.DataFrame, name: str) -> list[str]:
    return [column for column in map(str, table.columns) if name.startswith(f"{column}_")]

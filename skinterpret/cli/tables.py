"""Tables and models from files, refused in one sentence where they cannot be used."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from skinterpret.cli.spelling import did_you_mean, mended

READERS = {
    ".csv": pd.read_csv,
    ".parquet": pd.read_parquet,
    ".feather": pd.read_feather,
}


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
        If the ending is another one, if pyarrow is missing, if there is nothing in the file, or if its
        columns cannot be told apart by their names.
    OSError
        If it cannot be read.
    """
    ending = Path(path).suffix.lower()
    if ending not in READERS:
        raise ValueError(f"{path} is no table that can be read; use one of {', '.join(READERS)}.")
    if ending != ".csv" and find_spec("pyarrow") is None:
        raise ValueError(f"Reading {path} takes pyarrow; install it, or save the table as CSV.")
    try:
        table: pd.DataFrame = READERS[ending](path)  # type: ignore[operator]
    except pd.errors.EmptyDataError:
        raise ValueError(f"{path} is empty.") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not written in UTF-8; save it again in that encoding.") from None
    if table.empty:
        raise ValueError(f"{path} has no rows.")
    _refuse_names(_names_in(path) if ending == ".csv" else list(map(str, table.columns)), path)
    if ending == ".csv" and not isinstance(table.index, pd.RangeIndex):
        raise ValueError(f"{path} has rows with more values than there are names in its first line.")
    return table.set_axis(table.columns.map(str), axis=1)


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
        If there is no such column, or something is missing.
    """
    if target not in table:
        if len(table.columns) == 1 and ";" in str(table.columns[0]):
            raise ValueError(f"{path} has one column only; save it with commas instead of semicolons.")
        names = list(map(str, table.columns))
        choice = f"choose --target from: {', '.join(names[:MOST_NAMES])}{', …' * (len(names) > MOST_NAMES)}."
        raise ValueError(f"{path} has no column {target!r}; {did_you_mean(target, names) or choice}")
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
            f"Only {counts.min()} rows of {path} have {target} = {counts.idxmin()}; {FEWEST_ROWS} of each "
            "class are needed at least."
        )
    X = table.drop(columns=target)
    refuse_gaps(X)
    return X, table[target]


def rule_inputs(table: pd.DataFrame, names: list[str], used: list[str], path: str) -> pd.DataFrame:
    """Find the inputs of a rule in a table, indicators of categories among them.

    Parameters
    ----------
    table : DataFrame
        Raw rows.
    names : list of str
        Names of all inputs that the rule was read with.
    used : list of str
        Those that its formulas hold.
    path : str
        Name of the file, for messages.

    Returns
    -------
    DataFrame
        Columns with these names; 0 where the rule does not use an input that the table lacks.

    Raises
    ------
    ValueError
        If an input that the rule uses is not there or has missing values.
    """
    columns = {name: _column(table, name) for name in names}
    missing = [name for name in used if columns[name] is None]
    if missing:
        raise ValueError(
            f"{path} has no column {missing[0]!r}, which the rule uses"
            f"{mended(did_you_mean(missing[0], map(str, table.columns)))}"
        )
    refuse_gaps(pd.DataFrame({name: columns[name] for name in used}, index=table.index))
    kept = {name: columns[name] if name in used else 0.0 for name in names}
    return pd.DataFrame(kept, index=table.index)


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


def _column(table: pd.DataFrame, name: str) -> Any:
    """Find a column, or whether another one holds the category that a name such as `site_B` speaks of."""
    if name in table:
        return table[name]
    for column in map(str, table.columns):
        if name.startswith(f"{column}_"):
            return (table[column].astype(str) == name[len(column) + 1 :]).astype(float)
    return None


def refuse_gaps(X: pd.DataFrame) -> None:
    """Refuse a table with missing values.

    Parameters
    ----------
    X : DataFrame
        Inputs.

    Raises
    ------
    ValueError
        If a value is missing; the message names the column.
    """
    gaps = list(X.columns[X.isna().any()])
    if gaps:
        raise ValueError(f"Column {gaps[0]!r} has missing values; fill them or drop those rows.")


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
        if pd.api.types.is_datetime64_any_dtype(X[name]) or n_values > MOST_CATEGORIES:
            raise ValueError(
                f"Column {name!r} holds neither numbers nor categories ({n_values} different values); "
                "leave it out of the file."
            )
    return words


MOST_NAMES = 40  # of columns in a message
MOST_CATEGORIES = 30
FEWEST_ROWS = 5  # of a class: of the train, held-back and test rows each must have some


def load_model(path: str, *, trust_pickle: bool) -> Any:
    """Load a trained model.

    Parameters
    ----------
    path : str
        A `.skops` file, or a `.joblib` or `.pkl` file.
    trust_pickle : bool
        Whether code that a joblib or pickle file holds may run.

    Returns
    -------
    estimator
        The model.

    Raises
    ------
    ValueError
        If the file may not, or cannot, be loaded.
    OSError
        If it cannot be read.
    """
    ending = Path(path).suffix.lower()
    if ending == ".skops":
        if find_spec("skops") is None:
            raise ValueError(f"Loading {path} takes skops; install it.")
        from skops.io import get_untrusted_types, load

        # skops itself does not know the optimisers of scikit-learn's networks
        types = get_untrusted_types(file=path)
        unknown = [name for name in types if not name.startswith("sklearn.")]
        if unknown:
            raise ValueError(f"{path} holds types that skops does not know to be safe: {', '.join(unknown)}.")
        return load(path, trusted=types)
    if ending not in (".joblib", ".pkl", ".pickle"):
        raise ValueError(f"{path} is no model that can be loaded; use a .skops or a .joblib file.")
    if not trust_pickle:
        raise ValueError(
            f"Loading {path} can run any code that it holds; give --trust-pickle if you know where it comes "
            "from, or save the model with skops."
        )
    import joblib

    return joblib.load(path)

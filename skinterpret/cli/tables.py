"""Tables and models from files, refused in one sentence where they cannot be used."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

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
        If the ending is another one, or pyarrow is missing.
    OSError
        If it cannot be read.
    """
    ending = Path(path).suffix.lower()
    if ending not in READERS:
        raise ValueError(f"{path} is no table that can be read; use one of {', '.join(READERS)}.")
    if ending != ".csv" and find_spec("pyarrow") is None:
        raise ValueError(f"Reading {path} takes pyarrow; install it, or save the table as CSV.")
    return READERS[ending](path)  # type: ignore[no-any-return, operator]


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
        raise ValueError(
            f"{path} has no column {target!r}; choose --target from: {', '.join(map(str, table.columns))}."
        )
    if table[target].isna().any():
        raise ValueError(f"Column {target!r} has missing values; drop the rows without a class.")
    X = table.drop(columns=target)
    refuse_gaps(X)
    return X, table[target]


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


MOST_CATEGORIES = 30


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

"""Tables with holes, refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd


def refuse_gaps(X: pd.DataFrame, or_else: Callable[[str], str] = lambda name: "") -> None:
    """Refuse a table with missing or infinite values.

    Parameters
    ----------
    X : DataFrame
        Inputs.
    or_else : callable, default=lambda name: ""
        Gives a further mend for a column of that name, from the comma before it on.

    Raises
    ------
    ValueError
        If a value is missing or infinite; the message names the column.
    """
    gaps = list(X.columns[X.isna().any()])
    if gaps:
        where = first_gap(X[gaps[0]])
        raise ValueError(
            f"Column {gaps[0]!r} has missing values, {where}; fill them or drop those rows{or_else(gaps[0])}."
        )
    numbers = X.select_dtypes("number")
    endless = list(numbers.columns[np.isinf(numbers.to_numpy(dtype=np.float64)).any(axis=0)])
    if endless:
        raise ValueError(
            f"Column {endless[0]!r} has infinite values; write numbers in their place or drop those rows"
            f"{or_else(endless[0])}."
        )


def first_gap(column: pd.Series) -> str:
    """Say in which row of a column its first missing value is.

    Parameters
    ----------
    column : Series of shape (n_samples,)
        A column with missing values.

    Returns
    -------
    str
        Words to go into a sentence.

    Examples
    --------
    >>> from skinterpret._gaps import first_gap
    >>> first_gap(pd.Series([1.0, None, None]))
    'the first in row 2'
    """
    return f"the first in row {int(np.flatnonzero(column.isna())[0]) + 1}"

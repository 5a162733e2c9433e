"""Tables with holes, refused in one sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd


def refuse_gaps(X: pd.DataFrame) -> None:
    """Refuse a table with missing or infinite values.

    Parameters
    ----------
    X : DataFrame
        Inputs.

    Raises
    ------
    ValueError
        If a value is missing or infinite; the message names the column.
    """
    gaps = list(X.columns[X.isna().any()])
    if gaps:
        raise ValueError(f"Column {gaps[0]!r} has missing values; fill them or drop those rows.")
    numbers = X.select_dtypes("number")
    endless = list(numbers.columns[np.isinf(numbers.to_numpy(dtype=np.float64)).any(axis=0)])
    if endless:
        raise ValueError(
            f"Column {endless[0]!r} has infinite values; write numbers in their place or drop those rows."
        )

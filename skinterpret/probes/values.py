"""What a probe sets: the baseline row, and the values of each feature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils import check_array

from skinterpret.base import gaps_error
from skinterpret.probes.encoding import BLANK

DATES = {"date", "datetime", "datetime64", "period", "time", "timedelta", "timedelta64"}
MOST_WHOLE_NUMBERS = 100  # a feature with more of them counts as continuous


def as_dense(X: Any) -> Any:
    """Fill in the zeros of sparse rows, because values are set in whole columns.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Rows.

    Returns
    -------
    array-like of shape (n_samples, n_features)
        The same rows; a DataFrame if X is one.
    """
    if issparse(X):
        return X.toarray()
    if not isinstance(X, pd.DataFrame):
        return X
    sparse = {name: dtype.subtype for name, dtype in X.dtypes.items() if isinstance(dtype, pd.SparseDtype)}
    return X.astype(sparse) if sparse else X


def as_frame(X: Any) -> pd.DataFrame | None:
    """Take rows with categories as a DataFrame.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows.

    Returns
    -------
    DataFrame or None
        The rows; None if there are no categories, because all columns hold numbers.
    """
    if isinstance(X, pd.DataFrame):
        return None if all(map(pd.api.types.is_numeric_dtype, X.dtypes)) else X
    if not isinstance(X, np.ndarray | list) or (isinstance(X, np.ndarray) and X.dtype.kind not in "OU"):
        return None
    values = np.asarray(X, dtype=object)
    if values.ndim != 2 or not any(isinstance(value, str) for value in values.flat):
        return None
    return pd.DataFrame(values).infer_objects()


def check_frame(X: pd.DataFrame, *, ensure_min_samples: int = 1) -> pd.DataFrame:
    """Validate rows with categories.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Rows.
    ensure_min_samples : int, default=1
        Fewest rows.

    Returns
    -------
    DataFrame of shape (n_samples, n_features)
        Numbers as float64, categories as objects.

    Raises
    ------
    ValueError
        If there are too few rows.
    """
    check_array(np.zeros(X.shape), ensure_min_samples=ensure_min_samples)
    numeric = [j for j, dtype in enumerate(X.dtypes) if pd.api.types.is_numeric_dtype(dtype)]
    columns: dict[int, Any] = {j: X.iloc[:, j].to_numpy(dtype=object) for j in range(X.shape[1])}
    if numeric:
        numbers = X.iloc[:, numeric].to_numpy(dtype=np.float64, na_value=np.nan)
        columns |= dict(zip(numeric, numbers.T, strict=True))
    return pd.DataFrame(columns).set_axis(X.columns, axis=1)


def check_numbers(X: pd.DataFrame, encoded: set[int], imputer: str | None) -> None:
    """Refuse numbers that are missing or infinite; a missing category is one as others are.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Rows.
    encoded : set of int
        Positions of the features that a one-hot encoder encodes.
    imputer : str or None
        What fills gaps before the network.

    Raises
    ------
    ValueError
        If a column of numbers holds NaN or infinity.
    """
    at = [j for j in range(X.shape[1]) if not is_category(X.iloc[:, j], j, encoded)]
    numbers = X.iloc[:, at].to_numpy(dtype=np.float64, na_value=np.nan)
    has_gaps, has_infinity = np.isnan(numbers).any(axis=0), np.isinf(numbers).any(axis=0)
    if has_gaps.any():
        raise gaps_error(X.columns[at][has_gaps], imputer)
    if has_infinity.any():
        name = X.columns[at][has_infinity][0]
        raise ValueError(f"Input X contains infinity in the column {name!r}; pass finite numbers there.")


def baseline_row(X: pd.DataFrame, baseline: Any, encoded: set[int]) -> pd.DataFrame:
    """Make the row at which the features that are not probed stand.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Rows.
    baseline : {"zero", "mean", "median"} or array-like of shape (n_features,)
        What each feature stands at.
    encoded : set of int
        Positions of the features that a one-hot encoder encodes.

    Returns
    -------
    DataFrame of shape (1, n_features)
        The row.

    Raises
    ------
    ValueError
        If the row does not fit the data, or if a category has no zero.
    """
    if not isinstance(baseline, str):
        return _given_row(X, baseline, encoded)
    values = []
    for j in range(X.shape[1]):
        column = X.iloc[:, j]
        if is_category(column, j, encoded):
            values.append(_blank(column, j, encoded) if baseline == "zero" else column.mode()[0])
        else:
            values.append({"zero": 0.0, "mean": column.mean(), "median": column.median()}[baseline])
    return _row(X, values)


def is_category(column: Any, j: int, encoded: set[int]) -> bool:
    """Tell whether a feature has categories and no numbers.

    Parameters
    ----------
    column : Series of shape (n_samples,)
        The feature.
    j : int
        Its position.
    encoded : set of int
        Positions of the features that a one-hot encoder encodes.

    Returns
    -------
    bool
        True for what is not a number, and for what is treated as a category.
    """
    return j in encoded or not pd.api.types.is_numeric_dtype(column.dtype)


def probed_values(column: Any, n_quantiles: int, category: bool) -> NDArray[Any]:
    """Choose the values at which a feature is probed.

    Parameters
    ----------
    column : Series of shape (n_samples,)
        The feature.
    n_quantiles : int
        How many quantiles of a continuous feature.
    category : bool
        Whether it has categories.

    Returns
    -------
    ndarray of shape (n_values,)
        Every category; every number, if they are at most `n_quantiles`, or whole and at most
        100; else evenly spaced quantiles from the smallest to the largest number, all of them observed.
    """
    observed = pd.unique(column)
    if category:
        order = sorted(range(len(observed)), key=lambda i: (pd.isna(observed[i]), _sort_key(observed[i])))
        return np.asarray(observed, dtype=object)[order]
    values = np.sort(observed.astype(np.float64))
    whole = bool((values == np.rint(values)).all())
    if len(values) <= (max(MOST_WHOLE_NUMBERS, n_quantiles) if whole else n_quantiles):
        return values
    shares = np.linspace(0, 1, n_quantiles)
    return np.unique(np.quantile(column.to_numpy(np.float64), shares, method="inverted_cdf"))


def boolean_columns(X: Any) -> set[int]:
    """Find the features that are truth values, and are to be read as such.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows, before they are validated.

    Returns
    -------
    set of int
        Their positions.
    """
    if isinstance(X, pd.DataFrame):
        return {j for j, dtype in enumerate(X.dtypes) if pd.api.types.is_bool_dtype(dtype)}
    is_boolean = isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype == bool
    return set(range(X.shape[1])) if is_boolean else set()


def set_values(baseline: pd.DataFrame, values: Mapping[int, Any]) -> pd.DataFrame:
    """Make rows that stand at the baseline but for some features.

    Parameters
    ----------
    baseline : DataFrame of shape (1, n_features)
        The baseline.
    values : mapping of int to ndarray of shape (n_rows,)
        By the position of a feature, what it is set to.

    Returns
    -------
    DataFrame of shape (n_rows, n_features)
        The rows.
    """
    n_rows = len(next(iter(values.values())))
    rows = baseline.iloc[np.zeros(n_rows, dtype=int)].reset_index(drop=True)
    for j, column in values.items():
        # truth values among numbers would make objects of the rows
        is_truth = column.dtype == bool and pd.api.types.is_numeric_dtype(baseline.dtypes.iloc[j])
        rows.isetitem(j, column.astype(np.float64) if is_truth else column)
    return rows


def in_order(baseline: Any, names: Any) -> Any:
    """Put a row with names into the order of the inputs.

    Parameters
    ----------
    baseline : Series, DataFrame of one row, or array-like
        The row.
    names : sequence of str or None
        Names of the inputs, where they are known.

    Returns
    -------
    array-like of shape (n_features,)
        The row, unless it is a Series or a DataFrame with other labels than names in their order.

    Raises
    ------
    ValueError
        If its labels are words, but not those of the inputs.
    """
    if isinstance(baseline, pd.DataFrame) and len(baseline) == 1:
        baseline = baseline.iloc[0]
    if not isinstance(baseline, pd.Series) or names is None:
        return baseline
    if not all(isinstance(label, str) for label in [*baseline.index, *names]):
        return baseline
    if set(baseline.index) != set(names):
        unknown = sorted(set(baseline.index) ^ set(names))
        raise ValueError(
            f"baseline has other names than the inputs ({unknown[0]!r} is in one of them only); name its "
            "values as the columns of X."
        )
    return baseline.loc[list(names)]


def _sort_key(value: Any) -> tuple[str, Any]:
    """Order numbers by size and the rest by its text."""
    number = isinstance(value, int | float | np.number)
    return ("", value) if number else (type(value).__name__, str(value))


def _blank(column: Any, j: int, encoded: set[int]) -> str:
    if j not in encoded and pd.api.types.infer_dtype(column, skipna=True) in DATES:
        raise ValueError(
            f"Column {column.name!r} holds dates, which are no numbers and have no zero; make numbers of "
            "them before, such as the days since the first one."
        )
    if j not in encoded:
        raise ValueError(
            f"baseline='zero' has no meaning for the categories of column {column.name!r}, which no "
            "OneHotEncoder of the pipeline takes; use baseline='median' or pass a row."
        )
    if (column == BLANK).any():
        raise ValueError(
            f"Column {column.name!r} holds {BLANK!r}, which stands for none of its categories here; "
            "rename that category."
        )
    return BLANK


def _given_row(X: pd.DataFrame, baseline: Any, encoded: set[int]) -> pd.DataFrame:
    values = np.asarray(in_order(baseline, X.columns), dtype=object)
    if values.shape != (X.shape[1],):
        raise ValueError(
            f"baseline has the shape {values.shape}, but X has {X.shape[1]} features; pass one value "
            "a feature, 'zero', 'mean' or 'median'."
        )
    for j, value in enumerate(values):
        column = X.iloc[:, j]
        if is_category(column, j, encoded):
            if not (value in column.to_numpy() or (pd.isna(value) and column.isna().any())):
                raise ValueError(
                    f"baseline holds {value!r} for column {column.name!r}, where X never has it; "
                    "pass a category that X has."
                )
        elif not np.isfinite(pd.to_numeric(value, errors="coerce")):
            raise ValueError(
                f"baseline holds {value!r} for column {column.name!r}; pass a finite number there."
            )
    return _row(X, values)


def _row(X: pd.DataFrame, values: Any) -> pd.DataFrame:
    columns = {}
    for j, (value, dtype) in enumerate(zip(values, X.dtypes, strict=True)):
        number = pd.api.types.is_numeric_dtype(dtype) and not isinstance(value, str)
        columns[j] = np.array([value], dtype=np.float64 if number else object)
    return pd.DataFrame(columns).set_axis(X.columns, axis=1)

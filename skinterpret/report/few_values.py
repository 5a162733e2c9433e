"""A few of the values of each input, where a probe has asked about every whole number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import _safe_indexing

MOST_VALUES = 10  # of an input of numbers
TOLD = f"Of inputs with more than {MOST_VALUES} values, quantiles of the observed ones are shown."


def few_values(probed: pd.MultiIndex, X: Any) -> NDArray[np.bool_]:
    """Choose which of the values that were probed are shown.

    Parameters
    ----------
    probed : MultiIndex
        Input and value, the inputs in the order of the columns; without the baseline.
    X : array-like of shape (n_samples, n_features)
        The rows in which the values were observed.

    Returns
    -------
    ndarray of bool of shape (n_values,)
        All categories, and all values of inputs that have ten at most; of others those that are evenly spaced
        quantiles of the observed ones, from the smallest to the largest.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skinterpret.report.few_values import few_values
    >>> ages = pd.MultiIndex.from_product([["age"], range(90)])
    >>> ages[few_values(ages, np.arange(90.0)[:, None])].get_level_values(1).tolist()
    [0, 9, 19, 29, 39, 49, 59, 69, 79, 89]
    """
    names, values = probed.get_level_values(0), probed.get_level_values(1)
    shown = np.ones(len(probed), dtype=bool)
    for position, name in enumerate(names.unique()):
        own = np.flatnonzero(names == name)
        numbers = pd.to_numeric(pd.Series(values[own], dtype=object), errors="coerce").to_numpy(np.float64)
        if len(own) > MOST_VALUES and not np.isnan(numbers).any():
            column = np.asarray(_safe_indexing(X, position, axis=1), dtype=np.float64)
            shown[own] = np.isin(numbers, _quantiles(column))
    return shown


def _quantiles(column: NDArray[np.float64]) -> NDArray[np.float64]:
    shares = np.linspace(0, 1, MOST_VALUES)
    return np.asarray(np.quantile(column, shares, method="inverted_cdf"))

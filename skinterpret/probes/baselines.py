"""Where inputs count as absent, for attributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.network.readers import Encoder
from skinterpret.probes.values import baseline_row, in_order

Array = NDArray[np.float64]

OF_NUMBERS: dict[str, Callable[[Array], Array]] = {
    "zero": lambda rows: np.zeros(rows.shape[1]),
    "mean": lambda rows: np.mean(rows, axis=0),
    "median": lambda rows: np.median(rows, axis=0),
}


def baseline_of_numbers(baseline: Any, rows: Array, names: Any) -> Array:
    """Make the baseline of inputs that are numbers.

    Parameters
    ----------
    baseline : {"zero", "mean", "median"} or array-like of shape (n_features,)
        Which one.
    rows : ndarray of shape (n_samples, n_features)
        Rows whose mean or median it may be.
    names : sequence of str or None
        Names of the inputs, where they are known.

    Returns
    -------
    ndarray of shape (n_features,)
        The baseline.

    Raises
    ------
    ValueError
        If the name is unknown, or the row does not fit the inputs.
    """
    if _is_name(baseline):
        return OF_NUMBERS[baseline](rows)
    row = np.asarray(in_order(baseline, names), dtype=np.float64)
    if row.shape != rows.shape[1:] or not np.isfinite(row).all():
        raise ValueError(f"baseline must be {rows.shape[1]} finite numbers, one an input of the network.")
    return row


def baseline_of_categories(baseline: Any, X: Any, encoder: Encoder) -> Array:
    """Make the encoded baseline of inputs of which some are categories.

    Parameters
    ----------
    baseline : {"zero", "mean", "median"} or array-like of shape (n_features,)
        Which one; the zero of a category is the one that has no indicator, the mean of categories is
        the share of each, the median the most frequent.
    X : array-like of shape (n_samples, n_features)
        Raw rows whose mean or median it may be.
    encoder : Encoder
        What stands before the network.

    Returns
    -------
    ndarray of shape (n_encoded,)
        The encoded row.

    Raises
    ------
    ValueError
        If the name is unknown, or the row has not one value for each raw column.
    """
    if not _is_name(baseline):
        values = list(in_order(baseline, encoder.raw_names))
    elif baseline == "zero":
        return np.zeros(len(encoder.names))
    elif baseline == "mean":
        shares: Array = encoder.transform(X).mean(axis=0)
        return shares
    else:
        pairs = zip(encoder.sources, encoder.indicated, strict=True)
        encoded_columns = {source for source, pair in pairs if pair is not None}
        values = baseline_row(pd.DataFrame(X), baseline, encoded_columns).iloc[0].tolist()
    if len(values) != encoder.n_features_in:
        raise ValueError(f"baseline must be {encoder.n_features_in} values, one an input of the pipeline.")
    encoded: Array = encoder.transform(pd.DataFrame([values], columns=encoder.raw_names))[0]
    return encoded


def _is_name(baseline: Any) -> bool:
    if baseline is None or (isinstance(baseline, str) and baseline not in OF_NUMBERS):
        raise ValueError(
            f"baseline={baseline!r} is unknown; choose from {', '.join(map(repr, OF_NUMBERS))}, "
            "or pass one value an input."
        )
    return isinstance(baseline, str)

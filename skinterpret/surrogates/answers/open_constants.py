"""Constants of a formula that rows do not tell, although they tell the formula."""

from __future__ import annotations

import pandas as pd

WIDEST = 10.0  # largest ratio of the bounds of an interval that still tells a constant


def open_constants_in_words(table: pd.DataFrame) -> list[str]:
    """Say which constants of a formula are open; its verdict is about the whole of it, not about them.

    Parameters
    ----------
    table : DataFrame
        Constants with their intervals, as `coefficients_` gives them.

    Returns
    -------
    list of str
        One sentence, or none where each constant of the concept has an interval that leaves out zero, and
        whose bounds are of the same size, and the interval of a threshold other than zero leaves out zero.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.surrogates.answers.open_constants import open_constants_in_words
    >>> columns = {"value": [0.36, 2.0], "low": [-0.4, 0.8], "high": [1.0, 2.9]}
    >>> table = pd.DataFrame(columns, index=["c1", "c2"])
    >>> open_constants_in_words(table)
    ['Rows leave open: 0.36 (-0.4 to 1). The verdict is about the formula as a whole...']
    >>> open_constants_in_words(table.loc[["c2"]])
    []
    """
    of_concept = table[table.index.str.startswith("c")]
    told = (of_concept["low"] * of_concept["high"] > 0) & _is_narrow(of_concept)
    is_open = table.index.isin(of_concept.index[~told]) | _is_open_threshold(table)
    # what comes from no resample has no bounds
    shown = [
        f"{value:.4g} ({low:.3g} to {high:.3g})"
        for value, low, high in table.loc[is_open, ["value", "low", "high"]].itertuples(index=False)
    ]
    if not shown:
        return []
    return [
        f"Rows leave open: {', '.join(shown)}. The verdict is about the formula as a whole; do not read "
        "these constants, with their 95 % intervals, as parameters."
    ]


def _is_open_threshold(table: pd.DataFrame) -> pd.Series:
    """Tell which row is a threshold that may as well be zero; where it is zero, that is what it says."""
    holds_zero = table["low"] * table["high"] <= 0
    return holds_zero & (table["value"] != 0) & (table.index == "threshold")


def _is_narrow(table: pd.DataFrame) -> pd.Series:
    sizes = table[["low", "high"]].abs()
    return sizes.max(axis=1) <= WIDEST * sizes.min(axis=1)

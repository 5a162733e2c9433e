"""Words and dates in rows for a network before which nothing makes numbers of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion

from skinterpret.network.readers.encoders import has_encoder
from skinterpret.network.readers.entry import check_readable, flat_steps

MOST_NAMED = 5
MOMENTS = (date, timedelta, np.datetime64, np.timedelta64, pd.Period)
MIXED = (ColumnTransformer, FeatureUnion)


def refuse_words(estimator: Any, X: Any) -> None:
    """Refuse rows with words or dates where the network and all steps before it take numbers only.

    Parameters
    ----------
    estimator : estimator or None
        The network, fitted or not; None means one that takes numbers.
    X : array-like of shape (n_samples, n_features)
        Rows.

    Raises
    ------
    ValueError
        If a column holds words or dates; the message names it and shows what makes numbers of them.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.network.readers import refuse_words
    >>> refuse_words(MLPClassifier(), pd.DataFrame({"colour": ["red", "green"]}))
    Traceback (most recent call last):
    ValueError: X holds categories, such as 'red' in the column 'colour', and nothing before the network ...
    """
    found, dates = dict(_words(X)), dict(_dates(X))
    if not (found or dates) or not _takes_numbers_only(estimator):
        return
    if not found:
        name, moment = next(iter(dates.items()))
        raise ValueError(
            f"X holds dates or times, such as {str(moment)!r} in the column {name!r}, and nothing before the "
            "network makes numbers of them; put numbers in their place, such as days since the first of them."
        )
    name, word = next(iter(found.items()))
    listed = ", ".join(repr(name) for name in list(found)[:MOST_NAMED])
    columns = f"[{listed}{', …' if len(found) > MOST_NAMED else ''}]"
    raise ValueError(
        f"X holds categories, such as {word!r} in the column {name!r}, and nothing before the network makes "
        "numbers of them; pass as estimator a pipeline of an encoder, such as "
        f"make_column_transformer((OneHotEncoder(), {columns}), remainder=StandardScaler()), and the network."
    )


def _words(X: Any) -> Iterator[tuple[Any, str]]:
    """Columns with words, each with the first of them."""
    for name, values in _columns(X):
        word = next((value for value in values if isinstance(value, str) and not _is_number(value)), None)
        if word is not None:
            yield name, word


def _dates(X: Any) -> Iterator[tuple[Any, Any]]:
    """Columns with dates, times or spans of time, each with the first of them."""
    for name, values in _columns(X):
        moment = next((value for value in values if isinstance(value, MOMENTS)), None)
        if moment is not None:
            yield name, moment


def _columns(X: Any) -> Iterator[tuple[Any, Iterable[Any]]]:
    if isinstance(X, pd.DataFrame):
        for j, (name, dtype) in enumerate(X.dtypes.items()):
            if not pd.api.types.is_numeric_dtype(dtype):
                yield name, X.iloc[:, j]
    elif isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "OUmM":
        yield from enumerate(X.T)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _takes_numbers_only(estimator: Any) -> bool:
    if estimator is None:
        return True
    # some of their columns may be left out
    if has_encoder(estimator) or any(isinstance(step, MIXED) for _, step in flat_steps(estimator)):
        return False
    try:
        check_readable(estimator)
    except TypeError:  # a step of unknown kind may make numbers of words
        return False
    return True

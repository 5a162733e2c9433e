"""Readers of scikit-learn's imputers, which leave rows without gaps as they are."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline

from skinterpret._sklearn import IterativeImputer
from skinterpret.network.input_maps import LinearMap
from skinterpret.network.readers.registry import check_step, read_input_map, refuse_step


def imputer_in(estimator: Any) -> str | None:
    """Name the kind of the first imputer in an estimator, fitted or not.

    Parameters
    ----------
    estimator : estimator
        Any.

    Returns
    -------
    str or None
        Name of its class; None where nothing fills gaps.
    """
    if isinstance(estimator, SimpleImputer | KNNImputer | IterativeImputer):
        return type(estimator).__name__
    if isinstance(estimator, FrozenEstimator):
        return imputer_in(estimator.estimator)
    parts: list[Any] = []
    if isinstance(estimator, Pipeline):
        parts = estimator.steps
    elif isinstance(estimator, ColumnTransformer):
        parts = estimator.transformers
    elif isinstance(estimator, FeatureUnion):
        parts = estimator.transformer_list
    return next((name for _, part, *_ in parts if (name := imputer_in(part))), None)


@read_input_map.register(SimpleImputer)
@read_input_map.register(KNNImputer)
@read_input_map.register(IterativeImputer)
def _read_imputer(step: Any) -> LinearMap:
    """Find by trial which columns pass, as those without any value in training may not.

    Networks take no rows with gaps, so every column of the result is an input or a constant.
    """
    n_in = step.n_features_in_
    numbers = np.arange(1.0, n_in + 1)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "X does not have valid feature names|Skipping features without")
        first, second = np.asarray(step.transform(np.vstack([numbers, -numbers])), dtype=float)
    passes = first != second
    matrix = (numbers[:, None] == first) & passes
    return LinearMap(np.zeros(n_in), matrix.astype(float), np.where(passes, 0.0, first))


@check_step.register(SimpleImputer)
@check_step.register(KNNImputer)
@check_step.register(IterativeImputer)
def _check_imputer(step: Any, name: str) -> None:
    marker = step.missing_values
    if isinstance(marker, (str, int)) or (isinstance(marker, float) and not np.isnan(marker)):
        refuse_step(step, name, f"it takes {marker!r} for a gap, and only rows without gaps can be read")

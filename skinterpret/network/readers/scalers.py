"""Readers of scikit-learn's scalers."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

from skinterpret.network.input_maps import ClipMap, InputMap, ScaleMap
from skinterpret.network.readers.registry import read_input_map


@read_input_map.register(StandardScaler)
def _read_standard(step: Any) -> InputMap:
    return _scale(
        step,
        center=step.mean_ if step.with_mean else 0.0,
        divisor=step.scale_ if step.with_std else 1.0,
    )


@read_input_map.register(RobustScaler)
def _read_robust(step: Any) -> InputMap:
    return _scale(
        step,
        center=step.center_ if step.with_centering else 0.0,
        divisor=step.scale_ if step.with_scaling else 1.0,
    )


@read_input_map.register(MaxAbsScaler)
def _read_max_abs(step: Any) -> InputMap:
    scaled = _scale(step, divisor=step.scale_)
    # scikit-learn before 1.8 does not clip here
    return scaled.then(ClipMap(-1.0, 1.0)) if getattr(step, "clip", False) else scaled


@read_input_map.register(MinMaxScaler)
def _read_min_max(step: Any) -> InputMap:
    low, high = step.feature_range
    scaled = _scale(step, center=step.data_min_, divisor=1 / step.scale_, offset=low)
    return scaled.then(ClipMap(low, high)) if step.clip else scaled


def _scale(step: Any, *, center: Any = 0.0, divisor: Any = 1.0, offset: Any = 0.0) -> ScaleMap:
    ones = np.ones(step.n_features_in_)
    return ScaleMap(center * ones, ones / divisor, offset * ones)

"""Readers of scikit-learn's encoders of categories that are numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.preprocessing import OneHotEncoder

from skinterpret.network.input_maps import IndicatorMap
from skinterpret.network.readers.registry import check_step, read_input_map, refuse_step


@read_input_map.register(OneHotEncoder)
def _read_one_hot(step: Any) -> IndicatorMap:
    sizes = [len(values) for values in step.categories_]
    starts = np.cumsum([0, *sizes[:-1]])
    dropped: list[int] = []
    if step.drop_idx_ is not None:
        pairs = zip(starts, step.drop_idx_, strict=True)
        dropped = [start + position for start, position in pairs if position is not None]
    kept = np.setdiff1d(np.arange(sum(sizes)), np.array(dropped, dtype=int))
    # where other values are an error the map is free to choose; elsewhere they have no indicator
    nearest = step.handle_unknown == "error"
    return IndicatorMap(tuple(values.astype(float) for values in step.categories_), kept, nearest)


@check_step.register(OneHotEncoder)
def _check_one_hot(step: Any, name: str) -> None:
    if step.min_frequency is not None or step.max_categories is not None:
        refuse_step(step, name, "it puts infrequent categories together")
    for values in getattr(step, "categories_", ()):
        # strings, also in arrays of objects; NaN stands last among numbers
        if not all(isinstance(value, (int, float, np.number, np.bool_)) for value in values.tolist()):
            refuse_step(step, name, f"its categories are not numbers ({values[0]!r}, ...)")
        if np.isnan(values.astype(float)).any():
            refuse_step(step, name, "one of its categories is NaN")

"""Readers of steps that are made of steps: pipelines, column transformers, unions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import FeatureUnion, Pipeline

from skinterpret.network.input_maps import ColumnsMap, IdentityMap, InputMap, ScaleMap
from skinterpret.network.readers.registry import check_step, read_input_map


@read_input_map.register(str)
def _read_passthrough(step: str) -> IdentityMap:
    return IdentityMap()


@check_step.register(str)
def _check_passthrough(step: str, name: str) -> None:
    """Strings are 'passthrough' and 'drop', as scikit-learn has seen to."""


@read_input_map.register(FrozenEstimator)
def _read_frozen(step: Any) -> InputMap:
    return read_input_map(step.estimator)


@check_step.register(FrozenEstimator)
def _check_frozen(step: Any, name: str) -> None:
    check_step(step.estimator, name)


@read_input_map.register(Pipeline)
def _read_pipeline(step: Any) -> InputMap:
    whole: InputMap = IdentityMap()
    for _, inner in step.steps:
        if inner is not None:
            whole = whole.then(read_input_map(inner))
    return whole


@check_step.register(Pipeline)
def _check_pipeline(step: Any, name: str) -> None:
    for inner_name, inner in step.steps:
        if inner is not None:
            check_step(inner, f"{name}__{inner_name}")


@read_input_map.register(ColumnTransformer)
def _read_columns(step: Any) -> ColumnsMap:
    # the columns as scikit-learn resolved them, by names or masks, have no public name
    columns = {name: np.array(c, dtype=int) for name, c in step._transformer_to_input_indices.items()}
    weights = step.transformer_weights or {}
    groups = [
        (columns[name], weighted(read_input_map(inner), weights.get(name)))
        for name, inner, _ in step.transformers_
        if not _is_drop(inner) and len(columns[name])
    ]
    return ColumnsMap(tuple(group[0] for group in groups), tuple(group[1] for group in groups))


@check_step.register(ColumnTransformer)
def _check_columns(step: Any, name: str) -> None:
    for inner_name, inner in _inside_columns(step):
        check_step(inner, f"{name}__{inner_name}")


@read_input_map.register(FeatureUnion)
def _read_union(step: Any) -> ColumnsMap:
    everything = np.arange(step.n_features_in_)
    weights = step.transformer_weights or {}
    maps = tuple(
        weighted(read_input_map(inner), weights.get(name))
        for name, inner in step.transformer_list
        if not _is_drop(inner)
    )
    return ColumnsMap((everything,) * len(maps), maps)


@check_step.register(FeatureUnion)
def _check_union(step: Any, name: str) -> None:
    for inner_name, inner in step.transformer_list:
        check_step(inner, f"{name}__{inner_name}")


def _inside_columns(step: Any) -> Iterator[tuple[str, Any]]:
    """List the transformers: the fitted ones, of which more is known, where there are any."""
    if hasattr(step, "transformers_"):
        resolved = step._transformer_to_input_indices
        # those without columns are left unfitted, and unused
        yield from ((name, inner) for name, inner, _ in step.transformers_ if len(resolved[name]))
    else:
        yield from ((name, inner) for name, inner, _ in step.transformers)
        yield "remainder", step.remainder


def weighted(input_map: InputMap, weight: float | None) -> InputMap:
    """Multiply what a transformer gives by its weight, if it has one."""
    if weight is None:
        return input_map
    return input_map.then(ScaleMap(np.zeros(1), np.full(1, float(weight)), np.zeros(1)))


def _is_drop(step: Any) -> bool:
    return isinstance(step, str) and step == "drop"

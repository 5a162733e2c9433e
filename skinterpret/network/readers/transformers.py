"""Readers of scikit-learn's nonlinear transformers of single inputs and rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.preprocessing import (
    FunctionTransformer,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    SplineTransformer,
)

from skinterpret.network.input_maps import (
    DERIVATIVES,
    BoxCoxMap,
    FunctionMap,
    IdentityMap,
    InputMap,
    NormMap,
    PolynomialMap,
    QuantileMap,
    SplineMap,
    YeoJohnsonMap,
)
from skinterpret.network.readers.registry import check_step, read_input_map, refuse_step


@read_input_map.register(PolynomialFeatures)
def _read_polynomial(step: Any) -> PolynomialMap:
    return PolynomialMap.of(step.powers_)


@read_input_map.register(PowerTransformer)
def _read_power(step: Any) -> InputMap:
    kind = BoxCoxMap if step.method == "box-cox" else YeoJohnsonMap
    powers = kind(step.lambdas_)
    # the scaler that follows has no public name
    return powers.then(read_input_map(step._scaler)) if step.standardize else powers


@read_input_map.register(QuantileTransformer)
def _read_quantile(step: Any) -> QuantileMap:
    return QuantileMap(step.quantiles_, step.references_, step.output_distribution == "normal")


@read_input_map.register(SplineTransformer)
def _read_spline(step: Any) -> SplineMap:
    last = None if step.include_bias else -1
    return SplineMap(
        tuple(spline.t for spline in step.bsplines_),
        tuple(np.ascontiguousarray(spline.c[:, :last]) for spline in step.bsplines_),
        step.degree,
        step.extrapolation,
    )


@check_step.register(SplineTransformer)
def _check_spline(step: Any, name: str) -> None:
    if step.degree < 2 and step.extrapolation == "linear":
        # up to scikit-learn 1.9 at least, `transform` raises the degree on its way through the inputs
        refuse_step(step, name, "linear extrapolation of a degree below 2 differs between its inputs")


@read_input_map.register(Normalizer)
def _read_normalizer(step: Any) -> NormMap:
    return NormMap(step.norm)


@read_input_map.register(FunctionTransformer)
def _read_function(step: Any) -> InputMap:
    return IdentityMap() if step.func is None else FunctionMap(step.func)


@check_step.register(FunctionTransformer)
def _check_function(step: Any, name: str) -> None:
    if step.func is None:
        return
    if step.func not in DERIVATIVES:
        known = ", ".join(function.__name__ for function in DERIVATIVES)
        refuse_step(step, name, f"the derivative of {step.func!r} is not known, only those of {known}")
    if step.kw_args:
        refuse_step(step, name, f"its function takes the arguments {step.kw_args!r}")

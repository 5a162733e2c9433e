"""What happens to raw inputs before the first layer: one class a kind of map."""

from skinterpret.network.input_maps.base import ChainMap, IdentityMap, InputMap
from skinterpret.network.input_maps.categories import IndicatorMap
from skinterpret.network.input_maps.columns import ColumnsMap
from skinterpret.network.input_maps.functions import (
    DERIVATIVES,
    SECOND_DERIVATIVES,
    BoxCoxMap,
    FunctionMap,
    YeoJohnsonMap,
)
from skinterpret.network.input_maps.linear import LinearMap
from skinterpret.network.input_maps.norms import NormMap
from skinterpret.network.input_maps.polynomials import PolynomialMap
from skinterpret.network.input_maps.quantiles import QuantileMap
from skinterpret.network.input_maps.scaling import ClipMap, ScaleMap
from skinterpret.network.input_maps.splines import SplineMap

__all__ = [
    "DERIVATIVES",
    "SECOND_DERIVATIVES",
    "BoxCoxMap",
    "ChainMap",
    "ClipMap",
    "ColumnsMap",
    "FunctionMap",
    "IdentityMap",
    "IndicatorMap",
    "InputMap",
    "LinearMap",
    "NormMap",
    "PolynomialMap",
    "QuantileMap",
    "ScaleMap",
    "SplineMap",
    "YeoJohnsonMap",
]

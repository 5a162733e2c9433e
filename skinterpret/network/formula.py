"""A network as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from skinterpret.network.activation_formulas import activated, to_number
from skinterpret.network.activations import find_activation
from skinterpret.network.dense import DenseNetwork
from skinterpret.network.input_maps import (
    ChainMap,
    ColumnsMap,
    IdentityMap,
    IndicatorMap,
    InputMap,
    LinearMap,
    ScaleMap,
)
from skinterpret.network.latents import Latent, LogOddsLatent, UnitLatent


def to_sympy(network: DenseNetwork, feature_names: Sequence[str], target: Any = None) -> sympy.Expr:
    """Write a latent of a network's output as a formula of its raw inputs.

    Sums are multiplied out and like terms joined, so that the units of the inputs are raw ones and
    each number is one that the network needs; nothing is rounded.

    Parameters
    ----------
    network : DenseNetwork
        The network; one of a few dozen parameters, if the formula is to be read.
    feature_names : sequence of str
        Names of the inputs.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it, of the output.

    Returns
    -------
    sympy.Expr
        The formula, over plain symbols with these names.

    Raises
    ------
    TypeError
        If the network has an activation of its owner's own, or something before its first layer, that
        is not written.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network
    >>> from skinterpret.network.formula import to_sympy
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
    >>> formula = to_sympy(as_network(model.fit(X, 3 * X[:, 0] - X[:, 1])), ["a", "b"])
    >>> float(round(formula.coeff("a"), 2)), float(round(formula.coeff("b"), 2))
    (3.0, -1.0)
    """
    values = _mapped(network.input_map, [sympy.Symbol(str(name)) for name in feature_names])
    n_hidden = len(network.hidden_activations)
    for k, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        values = [
            _sum(weight[:, unit].tolist(), values, float(bias[unit])) for unit in range(weight.shape[1])
        ]
        if k < n_hidden:
            activation = find_activation(network.hidden_activations[k])
            values = [activated(activation, z) for z in values]
    return _latent(network.output.latent(target), values)


def _sum(coefficients: list[float], values: list[sympy.Expr], bias: float) -> sympy.Expr:
    pairs = zip(coefficients, values, strict=True)
    terms = [to_number(coefficient) * value for coefficient, value in pairs if coefficient != 0]
    return sympy.expand_mul(sympy.Add(*terms, to_number(bias)), deep=False)


def _mapped(input_map: InputMap, values: list[sympy.Expr]) -> list[sympy.Expr]:
    if isinstance(input_map, IdentityMap):
        return values
    if isinstance(input_map, ScaleMap):
        rows = zip(values, input_map.center, input_map.factor, input_map.offset, strict=True)
        return [
            sympy.expand_mul((value - to_number(center)) * to_number(factor) + to_number(offset))
            for value, center, factor, offset in rows
        ]
    if isinstance(input_map, LinearMap):
        centred = [value - to_number(c) for value, c in zip(values, input_map.center.tolist(), strict=True)]
        columns = zip(input_map.matrix.T.tolist(), input_map.offset.tolist(), strict=True)
        return [_sum(column, centred, offset) for column, offset in columns]
    if isinstance(input_map, ColumnsMap):
        groups = zip(input_map.positions, input_map.maps, strict=True)
        return [value for columns, inner in groups for value in _mapped(inner, [values[j] for j in columns])]
    if isinstance(input_map, IndicatorMap):
        pairs = zip(values, input_map.categories, strict=True)
        indicators = [one for value, column in pairs for one in _indicators(value, column, input_map.nearest)]
        return [indicators[k] for k in input_map.kept]
    if isinstance(input_map, ChainMap):
        return _mapped(input_map.second, _mapped(input_map.first, values))
    raise TypeError(
        f"A network behind {type(input_map).__name__} is not written as a formula; train it on inputs that "
        "are scaled, projected or encoded, or not transformed at all."
    )


def _indicators(value: sympy.Expr, categories: Any, nearest: bool) -> list[sympy.Expr]:
    """1 where the value is a category, or nearer to it than to the others, and 0 elsewhere."""
    if nearest:
        middles = [to_number(middle) for middle in (categories[1:] + categories[:-1]) / 2]
        bounds = zip([-sympy.oo, *middles], [*middles, sympy.oo], strict=True)
        holds = [sympy.And(low < value, value <= high) for low, high in bounds]
    else:
        holds = [sympy.Eq(value, to_number(category)) for category in categories]
    return [sympy.Piecewise((1, held), (0, True)) for held in holds]


def _latent(latent: Latent, values: list[sympy.Expr]) -> sympy.Expr:
    if isinstance(latent, UnitLatent):
        return latent.sign * values[latent.unit]
    if isinstance(latent, LogOddsLatent):
        others = [sympy.exp(value) for unit, value in enumerate(values) if unit != latent.unit]
        return values[latent.unit] - sympy.log(sympy.Add(*others))
    raise TypeError(f"{type(latent).__name__} is not written as a formula.")

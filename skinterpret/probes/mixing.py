"""What stands before the first layer, taken apart: steps that keep columns apart, and steps that mix them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce, singledispatch

import numpy as np
from numpy.typing import NDArray

from skinterpret.network import DenseNetwork
from skinterpret.network.input_maps import (
    BoxCoxMap,
    ChainMap,
    ClipMap,
    ColumnsMap,
    FunctionMap,
    IdentityMap,
    InputMap,
    LinearMap,
    QuantileMap,
    ScaleMap,
    YeoJohnsonMap,
)

Array = NDArray[np.float64]
Positions = NDArray[np.intp]

ROUNDING = 1e-12  # of what a unit takes; a constant below that stays with the bias


@dataclass(frozen=True)
class Unmixed:
    """A network whose first layer takes inputs that each belong to one raw column, where it can be had.

    Attributes
    ----------
    network : DenseNetwork
        The network; the same function as the one that it was made of.
    columns : ndarray of shape (n_first,) or None
        Which raw column each input of the first layer belongs to; None where a step that is not linear
        has mixed them.
    constant : ndarray of shape (n_units,)
        What of the first layer's biases comes from the steps before the network.
    """

    network: DenseNetwork
    columns: Positions | None
    constant: Array


def unmix(network: DenseNetwork) -> Unmixed:
    """Draw linear steps that mix columns into the weights and biases of the first layer.

    Parameters
    ----------
    network : DenseNetwork
        The network.

    Returns
    -------
    Unmixed
        The same function.
    """
    steps = _steps(network.input_map)
    columns, n_apart = np.arange(network.n_features_in), 0
    for step in steps:
        taken = own_columns(step, len(columns))
        if taken is None or len(np.unique(taken)) < len(taken):
            break
        columns, n_apart = columns[taken], n_apart + 1
    weight, bias = (values[0].astype(np.float64) for values in (network.weights, network.biases))
    nothing = np.zeros(len(bias))
    if n_apart == len(steps):
        return Unmixed(network, columns, nothing)
    mixing = _composed(steps[n_apart:])
    if not is_affine(mixing):
        return Unmixed(network, None, nothing)
    origin = np.zeros((len(weight), len(columns)))
    slopes = mixing.pull_back(origin, np.eye(len(weight)))
    constant = (mixing.transform(origin[:1]) @ weight)[0]
    drawn = slopes.T @ weight
    straight = replace(
        network,
        input_map=_composed(steps[:n_apart]),
        weights=(drawn, *network.weights[1:]),
        biases=(bias + constant, *network.biases[1:]),
    )
    # the mean of scaled columns, which a projection takes away, is 0 but for rounding
    worth_telling = np.abs(constant) > ROUNDING * (np.abs(bias) + np.abs(drawn).sum(axis=0))
    return Unmixed(straight, columns, np.where(worth_telling, constant, 0.0))


@singledispatch
def own_columns(input_map: InputMap, n_in: int) -> Positions | None:
    """Tell which column each mapped one belongs to.

    Parameters
    ----------
    input_map : InputMap
        The map.
    n_in : int
        Number of columns that it takes.

    Returns
    -------
    ndarray of shape (n_out,) or None
        Positions; None if a mapped column depends on several, or if that is not known.
    """
    return None


@own_columns.register(IdentityMap)
@own_columns.register(ScaleMap)
@own_columns.register(ClipMap)
@own_columns.register(FunctionMap)
@own_columns.register(BoxCoxMap)
@own_columns.register(YeoJohnsonMap)
@own_columns.register(QuantileMap)
def _every_column(input_map: InputMap, n_in: int) -> Positions | None:
    return np.arange(n_in)


@own_columns.register
def _of_linear(input_map: LinearMap, n_in: int) -> Positions | None:
    used = input_map.matrix != 0  # that of an imputer holds ones and zeros
    return used.argmax(axis=0) if (used.sum(axis=0) == 1).all() else None


@own_columns.register
def _of_chain(input_map: ChainMap, n_in: int) -> Positions | None:
    first = own_columns(input_map.first, n_in)
    second = None if first is None else own_columns(input_map.second, len(first))
    return None if first is None or second is None else first[second]


@own_columns.register
def _of_groups(input_map: ColumnsMap, n_in: int) -> Positions | None:
    found = []
    for positions, group in zip(input_map.positions, input_map.maps, strict=True):
        inner = own_columns(group, len(positions))
        if inner is None:
            return None
        found.append(np.asarray(positions, dtype=np.intp)[inner])
    return np.concatenate(found)


def is_affine(input_map: InputMap) -> bool:
    """Tell whether a map is known to be linear, up to a constant.

    Parameters
    ----------
    input_map : InputMap
        The map.

    Returns
    -------
    bool
        Whether it is.
    """
    if isinstance(input_map, ChainMap):
        return is_affine(input_map.first) and is_affine(input_map.second)
    if isinstance(input_map, ColumnsMap):
        return all(is_affine(group) for group in input_map.maps)
    return isinstance(input_map, IdentityMap | ScaleMap | LinearMap)


def _steps(input_map: InputMap) -> list[InputMap]:
    if isinstance(input_map, ChainMap):
        return [*_steps(input_map.first), *_steps(input_map.second)]
    return [input_map]


def _composed(steps: list[InputMap]) -> InputMap:
    nothing: InputMap = IdentityMap()
    return reduce(lambda before, step: before.then(step), steps, nothing)

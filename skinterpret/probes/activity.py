"""Which hidden units answer to which class, and what they live on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from skinterpret.network import DenseNetwork
from skinterpret.probes.flow import trace_flow

Array = NDArray[Any]

STILL = 1e-3  # of the layer's widest range of activations: a unit that moves less is dead


def activity_table(network: DenseNetwork, rows: Array, labels: Array) -> pd.DataFrame:
    """Describe each hidden unit by class.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    rows : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    labels : ndarray of shape (n_samples,)
        The class that the network gives to each.

    Returns
    -------
    DataFrame
        One row a unit, with the index (layer, unit) and the columns `("rate", class)`: share of the
        class's rows with a positive pre-activation; `("mean", class)`: mean activation; and
        `("selectivity", class)`: the rank-biserial correlation of the activation with the class, 1
        if it is larger in each row of the class than in any other, -1 if it is smaller, 0 if
        neither.  NaN for a class that the network gives to no row.
    """
    assert network.classes is not None  # a classifier was asked for
    after = np.hstack(network.activations(rows))
    before = np.hstack(pre_activations(network, rows))
    ranks = rankdata(after, axis=0)
    columns = {}
    for label in network.classes.tolist():
        there = labels == label
        columns["rate", label] = _mean(before[there] > 0)
        columns["mean", label] = _mean(after[there])
        columns["selectivity", label] = _rank_biserial(ranks, there)
    names = ("rate", "mean", "selectivity")
    order = [(name, label) for name in names for label in network.classes.tolist()]
    return pd.DataFrame(columns, index=unit_index(network))[order]


def unit_table(network: DenseNetwork, rows: Array, activity: pd.DataFrame, redundancy: float) -> pd.DataFrame:
    """Say of each hidden unit what it stands for, and whether it is needed.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    rows : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    activity : DataFrame
        What `activity_table` gives.
    redundancy : float
        Absolute correlation from which on two units say the same.

    Returns
    -------
    DataFrame
        One row a unit: class and selectivity where that is largest (None and NaN of a dead unit,
        whatever the labels are),
        whether the unit is dead, and with which earlier unit of its layer it is redundant (-1 if
        with none).
    """
    selectivity = activity["selectivity"].fillna(-np.inf)
    tables = []
    for layer, after in enumerate(network.activations(rows)):
        spread = np.ptp(after, axis=0)
        dead = spread <= STILL * spread.max()
        here = selectivity.loc[layer]
        table = pd.DataFrame(
            {
                # as an object column whatever the labels: None would become NaN beside text
                "class": pd.Series(np.where(dead, None, here.idxmax(axis=1).to_numpy(object)), dtype=object),
                "selectivity": here.max(axis=1).where(~dead).to_numpy(),
                "dead": dead,
                "redundant_with": _earlier_twins(after, dead, redundancy),
            }
        )
        tables.append(table)
    return pd.concat(tables).set_index(unit_index(network))


def carrier_table(network: DenseNetwork, rows: Array, labels: Array, dead: pd.Series) -> pd.DataFrame:
    """Rank the hidden units by what they do for each class.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    rows : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    labels : ndarray of shape (n_samples,)
        The class that the network gives to each.
    dead : Series of shape (n_units,)
        Whether each unit, by (layer, unit), is dead; these carry nothing and are left out.

    Returns
    -------
    DataFrame
        Class, layer, unit and relevance: what the unit contributes to the class's latent in the
        rows of that class, less what it does in the others, on average.  The largest first, by
        class and layer.  `by` says how: `"firing"` of a unit that is more active in the class than in the
        others, `"silence"` of one that is less; `None` where there is nothing to compare.
    """
    assert network.classes is not None  # a classifier was asked for
    tables: list[pd.DataFrame] = []
    for label in network.classes.tolist():
        flow = trace_flow(network, rows, label)
        there = labels == label
        for layer, size in enumerate(network.hidden_layer_sizes):
            relevance = flow.relevance(layer)
            gain = _mean(relevance[there]) - _mean(relevance[~there])
            after = flow.activations[layer + 1]
            risen = _mean(after[there]) - _mean(after[~there])
            by = [None if np.isnan(more) else "firing" if more > 0 else "silence" for more in risen]
            columns = {"class": label, "layer": layer, "unit": np.arange(size), "relevance": gain, "by": by}
            alive = pd.DataFrame(columns)[~dead.loc[layer].to_numpy(dtype=bool)]
            tables.append(alive.sort_values("relevance", ascending=False, kind="stable"))
    return pd.concat(tables, ignore_index=True)


def input_table(network: DenseNetwork, rows: Array, names: Sequence[str], spread: Array) -> pd.DataFrame:
    """Say which inputs matter to each hidden unit.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    rows : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    names : sequence of str
        Names of the inputs.
    spread : ndarray of shape (n_features,)
        Standard deviation of each input.

    Returns
    -------
    DataFrame
        One row a unit, one column an input: by how much the unit's pre-activation changes with one
        standard deviation of the input.  In the first layer that is the incoming weight, with its
        sign; in deeper ones the mean of the absolute gradient.
    """
    values = []
    for layer, unit in unit_index(network):
        slopes = network.gradient(rows, ("hidden", layer, unit))
        values.append((slopes if layer == 0 else np.abs(slopes)).mean(axis=0) * spread)
    return pd.DataFrame(np.array(values), index=unit_index(network), columns=list(names))


def pre_activations(network: DenseNetwork, rows: Array) -> list[Array]:
    """Compute the pre-activations of all hidden layers.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    rows : ndarray of shape (n_samples, n_features)
        Rows in raw units.

    Returns
    -------
    list of ndarray of shape (n_samples, n_units)
        One array a hidden layer.
    """
    into = [network.input_map.transform(rows), *network.activations(rows)[:-1]]
    return [a @ w + b for a, w, b in zip(into, network.weights[:-1], network.biases[:-1], strict=True)]


def unit_index(network: DenseNetwork) -> pd.MultiIndex:
    """List the hidden units.

    Parameters
    ----------
    network : DenseNetwork
        The network.

    Returns
    -------
    MultiIndex
        Pairs (layer, unit).
    """
    units = [(layer, unit) for layer, size in enumerate(network.hidden_layer_sizes) for unit in range(size)]
    return pd.MultiIndex.from_tuples(units, names=["layer", "unit"])


def _mean(values: Array) -> Array:
    return values.mean(axis=0) if len(values) else np.full(values.shape[1], np.nan)


def _rank_biserial(ranks: Array, there: Array) -> Array:
    """Twice the area under the ROC curve, less one, from ranks (Mann and Whitney, 1947)."""
    n_there, n_others = there.sum(), (~there).sum()
    if n_there == 0 or n_others == 0:
        return np.full(ranks.shape[1], np.nan)
    wins = ranks[there].sum(axis=0) - n_there * (n_there + 1) / 2
    correlation: Array = 2 * wins / (n_there * n_others) - 1
    return correlation


def _earlier_twins(after: Array, dead: Array, redundancy: float) -> Array:
    """For each unit the first earlier one that says the same, or -1."""
    twins = np.full(after.shape[1], -1)
    alive = np.flatnonzero(~dead)
    if len(alive) < 2:
        return twins
    same = np.tril(np.abs(np.corrcoef(after[:, alive], rowvar=False)) >= redundancy, k=-1)
    found = same.any(axis=1)
    twins[alive[found]] = alive[same[found].argmax(axis=1)]
    return twins

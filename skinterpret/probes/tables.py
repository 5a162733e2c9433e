"""What probing shows, as tables: single values, what they stand for, and pairs of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.probes.encoding import EncodedNetwork, margins_of
from skinterpret.probes.values import set_values

Array = NDArray[Any]

BASELINE = ("baseline", "")
NOTHING = 1e-9  # a contribution that rounding may have made
HARDLY = 0.005  # a change of a probability that is written as 0.00
FAINT = 0.1  # a contribution beside the strongest one
PAIR_COLUMNS = [
    *("feature_1", "value_1", "feature_2", "value_2"),
    *("class", "joint", "additive", "departure"),
]


def probe_singly(
    network: EncodedNetwork, baseline: pd.DataFrame, values: Sequence[Array], names: Sequence[str]
) -> pd.DataFrame:
    """Ask the network about each value of each feature, alone.

    Parameters
    ----------
    network : EncodedNetwork
        The network.
    baseline : DataFrame of shape (1, n_features)
        Where all other features stand.
    values : sequence of ndarray
        Values of each feature.
    names : sequence of str
        Names of the features.

    Returns
    -------
    DataFrame
        Probabilities, latents and the predicted class by feature and value; first the baseline.
    """
    cells = [baseline] + [set_values(baseline, {j: column}) for j, column in enumerate(values)]
    encoded = np.vstack([np.asarray(network.encode(cell, blanks=True)) for cell in cells])
    rows = [BASELINE]
    for name, column in zip(names, values, strict=True):
        rows += [(name, value) for value in readable(column)]
    return _answers(network, encoded).set_axis(pd.MultiIndex.from_tuples(rows, names=["feature", "value"]))


def list_drivers(table: pd.DataFrame, classes: Array) -> pd.DataFrame:
    """Say which class each value stands for: the one whose margin it raises most.

    Parameters
    ----------
    table : DataFrame
        What `probe_singly` gives.
    classes : ndarray of shape (n_classes,)
        Class labels.

    Returns
    -------
    DataFrame
        One row a value that raises the margin of a class above the baseline's, by class and from
        the strongest to the weakest: class, feature, value, contribution to the margin,
        probability of the class, what that is more than the baseline's, and predicted class.  Values
        that hardly change the probability are left out, unless they are strong and the class is
        predicted, or no other is left.
    """
    margins = margins_of(table["latent"].to_numpy())
    probability = table["probability"].to_numpy()
    rise = margins[1:] - margins[0]
    if rise.shape[1] == 1:
        rise = np.hstack([-rise, rise])
    best = rise.argmax(axis=1)
    every = np.arange(len(rise))
    drivers = pd.DataFrame(
        {
            "class": classes[best],
            "feature": table.index.get_level_values(0)[1:],
            "value": table.index.get_level_values(1)[1:],
            "contribution": rise[every, best],
            "probability": probability[1 + every, best],
            "change": probability[1 + every, best] - probability[0, best],
            "predicted": table["predicted"].to_numpy()[1:],
        }
    )
    order = np.lexsort((-rise[every, best], best))
    drivers = drivers.iloc[order]
    drivers = drivers[drivers["contribution"] > NOTHING]
    # a class that is certain already is driven although its probability has no room to change
    strong = drivers["contribution"] >= FAINT * drivers["contribution"].max()
    certain = strong & (drivers["predicted"] == drivers["class"])
    telling = (drivers["change"].abs() >= HARDLY) | certain
    return (drivers[telling] if telling.any() else drivers).reset_index(drop=True)


def probe_pairs(
    network: EncodedNetwork, baseline: pd.DataFrame, values: Sequence[Array], names: Sequence[str]
) -> pd.DataFrame:
    """Ask how far the joint effect of two features is from the sum of their single ones.

    Parameters
    ----------
    network : EncodedNetwork
        The network.
    baseline : DataFrame of shape (1, n_features)
        Where all other features stand.
    values : sequence of ndarray
        Values of each feature.
    names : sequence of str
        Names of the features.

    Returns
    -------
    DataFrame
        One row a pair of values, the largest departure first: both features and values, the class
        whose margin departs most from additivity, the joint effect on it, the sum of the two
        single effects, and the departure, which is their difference.
    """
    moved = [column[column != baseline.iat[0, j]] for j, column in enumerate(values)]
    start = network.margins(baseline, blanks=True)
    single = [
        network.margins(set_values(baseline, {j: column}), blanks=True) - start if len(column) else None
        for j, column in enumerate(moved)
    ]
    tables = []
    for i, j in combinations([j for j, effect in enumerate(single) if effect is not None], 2):
        first, second = (grid.ravel() for grid in np.indices((len(moved[i]), len(moved[j]))))
        rows = set_values(baseline, {i: moved[i][first], j: moved[j][second]})
        joint = network.margins(rows, blanks=True) - start
        additive = single[i][first] + single[j][second]  # type: ignore[index]
        at = np.arange(len(joint)), np.abs(joint - additive).argmax(axis=1)
        value_1 = pd.Series(readable(moved[i]), dtype=object).iloc[first].to_numpy()
        value_2 = pd.Series(readable(moved[j]), dtype=object).iloc[second].to_numpy()
        most = np.asarray(network.targets)[at[1]]
        effects = joint[at], additive[at], (joint - additive)[at]
        pair = (names[i], value_1, names[j], value_2, most, *effects)
        tables.append(pd.DataFrame(dict(zip(PAIR_COLUMNS, pair, strict=True))))
    if not tables:  # fewer than two features that can leave the baseline
        return pd.DataFrame(columns=PAIR_COLUMNS)
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values("departure", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def readable(values: Array) -> list[Any]:
    """Give values as they are to be read: whole numbers without a point, truth values as words.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        Values of one feature.

    Returns
    -------
    list
        The same in Python's types; `"False"` and `"True"` for truth values.
    """
    # an index of pandas takes False for 0 and True for 1 and would show one for the other
    plain: list[Any] = [
        str(value) if isinstance(value, bool | np.bool_) else value for value in values.tolist()
    ]
    if all(isinstance(value, float) and value.is_integer() for value in plain):
        return [int(value) for value in plain]
    return plain


def _answers(network: EncodedNetwork, encoded: Array) -> pd.DataFrame:
    dense = network.network
    classes = dense.classes
    assert classes is not None  # a classifier was asked for
    probabilities = dense.predict_proba(encoded)
    columns: dict[tuple[str, Any], Array] = {
        ("probability", label): probabilities[:, k] for k, label in enumerate(classes.tolist())
    }
    latents = network.latents(encoded)
    columns |= {("latent", label): latents[:, k] for k, label in enumerate(network.targets)}
    return pd.DataFrame(columns | {("predicted", ""): dense.predict(encoded)})

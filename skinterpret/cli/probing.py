"""What `probe` prints of a fitted probe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from skinterpret.probes.tables import HARDLY
from skinterpret.report.few_values import TOLD as FEW_VALUES
from skinterpret.report.few_values import few_values
from skinterpret.report.tables import index_texts


def print_probe(probe: Any, X: pd.DataFrame, most: int) -> None:
    """Print what the network says of single values, and which of them stand for which class.

    Parameters
    ----------
    probe : OneHotProbe
        The fitted probe.
    X : DataFrame of shape (n_samples, n_features)
        The rows that it was fitted to.
    most : int
        How many of the values that stand for a class are shown; 0 for all.
    """
    few = few_values(probe.probe_table_.index[1:], X)
    table = probe.probe_table_[np.concatenate([[True], few])]
    written = index_texts(table.index)
    print(_with_texts(table, written).round(3).to_string())
    drivers = probe.class_drivers_
    pairs = pd.MultiIndex.from_frame(drivers[["feature", "value"]])
    shown = drivers[pairs.isin(table.index)]
    texts = dict(zip(table.index, [text[-1] for text in written], strict=True))
    values = [texts[pair] for pair in zip(shown["feature"], shown["value"], strict=True)]
    print("\nWhich values stand for which class, the strongest first")
    print(_columns(len(probe.classes_)))
    _print_drivers(shown.assign(value=values), most)
    for label in probe.classes_[~np.isin(probe.classes_, shown["class"])]:
        print(_without_drivers(label, probe))
    if not few.all():
        print(f"\n{FEW_VALUES}")


def _with_texts(table: pd.DataFrame, written: list[list[str]]) -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples([tuple(texts) for texts in written], names=table.index.names)
    return table.set_axis(index)


def _columns(n_classes: int) -> str:
    margin = "log-odds" if n_classes == 2 else "log-probability, less the mean of all classes"
    return (
        f"contribution: what the value adds to the class's {margin}\n"
        "change: what it adds to the probability of the class\n"
    )


def _print_drivers(drivers: pd.DataFrame, most: int) -> None:
    """Print the strongest of each class, and how many more there are."""
    by_class = drivers.groupby("class", sort=False)
    kept = by_class.head(most) if most else drivers
    print(kept.round(3).to_string(index=False))
    more = (by_class.size() - most).clip(lower=0) if most else by_class.size() * 0
    left = [f"{count} more for {label}" for label, count in more.items() if count]
    if left:
        print(f"… and {', '.join(left)}; --top 0 shows all")


def _without_drivers(label: Any, probe: Any) -> str:
    """Say why no value stands for a class."""
    why = f"each does more for another class, or changes the probability by less than {HARDLY}"
    if label == probe.probe_table_["predicted"].iloc[0]:
        why = (
            "the network says so already where all inputs are at their mean or most frequent category, and "
            f"of their values {why}"
        )
    return f"\nNo value stands for {label}: {why}."

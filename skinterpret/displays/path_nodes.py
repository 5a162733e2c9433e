"""From the table of a path to columns of nodes: which are the strongest, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from skinterpret.displays.reading import check_columns
from skinterpret.probes.paths import COLUMNS, as_row

CARRIERS = ("input", "unit")  # kinds of sources that are nodes; a bias belongs to its target
LATENT, OUTPUT = "latent", "output"


@dataclass(frozen=True)
class PathNodes:
    """The nodes of a path, column by column, and what flows between them.

    Attributes
    ----------
    nodes : DataFrame
        One row a node, with

        - `column`: counted from 0, the inputs;
        - `node`: its name;
        - `value`: activation of an input or a unit, pre-activation of an output; the latent in the
          last column;
        - `share`: that divided by the largest size in its column, from -1 to 1;
        - `relevance`: sum of the relevance of its connections;
        - `strength`: sum of their sizes, by which nodes are ordered within a column.
    edges : DataFrame
        One row a connection of two nodes: the `column` of its source, `source`, `target` and
        `relevance`.
    apart : Series
        Relevance of what is no node, by kind: `"bias"`, `"constant"`, `"offset"` and `"rivals"`.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    apart: pd.Series

    def keep_strongest(self, max_nodes: int) -> tuple[PathNodes, pd.DataFrame]:
        """Leave out all but the strongest nodes of each column.

        Parameters
        ----------
        max_nodes : int
            How many to keep.

        Returns
        -------
        shown : PathNodes
            Those, and the connections between them.
        others : DataFrame
            The rows of the nodes that are left out.
        """
        kept = self.nodes.groupby("column").cumcount() < max_nodes
        names = pd.MultiIndex.from_frame(self.nodes.loc[kept, ["column", "node"]])
        starts = pd.MultiIndex.from_frame(self.edges[["column", "source"]])
        stops = pd.MultiIndex.from_arrays([self.edges["column"] + 1, self.edges["target"]])
        edges = self.edges[starts.isin(names) & stops.isin(names)]
        return PathNodes(self.nodes[kept], edges, self.apart), self.nodes[~kept]


def read_path(path: Any, caller: str) -> PathNodes:
    """Read all nodes out of the table of a path.

    Where several outputs lead to the latent, each is a node, and the latent is one more.

    Parameters
    ----------
    path : DataFrame
        What `trace_path` gave, whole.
    caller : str
        Who needs it, for messages.

    Returns
    -------
    PathNodes
        Nodes of each column, the strongest first.

    Raises
    ------
    TypeError
        If it is not a DataFrame.
    ValueError
        If it is not the whole table of a path.
    """
    _check_path(path, caller)
    carried = path[path["kind"].isin(CARRIERS)]
    last = path["layer"].max()
    into = path[(path["layer"] == last) & (path["kind"] != "rivals")].assign(layer=last + 1)
    sources, ends = (
        _nodes(carried, "source", "activation", "first"),
        _nodes(into, "target", "contribution", "sum"),
    )
    edges = carried[["layer", "source", "target", "relevance"]].rename(columns={"layer": "column"})
    latent = path.loc[path["kind"] != "unit", "relevance"].sum()
    parts = [sources, ends.assign(value=latent)]
    if len(ends) > 1:
        final = {
            "column": last + 2,
            "node": LATENT,
            "value": latent,
            "relevance": latent,
            "strength": abs(latent),
        }
        parts = [sources, ends, pd.DataFrame([final])]
        flow = ends[["column", "node", "relevance"]].rename(columns={"node": "source"})
        edges = pd.concat([edges, flow.assign(target=LATENT)])
    nodes = pd.concat(parts).sort_values(["column", "strength"], ascending=[True, False], kind="stable")
    largest = nodes["value"].abs().groupby(nodes["column"]).transform("max")
    nodes["share"] = nodes["value"] / largest.where(largest > 0, 1.0)
    apart = path[~path["kind"].isin(CARRIERS)].groupby("kind", sort=False)["relevance"].sum()
    return PathNodes(nodes.reset_index(drop=True), edges.reset_index(drop=True), apart)


def raw_values(path: pd.DataFrame, x: Any) -> dict[str, Any]:
    """Find the raw value of each input that a path names.

    Parameters
    ----------
    path : DataFrame
        What `trace_path` gave.
    x : array-like of shape (n_features,) or (1, n_features)
        The row that was traced: a Series or a DataFrame is read by name, all else by position.

    Returns
    -------
    dict
        Value by name; an indicator `column=category` has none, its activation says all.

    Raises
    ------
    ValueError
        If x is not one row of these inputs.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.displays.path_nodes import raw_values
    >>> path = pd.DataFrame({"kind": ["input", "input", "bias"], "source": ["dose", "age", "bias"]})
    >>> raw_values(path, [0.5, "old"])
    {'dose': 0.5, 'age': 'old'}
    >>> raw_values(path, pd.Series({"age": "old", "dose": 0.5}))
    {'dose': 0.5, 'age': 'old'}
    """
    named = isinstance(x, pd.Series | pd.DataFrame)
    row = as_row(x if named else np.asarray(x, dtype=object))  # numbers stay numbers beside categories
    names = list(path.loc[path["kind"] == "input", "source"].unique())
    if names == [f"input {k}" for k in range(len(names))]:
        raise ValueError(
            "the inputs of the path are columns that steps before the network have mixed, which have no raw "
            "values; leave x out."
        )
    if named:
        row = row.set_axis([str(name) for name in row.columns], axis=1)
        known = [name for name in names if name in row.columns]
        missing = [name for name in names if name not in known and not _is_indicator(name, row.columns)]
        if missing:
            raise ValueError(
                f"x lacks the inputs {missing} of the path; pass the row that was traced, or leave x out "
                "where steps before the network have mixed the columns."
            )
        return {name: row[name].iloc[0] for name in known}
    if row.shape[1] != len(names):
        raise ValueError(
            f"x has {row.shape[1]} values, but the path has {len(names)} inputs; pass the row that was "
            "traced."
        )
    return dict(zip(names, row[0], strict=True))


def _is_indicator(name: str, columns: Iterable[str]) -> bool:
    return any(name.startswith(f"{column}=") for column in columns)


def _check_path(path: Any, caller: str) -> None:
    check_columns(path, caller, COLUMNS)
    if not np.isfinite(path[["activation", "contribution", "relevance"]].to_numpy(dtype=float)).all():
        raise ValueError(f"{caller} needs finite numbers, but the path holds others.")
    carried = path.loc[path["kind"].isin(CARRIERS), ["layer", "source", "target"]]
    layers = sorted(set(carried["layer"]))
    if layers != list(range(path["layer"].max() + 1)):
        raise ValueError(f"{caller} needs a whole path, but sources are there for the layers {layers} only.")
    if carried.duplicated().any():
        name = carried.loc[carried.duplicated(), "source"].iloc[0]
        raise ValueError(f"{caller} cannot tell two inputs named {name!r} apart; name them differently.")


def _nodes(connections: pd.DataFrame, end: str, value: str, how: str) -> pd.DataFrame:
    """Make one row of each node that stands at one end of connections."""
    sizes = connections.assign(strength=connections["relevance"].abs())
    nodes = sizes.groupby(["layer", end], sort=False).agg(
        value=(value, how), relevance=("relevance", "sum"), strength=("strength", "sum")
    )
    return nodes.reset_index().rename(columns={"layer": "column", end: "node"})

"""`PathDisplay`: the path of one row through a network, from the inputs to the latent."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_scalar

from skinterpret.displays.axes import import_pyplot, open_axes
from skinterpret.displays.labels import plain, written
from skinterpret.displays.path_nodes import LATENT, OUTPUT, PathNodes, raw_values, read_path
from skinterpret.displays.raw_network import raw_network_of
from skinterpret.displays.reading import explained, network_of
from skinterpret.displays.style import NEGATIVE, POSITIVE, SECOND, merged
from skinterpret.probes import trace_path
from skinterpret.probes.paths import as_row

DASHES = (0, (2.5, 1.2))  # in line widths
ROW_HEIGHT, COLUMN_WIDTH = 0.62, 2.3  # inches
WIDTH = 24  # characters of a name
SIGNS: tuple[tuple[int, str, str, Any], ...] = (
    (1, "raises the latent", POSITIVE, "-"),
    (-1, "lowers the latent", NEGATIVE, DASHES),
)


class PathDisplay:
    r"""The path of one row: which inputs drive which units, and which units drive the latent.

    Layers are columns, from the inputs at the left to the latent at the right, the strongest nodes
    of each on top.  Lines are as wide as the relevance that flows along them is large, solid where
    it raises the latent and dashed where it lowers it.  Nodes are filled by their activation, from
    dark for the most negative to light for the most positive, as a share of the largest size in
    their column.  It is recommended to use `from_estimator` or `from_path` to make one.  All
    parameters are stored as attributes.

    Parameters
    ----------
    nodes : DataFrame
        One row a node, the strongest of a column first: `column`, counted from 0 for the inputs,
        `node`, its name, `label`, what is written at it, and `share`, the colour from -1 to 1.  The
        last row is where the path ends.
    edges : DataFrame
        One row a connection of two nodes: the `column` of its source, `source`, `target` and
        `relevance`, in units of the latent.
    columns : DataFrame
        One row a column: `heading`, what is written above it, and `caption`, what is written below:
        how many nodes are left out, and what they add to the latent.

    Attributes
    ----------
    edges_ : list of LineCollection
        Lines that raise the latent, then those that lower it, in the order of `edges`.
    nodes_ : PathCollection
        Nodes, in the order of `nodes`, but for the last.
    end_ : PathCollection
        Where the path ends: a square that is not filled.
    labels_ : list of Text
        What is written at the nodes, in the order of `nodes`.
    headings_ : list of Text
        What is written above the columns.
    captions_ : list of Text
        What is written below them; empty where no node is left out.
    legend_ : Legend
        What the lines mean.
    colorbar_ : Colorbar or None
        What the colours of the nodes mean.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    See Also
    --------
    skinterpret.probes.trace_path : The table that is drawn.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.displays import PathDisplay
    >>> from skinterpret.probes import trace_path
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = MLPClassifier((5,), solver="lbfgs", max_iter=500, random_state=0).fit(X, y == 2)
    >>> path = trace_path(model, X[:1])
    >>> display = PathDisplay.from_path(path, x=X[:1], max_nodes=3)
    >>> display.nodes["column"].value_counts().sort_index().tolist()
    [3, 3, 1]
    >>> "petal length (cm) = 1.4" in set(display.nodes["label"])
    True
    >>> display.captions_[0].get_text()
    '1 more left out\n(relevance ...)'
    """

    def __init__(self, *, nodes: pd.DataFrame, edges: pd.DataFrame, columns: pd.DataFrame) -> None:
        self.nodes = nodes
        self.edges = edges
        self.columns = columns

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        x: Any,
        *,
        target: Any = None,
        max_nodes: int = 8,
        ax: Any = None,
        **kwargs: Any,
    ) -> PathDisplay:
        """Trace one row by `trace_path`, and draw its path.

        Raw values are written at the inputs, except where steps before the network that are not linear
        have mixed them.

        Parameters
        ----------
        estimator : estimator or DenseNetwork
            The network: its fitted estimator, itself, or a fitted surrogate or probe of it.
        x : array-like of shape (n_features,) or (1, n_features)
            The row, in raw units.
        target : object, default=None
            Which latent, as `DenseNetwork.latent` takes it; with more than two classes `None` means
            the class that the network gives.
        max_nodes : int, default=8
            How many nodes of each layer to show at most.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        PathDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If the estimator cannot be read, or `max_nodes` is no int.
        ValueError
            If x is not one row, if the target is unknown, or if `max_nodes` is below 1.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.displays import PathDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = PathDisplay.from_estimator(network.fit(X, y == 2), X.iloc[149], max_nodes=3)
        >>> [heading.get_text() for heading in display.headings_]
        ['inputs', 'hidden layer 0', 'output']
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        check_scalar(max_nodes, "max_nodes", Integral, min_val=1)
        path = trace_path(explained(estimator), x, target)
        raw = _if_raw(path, _named(estimator, x))
        return cls.from_path(path, x=raw, max_nodes=max_nodes, ax=ax, **kwargs)

    @classmethod
    def from_path(
        cls, path: pd.DataFrame, *, x: Any = None, max_nodes: int = 8, ax: Any = None, **kwargs: Any
    ) -> PathDisplay:
        """Draw what `trace_path` or `NeuronProbe.path` gave.

        Parameters
        ----------
        path : DataFrame
            The table of one row's path, whole.
        x : array-like of shape (n_features,) or (1, n_features), default=None
            The row that was traced, whose raw values are written at the inputs: a Series or a
            DataFrame is read by name, all else in the order of the path's inputs.  `None` means the
            values that the network's first layer gets, which are scaled where the network has a scaler
            before it.
        max_nodes : int, default=8
            How many nodes of each layer to show at most: those with the largest sum of sizes of
            relevance.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        PathDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If the path is no DataFrame, or `max_nodes` no int.
        ValueError
            If it is not the whole table of a path, if x is not its row, or if `max_nodes` is
            below 1.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import NeuronProbe
        >>> from skinterpret.displays import PathDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> probe = NeuronProbe(network).fit(X, y == 2)
        >>> display = PathDisplay.from_path(probe.path(X.iloc[149]), x=X.iloc[149])
        >>> "petal width (cm) = 1.8" in set(display.nodes["label"])
        True
        """
        import_pyplot(f"{cls.__name__}.from_path")
        check_scalar(max_nodes, "max_nodes", Integral, min_val=1)
        found = read_path(path, cls.__name__)
        raw = None if x is None else raw_values(path, x)
        shown, others = found.keep_strongest(max_nodes)
        columns = pd.DataFrame(
            {"heading": _headings(found, raw is None), "caption": _captions(found, others)}
        )
        nodes = shown.nodes.assign(label=_labels(shown, raw or {}))
        return cls(nodes=nodes, edges=shown.edges, columns=columns).plot(ax=ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        cmap: str = "cividis",
        colorbar: bool = True,
        max_width: float = 7.0,
        edges_kw: Mapping[str, Any] | None = None,
        nodes_kw: Mapping[str, Any] | None = None,
    ) -> PathDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        cmap : str or Colormap, default="cividis"
            Colours of the activations, one that runs from dark to light.
        colorbar : bool, default=True
            Whether to add one.
        max_width : float, default=7.0
            Width in points of the line with the largest relevance.
        edges_kw : dict, default=None
            Handed to `LineCollection`.
        nodes_kw : dict, default=None
            Handed to `scatter`.

        Returns
        -------
        PathDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.displays import PathDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = PathDisplay.from_estimator(network.fit(X, y == 2), X.iloc[149])
        >>> _, ax = plt.subplots()
        >>> display.plot(ax=ax, colorbar=False, max_width=3.0).ax_ is ax  # the same, elsewhere
        True
        """
        counts = self.nodes.groupby("column")["node"].transform("size")
        most = counts.max()
        size = (1.2 + COLUMN_WIDTH * len(self.columns), 1.8 + ROW_HEIGHT * most)
        self.ax_ = open_axes(type(self).__name__, ax, size)
        self.figure_ = self.ax_.figure
        place = self.nodes.groupby("column").cumcount()
        points = np.column_stack([self.nodes["column"], (counts - 1) / 2 - place])
        self.edges_ = self._draw_edges(points, max_width, edges_kw)
        look = {"s": 150, "cmap": cmap, "vmin": -1.0, "vmax": 1.0, "edgecolors": SECOND, "zorder": 3}
        self.nodes_ = self.ax_.scatter(*points[:-1].T, c=self.nodes["share"][:-1], **merged(look, nodes_kw))
        end = {"s": 170, "marker": "s", "facecolors": "white", "edgecolors": "black", "zorder": 3}
        self.end_ = self.ax_.scatter(*points[-1:].T, **end)
        self._write(points, most / 2)
        self.ax_.set(xlim=(-0.3, len(self.columns) - 0.7), ylim=(-most / 2 - 0.9, most / 2 + 0.6))
        self.ax_.set_axis_off()
        self.colorbar_ = self._add_colorbar() if colorbar else None
        return self

    def _draw_edges(self, points: Any, max_width: float, edges_kw: Mapping[str, Any] | None) -> list[Any]:
        from matplotlib.collections import LineCollection
        from matplotlib.lines import Line2D

        keys = zip(self.nodes["column"], self.nodes["node"], strict=True)
        where = dict(zip(keys, points, strict=True))
        largest = self.edges["relevance"].abs().max()
        drawn, examples = [], []
        for sign, meaning, colour, style in SIGNS:
            edges = self.edges[np.sign(self.edges["relevance"]) == sign]
            segments = [
                (where[e.column, e.source], where[e.column + 1, e.target]) for e in edges.itertuples()
            ]
            look = {"colors": colour, "linestyles": [style], "alpha": 0.8, "zorder": 2}
            look["linewidths"] = max_width * edges["relevance"].abs() / largest
            drawn.append(self.ax_.add_collection(LineCollection(segments, **merged(look, edges_kw))))
            examples.append(Line2D([], [], color=colour, linestyle=style, linewidth=2.5, label=meaning))
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "ncols": 2, "frameon": False}
        self.legend_ = self.ax_.legend(handles=examples, handlelength=4, **place)
        return drawn

    def _write(self, points: Any, half: float) -> None:
        """Write at the nodes: beside those at the two ends, below the others."""
        beside = {0: ((-11, 0), "right", "center"), len(self.columns) - 1: ((11, 0), "left", "center")}
        self.labels_ = []
        for label, point in zip(self.nodes["label"], points, strict=True):
            offset, ha, va = beside.get(int(point[0]), ((0, -10), "center", "top"))
            look = {"xytext": offset, "textcoords": "offset points", "ha": ha, "va": va, "zorder": 4}
            # lines run below what is written
            look["bbox"] = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.8}
            self.labels_.append(self.ax_.annotate(label, point, fontsize=9, **look))
        self.headings_, self.captions_ = [], []
        for k, column in enumerate(self.columns.itertuples()):
            above = self.ax_.text(k, half + 0.2, column.heading, ha="center", va="bottom", weight="bold")
            below = self.ax_.text(k, -half - 0.2, column.caption, ha="center", va="top", style="italic")
            below.set_fontsize(9)
            self.headings_.append(above)
            self.captions_.append(below)

    def _add_colorbar(self) -> Any:
        bar = self.figure_.colorbar(self.nodes_, ax=self.ax_, aspect=30, pad=0.02, shrink=0.8)
        bar.set_ticks([-1.0, 0.0, 1.0])
        bar.set_label("activation / largest size in the column")
        return bar


def _named(estimator: Any, x: Any) -> Any:
    """Give a row the names of the raw inputs, in whose order the path's need not be."""
    if isinstance(x, pd.Series | pd.DataFrame):
        return x
    if (behind := raw_network_of(estimator)) is not None:
        names = behind.names
    else:
        network = network_of(estimator)
        names = list(network.feature_names or [f"x{j}" for j in range(network.n_features_in)])
    return pd.DataFrame(as_row(np.asarray(x, dtype=object)), columns=names)


def _if_raw(path: pd.DataFrame, x: Any) -> Any:
    """Give the traced row, or None where its values are none of the first layer's inputs."""
    try:
        raw_values(path, x)
    except ValueError:
        return None
    return x


def _headings(found: PathNodes, scaled: bool) -> list[str]:
    """Name the columns; the last ones by what the path ends in: one output, several, or a hidden unit."""
    last = int(found.nodes["column"].iloc[-1])
    headings = ["inputs\n(as the network gets them)" if scaled else "inputs"]
    headings += [f"hidden layer {k}" for k in range(last)]
    end = found.nodes["node"].iloc[-1]
    if end == LATENT:
        headings[-2:] = ["outputs", "latent"]
    elif end.startswith(OUTPUT):
        headings[-1] = OUTPUT
    return headings


def _captions(found: PathNodes, others: pd.DataFrame) -> list[str]:
    captions = [""] * (int(found.nodes["column"].max()) + 1)
    for column in others["column"].unique():
        relevance = others.loc[others["column"] == column, "relevance"]
        captions[column] = f"{len(relevance)} more left out\n(relevance {relevance.sum():+.3g})"
    return captions


def _labels(shown: PathNodes, raw: Mapping[str, Any]) -> list[str]:
    """Name and value of each node; at the end the latent, and what of it comes from no node."""
    nodes = shown.nodes
    values = [
        raw.get(name, value) if column == 0 else value
        for column, name, value in zip(nodes["column"], nodes["node"], nodes["value"], strict=True)
    ]
    labels = [
        f"{plain(name, WIDTH)} = {written(value)}" for name, value in zip(nodes["node"], values, strict=True)
    ]
    end = nodes.iloc[-1]
    lines = [] if end["node"] in (OUTPUT, LATENT) else [plain(end["node"], WIDTH)]
    lines.append(f"latent = {written(end['value'])}")
    lines += [f"of which {kind} {relevance:+.3g}" for kind, relevance in shown.apart.items()]
    return [*labels[:-1], "\n".join(lines)]

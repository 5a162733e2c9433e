"""`BoundaryDisplay`: where a network and its surrogate change their minds, over two inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_consistent_length, check_random_state

from skinterpret.displays.arrows import arrows_in_shell
from skinterpret.displays.axes import import_pyplot, open_axes
from skinterpret.displays.labels import plain
from skinterpret.displays.raw_network import RawNetwork, raw_network_of
from skinterpret.displays.reading import checked_rows, input_names, network_of
from skinterpret.displays.slices import (
    cut,
    margins,
    network_log_odds,
    network_probability,
    surrogate_probability,
    surrogate_scores,
)
from skinterpret.displays.style import MARKERS, merged
from skinterpret.expressions.plain import to_plain

Array = NDArray[np.float64]

LONGEST_RULE = 60  # characters
ARROW = 0.07  # length of a direction that lies in the picture, as a share of the picture's width


class BoundaryDisplay:
    """Decision boundary of a network and of its surrogate over two inputs.

    The network's probability is the field of colours, its boundary a dashed white line, the
    surrogate's a black line below that: where both agree, a black line with a white dash.  Arrows
    are the network's directions, drawn in the part of the shell that the picture shows; they point
    to where the class becomes more probable, and one that is short points out of the picture.

    It is recommended to use `from_estimator` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    xx0, xx1 : ndarray of shape (resolution, resolution)
        Grid over the two inputs, as `numpy.meshgrid` gives it.
    probability : ndarray of shape (n_classes, resolution, resolution)
        The network's probability of each class.
    network_margin : ndarray of shape (n_lines, resolution, resolution)
        What is 0 on the network's boundary; one a class that has a boundary of its own.
    surrogate_margin : ndarray of shape (n_lines, resolution, resolution), default=None
        The same for the surrogate.
    classes : sequence of shape (n_classes,)
        Class labels.
    class_of_interest : int, default=None
        Position of the class whose probability is shown; `None` shows which class is the most
        probable.
    feature_names : sequence of str of shape (2,)
        Names of the two inputs.
    surrogate_name : str, default="surrogate"
        What the legend calls the surrogate's boundary.
    points : ndarray of shape (n_points, 2), default=None
        Rows to mark.
    point_classes : ndarray of shape (n_points,), default=None
        Positions of their classes.
    arrow_points, arrows : ndarray of shape (n_arrows, 2), default=None
        Where directions are shown, and the part of them that lies in the picture, in units of the
        picture's width and height.
    averaged : bool, default=False
        Whether probabilities are means over the other inputs.

    Attributes
    ----------
    field_ : QuadMesh
        The network's probability, or its class.
    colorbar_ : Colorbar
        What its colours mean.
    network_lines_, surrogate_lines_ : list of QuadContourSet
        The boundaries.
    points_ : list of PathCollection
        Rows, one collection a class.
    arrows_ : Quiver or None
        Directions.
    legend_ : Legend
        Legend, above the axes.  Boundaries that do not cross the picture are said to be outside.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.datasets import make_wetzel
    >>> from skinterpret.displays import BoundaryDisplay
    >>> X, y = make_wetzel(1, n_samples=500, random_state=0, return_X_y=True)
    >>> network = MLPClassifier((10,), alpha=1.0, solver="lbfgs", max_iter=2000, random_state=0)
    >>> network = network.fit(X, y)
    >>> display = BoundaryDisplay.from_estimator(network, X, grid_resolution=30)
    >>> display.ax_.get_xlabel()
    'x0'
    """

    def __init__(
        self,
        *,
        xx0: Array,
        xx1: Array,
        probability: Array,
        network_margin: Array,
        classes: Sequence[Any],
        feature_names: Sequence[str],
        surrogate_margin: Array | None = None,
        class_of_interest: int | None = None,
        surrogate_name: str = "surrogate",
        points: Array | None = None,
        point_classes: NDArray[np.intp] | None = None,
        arrow_points: Array | None = None,
        arrows: Array | None = None,
        averaged: bool = False,
    ) -> None:
        self.xx0 = xx0
        self.xx1 = xx1
        self.probability = probability
        self.network_margin = network_margin
        self.classes = classes
        self.feature_names = feature_names
        self.surrogate_margin = surrogate_margin
        self.class_of_interest = class_of_interest
        self.surrogate_name = surrogate_name
        self.points = points
        self.point_classes = point_classes
        self.arrow_points = arrow_points
        self.arrows = arrows
        self.averaged = averaged

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        features: Sequence[Any] = (0, 1),
        *,
        y: Any = None,
        others: Any = "median",
        target: Any = None,
        grid_resolution: int = 120,
        eps: float = 0.03,
        n_points: int = 150,
        n_arrows: int = 40,
        delta: float = 0.01,
        n_rows: int = 50,
        random_state: Any = 0,
        ax: Any = None,
        **kwargs: Any,
    ) -> BoundaryDisplay:
        """Draw the boundaries of a fitted surrogate and of its network.

        Parameters
        ----------
        estimator : estimator
            A fitted surrogate classifier, or a fitted network alone.  A `SymbolicClassifier`, which is
            fitted to labels, has no network to draw.
        X : array-like of shape (n_samples, n_features)
            Rows that show where the data lie.
        features : sequence of two (str or int), default=(0, 1)
            The two inputs, by name or position; numbers, not categories.
        y : array-like of shape (n_samples,), default=None
            Labels, for the markers of the rows; `None` means the network's classes.
        others : {"median", "marginal"}, dict, Series or DataFrame, default="median"
            Where the other inputs stand: numbers at their median, categories at the most frequent one
            (the first of several in their order); or, for those that a dict, a Series or a DataFrame of
            one row lists by name or position, at its value.  `"marginal"` averages probabilities over
            rows of X instead.
        target : object, default=None
            A class label, whose probability is shown; needed for no more than two classes.  `None`
            means the second of two classes, and the most probable class of more.  A surrogate's own
            target comes first.
        grid_resolution : int, default=120
            Points of the grid along each input.
        eps : float, default=0.03
            How far the picture reaches beyond the data, as a share of their range.
        n_points : int, default=150
            How many rows to mark at most.
        n_arrows : int, default=40
            How many directions to show at most.
        delta : float, default=0.01
            Directions are shown where probabilities lie between `delta` and `1 - delta`.
        n_rows : int, default=50
            How many rows `"marginal"` averages over.
        random_state : int, RandomState instance or None, default=0
            Which rows are marked and averaged over, and where directions are shown.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        BoundaryDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If the estimator holds no network of dense layers.
        ValueError
            If an input, the target or `others` is unknown, one of the two inputs is a category, fewer
            than two inputs are numbers, or the network is not a classifier.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.displays import BoundaryDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = BoundaryDisplay.from_estimator(
        ...     network.fit(X, y == 2), X, ["petal length (cm)", "petal width (cm)"], grid_resolution=30
        ... )
        >>> display.ax_.get_ylabel()
        'petal width (cm)'
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        behind = raw_network_of(estimator)
        network = network_of(estimator) if behind is None else behind
        if network.classes is None:
            raise ValueError("A regressor has no decision boundary; pass a classifier.")
        rng = check_random_state(random_state)
        rows, names, categories = _read_rows(network, estimator, X)
        plane = cut(
            rows,
            names,
            features,
            others,
            categories=categories,
            grid_resolution=grid_resolution,
            eps=eps,
            n_rows=n_rows,
            random_state=rng,
        )
        own_target = getattr(estimator, "target", None)
        classes = list(network.classes) if own_target is None else [False, True]
        lines = _class_of_interest(classes, None if own_target is not None else target)
        averaged = isinstance(others, str) and others == "marginal"
        probability = plane.average(partial(network_probability, network, own_target))
        scores = probability
        if not averaged:
            scores = plane.average(partial(network_log_odds, network, own_target))
        is_surrogate = hasattr(estimator, "network_")
        surrogate_margin = None
        if is_surrogate:
            answer = surrogate_probability if averaged else surrogate_scores
            ask = partial(_asked, network, partial(answer, estimator))
            surrogate_margin = _lines(margins(plane.average(ask)), lines)
        chosen = rng.permutation(len(rows))[:n_points]
        arrow_points, arrows = arrows_in_shell(
            network, own_target, plane, rows, averaged, delta, n_arrows, lines, rng
        )
        display = cls(
            xx0=plane.xx0,
            xx1=plane.xx1,
            probability=probability,
            network_margin=_lines(margins(scores), lines),
            surrogate_margin=surrogate_margin,
            classes=classes,
            class_of_interest=lines,
            feature_names=[names[j] for j in plane.features],
            surrogate_name=_name(estimator),
            points=rows[chosen][:, plane.features].astype(np.float64),
            point_classes=_point_classes(network, own_target, rows, y, classes)[chosen],
            arrow_points=arrow_points,
            arrows=arrows,
            averaged=averaged,
        )
        return display.plot(ax=ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        cmap: str = "viridis",
        colorbar: bool = True,
        legend: bool = True,
        field_kw: Mapping[str, Any] | None = None,
        network_kw: Mapping[str, Any] | None = None,
        surrogate_kw: Mapping[str, Any] | None = None,
        points_kw: Mapping[str, Any] | None = None,
        arrows_kw: Mapping[str, Any] | None = None,
    ) -> BoundaryDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.  Its box becomes a square, in which directions are
            perpendicular to lines of equal probability.
        cmap : str or Colormap, default="viridis"
            Colours of the field.
        colorbar, legend : bool, default=True
            Whether to add them.
        field_kw : dict, default=None
            Handed to `pcolormesh`.
        network_kw, surrogate_kw : dict, default=None
            Handed to `contour`, for the boundaries.
        points_kw : dict, default=None
            Handed to `scatter`.
        arrows_kw : dict, default=None
            Handed to `quiver`.

        Returns
        -------
        BoundaryDisplay
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
        >>> from skinterpret.displays import BoundaryDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = BoundaryDisplay.from_estimator(network.fit(X, y == 2), X, (2, 3), grid_resolution=30)
        >>> _, ax = plt.subplots()
        >>> display.plot(ax=ax, cmap="cividis", legend=False).ax_ is ax  # the same, elsewhere
        True
        """
        self.ax_ = open_axes(type(self).__name__, ax, figsize=(6.4, 5.8))
        self.figure_ = self.ax_.figure
        colours = _class_colours(cmap, len(self.classes))
        self._draw_field(cmap, colours, field_kw)
        self.colorbar_ = self._add_colorbar() if colorbar else None
        self.points_ = self._draw_points(colours, points_kw)
        self.arrows_ = self._draw_arrows(arrows_kw)
        wide, narrow = {"colors": "black", "linewidths": 3.0}, {"colors": "white", "linewidths": 1.3}
        self.surrogate_lines_ = self._draw_lines(self.surrogate_margin, merged(wide, surrogate_kw))
        dashed = merged(narrow | {"linestyles": [(0, (4, 3))]}, network_kw)
        self.network_lines_ = self._draw_lines(self.network_margin, dashed)
        self.ax_.set(xlabel=plain(self.feature_names[0]), ylabel=plain(self.feature_names[1]), box_aspect=1)
        self.ax_.set(xlim=(self.xx0.min(), self.xx0.max()), ylim=(self.xx1.min(), self.xx1.max()))
        self.legend_ = self._add_legend() if legend else None
        return self

    def _draw_field(self, cmap: Any, colours: Any, field_kw: Mapping[str, Any] | None) -> None:
        from matplotlib.colors import ListedColormap

        if self.class_of_interest is None:
            values: Any = self.probability.argmax(axis=0)
            look = {"cmap": ListedColormap(colours), "vmin": -0.5, "vmax": len(self.classes) - 0.5}
        else:
            values = self.probability[self.class_of_interest]
            look = {"cmap": cmap, "vmin": 0.0, "vmax": 1.0}
        look |= {"shading": "nearest", "rasterized": True}
        self.field_ = self.ax_.pcolormesh(self.xx0, self.xx1, values, **merged(look, field_kw))

    def _add_colorbar(self) -> Any:
        bar = self.figure_.colorbar(self.field_, ax=self.ax_, shrink=0.9)
        mean = "mean " if self.averaged else ""
        if self.class_of_interest is None:
            bar.set_ticks(range(len(self.classes)), labels=[plain(label) for label in self.classes])
            bar.set_label(f"class that the network gives{' on average' if self.averaged else ''}")
        else:
            bar.set_label(f"network's {mean}probability of {plain(self.classes[self.class_of_interest])}")
        return bar

    def _draw_points(self, colours: Any, points_kw: Mapping[str, Any] | None) -> list[Any]:
        if self.points is None or self.point_classes is None:
            return []
        drawn = []
        for k, label in enumerate(self.classes):
            points = self.points[self.point_classes == k]
            look = {
                "s": 22,
                "marker": MARKERS[k % len(MARKERS)],
                "color": [colours[k]],
                "edgecolors": "white" if k < len(self.classes) / 2 else "black",
                "linewidths": 0.7,
                "label": f"class {plain(label)}",
                "zorder": 2,
            }
            drawn.append(self.ax_.scatter(*points.T, **merged(look, points_kw)))
        return drawn

    def _draw_arrows(self, arrows_kw: Mapping[str, Any] | None) -> Any:
        if self.arrows is None or self.arrow_points is None or not len(self.arrows):
            return None
        extent = np.array([np.ptp(self.xx0), np.ptp(self.xx1)])
        look = {
            "angles": "xy",
            "scale_units": "xy",
            "scale": 1,
            "pivot": "mid",
            "width": 0.0055,
            "color": "white",
            "edgecolor": "black",
            "linewidth": 0.5,
            "zorder": 3,
            "label": "directions",
        }
        shown = self.arrows * ARROW * extent
        return self.ax_.quiver(*self.arrow_points.T, *shown.T, **merged(look, arrows_kw))

    def _draw_lines(self, margin: Array | None, look: Mapping[str, Any]) -> list[Any]:
        crossed = [] if margin is None else [line for line in margin if line.min() < 0 < line.max()]
        return [
            self.ax_.contour(self.xx0, self.xx1, line, levels=[0.0], zorder=4, **look) for line in crossed
        ]

    def _add_legend(self) -> Any:
        from matplotlib.lines import Line2D

        black = Line2D([], [], color="black", linewidth=3)
        dashes = Line2D([], [], color="white", linewidth=1.3, linestyle=(0, (3, 2)))
        handles: list[Any] = []
        names: list[str] = []
        for handle, name, margin, lines in (
            (black, plain(self.surrogate_name, LONGEST_RULE), self.surrogate_margin, self.surrogate_lines_),
            (dashes, "network's boundary", self.network_margin, self.network_lines_),
        ):
            if margin is not None:
                handles.append(handle)
                names.append(name if lines else f"{name} (outside)")
        handles += self.points_
        names += [points.get_label() for points in self.points_]
        return self.ax_.legend(
            handles,
            names,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.01),
            ncols=2,
            facecolor="0.75",
            fontsize="small",
            borderaxespad=0.0,
        )


def _read_rows(network: Any, estimator: Any, X: Any) -> tuple[Any, list[str], list[int]]:
    """Rows in raw units, the names of their columns, and which of these are categories."""
    if isinstance(network, RawNetwork):
        rows, categories = network.check(X)
        return rows, network.names, categories
    n_features = network.n_features_in
    return checked_rows(X, n_features), input_names(estimator, X, n_features), []


def _asked(network: Any, answer: Any, rows: Any) -> Array:
    """Ask a surrogate about rows of the grid; where there are categories, as a table."""
    answered: Array = answer(network.frame(rows) if isinstance(network, RawNetwork) else rows)
    return answered


def _class_of_interest(classes: list[Any], target: Any) -> int | None:
    """Position of the class that is shown; None for all."""
    if target is None:
        return 1 if len(classes) == 2 else None
    if target not in classes:
        raise ValueError(f"target={target!r} is unknown; choose from the classes {classes}.")
    return classes.index(target)


def _lines(margin: Array, class_of_interest: int | None) -> Array:
    return margin if class_of_interest is None else margin[[class_of_interest]]


def _name(estimator: Any) -> str:
    rule = getattr(estimator, "decision_rule_", None)
    return "surrogate's boundary" if rule is None or isinstance(rule, dict) else to_plain(rule)


def _point_classes(network: Any, target: Any, rows: Array, y: Any, classes: list[Any]) -> NDArray[np.intp]:
    if y is None:
        return np.asarray(network_log_odds(network, target, rows).argmax(axis=1))
    labels = np.asarray(y).ravel()
    check_consistent_length(rows, labels)
    if target is not None and not isinstance(target, tuple):
        labels = labels == target
    unknown = set(labels.tolist()) - set(np.asarray(classes).tolist())
    if unknown:
        raise ValueError(f"y holds {sorted(unknown, key=str)}, which are no classes of the network.")
    return np.array([np.asarray(classes).tolist().index(label) for label in labels.tolist()])


def _class_colours(cmap: Any, n_classes: int) -> Array:
    import matplotlib as mpl

    return np.asarray(mpl.colormaps.get_cmap(cmap)(np.linspace(0, 1, n_classes)))

"""`ProbeDisplay` and `NeuronDisplay`: tables of figures by class as maps of colours."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_scalar

from skinterpret.displays.axes import import_pyplot, open_axes
from skinterpret.displays.labels import plain, written
from skinterpret.displays.reading import attribute_of
from skinterpret.displays.style import ink_on, merged

MOST_NUMBERS = 200  # cells that get their figure written in
ROW_HEIGHT, COLUMN_WIDTH = 0.28, 0.9  # inches
WIDEST, HIGHEST = 14.0, 10.0  # inches; what one screen holds
CHARACTER = 0.09  # inches, of a name


class _HeatDisplay:
    """A table as a map of colours, its figures written in."""

    def __init__(
        self, *, table: pd.DataFrame, row_labels: list[str], quantity: str, row_title: str = ""
    ) -> None:
        self.table = table
        self.row_labels = row_labels
        self.quantity = quantity
        self.row_title = row_title

    def plot(
        self,
        ax: Any = None,
        *,
        cmap: str = "viridis",
        colorbar: bool = True,
        im_kw: Mapping[str, Any] | None = None,
    ) -> Any:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        cmap : str or Colormap, default="viridis"
            Colours.
        colorbar : bool, default=True
            Whether to add one.
        im_kw : dict, default=None
            Handed to `imshow`.

        Returns
        -------
        display
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
        >>> from skinterpret import NeuronProbe
        >>> from skinterpret.displays import NeuronDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = NeuronDisplay.from_estimator(NeuronProbe(network).fit(X, y))
        >>> _, ax = plt.subplots()
        >>> display.plot(ax=ax, cmap="cividis", colorbar=False).ax_ is ax  # the same, elsewhere
        True
        """
        values = self.table.to_numpy(dtype=float)
        n_rows, n_columns = values.shape
        figsize = min(3.4 + COLUMN_WIDTH * n_columns, WIDEST), min(1.4 + ROW_HEIGHT * n_rows, HIGHEST)
        self.ax_ = open_axes(type(self).__name__, ax, figsize)
        self.figure_ = self.ax_.figure
        self.image_ = self.ax_.imshow(values, **merged({"cmap": cmap, "aspect": "auto"}, im_kw))
        classes = [plain(name, 20) for name in self.table.columns]
        wide = CHARACTER * max(map(len, classes)) > (figsize[0] - 3.4) / n_columns
        self.ax_.set_xticks(range(n_columns), classes, **({"rotation": 35, "ha": "left"} if wide else {}))
        self.ax_.set_yticks(range(n_rows), self.row_labels)
        size = min(10.0, 0.75 * 72 * self.ax_.get_window_extent().height / self.figure_.dpi / n_rows)
        self.ax_.tick_params(axis="y", labelsize=size)
        self.ax_.xaxis.tick_top()
        self.ax_.xaxis.set_label_position("top")
        self.ax_.set(xlabel="class", ylabel=self.row_title)
        self.text_ = self._write(values, min(8.0, size)) if values.size <= MOST_NUMBERS else None
        self.colorbar_ = (
            self.figure_.colorbar(self.image_, ax=self.ax_, label=self.quantity) if colorbar else None
        )
        return self

    def _write(self, values: Any, size: float) -> Any:
        text = np.empty(values.shape, dtype=object)
        for (i, j), value in np.ndenumerate(values):
            ink = ink_on(self.image_.cmap(self.image_.norm(value)))
            text[i, j] = self.ax_.text(
                j, i, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=size
            )
        return text


class ProbeDisplay(_HeatDisplay):
    """What each value, fed to the network alone, makes of its class probabilities.

    It is recommended to use `from_estimator` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    table : DataFrame
        Probabilities: a row for each (feature, value), a column a class.
    row_labels : list of str
        What is written beside the rows.
    quantity : str
        What is written beside the colours.
    row_title : str, default=""
        What is written at the axis of the rows.

    Attributes
    ----------
    image_ : AxesImage
        The map.
    text_ : ndarray of Text or None
        The figures, where they are not too many.
    colorbar_ : Colorbar or None
        What the colours mean.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import OneHotProbe
    >>> from skinterpret.displays import ProbeDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
    >>> display = ProbeDisplay.from_estimator(OneHotProbe(network).fit(X, y))
    >>> display.row_labels[0]
    'baseline alone'
    """

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, max_features: int = 10, max_rows: int = 30, ax: Any = None, **kwargs: Any
    ) -> ProbeDisplay:
        """Draw the table of a fitted `OneHotProbe`, the most influential inputs first.

        Parameters
        ----------
        estimator : OneHotProbe
            The fitted probe.
        max_features : int, default=10
            How many inputs to show at most: those whose values move a probability farthest from the
            baseline's.
        max_rows : int, default=30
            How many values to show at most, the baseline apart.  Inputs are shown with all of their
            values, and as many as fit; of an input that has more values than that alone, those that
            move a probability farthest.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        ProbeDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If the estimator holds no such table, or `max_features` or `max_rows` is no int.
        ValueError
            If `max_features` or `max_rows` is below 1.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import OneHotProbe
        >>> from skinterpret.displays import ProbeDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = ProbeDisplay.from_estimator(OneHotProbe(network).fit(X, y), max_features=1)
        >>> display.row_labels[1:]
        ['petal ... = ...', ...]
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        check_scalar(max_features, "max_features", Integral, min_val=1)
        check_scalar(max_rows, "max_rows", Integral, min_val=1)
        table = attribute_of(estimator, "probe_table_")["probability"]
        rows, title = _most_influential(table, max_features, max_rows)
        shown = table.iloc[[0, *rows]]
        labels = [f"{plain(name, 24)} = {written(value)}" for name, value in shown.index]
        labels[0] = "baseline alone"
        display = cls(table=shown, row_labels=labels, quantity="network's probability", row_title=title)
        drawn: ProbeDisplay = display.plot(ax=ax, **{"im_kw": {"vmin": 0.0, "vmax": 1.0}, **kwargs})
        return drawn


class NeuronDisplay(_HeatDisplay):
    """Mean activation of the units of a layer by class.

    It is recommended to use `from_estimator` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    table : DataFrame
        Mean activations: a row a unit, a column a class.
    row_labels : list of str
        What is written beside the rows.
    quantity : str
        What is written beside the colours.
    row_title : str, default=""
        What is written at the axis of the rows.

    Attributes
    ----------
    image_ : AxesImage
        The map.
    text_ : ndarray of Text or None
        The figures, where they are not too many.
    colorbar_ : Colorbar or None
        What the colours mean.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import NeuronProbe
    >>> from skinterpret.displays import NeuronDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
    >>> display = NeuronDisplay.from_estimator(NeuronProbe(network).fit(X, y), n_units=2)
    >>> display.table.shape
    (2, 3)
    """

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, n_units: int = 20, ax: Any = None, **kwargs: Any
    ) -> NeuronDisplay:
        """Draw the most selective units of a fitted `NeuronProbe`.

        Parameters
        ----------
        estimator : NeuronProbe
            The fitted probe.
        n_units : int, default=20
            How many units to show at most.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        NeuronDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If the estimator holds no activities, or `n_units` is no int.
        ValueError
            If `n_units` is below 1.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import NeuronProbe
        >>> from skinterpret.displays import NeuronDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = NeuronDisplay.from_estimator(NeuronProbe(network).fit(X, y), n_units=2)
        >>> display.row_labels
        ['layer 0, unit ...', 'layer 0, unit ...']
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        check_scalar(n_units, "n_units", Integral, min_val=1)
        table = attribute_of(estimator, "activity_")["mean"]
        spread = table.max(axis=1) - table.min(axis=1)
        shown = table.loc[spread.sort_values(ascending=False).index[:n_units]]
        labels = [f"layer {layer}, unit {unit}" for layer, unit in shown.index]
        title = "hidden unit" + _of_how_many(len(shown), len(table), "units, the most selective first")
        display = cls(table=shown, row_labels=labels, quantity="mean activation", row_title=title)
        drawn: NeuronDisplay = display.plot(ax=ax, **kwargs)
        return drawn


def _most_influential(table: pd.DataFrame, max_features: int, max_rows: int) -> tuple[list[int], str]:
    """Positions of the rows to show, whole inputs where they fit, and what to write at their axis."""
    moved = (table - table.iloc[0]).abs().max(axis=1).to_numpy()[1:]
    inputs, names = pd.factorize(table.index.get_level_values(0)[1:])
    order = np.argsort(-pd.Series(moved).groupby(inputs).max().to_numpy(), kind="stable")
    groups = [1 + np.flatnonzero(inputs == k) for k in order[:max_features]]
    n_shown = max(1, int(np.searchsorted(np.cumsum([len(group) for group in groups]), max_rows, "right")))
    n_values = len(groups[0])
    if n_values > max_rows:  # then this input is the only one
        groups[0] = np.sort(groups[0][np.argsort(-moved[groups[0] - 1], kind="stable")[:max_rows]])
    values = _of_how_many(len(groups[0]), n_values, "values")
    title = "value, fed alone" + _of_how_many(n_shown, len(names), "inputs, the most influential first")
    return [int(row) for group in groups[:n_shown] for row in group], title + values


def _of_how_many(n_shown: int, n_all: int, what: str) -> str:
    return f"\n{n_shown} of {n_all} {what}" if n_shown < n_all else ""

"""`ProbeDisplay` and `NeuronDisplay`: tables of figures by class as maps of colours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from skinterpret.displays.axes import open_axes
from skinterpret.displays.labels import plain, written
from skinterpret.displays.reading import attribute_of
from skinterpret.displays.style import ink_on, merged

MOST_NUMBERS = 200  # cells that get their figure written in
ROW_HEIGHT = 0.28  # inches


class _HeatDisplay:
    """A table as a map of colours, its figures written in."""

    def __init__(self, *, table: pd.DataFrame, row_labels: list[str], quantity: str) -> None:
        self.table = table
        self.row_labels = row_labels
        self.quantity = quantity

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
        """
        values = self.table.to_numpy(dtype=float)
        n_rows, n_columns = values.shape
        figsize = (3.2 + 0.9 * n_columns, 1.2 + ROW_HEIGHT * n_rows)
        self.ax_ = open_axes(type(self).__name__, ax, figsize)
        self.figure_ = self.ax_.figure
        self.image_ = self.ax_.imshow(values, **merged({"cmap": cmap, "aspect": "auto"}, im_kw))
        self.ax_.set_xticks(range(n_columns), [plain(name, 20) for name in self.table.columns])
        self.ax_.set_yticks(range(n_rows), self.row_labels)
        self.ax_.xaxis.tick_top()
        self.text_ = self._write(values) if values.size <= MOST_NUMBERS else None
        self.colorbar_ = (
            self.figure_.colorbar(self.image_, ax=self.ax_, label=self.quantity) if colorbar else None
        )
        return self

    def _write(self, values: Any) -> Any:
        text = np.empty(values.shape, dtype=object)
        for (i, j), value in np.ndenumerate(values):
            ink = ink_on(self.image_.cmap(self.image_.norm(value)))
            text[i, j] = self.ax_.text(j, i, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=8)
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
    def from_estimator(cls, estimator: Any, *, ax: Any = None, **kwargs: Any) -> ProbeDisplay:
        """Draw the table of a fitted `OneHotProbe`.

        Parameters
        ----------
        estimator : OneHotProbe
            The fitted probe.
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
        """
        table = attribute_of(estimator, "probe_table_")["probability"]
        labels = [f"{plain(name, 24)} = {written(value)}" for name, value in table.index]
        labels[0] = "baseline alone"
        display = cls(table=table, row_labels=labels, quantity="network's probability")
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
            How many units to show.
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
        """
        table = attribute_of(estimator, "activity_")["mean"]
        spread = table.max(axis=1) - table.min(axis=1)
        shown = table.loc[spread.sort_values(ascending=False).index[:n_units]]
        labels = [f"layer {layer}, unit {unit}" for layer, unit in shown.index]
        display = cls(table=shown, row_labels=labels, quantity="mean activation")
        drawn: NeuronDisplay = display.plot(ax=ax, **kwargs)
        return drawn

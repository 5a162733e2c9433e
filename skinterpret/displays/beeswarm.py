"""`BeeswarmDisplay`: attributions row by row, with the values of the inputs that they go with."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state, check_scalar

from skinterpret.displays.axes import import_pyplot, open_axes
from skinterpret.displays.labels import plain
from skinterpret.displays.reading import check_columns, checked_rows, explained, named_columns
from skinterpret.displays.style import SECOND, merged
from skinterpret.probes import saliency
from skinterpret.probes.quantities import name_quantity

Array = NDArray[np.float64]

N_BINS = 100  # of the width of the picture; about one point wide each
WIDEST = 0.42  # of the distance between two inputs, to either side
SPACING = 0.07  # of that distance, between points that lie above one another and are few


class BeeswarmDisplay:
    """Attributions of the inputs: a point a row, coloured by the row's value of the input.

    Points of almost equal attribution lie above one another, in the order of the input's value, the
    highest on top, so a swarm is as thick as there are rows.  Colours go by the rank of the value
    among the rows, from dark for the lowest to light for the highest, so that a few large values do
    not take all colours.  It is recommended to use `from_estimator` or `from_attributions` to make
    one.  All parameters are stored as attributes.

    Parameters
    ----------
    attributions : DataFrame of shape (n_points, n_shown)
        Attributions, in units of the latent or of the latent per raw unit; a column an input, in the
        order in which they are drawn from the top.
    ranks : DataFrame of shape (n_points, n_shown)
        Where the value of the input stands among all rows, from 0 for the lowest to 1 for the
        highest; 0.5 if the input never varies.
    quantity : str, default="attribution"
        What the attributions are, and their unit, as written at their axis.

    Attributes
    ----------
    points_ : list of PathCollection
        One an input, in the order of the columns.
    zero_line_ : Line2D
        Where an input has no effect.
    colorbar_ : Colorbar or None
        What the colours mean.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    See Also
    --------
    SaliencyDisplay : Mean sizes of attributions, as bars.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.displays import BeeswarmDisplay
    >>> X = pd.DataFrame({"dose": [1.0, 2.0, 9.0], "age": [30.0, 40.0, 35.0]})
    >>> attributions = pd.DataFrame({"dose": [-0.2, 0.0, 0.1], "age": [-1.0, 2.0, 0.5]})
    >>> display = BeeswarmDisplay.from_attributions(attributions, X)
    >>> list(display.attributions.columns)
    ['age', 'dose']
    >>> display.ranks["dose"].tolist()
    [0.0, 0.5, 1.0]
    """

    def __init__(
        self, *, attributions: pd.DataFrame, ranks: pd.DataFrame, quantity: str = "attribution"
    ) -> None:
        self.attributions = attributions
        self.ranks = ranks
        self.quantity = quantity

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        method: str = "integrated",
        target: Any = None,
        baseline: Any = "mean",
        saliency_kw: Mapping[str, Any] | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> BeeswarmDisplay:
        """Attribute a latent to the inputs by `saliency`, and draw that.

        Parameters
        ----------
        estimator : estimator or DenseNetwork
            The network: its fitted estimator, itself, or a fitted surrogate or probe of it.
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        method : {"gradient", "gradient_x_input", "integrated", "smooth"}, default="integrated"
            What is computed, as `saliency` has it.  `"gradient"` and `"smooth"` are per raw unit of
            the input, so what they show, and what comes first, depends on the units of the inputs.
        target : object, default=None
            Which latent, as `DenseNetwork.latent` takes it; with more than two classes one must be named.
        baseline : {"zero", "mean", "median"} or array-like of shape (n_features,), default="mean"
            Where inputs count as absent, in raw units, as `saliency` has it.
        saliency_kw : dict, default=None
            Handed to `skinterpret.probes.saliency`: `n_steps`, `noise` and `random_state`.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `from_attributions`.

        Returns
        -------
        BeeswarmDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError, ValueError
            As `skinterpret.probes.saliency` and `from_attributions` do.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.displays import BeeswarmDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = BeeswarmDisplay.from_estimator(network.fit(X, y == 2), X)
        >>> display.attributions.shape
        (150, 4)
        >>> display.attributions.columns[0]
        'petal ...'
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        settings = {"target": target, "baseline": baseline, **(saliency_kw or {})}
        network = explained(estimator)
        attributions = saliency(network, X, method, **settings)
        quantity = name_quantity(network, method, target)
        return cls.from_attributions(attributions, X, **{"quantity": quantity, "ax": ax, **kwargs})

    @classmethod
    def from_attributions(
        cls,
        attributions: Any,
        X: Any,
        *,
        importance: ArrayLike | None = None,
        quantity: str = "attribution",
        max_features: int = 10,
        max_rows: int = 500,
        random_state: Any = 0,
        ax: Any = None,
        **kwargs: Any,
    ) -> BeeswarmDisplay:
        """Draw what `saliency` gave.

        Parameters
        ----------
        attributions : DataFrame or ndarray of shape (n_samples, n_features)
            Attributions; a column an input, in the order of X.
        X : array-like of shape (n_samples, n_features)
            The rows that they are of, in raw units.  Categories, which have no order, all get the
            middle colour.
        importance : array-like of shape (n_features,), default=None
            What ranks the inputs, such as what `global_importance` gives.  `None` means the mean
            size of the attributions, which is the `global_importance` of attributions in units of
            the latent from the same baseline.
        quantity : str, default="attribution"
            What the attributions are, and their unit, to be written at their axis.
        max_features : int, default=10
            How many inputs to show at most, the most important first.
        max_rows : int, default=500
            How many rows to show at most.
        random_state : int, RandomState instance or None, default=0
            Which rows these are.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        BeeswarmDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If the attributions are no DataFrame, or `max_features` or `max_rows` no int.
        ValueError
            If the attributions, X and the importance do not go together, if attributions are not
            finite, or if `max_features` or `max_rows` is below 1.

        Examples
        --------
        >>> import pandas as pd
        >>> from skinterpret.displays import BeeswarmDisplay
        >>> X = pd.DataFrame({"dose": [1.0, 2.0, 9.0], "age": [30.0, 40.0, 35.0]})
        >>> attributions = pd.DataFrame({"dose": [-0.2, 0.0, 0.1], "age": [-1.0, 2.0, 0.5]})
        >>> display = BeeswarmDisplay.from_attributions(attributions, X, max_features=1)
        >>> list(display.attributions.columns)  # the input that matters most
        ['age']
        """
        import_pyplot(f"{cls.__name__}.from_attributions")
        check_scalar(max_features, "max_features", Integral, min_val=1)
        check_scalar(max_rows, "max_rows", Integral, min_val=1)
        attributions = named_columns(attributions, X)
        values = _check_pair(attributions, X, cls.__name__)
        strength = attributions.abs().mean().to_numpy()
        if importance is not None:
            strength = _check_importance(importance, attributions.columns)
        columns = np.argsort(-strength, kind="stable")[:max_features]
        chosen = np.arange(len(values))
        if len(values) > max_rows:
            chosen = np.sort(check_random_state(random_state).permutation(len(values))[:max_rows])
        names = attributions.columns[columns]
        ranks = pd.DataFrame(_ranks(values[:, columns])[chosen], attributions.index[chosen], names)
        shown = attributions.iloc[chosen, columns]
        return cls(attributions=shown, ranks=ranks, quantity=quantity).plot(ax=ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        cmap: str = "viridis",
        colorbar: bool = True,
        points_kw: Mapping[str, Any] | None = None,
    ) -> BeeswarmDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        cmap : str or Colormap, default="viridis"
            Colours of the values, one that runs from dark to light.
        colorbar : bool, default=True
            Whether to add one.
        points_kw : dict, default=None
            Handed to `scatter`.

        Returns
        -------
        BeeswarmDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> import pandas as pd
        >>> from skinterpret.displays import BeeswarmDisplay
        >>> X = pd.DataFrame({"dose": [1.0, 2.0, 9.0], "age": [30.0, 40.0, 35.0]})
        >>> attributions = pd.DataFrame({"dose": [-0.2, 0.0, 0.1], "age": [-1.0, 2.0, 0.5]})
        >>> display = BeeswarmDisplay.from_attributions(attributions, X)
        >>> _, ax = plt.subplots()
        >>> display.plot(ax=ax, cmap="cividis", colorbar=False).ax_ is ax  # the same, elsewhere
        True
        """
        names = self.attributions.columns
        self.ax_ = open_axes(type(self).__name__, ax, (7.0, 1.3 + 0.48 * len(names)))
        self.figure_ = self.ax_.figure
        self.zero_line_ = self.ax_.axvline(0.0, color=SECOND, linewidth=1.0, zorder=1)
        # the light end of the colours would be lost on white without an edge
        look = {"s": 16, "cmap": cmap, "vmin": 0.0, "vmax": 1.0, "edgecolors": SECOND, "linewidths": 0.3}
        look |= {"zorder": 2}
        values, ranks = self.attributions.to_numpy(dtype=float), self.ranks.to_numpy(dtype=float)
        heights = _swarm(values, ranks)
        self.points_ = [
            self.ax_.scatter(values[:, j], j - heights[:, j], c=ranks[:, j], **merged(look, points_kw))
            for j in range(len(names))
        ]
        self.ax_.set_yticks(range(len(names)), [plain(name, 28) for name in names])
        self.ax_.set_ylim(len(names) - 0.5, -0.5)
        self.ax_.set_xlabel(f"{self.quantity}\nto the right: raises the latent")
        self.ax_.grid(axis="y", alpha=0.25)
        self.ax_.set_axisbelow(True)
        self.colorbar_ = self._add_colorbar() if colorbar else None
        return self

    def _add_colorbar(self) -> Any:
        bar = self.figure_.colorbar(self.points_[0], ax=self.ax_, aspect=30, pad=0.02)
        bar.set_ticks([0.0, 1.0], labels=["low", "high"])
        bar.set_label("value of the input, by rank", labelpad=-12)
        return bar


def _check_pair(attributions: Any, X: Any, caller: str) -> Array:
    """Rows as numbers, after they and their attributions were found to go together."""
    check_columns(attributions, caller, [])
    if not np.isfinite(attributions.to_numpy(dtype=float)).all():
        raise ValueError("attributions hold values that are not finite; leave those rows out.")
    values = checked_rows(_without_categories(X), attributions.shape[1])
    if len(values) != len(attributions):
        raise ValueError(
            f"X has {len(values)} rows, but there are attributions of {len(attributions)}; pass the rows "
            "that were attributed."
        )
    columns = getattr(X, "columns", None)
    if columns is not None and list(columns) != list(attributions.columns):
        raise ValueError(
            f"X has the columns {list(columns)}, but the attributions have {list(attributions.columns)}; "
            "pass the rows that were attributed."
        )
    if isinstance(X, pd.DataFrame) and not X.index.equals(attributions.index):
        raise ValueError(
            "X and the attributions have the same number of rows, but not the same index; pass the rows that "
            "were attributed, in their order."
        )
    return values


def _without_categories(X: Any) -> Any:
    """Set columns that are no numbers to a constant: categories have no order that a colour could show."""
    if not isinstance(X, pd.DataFrame):
        return X
    return X.assign(**{name: 0.0 for name in X.columns if not pd.api.types.is_numeric_dtype(X[name].dtype)})


def _check_importance(importance: ArrayLike, names: pd.Index) -> Array:
    if (
        isinstance(importance, pd.Series)
        and importance.index.is_unique
        and set(importance.index) == set(names)
    ):
        importance = importance.loc[list(names)]
    strength = np.asarray(importance, dtype=np.float64)
    if strength.shape != (len(names),) or not np.isfinite(strength).all():
        raise ValueError(f"importance must be {len(names)} finite numbers, one an input.")
    return strength


def _ranks(values: Array) -> Array:
    """Ranks of each column from 0 to 1; equal values share one, and the ends are always reached."""
    ranks = pd.DataFrame(values).rank().to_numpy()
    low, extent = ranks.min(axis=0), np.ptp(ranks, axis=0)
    shares: Array = np.divide(ranks - low, extent, out=np.full_like(ranks, 0.5), where=extent > 0)
    return shares


def _swarm(values: Array, ranks: Array) -> Array:
    """Heights at which points lie above one another, by bins of the attribution."""
    bins = np.digitize(values, np.linspace(values.min(), values.max(), N_BINS + 1)[1:-1])
    heights = np.empty_like(values)
    for j in range(values.shape[1]):
        order = np.lexsort((ranks[:, j], bins[:, j]))
        _, counts = np.unique(bins[:, j], return_counts=True)
        place = np.concatenate([np.arange(count) - (count - 1) / 2 for count in counts])
        spacing = min(SPACING, 2 * WIDEST / counts.max())
        heights[order, j] = place * spacing
    return heights

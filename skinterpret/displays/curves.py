"""`ComparisonDisplay`, `PruningPathDisplay`, `SaliencyDisplay`: figures of tables as points and bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from skinterpret.displays.axes import import_pyplot, open_axes
from skinterpret.displays.labels import plain
from skinterpret.displays.reading import attribute_of, check_columns, explained, named_columns
from skinterpret.displays.style import CHOSEN, FIRST, MARKERS, SECOND, merged
from skinterpret.probes.attributions import attribute, mean_size, targets_averaged
from skinterpret.probes.quantities import name_quantity

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # Okabe and Ito


class ComparisonDisplay:
    """Fidelity against complexity of several surrogates, with standard errors over the folds.

    It is recommended to use `from_comparison` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    folds : DataFrame
        One row a fold and surrogate, with the columns fold, surrogate, fidelity and complexity.

    Attributes
    ----------
    points_ : list of ErrorbarContainer
        One a surrogate that has a complexity; the others are dashed lines.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.displays import ComparisonDisplay
    >>> folds = pd.DataFrame(
    ...     {
    ...         "fold": [0, 1, 0, 1],
    ...         "surrogate": ["rule", "rule", "tree", "tree"],
    ...         "fidelity": [0.99, 0.98, 0.95, 0.96],
    ...         "complexity": [8, 8, 120, 130],
    ...     }
    ... )
    >>> len(ComparisonDisplay(folds=folds).plot().points_)
    2
    """

    def __init__(self, *, folds: pd.DataFrame) -> None:
        check_columns(folds, type(self).__name__, ["fold", "surrogate", "fidelity", "complexity"])
        self.folds = folds

    @classmethod
    def from_comparison(cls, comparison: Any, *, ax: Any = None, **kwargs: Any) -> ComparisonDisplay:
        """Draw what `compare_surrogates` found.

        Parameters
        ----------
        comparison : Comparison
            Its result.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        ComparisonDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If it is one of the tables that the result holds.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate, compare_surrogates
        >>> from skinterpret.displays import ComparisonDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> surrogates = {f"depth {d}": TreeSurrogate(n_synthetic=0, max_depth=d) for d in (1, 3)}
        >>> comparison = compare_surrogates(network, X, y, surrogates, cv=2, random_state=0)
        >>> display = ComparisonDisplay.from_comparison(comparison)
        >>> display.ax_.get_xlabel(), len(display.points_)
        ('complexity', 2)
        """
        if isinstance(comparison, pd.DataFrame):
            raise TypeError(
                f"{cls.__name__}.from_comparison takes the whole result of compare_surrogates, got a "
                f"DataFrame; hand over the result, or a table of folds as {cls.__name__}(folds=table).plot()."
            )
        return cls(folds=comparison.folds).plot(ax=ax, **kwargs)

    def plot(self, ax: Any = None, *, errorbar_kw: Mapping[str, Any] | None = None) -> ComparisonDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        errorbar_kw : dict, default=None
            Handed to `errorbar`.

        Returns
        -------
        ComparisonDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import pandas as pd
        >>> from skinterpret.displays import ComparisonDisplay
        >>> figures = {"fidelity": [0.99, 0.98], "complexity": [8, 8]}
        >>> folds = pd.DataFrame({"fold": [0, 1], "surrogate": "rule", **figures})
        >>> display = ComparisonDisplay(folds=folds).plot(errorbar_kw={"capsize": 3})
        >>> display.ax_.get_ylabel()
        'fidelity on held-out rows'
        """
        self.ax_ = open_axes(type(self).__name__, ax, (6.4, 4.2))
        self.figure_ = self.ax_.figure
        groups = self.folds.groupby("surrogate", sort=False)[["fidelity", "complexity"]]
        means, errors = groups.mean(), groups.sem().fillna(0.0)
        self.points_ = []
        for k, name in enumerate(means.index):
            if np.isnan(means.loc[name, "complexity"]):
                level, label = means.loc[name, "fidelity"], f"{plain(name)} (no complexity)"
                self.ax_.axhline(level, color=COLOURS[k % len(COLOURS)], linestyle="--", label=label)
                continue
            look = {
                "fmt": MARKERS[k % len(MARKERS)],
                "color": COLOURS[k % len(COLOURS)],
                "markersize": 9,
                "capsize": 3,
                "label": plain(name),
            }
            self.points_.append(
                self.ax_.errorbar(
                    means.loc[name, "complexity"],
                    means.loc[name, "fidelity"],
                    xerr=errors.loc[name, "complexity"],
                    yerr=errors.loc[name, "fidelity"],
                    **merged(look, errorbar_kw),
                )
            )
        self.ax_.set(xscale="log", xlabel="complexity", ylabel="fidelity on held-out rows")
        self.ax_.grid(alpha=0.25)
        self.ax_.legend(loc="best")
        return self


class PruningPathDisplay:
    """Fidelity against the number of parameters left, the chosen network marked.

    It is recommended to use `from_estimator` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    path : DataFrame
        One row a step, with the columns n_parameters, fidelity and chosen.

    Attributes
    ----------
    line_ : Line2D
        Fidelity.
    chosen_ : PathCollection
        Mark of the chosen step.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.displays import PruningPathDisplay
    >>> path = pd.DataFrame(
    ...     {"n_parameters": [40, 20, 5], "fidelity": [1.0, 0.99, 0.7], "chosen": [False, True, False]}
    ... )
    >>> PruningPathDisplay(path=path).plot().ax_.get_xlabel()
    'parameters left'
    """

    def __init__(self, *, path: pd.DataFrame) -> None:
        check_columns(path, type(self).__name__, ["n_parameters", "fidelity", "chosen"])
        self.path = path

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None, **kwargs: Any) -> PruningPathDisplay:
        """Draw the path of a fitted `PrunedSurrogate`.

        Parameters
        ----------
        estimator : PrunedSurrogate
            The fitted surrogate.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        PruningPathDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import PrunedSurrogate
        >>> from skinterpret.displays import PruningPathDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> surrogate = PrunedSurrogate(network, n_steps=10, random_state=0).fit(X, y == 2)
        >>> PruningPathDisplay.from_estimator(surrogate).ax_.get_xlabel()
        'parameters left'
        """
        return cls(path=attribute_of(estimator, "path_")).plot(ax=ax, **kwargs)

    def plot(self, ax: Any = None, *, line_kw: Mapping[str, Any] | None = None) -> PruningPathDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        line_kw : dict, default=None
            Handed to `plot`.

        Returns
        -------
        PruningPathDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import pandas as pd
        >>> from skinterpret.displays import PruningPathDisplay
        >>> path = pd.DataFrame(
        ...     {"n_parameters": [40, 20, 5], "fidelity": [1.0, 0.99, 0.7], "chosen": [False, True, False]}
        ... )
        >>> display = PruningPathDisplay(path=path).plot(line_kw={"color": "black"})
        >>> display.line_.get_ydata().tolist()
        [1.0, 0.99, 0.7]
        """
        self.ax_ = open_axes(type(self).__name__, ax, (6.4, 4.0))
        self.figure_ = self.ax_.figure
        left, fidelity = self.path["n_parameters"].to_numpy(), self.path["fidelity"].to_numpy()
        look = {"color": FIRST, "marker": "o", "markersize": 4, "linewidth": 1.2}
        (self.line_,) = self.ax_.plot(left, fidelity, **merged(look, line_kw))
        chosen = self.path["chosen"].to_numpy(dtype=bool)
        self.chosen_ = self.ax_.scatter(
            left[chosen],
            fidelity[chosen],
            s=150,
            marker="D",
            facecolors="none",
            edgecolors=CHOSEN,
            linewidths=2.0,
            zorder=3,
            label=f"chosen: {left[chosen][0]} parameters" if chosen.any() else None,
        )
        self.ax_.set(xscale="log", xlabel="parameters left", ylabel="fidelity")
        self.ax_.grid(alpha=0.25)
        self.ax_.legend(loc="lower right")
        return self


class SaliencyDisplay:
    """Attributions of the inputs: mean sizes as bars.

    It is recommended to use `from_estimator` or `from_attributions` to make one.  All parameters are
    stored as attributes.

    Parameters
    ----------
    importance : Series
        Mean size of the attributions, by name of the input.
    quantity : str, default="attribution"
        What they are, and their unit, as written at their axis.

    Attributes
    ----------
    bars_ : BarContainer
        One bar an input, the largest on top.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.displays import SaliencyDisplay
    >>> table = pd.DataFrame({"dose": [1.0, -3.0], "age": [0.1, 0.2]})
    >>> SaliencyDisplay.from_attributions(table).importance.round(2).to_dict()
    {'dose': 2.0, 'age': 0.15}
    """

    def __init__(self, *, importance: pd.Series, quantity: str = "attribution") -> None:
        self.importance = importance
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
        n_features: int = 20,
        ax: Any = None,
        **kwargs: Any,
    ) -> SaliencyDisplay:
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
            Which latent, as `DenseNetwork.latent` takes it; with more than two classes `None` means the
            mean over all of them, as for `global_importance`.
        baseline : {"zero", "mean", "median"} or array-like of shape (n_features,), default="mean"
            Where inputs count as absent, in raw units, as `saliency` has it.
        saliency_kw : dict, default=None
            Handed to `skinterpret.probes.saliency`: `n_steps`, `noise` and `random_state`.
        n_features : int, default=20
            How many inputs to show, the largest first.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        SaliencyDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError, ValueError
            As `skinterpret.probes.saliency` does.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.displays import SaliencyDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> display = SaliencyDisplay.from_estimator(network.fit(X, y == 2), X)
        >>> display.importance.idxmax()
        'petal ...'
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        settings = {"baseline": baseline, **(saliency_kw or {})}
        network = explained(estimator)
        targets = targets_averaged(network, target)
        attributions = mean_size(attribute(network, X, method, targets, **settings))
        quantity = name_quantity(network, method, targets[0])
        if len(targets) > 1:
            quantity = f"{quantity}, mean over {len(targets)} classes"
        settings = {"quantity": quantity, "n_features": n_features, "ax": ax, **kwargs}
        return cls.from_attributions(attributions, **settings)

    @classmethod
    def from_attributions(
        cls,
        attributions: Any,
        *,
        quantity: str = "attribution",
        n_features: int = 20,
        ax: Any = None,
        **kwargs: Any,
    ) -> SaliencyDisplay:
        """Draw what `saliency` gave.

        Parameters
        ----------
        attributions : DataFrame or ndarray of shape (n_samples, n_features)
            Attributions; a column an input, called `x0, x1, …` where it has no name.
        quantity : str, default="attribution"
            What they are, and their unit, to be written at their axis.
        n_features : int, default=20
            How many inputs to show, the largest first.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        SaliencyDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If it is no table.

        Examples
        --------
        >>> import pandas as pd
        >>> from skinterpret.displays import SaliencyDisplay
        >>> table = pd.DataFrame({"dose": [1.0, -3.0], "age": [0.1, 0.2]})
        >>> display = SaliencyDisplay.from_attributions(table, quantity="change of the log-odds")
        >>> display.ax_.get_xlabel()
        'mean size of the change of the log-odds'
        """
        table = named_columns(attributions)
        check_columns(table, cls.__name__, [])
        importance = table.abs().mean().sort_values(ascending=False)[:n_features]
        return cls(importance=importance, quantity=quantity).plot(ax=ax, **kwargs)

    def plot(self, ax: Any = None, *, bar_kw: Mapping[str, Any] | None = None) -> SaliencyDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        bar_kw : dict, default=None
            Handed to `barh`.

        Returns
        -------
        SaliencyDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> import pandas as pd
        >>> from skinterpret.displays import SaliencyDisplay
        >>> table = pd.DataFrame({"dose": [1.0, -3.0], "age": [0.1, 0.2]})
        >>> _, ax = plt.subplots()
        >>> display = SaliencyDisplay(importance=table.abs().mean()).plot(ax=ax, bar_kw={"color": "black"})
        >>> len(display.bars_)
        2
        """
        self.ax_ = open_axes(type(self).__name__, ax, (6.4, 1.0 + 0.3 * len(self.importance)))
        self.figure_ = self.ax_.figure
        positions = np.arange(len(self.importance))
        look = merged({"color": FIRST, "edgecolor": SECOND}, bar_kw)
        self.bars_ = self.ax_.barh(positions, self.importance.to_numpy(), **look)
        self.ax_.set_yticks(positions, [plain(name, 28) for name in self.importance.index])
        self.ax_.invert_yaxis()
        self.ax_.set_xlabel(f"mean size of the {self.quantity}")
        return self

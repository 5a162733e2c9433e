"""`FrontDisplay`: what a formula gains by being longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from skinterpret.displays.axes import open_panels
from skinterpret.displays.labels import plain
from skinterpret.displays.reading import attribute_of, check_class, check_columns
from skinterpret.displays.style import CHOSEN, FIRST, SECOND, merged

LONGEST_FORMULA = 48  # characters
LOWEST_LOSS = 1e-16  # the axis is logarithmic


class FrontDisplay:
    """Complexity of the candidates against their loss and fidelity, the chosen one marked.

    Those of a `SymbolicClassifier`, which knows no network, have the loss on the labels, and accuracy in
    the place of fidelity.  It is recommended to use `from_estimator` to make one.  All parameters are
    stored as attributes.

    Parameters
    ----------
    table : DataFrame
        The candidates, as `equations_` has them: complexity, alignment, fidelity (or loss and accuracy),
        formula, chosen.
    name : str, default=None
        What the formulas are of, such as a class.

    Attributes
    ----------
    loss_line_, fidelity_line_ : Line2D
        The two curves, the second of fidelity or accuracy.
    chosen_ : list of PathCollection
        Marks of the chosen candidate, one on each axes.
    axes_ : ndarray of Axes of shape (2,)
        Loss above, fidelity or accuracy below.
    ax_ : Axes
        The upper of them.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> import pandas as pd
    >>> from skinterpret.displays import FrontDisplay
    >>> table = pd.DataFrame(
    ...     {
    ...         "complexity": [1, 5],
    ...         "alignment": [0.6, 0.99],
    ...         "fidelity": [0.7, 0.97],
    ...         "formula": ["x0", "x0**2 + x1"],
    ...         "chosen": [False, True],
    ...     }
    ... )
    >>> FrontDisplay(table=table).plot().axes_[1].get_xlabel()
    'complexity'
    """

    def __init__(self, *, table: pd.DataFrame, name: str | None = None) -> None:
        on_labels = {"loss", "accuracy"} <= set(table) and "alignment" not in table
        figures = ["loss", "accuracy"] if on_labels else ["alignment", "fidelity"]
        check_columns(table, type(self).__name__, ["complexity", *figures, "formula", "chosen"])
        self.table = table
        self.name = name

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, target: Any = None, ax: Any = None, **kwargs: Any
    ) -> FrontDisplay:
        """Draw the front of a fitted `SymbolicSurrogate` or `SymbolicClassifier`.

        Parameters
        ----------
        estimator : SymbolicSurrogate, SymbolicSurrogateRegressor or SymbolicClassifier
            What was fitted.
        target : object, default=None
            Class whose front is drawn, when there are more than two.
        ax : Axes or sequence of two Axes, default=None
            Where to draw: one Axes gives its place to two; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        FrontDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there are more than two classes and `target` names none of them.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.displays import FrontDisplay
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> display = FrontDisplay.from_estimator(surrogate)
        >>> [ax.get_ylabel() for ax in display.axes_]
        ['loss: 1 - alignment', 'fidelity']
        """
        table = attribute_of(estimator, "equations_")
        name = None
        if table.index.nlevels > 1:
            check_class(table.index.get_level_values(0).unique().tolist(), target, estimator)
            table, name = table.loc[target], str(target)
        return cls(table=table, name=name).plot(ax=ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        line_kw: Mapping[str, Any] | None = None,
        chosen_kw: Mapping[str, Any] | None = None,
    ) -> FrontDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes or sequence of two Axes, default=None
            Where to draw: one Axes gives its place to two; `None` makes a figure.
        line_kw : dict, default=None
            Handed to `plot` of both axes.
        chosen_kw : dict, default=None
            Handed to `scatter`, for the mark of the chosen candidate.

        Returns
        -------
        FrontDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import pandas as pd
        >>> from skinterpret.displays import FrontDisplay
        >>> figures = {"complexity": [1, 5], "alignment": [0.6, 0.99], "fidelity": [0.7, 0.97]}
        >>> table = pd.DataFrame({**figures, "formula": ["x0", "x0**2 + x1"], "chosen": [False, True]})
        >>> display = FrontDisplay(table=table).plot(line_kw={"linewidth": 2.0})
        >>> display.fidelity_line_.get_ydata().tolist()
        [0.7, 0.97]
        """
        self.axes_ = open_panels(type(self).__name__, ax, 2, (6.4, 5.2), sharex=True)
        self.ax_ = self.axes_[0]
        self.figure_ = self.ax_.figure
        complexity = self.table["complexity"].to_numpy()
        loss, kept, labels = self._figures()
        look = {"markersize": 5, "linewidth": 1.2}
        upper = merged(look | {"color": FIRST, "marker": "o", "linestyle": "-"}, line_kw)
        lower = merged(look | {"color": SECOND, "marker": "s", "linestyle": "--"}, line_kw)
        (self.loss_line_,) = self.axes_[0].plot(complexity, loss, **upper)
        (self.fidelity_line_,) = self.axes_[1].plot(complexity, kept, **lower)
        mark = {"s": 150, "marker": "D", "facecolors": "none", "edgecolors": CHOSEN, "linewidths": 2.0}
        chosen = self.table["chosen"].to_numpy(dtype=bool)
        self.chosen_ = [
            axes.scatter(complexity[chosen], values[chosen], zorder=3, **merged(mark, chosen_kw))
            for axes, values in zip(self.axes_, (loss, kept), strict=True)
        ]
        of = f" of {plain(self.name)}" if self.name is not None else ""
        formula = plain(self.table["formula"].to_numpy()[chosen][0], LONGEST_FORMULA) if chosen.any() else ""
        self.axes_[0].set(yscale="log", ylabel=labels[0])
        self.axes_[0].set_title(f"Candidates{of}; chosen: {formula}", fontsize="medium", loc="left")
        self.axes_[1].set(xlabel="complexity", ylabel=labels[1])
        for axes in self.axes_:
            axes.grid(alpha=0.25)
        return self

    def _figures(self) -> tuple[Any, Any, tuple[str, str]]:
        """Read what is lost and what is kept, and name both."""
        if "alignment" in self.table:
            lost, kept = 1 - self.table["alignment"].to_numpy(), self.table["fidelity"].to_numpy()
            labels = "loss: 1 - alignment", "fidelity"
        else:
            lost, kept = self.table["loss"].to_numpy(), self.table["accuracy"].to_numpy()
            labels = "loss on the labels", "accuracy"
        return np.maximum(lost, LOWEST_LOSS), kept, labels

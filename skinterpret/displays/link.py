"""`LinkDisplay`: from the value of a formula to the network's probability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from skinterpret.displays.axes import open_axes
from skinterpret.displays.labels import plain
from skinterpret.displays.reading import attribute_of, check_class
from skinterpret.displays.style import CHOSEN, FIRST, merged
from skinterpret.expressions.plain import to_plain

Array = NDArray[np.float64]

LONGEST_FORMULA = 48  # characters
SHOWN = 0.99  # share of the rows that the picture shows; a formula may have poles


class LinkDisplay:
    """The network's probability against the value of the formula, with the fitted link.

    A concept shows as a thin band: the probability is a function of the value.  It is recommended to
    use `from_estimator` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Value of the formula for each row.
    probability : ndarray of shape (n_rows,)
        The network's probability of yes.
    fitted : ndarray of shape (n_rows,)
        What the link makes of the value.
    threshold : float
        Value at the decision boundary.
    formula : str
        The formula, for the axis.

    Attributes
    ----------
    points_ : PathCollection
        Rows.
    line_ : Line2D
        The link.
    threshold_line_ : Line2D
        The threshold.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.displays import LinkDisplay
    >>> values = np.linspace(-1, 1, 20)
    >>> probability = 1 / (1 + np.exp(-9 * values))
    >>> display = LinkDisplay(
    ...     values=values, probability=probability, fitted=probability, threshold=0.0, formula="x0"
    ... ).plot()
    >>> display.ax_.get_ylabel()
    "network's probability"
    """

    def __init__(
        self, *, values: Array, probability: Array, fitted: Array, threshold: float, formula: str
    ) -> None:
        self.values = values
        self.probability = probability
        self.fitted = fitted
        self.threshold = threshold
        self.formula = formula

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, *, target: Any = None, ax: Any = None, **kwargs: Any
    ) -> LinkDisplay:
        """Draw the link of a fitted `SymbolicSurrogate`.

        Parameters
        ----------
        estimator : SymbolicSurrogate
            The fitted surrogate.
        X : array-like of shape (n_samples, n_features)
            Rows.
        target : object, default=None
            Class whose link is drawn, when there are more than two.
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        LinkDisplay
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
        >>> from skinterpret.displays import LinkDisplay
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> display = LinkDisplay.from_estimator(surrogate, X)
        >>> display.ax_.get_xlabel()
        'x0 + ...*x1'
        """
        rules = attribute_of(estimator, "decision_rule_")
        odds, values = estimator.decision_function(X), np.asarray(estimator.transform(X))
        threshold, rule, asked, column = estimator.threshold_, rules, estimator.target, 0
        if isinstance(rules, dict):
            check_class(list(rules), target, estimator)
            column = list(rules).index(target)
            threshold, rule, asked = threshold[target], rules[target], target
            odds = odds[:, column]
        rows = X if estimator.encoder_ is None else estimator.encoder_.transform(X)
        latent = estimator.network_.latent(rows, asked)
        display = cls(
            values=values[:, column],
            probability=expit(latent),
            fitted=expit(odds),
            threshold=threshold,
            formula=to_plain(rule.lhs),
        )
        return display.plot(ax=ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        points_kw: Mapping[str, Any] | None = None,
        line_kw: Mapping[str, Any] | None = None,
    ) -> LinkDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; `None` makes a figure.
        points_kw : dict, default=None
            Handed to `scatter`.
        line_kw : dict, default=None
            Handed to `plot`.

        Returns
        -------
        LinkDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.displays import LinkDisplay
        >>> values = np.linspace(-1, 1, 20)
        >>> link = 1 / (1 + np.exp(-9 * values))
        >>> display = LinkDisplay(values=values, probability=link, fitted=link, threshold=0.0, formula="x0")
        >>> display.plot(points_kw={"s": 4}).ax_.get_xlabel()
        'x0'
        """
        self.ax_ = open_axes(type(self).__name__, ax, (6.4, 4.2))
        self.figure_ = self.ax_.figure
        shown = np.isfinite(self.values)
        order = np.flatnonzero(shown)[np.argsort(self.values[shown])]
        dots = {"s": 8, "color": FIRST, "alpha": 0.35, "linewidths": 0, "label": "rows"}
        self.points_ = self.ax_.scatter(
            self.values[shown], self.probability[shown], **merged(dots, points_kw)
        )
        line = {"color": CHOSEN, "linewidth": 2.0, "label": "link"}
        (self.line_,) = self.ax_.plot(self.values[order], self.fitted[order], **merged(line, line_kw))
        self.threshold_line_ = self.ax_.axvline(
            self.threshold, color="black", linestyle=":", label=f"threshold {self.threshold:.4g}"
        )
        if len(order):
            edge = (1 - SHOWN) / 2
            low, high = np.quantile(self.values[order], [edge, 1 - edge])
            margin = 0.05 * (high - low) or 1.0
            self.ax_.set_xlim(min(low, self.threshold) - margin, max(high, self.threshold) + margin)
        self.ax_.set(xlabel=plain(self.formula, LONGEST_FORMULA), ylabel="network's probability")
        self.ax_.legend(loc="best")
        return self

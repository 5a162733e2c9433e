"""`TreeDisplay`: the tree that stands in for a network."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

from sklearn.tree import BaseDecisionTree, plot_tree
from sklearn.utils import check_scalar

from skinterpret.displays.axes import import_pyplot, open_axes
from skinterpret.displays.labels import plain
from skinterpret.displays.reading import attribute_of, input_names
from skinterpret.displays.style import merged

WIDTH = 28  # characters of a name
LEAF_WIDTH, LEVEL_HEIGHT = 2.3, 1.3  # inches
LARGEST = 40.0  # inches; a wider tree asks for `max_depth`
DIGITS = 4  # behind the point, as in the text form


class TreeDisplay:
    """The tree that was chosen, with the names of the inputs and in raw units.

    Drawn by `sklearn.tree.plot_tree`.  Each node tells the share of the rows that come to it, where
    training rows and synthetic ones count alike, and what the network answers there, where each row
    has the weight with which the tree was grown: the shares of its classes, or its mean value.  The
    class that a node gives is written as well as coloured.  It is recommended to use
    `from_estimator` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    tree : DecisionTreeClassifier or DecisionTreeRegressor
        The tree.
    feature_names : list of str
        Names of the inputs.
    class_names : list of str or None
        Names of the tree's classes, in their order; `None` for values.

    Attributes
    ----------
    annotations_ : list of Annotation
        What `plot_tree` gave: the nodes, and the words at the first two branches.
    ax_ : Axes
        Axes with the picture.
    figure_ : Figure
        Figure that holds them.

    See Also
    --------
    skinterpret.TreeSurrogate : What is drawn; `export_text` writes the same tree as text.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import TreeSurrogate
    >>> from skinterpret.displays import TreeDisplay
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
    >>> surrogate = TreeSurrogate(network, n_synthetic=500, random_state=0).fit(X, y)
    >>> display = TreeDisplay.from_estimator(surrogate, max_depth=1)
    >>> print(display.annotations_[0].get_text())
    petal ... <= ...
    """

    def __init__(
        self, *, tree: BaseDecisionTree, feature_names: list[str], class_names: list[str] | None
    ) -> None:
        self.tree = tree
        self.feature_names = feature_names
        self.class_names = class_names

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, max_depth: int | None = None, ax: Any = None, **kwargs: Any
    ) -> TreeDisplay:
        """Draw the chosen tree of a fitted `TreeSurrogate` or `TreeSurrogateRegressor`.

        Parameters
        ----------
        estimator : TreeSurrogate or TreeSurrogateRegressor
            The fitted surrogate.
        max_depth : int, default=None
            Down to which depth to draw, the root being at 0; what lies below shows as `(...)`.
            `None` draws the whole tree.
        ax : Axes, default=None
            Where to draw; they are cleared first.  `None` makes a figure.
        **kwargs : dict
            Handed to `plot`.

        Returns
        -------
        TreeDisplay
            The display, drawn.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If the estimator holds no tree, or `max_depth` is no int.
        ValueError
            If `max_depth` is below 0.
        sklearn.exceptions.NotFittedError
            If the estimator is not fitted.
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        tree = attribute_of(estimator, "tree_")
        if not isinstance(tree, BaseDecisionTree):
            raise TypeError(
                f"{type(estimator).__name__} is no surrogate; pass a fitted TreeSurrogate or "
                "TreeSurrogateRegressor, or draw a tree of your own with sklearn.tree.plot_tree."
            )
        names = input_names(estimator, None, tree.n_features_in_)
        classes = getattr(tree, "classes_", None)
        class_names = None if classes is None else [str(label) for label in classes]
        display = cls(tree=tree, feature_names=names, class_names=class_names)
        return display.plot(ax=ax, max_depth=max_depth, **kwargs)

    def plot(
        self, ax: Any = None, *, max_depth: int | None = None, tree_kw: Mapping[str, Any] | None = None
    ) -> TreeDisplay:
        """Draw.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; they are cleared first.  `None` makes a figure.
        max_depth : int, default=None
            Down to which depth to draw, the root being at 0; `None` draws the whole tree.
        tree_kw : dict, default=None
            Handed to `sklearn.tree.plot_tree`.

        Returns
        -------
        TreeDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        TypeError
            If `max_depth` is no int.
        ValueError
            If `max_depth` is below 0.
        """
        if max_depth is not None:
            check_scalar(max_depth, "max_depth", Integral, min_val=0)
        self.ax_ = open_axes(type(self).__name__, ax, self._size(max_depth))
        self.figure_ = self.ax_.figure
        look: dict[str, Any] = {
            "feature_names": [plain(name, WIDTH) for name in self.feature_names],
            "class_names": self.class_names and [plain(name, WIDTH) for name in self.class_names],
            "max_depth": max_depth,
            "precision": DIGITS,
            "impurity": False,
            "proportion": True,
            "filled": True,
            "rounded": True,
        }
        self.annotations_ = plot_tree(self.tree, ax=self.ax_, **merged(look, tree_kw))
        return self

    def _size(self, max_depth: int | None) -> tuple[float, float]:
        """Width and height of a new figure in which the nodes are large enough to be read."""
        depth = self.tree.get_depth() if max_depth is None else min(max_depth + 1, self.tree.get_depth())
        n_leaves = min(self.tree.get_n_leaves(), 2**depth)
        return min(max(4.0, LEAF_WIDTH * n_leaves), LARGEST), min(LEVEL_HEIGHT * (depth + 1), LARGEST)

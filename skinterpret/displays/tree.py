"""`TreeDisplay`: the tree that stands in for a network."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import BaseDecisionTree, plot_tree
from sklearn.utils import check_scalar

from skinterpret.displays.axes import import_pyplot, open_axes
from skinterpret.displays.labels import plain
from skinterpret.displays.reading import attribute_of
from skinterpret.displays.style import merged

WIDTH = 28  # characters of a name
LEAF_WIDTH, LEVEL_HEIGHT = 2.3, 1.3  # inches
LARGEST = 40.0, 40.0  # inches; what a depth that is asked for may take
SCREEN = 14.0, 9.0  # inches; what the depth that is taken without asking may
SMALLEST = 6.0  # points of the text
DIGITS = 4  # behind the point, as in the text form
NO_ROWS = 1e-9  # reads as 0


class TreeDisplay:
    """The tree that was chosen, with the names of the inputs and in raw units.

    Drawn by `sklearn.tree.plot_tree`.  Each node tells the share of the training rows that come to
    it, which of a leaf is the `share` in `rules_`, and what the network answers them: the shares of
    its classes, or its mean value.  Synthetic rows do not count, but for the answers of nodes to which
    fewer than five training rows come.  The class that a node gives is written as well as coloured.  A
    tree that is not drawn whole says so in the title.  It is recommended to use
    `from_estimator` to make one.  All parameters are stored as attributes.

    Parameters
    ----------
    tree : DecisionTreeClassifier or DecisionTreeRegressor
        The tree; `from_estimator` passes a copy of the surrogate's, whose `n_node_samples` are counts of
        training rows.
    feature_names : list of str
        Names of the inputs; behind an encoder, of its columns, such as `site_north`.
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
            `None` means as deep as can be read on one screen: a new figure is at most 14 by 9
            inches, and its text at least 6 points.  `estimator.tree_.get_depth()` draws the whole
            tree, on a figure of up to 40 inches.
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

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate
        >>> from skinterpret.displays import TreeDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> surrogate = TreeSurrogate(network, n_synthetic=0, random_state=0).fit(X, y)
        >>> display = TreeDisplay.from_estimator(surrogate, max_depth=1)
        >>> display.feature_names[0], display.class_names
        ('sepal length (cm)', ['0', '1', '2'])
        """
        import_pyplot(f"{cls.__name__}.from_estimator")
        tree = attribute_of(estimator, "tree_")
        if not isinstance(tree, BaseDecisionTree):
            raise TypeError(
                f"{type(estimator).__name__} is no surrogate; pass a fitted TreeSurrogate or "
                "TreeSurrogateRegressor, or draw a tree of your own with sklearn.tree.plot_tree."
            )
        names = [str(name) for name in estimator._input_names()]  # behind an encoder, its columns
        classes = getattr(tree, "classes_", None)
        class_names = None if classes is None else [str(label) for label in classes]
        tree = _in_training_rows(tree, estimator._node_counts)
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
            Down to which depth to draw, the root being at 0; `None` means as deep as can be read
            on one screen, or on the axes that are given.
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

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate
        >>> from skinterpret.displays import TreeDisplay
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> surrogate = TreeSurrogate(network, n_synthetic=0, random_state=0).fit(X, y)
        >>> _, ax = plt.subplots()
        >>> display = TreeDisplay.from_estimator(surrogate)
        >>> display.plot(ax=ax, max_depth=1, tree_kw={"impurity": False}).ax_ is ax  # the same, elsewhere
        True
        """
        if max_depth is not None:
            check_scalar(max_depth, "max_depth", Integral, min_val=0)
        self.ax_ = open_axes(type(self).__name__, ax, SCREEN)
        self.figure_ = self.ax_.figure
        look: dict[str, Any] = {
            "feature_names": [plain(name, WIDTH) for name in self.feature_names],
            "class_names": self.class_names and [plain(name, WIDTH) for name in self.class_names],
            "precision": DIGITS,
            "impurity": False,
            "proportion": True,
            "filled": True,
            "rounded": True,
        }
        settings = merged(look, tree_kw)
        largest = LARGEST
        if max_depth is None:
            max_depth, largest = self._readable_depth(ax is None, settings), SCREEN
        self.annotations_ = self._draw(max_depth, largest if ax is None else None, settings)
        depth = self.tree.get_depth()
        if max_depth < depth:
            self.ax_.set_title(f"drawn to depth {max_depth} of {depth}; (...) stands for what lies below")
        return self

    def _readable_depth(self, resize: bool, settings: dict[str, Any]) -> int:
        """Find the largest depth at which the text can be read, by drawing."""
        settings = {name: value for name, value in settings.items() if name != "fontsize"}
        whole = int(self.tree.get_depth())
        for depth in range(1, whole + 1):
            text = self._draw(depth, SCREEN if resize else None, settings)[0]
            if text.get_fontsize() < SMALLEST:
                return depth - 1
        return whole

    def _draw(
        self, max_depth: int, largest: tuple[float, float] | None, settings: dict[str, Any]
    ) -> list[Any]:
        """Draw down to a depth, on a figure of the size that this takes, if its size is ours to choose."""
        if largest is not None:
            self.figure_.set_size_inches(self._size(max_depth, largest))
        annotations: list[Any] = plot_tree(self.tree, ax=self.ax_, max_depth=max_depth, **settings)
        return annotations

    def _size(self, max_depth: int, largest: tuple[float, float]) -> tuple[float, float]:
        """Width and height of a new figure in which the nodes are large enough to be read."""
        depth = min(max_depth + 1, self.tree.get_depth())
        n_leaves = min(self.tree.get_n_leaves(), 2**depth)
        return min(max(4.0, LEAF_WIDTH * n_leaves), largest[0]), min(LEVEL_HEIGHT * (depth + 1), largest[1])


def _in_training_rows(tree: BaseDecisionTree, counts: NDArray[np.int64]) -> BaseDecisionTree:
    """Copy a tree, with counts of training rows in the place of those of all rows."""
    copy = deepcopy(tree)
    copy.tree_.n_node_samples[:] = counts
    # without proportions, each class is told by its weight, and none is most frequent where all are 0
    copy.tree_.weighted_n_node_samples[:] = np.maximum(counts, NO_ROWS)
    return copy

"""What the trees for classes and for values share: growing, pruning and choosing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import KFold, check_cv
from sklearn.utils import check_random_state, check_scalar
from sklearn.utils.validation import check_is_fitted

from skinterpret._sklearn import (
    Interval,
    StrOptions,
    fit_context,
    pruned,
    validate_parameter_constraints,
)
from skinterpret._user_line import warn_user
from skinterpret.base import ESTIMATOR
from skinterpret.exceptions import UnfaithfulTreeWarning
from skinterpret.metrics import complexity_score, most_leaves
from skinterpret.surrogates.trees.cost_complexity import candidate_alphas, collapse_prices, pruned_leaves
from skinterpret.surrogates.trees.distrust import reason_for_distrust
from skinterpret.surrogates.trees.node_values import answer_as_training_rows
from skinterpret.surrogates.trees.rules import list_rules
from skinterpret.surrogates.trees.synthetic_rows import Sample, add_synthetic_rows
from skinterpret.surrogates.trees.tree_text import tree_text
from skinterpret.surrogates.whole_numbers import WholeNumbers

Array = NDArray[Any]

RULES = ("one_standard_error", "best")


class Draw(NamedTuple):
    """Rows to grow a tree on.

    Attributes
    ----------
    purpose : {"tree", "fold", "resample"}
        Whether the tree is the answer, tells its fidelity or tells its stability.
    sample : Sample
        The rows, with synthetic ones.
    judged : ndarray of shape (n_judged,)
        On which of the training rows it is judged.
    """

    purpose: str
    sample: Sample
    judged: NDArray[np.int64]


def fit_lengths(surrogate: BaseTreeSurrogate, X: Any, lengths: Sequence[int | None]) -> list[Any]:
    """Fit the same surrogate with several limits of its complexity, each as `fit` would.

    Synthetic rows are drawn in the leaves of trees without that limit, so that it is enough to draw them,
    and to ask the network about them, once.

    Parameters
    ----------
    surrogate : BaseTreeSurrogate
        The surrogate, with a trained network and a fixed seed.
    X : array-like of shape (n_samples, n_features)
        Rows.
    lengths : sequence of int or None
        Values of `max_complexity`.

    Returns
    -------
    list of BaseTreeSurrogate
        A fitted surrogate for each.
    """
    draws: list[Draw] = []
    fitted = []
    for length in lengths:
        each = clone(surrogate).set_params(max_complexity=length)
        rows, rng = each._begin(X, None)
        draws = draws or list(each._draw(rows, rng))
        fitted.append(each._grow_on(rows, draws))
    return fitted


class BaseTreeSurrogate(BaseEstimator):  # type: ignore[misc]
    """What the trees for classes and for values share."""

    estimator: Any
    random_state: Any
    network_: Any
    n_features_in_: int
    _fit_network: Any

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": ESTIMATOR,
        "max_depth": [Interval(Integral, 1, None, closed="left"), None],
        "max_leaf_nodes": [Interval(Integral, 2, None, closed="left"), None],
        "min_samples_leaf": [Interval(Integral, 1, None, closed="left")],
        "max_complexity": [Interval(Integral, 0, None, closed="left"), None],
        "n_synthetic": [Interval(Integral, 0, None, closed="left")],
        "min_samples_node": [Interval(Integral, 1, None, closed="left")],
        "selection": [StrOptions(set(RULES)), WholeNumbers(0)],
        "cv": ["cv_object"],
        "n_resamples": [Interval(Integral, 2, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        max_depth: int | None = None,
        max_leaf_nodes: int | None = None,
        min_samples_leaf: int = 1,
        max_complexity: int | None = None,
        n_synthetic: int = 5000,
        min_samples_node: int = 200,
        selection: Any = "one_standard_error",
        cv: Any = 5,
        n_resamples: int = 5,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.max_depth = max_depth
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.max_complexity = max_complexity
        self.n_synthetic = n_synthetic
        self.min_samples_node = min_samples_node
        self.selection = selection
        self.cv = cv
        self.n_resamples = n_resamples
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None) -> BaseTreeSurrogate:
        """Fit or take the network, grow a tree on its answers, and prune it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Labels or values; not needed when the network is trained and frozen.

        Returns
        -------
        BaseTreeSurrogate
            The fitted surrogate itself.
        """
        rows, rng = self._begin(X, y)
        return self._grow_on(rows, self._draw(rows, rng))

    def _begin(self, X: Any, y: Any) -> tuple[NDArray[np.float64], np.random.RandomState]:
        """Fit or take the network; give the rows as it has them, and what draws others."""
        rng = check_random_state(self.random_state)
        rows = self._fit_network(X, y)
        self._seed = rng.randint(np.iinfo(np.int32).max)
        return rows, rng

    def _draw(self, rows: NDArray[np.float64], rng: np.random.RandomState) -> Iterator[Draw]:
        """Draw what trees are grown on: all rows, folds of them, and bootstrap samples.

        Synthetic rows are drawn anew in each fold, from its training rows alone.
        """
        everywhere = np.arange(len(rows))
        yield Draw("tree", self._sample(rows, rng), everywhere)
        folds = self.cv
        if isinstance(folds, Integral):
            folds = KFold(min(int(folds), len(rows)), shuffle=True, random_state=rng.randint(2**31 - 1))
        for train, test in check_cv(folds).split(rows, self.network_.predict(rows)):
            yield Draw("fold", self._sample(rows[train], rng), test)
        for _ in range(self.n_resamples):
            resample = rows[rng.randint(len(rows), size=len(rows))]
            yield Draw("resample", self._sample(resample, rng), everywhere)

    def _grow_on(self, rows: NDArray[np.float64], draws: Iterable[Draw]) -> BaseTreeSurrogate:
        """Grow the tree, prune it, and judge what is left on the rows that a fold or a resample tells."""
        draws = iter(draws)
        sample = next(draws).sample
        self.n_synthetic_ = len(sample.X) - sample.n_training
        full = self._grow(sample)
        alphas = candidate_alphas(full.tree_)
        trees = [full if alpha == 0 else pruned(full, alpha) for alpha in alphas]
        predicted: dict[str, list[tuple[NDArray[np.int64], list[Array]]]] = {"fold": [], "resample": []}
        for draw in draws:
            answers = self._predict_at(self._grow(draw.sample), rows[draw.judged], alphas)
            predicted[draw.purpose].append((draw.judged, answers))
        agreements = self._held_out_agreements(rows, predicted["fold"])
        table = pd.DataFrame(
            {
                "ccp_alpha": alphas,
                "n_leaves": [tree.get_n_leaves() for tree in trees],
                "depth": [tree.get_depth() for tree in trees],
                "complexity": [complexity_score(tree) for tree in trees],
                "fidelity": agreements.mean(axis=1),
                "standard_error": self._standard_errors(agreements),
                "stability": self._stabilities([answers for _, answers in predicted["resample"]]),
                "tree": trees,
            }
        )
        # trees without splits agree whatever the rows are, which is no reason to trust them
        table["stability"] = table["stability"].where(table["n_leaves"] > 1)
        self.pruned_trees_ = table[::-1].drop_duplicates("n_leaves").reset_index(drop=True)
        self._counts = [_node_counts(tree, rows) for tree in self.pruned_trees_["tree"]]
        self._spreads = rows.std(axis=0).tolist()
        self.select(self.selection)
        constant = self._fidelity_of_constant(sample.answers[: len(rows)])
        reason = reason_for_distrust(self.pruned_trees_, constant, self._binding_limit())
        if reason:
            warn_user(reason, UnfaithfulTreeWarning)
        return self

    def _binding_limit(self) -> str:
        """Name the setting that allows no split, however faithful it were."""
        if self.max_complexity is not None and most_leaves(self.max_complexity, self._values_a_leaf()) < 2:
            return f"max_complexity={self.max_complexity}"
        return "selection=0" if self.selection == 0 else ""

    def select(self, selection: Any) -> BaseTreeSurrogate:
        """Let another of the pruned trees be the answer, without growing a new one.

        Parameters
        ----------
        selection : {"one_standard_error", "best"} or int
            Which one, as for the parameter of that name.

        Returns
        -------
        BaseTreeSurrogate
            The surrogate itself, with another tree.

        Raises
        ------
        ValueError
            If it is none of these.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
        >>> surrogate = TreeSurrogate(network, n_synthetic=500, random_state=0).fit(X, y)
        >>> len(surrogate.select(5).rules_)  # rules, of the tree whose complexity is nearest
        2
        """
        check_is_fitted(self, "pruned_trees_")
        validate_parameter_constraints(
            {"selection": self._parameter_constraints["selection"]},
            {"selection": selection},
            caller_name=f"{type(self).__name__}.select",
        )
        table = self.pruned_trees_
        position = _choose(table, selection, self.max_complexity)
        self.pruned_trees_ = table.assign(chosen=np.arange(len(table)) == position)
        self.tree_ = table["tree"].iloc[position]
        self.complexity_ = int(table["complexity"].iloc[position])
        self.stability_ = float(table["stability"].iloc[position])
        nodes = self._node_answers(self.tree_)
        self._node_counts = self._counts[position]  # which the picture of the tree shows
        shares = self._node_counts / self._node_counts[0]
        self.rules_ = list_rules(
            self.tree_.tree_, self._input_names(), nodes, shares, self._categories, self._spreads
        )
        return self

    @property
    def feature_importances_(self) -> Array:
        """Share of the impurity that the splits on each input take away; those of its categories add up.

        Examples
        --------
        >>> import pandas as pd
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
        >>> surrogate = TreeSurrogate(network, n_synthetic=500, random_state=0).fit(X, y)
        >>> pd.Series(surrogate.feature_importances_, index=X.columns).idxmax()
        'petal ...'
        """
        check_is_fitted(self)
        importances: Array = self.tree_.feature_importances_
        return importances if self.encoder_ is None else self.encoder_.by_raw_column(importances)

    def export_text(self, *, max_depth: int | None = None, decimals: int = 4) -> str:
        """Write the tree as indented text.

        Parameters
        ----------
        max_depth : int, default=None
            Splits below this depth are left out, and the text says so, as scikit-learn's
            `export_text` does; `None` writes all.
        decimals : int, default=4
            Digits behind the point; more are written where two splits of one input, one below the other,
            would read alike.

        Returns
        -------
        str
            The tree, with the names of the inputs and in raw units; categories by name, as in `rules_`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
        >>> surrogate = TreeSurrogate(network, n_synthetic=500, random_state=0).fit(X, y)
        >>> print(surrogate.select(5).export_text(decimals=1))
        |--- petal ... <= ...
        |   |--- class: ...
        |--- petal ... >  ...
        |   |--- class: ...
        """
        check_is_fitted(self)
        if max_depth is not None:
            check_scalar(max_depth, "max_depth", Integral, min_val=1)
        return tree_text(self.tree_, self._input_names(), self._categories, decimals, max_depth)

    @property
    def _categories(self) -> list[tuple[str, Any] | None] | None:
        """Column and category of each indicator among the inputs; None where there is no encoder."""
        return None if self.encoder_ is None else self.encoder_.indicated

    def predict(self, X: Any) -> Array:
        """Answer as the tree does, without the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Class labels or values.
        """
        check_is_fitted(self)
        rows = self._rows(X)
        answers: Array = self.tree_.predict(rows)
        return answers

    def _tree(self) -> Any:
        raise NotImplementedError

    def _values_a_leaf(self) -> int:
        """Count the numbers that a leaf holds; a class is none."""
        raise NotImplementedError

    def _agreement(self, answers: Array, others: Array) -> NDArray[np.float64]:
        """Agreement of two answers to each row, whose mean over the rows is the fidelity."""
        raise NotImplementedError

    def _fidelity_of_constant(self, answers: Array) -> float:
        """Fidelity of the best answer that is the same for all rows."""
        raise NotImplementedError

    def _standard_errors(self, agreements: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the mean of each row."""
        raise NotImplementedError

    def _node_answers(self, tree: Any) -> Array:
        raise NotImplementedError

    def _sample(self, rows: NDArray[np.float64], rng: np.random.RandomState) -> Sample:
        def grow(sample: Sample) -> Any:
            return self._grow_to(sample, self.max_leaf_nodes)

        return add_synthetic_rows(
            rows,
            self.network_.predict,
            grow,
            n_synthetic=self.n_synthetic,
            min_samples_node=self.min_samples_node,
            rng=rng,
        )

    def _grow(self, sample: Sample) -> Any:
        """Grow a tree no longer than it may be.

        Pruning by cost and complexity takes many leaves in one step, and may pass over trees of the length
        that is allowed; one that grows where it gains most, up to that length, does not.
        """
        limits = [n for n in (self.max_leaf_nodes, self._most_leaves()) if n is not None]
        tree = self._grow_to(sample, min(limits, default=None))
        answer_as_training_rows(tree, sample)
        return tree

    def _grow_to(self, sample: Sample, max_leaf_nodes: int | None) -> Any:
        tree = self._tree().set_params(
            max_depth=self.max_depth,
            max_leaf_nodes=max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            random_state=self._seed,
        )
        return tree.fit(sample.X, sample.answers, sample_weight=sample.weights)

    def _most_leaves(self) -> int | None:
        """Count the leaves of a tree of the largest complexity; scikit-learn grows two at least."""
        if self.max_complexity is None:
            return None
        return max(most_leaves(self.max_complexity, self._values_a_leaf()), 2)

    def _held_out_agreements(
        self, rows: NDArray[np.float64], folds: list[tuple[NDArray[np.int64], list[Array]]]
    ) -> NDArray[np.float64]:
        """Agreement with the network at each price, of trees that have not seen the row."""
        answers = self.network_.predict(rows)
        return np.hstack(
            [
                np.array([self._agreement(answers[test], values) for values in predicted])
                for test, predicted in folds
            ]
        )

    def _stabilities(self, predicted: list[list[Array]]) -> list[float]:
        """Mean agreement of any two trees from bootstrap samples of the rows, at each price."""
        return [
            float(np.mean([self._agreement(one, other).mean() for one, other in combinations(at_price, 2)]))
            for at_price in zip(*predicted, strict=True)
        ]

    def _predict_at(self, full: Any, rows: NDArray[np.float64], alphas: NDArray[np.float64]) -> list[Array]:
        """Predict with one tree, pruned at each price."""
        prices = collapse_prices(full.tree_)
        leaves, nodes = full.apply(rows), self._node_answers(full)
        return [nodes[pruned_leaves(full.tree_, prices, leaves, alpha)] for alpha in alphas]


def _node_counts(tree: Any, rows: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the rows that come to each node."""
    return np.asarray(tree.decision_path(rows).sum(axis=0), dtype=np.int64).ravel()


def _choose(table: pd.DataFrame, selection: Any, max_complexity: int | None) -> int:
    complexity, fidelity = table["complexity"].to_numpy(), table["fidelity"].to_numpy()
    allowed = complexity <= (np.inf if max_complexity is None else max_complexity)
    allowed[0] = True  # the root alone, which is nothing
    if isinstance(selection, str):
        best = int(np.where(allowed, fidelity, -np.inf).argmax())
        if selection == "best":
            return best
        enough = fidelity[best] - table["standard_error"].to_numpy()[best]
        return int(np.flatnonzero(allowed & (fidelity >= enough))[0])
    return int(np.where(allowed, np.abs(complexity - selection), np.inf).argmin())

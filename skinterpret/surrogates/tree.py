"""`TreeSurrogate`: a decision tree in the place of a network."""

from __future__ import annotations

from itertools import combinations
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import KFold, check_cv
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_text
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skinterpret._sklearn import (
    Interval,
    StrOptions,
    fit_context,
    validate_parameter_constraints,
)
from skinterpret.base import ESTIMATOR, NetworkClassifierMixin, NetworkRegressorMixin
from skinterpret.metrics import complexity_score, most_leaves
from skinterpret.surrogates.cost_complexity import candidate_alphas, collapse_prices, pruned_leaves
from skinterpret.surrogates.node_rows import Sample, add_synthetic_rows
from skinterpret.surrogates.rules import list_rules, telling_decimals
from skinterpret.surrogates.selection import agreement_error
from skinterpret.surrogates.whole_numbers import WholeNumbers

Array = NDArray[Any]

RULES = ("one_standard_error", "best")


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
        rng = check_random_state(self.random_state)
        rows = self._fit_network(X, y)
        self._seed = rng.randint(np.iinfo(np.int32).max)
        sample = self._sample(rows, rng)
        full = self._grow(sample)
        alphas = candidate_alphas(full.tree_)
        trees = [full if alpha == 0 else self._grow(sample, alpha) for alpha in alphas]
        agreements = self._held_out_agreements(rows, alphas, rng)
        table = pd.DataFrame(
            {
                "ccp_alpha": alphas,
                "n_leaves": [tree.get_n_leaves() for tree in trees],
                "depth": [tree.get_depth() for tree in trees],
                "complexity": [complexity_score(tree) for tree in trees],
                "fidelity": agreements.mean(axis=1),
                "standard_error": self._standard_errors(agreements),
                "stability": self._stabilities(rows, alphas, rng),
                "tree": trees,
            }
        )
        self.n_synthetic_ = len(sample.X) - len(rows)
        self.pruned_trees_ = table[::-1].drop_duplicates("n_leaves").reset_index(drop=True)
        self._shares = [_node_shares(tree, rows) for tree in self.pruned_trees_["tree"]]
        self._spreads = rows.std(axis=0).tolist()
        return self.select(self.selection)

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
        categories = None if self.encoder_ is None else self.encoder_.indicated
        shares = self._shares[position]
        self.rules_ = list_rules(
            self.tree_.tree_, self._input_names(), nodes, shares, categories, self._spreads
        )
        return self

    @property
    def feature_importances_(self) -> Array:
        """Share of the impurity that the splits on each input take away; those of its categories add up."""
        check_is_fitted(self)
        importances: Array = self.tree_.feature_importances_
        return importances if self.encoder_ is None else self.encoder_.by_raw_column(importances)

    def export_text(self, *, decimals: int = 4) -> str:
        """Write the tree as indented text.

        Parameters
        ----------
        decimals : int, default=4
            Digits behind the point; more are written where two splits of one input, one below the other,
            would read alike.

        Returns
        -------
        str
            The tree, with the names of the inputs and in raw units.
        """
        check_is_fitted(self)
        return str(
            export_text(
                self.tree_,
                feature_names=self._input_names(),
                decimals=telling_decimals(self.tree_.tree_, decimals),
                max_depth=max(self.tree_.get_depth(), 1),
            )
        )

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

    def _standard_errors(self, agreements: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the mean of each row."""
        raise NotImplementedError

    def _node_answers(self, tree: Any) -> Array:
        raise NotImplementedError

    def _sample(self, rows: NDArray[np.float64], rng: np.random.RandomState) -> Sample:
        return add_synthetic_rows(
            rows,
            self.network_.predict,
            self._grow_freely,
            n_synthetic=self.n_synthetic,
            min_samples_node=self.min_samples_node,
            rng=rng,
        )

    def _grow_freely(self, sample: Sample) -> Any:
        """Grow the tree in whose leaves rows are drawn."""
        return self._grow_to(sample, self.max_leaf_nodes, 0.0)

    def _grow(self, sample: Sample, ccp_alpha: float = 0.0) -> Any:
        """Grow a tree no longer than it may be.

        Pruning by cost and complexity takes many leaves in one step, and may pass over trees of the length
        that is allowed; one that grows where it gains most, up to that length, does not.
        """
        limits = [n for n in (self.max_leaf_nodes, self._most_leaves()) if n is not None]
        return self._grow_to(sample, min(limits, default=None), ccp_alpha)

    def _most_leaves(self) -> int | None:
        """Count the leaves of a tree of the largest complexity; scikit-learn grows two at least."""
        if self.max_complexity is None:
            return None
        return max(most_leaves(self.max_complexity, self._values_a_leaf()), 2)

    def _grow_to(self, sample: Sample, most_leaves: int | None, ccp_alpha: float) -> Any:
        tree = self._tree().set_params(
            max_depth=self.max_depth,
            max_leaf_nodes=most_leaves,
            min_samples_leaf=self.min_samples_leaf,
            ccp_alpha=ccp_alpha,
            random_state=self._seed,
        )
        return tree.fit(sample.X, sample.answers, sample_weight=sample.weights)

    def _held_out_agreements(
        self, rows: NDArray[np.float64], alphas: NDArray[np.float64], rng: np.random.RandomState
    ) -> NDArray[np.float64]:
        """Agreement with the network at each price, of trees that have not seen the row.

        Synthetic rows are drawn anew in each fold, from its training rows alone.
        """
        answers = self.network_.predict(rows)
        folds = self.cv
        if isinstance(folds, Integral):
            folds = KFold(min(int(folds), len(rows)), shuffle=True, random_state=rng.randint(2**31 - 1))
        agreements: list[NDArray[np.float64]] = []
        for train, test in check_cv(folds).split(rows, answers):
            predicted = self._predict_at(self._grow(self._sample(rows[train], rng)), rows[test], alphas)
            agreements.append(np.array([self._agreement(answers[test], values) for values in predicted]))
        return np.hstack(agreements)

    def _stabilities(
        self, rows: NDArray[np.float64], alphas: NDArray[np.float64], rng: np.random.RandomState
    ) -> list[float]:
        """Mean agreement of any two trees from bootstrap samples of the rows, at each price."""
        predicted = []
        for _ in range(self.n_resamples):
            resample = rows[rng.randint(len(rows), size=len(rows))]
            predicted.append(self._predict_at(self._grow(self._sample(resample, rng)), rows, alphas))
        return [
            float(
                np.mean(
                    [self._agreement(one[k], other[k]).mean() for one, other in combinations(predicted, 2)]
                )
            )
            for k in range(len(alphas))
        ]

    def _predict_at(self, full: Any, rows: NDArray[np.float64], alphas: NDArray[np.float64]) -> list[Array]:
        """Predict with one tree, pruned at each price."""
        prices = collapse_prices(full.tree_)
        leaves, nodes = full.apply(rows), self._node_answers(full)
        return [nodes[pruned_leaves(full.tree_, prices, leaves, alpha)] for alpha in alphas]


class TreeSurrogate(NetworkClassifierMixin, ClassifierMixin, BaseTreeSurrogate):  # type: ignore[misc]
    """Decision tree fitted to a network's answers, on training rows and on synthetic ones.

    Rows are drawn where the tree has few, from the training distribution conditional on the node,
    and the network answers them (TREPAN: Craven & Shavlik, NIPS 1996).  The tree is then pruned by
    cost and complexity (Breiman et al., 1984, chapter 3), with the fidelity on held-out training
    rows to decide how far; how much trees from other samples of the data agree is told along with
    it, as Trustee does (Jacobs et al., CCS 2022, section 5).

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPClassifier`, alone or at the end of a pipeline.  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPClassifier((60, 60), activation="tanh")` behind a `StandardScaler`.
    max_depth : int, default=None
        Largest depth; `None` means no limit.
    max_leaf_nodes : int, default=None
        Most leaves; `None` means no limit.
    min_samples_leaf : int, default=1
        Fewest rows in a leaf, synthetic ones included.
    max_complexity : int, default=None
        Largest complexity of the pruned tree, as `complexity_score` counts it; `None` means no
        limit.
    n_synthetic : int, default=5000
        Most rows to draw.
    min_samples_node : int, default=200
        Leaves with fewer rows get more of them, until none has fewer or `n_synthetic` are drawn.
    selection : {"one_standard_error", "best"} or int, default="one_standard_error"
        Which of the pruned trees becomes the answer.

        - `"one_standard_error"`: the simplest whose fidelity is within one standard error of the
          best, as Agresti and Coull reckon it (The American Statistician 52, 1998): a perfect best
          concedes one row (of 13 or more);
        - `"best"`: that of the highest fidelity;
        - an int: that of the nearest complexity.
    cv : int, cross-validation generator or iterable, default=5
        Folds by which fidelity is measured; an int means shuffled ones.
    n_resamples : int, default=5
        Bootstrap samples of the rows from which stability is measured.
    random_state : int, RandomState instance or None, default=None
        Seed of the network's training (where the network leaves it open), of the synthetic rows, the
        folds and the resamples.

    Attributes
    ----------
    estimator_ : estimator
        The fitted network.
    network_ : DenseNetwork
        The network as a differentiable function.
    tree_ : DecisionTreeClassifier
        The tree, fitted to arrays.
    rules_ : DataFrame
        One row a leaf, the most frequent first: `rule` (in raw units, bounds to four digits, and
        categories by name, as in `colour is not red`),
        `answer`, `share` of the training rows that come to it (synthetic ones do not count, so it
        may be 0), and `impurity`, the Gini impurity of the network's answers to all rows of the leaf,
        synthetic ones included, with the weights with which the tree was grown.
    feature_importances_ : ndarray of shape (n_features,)
        Share of the impurity that the splits on each input take away.
    complexity_ : int
        Complexity of the tree, as `complexity_score` counts it.
    stability_ : float
        Mean agreement of any two trees that were grown on bootstrap samples of the training rows
        and pruned alike, from 0 to 1.
    pruned_trees_ : DataFrame
        The trees to choose from, rising in complexity: ccp_alpha, n_leaves, depth, complexity,
        fidelity on held-out rows with its standard error, stability, the tree, and whether it was
        chosen.
    n_synthetic_ : int
        Number of rows that were drawn.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, when X has string column names.

    Raises
    ------
    ValueError
        If the data or a parameter cannot be used.
    TypeError
        If the estimator or a step of the pipeline cannot be read.

    See Also
    --------
    SymbolicSurrogate : A closed-form rule in the place of a network.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import TreeSurrogate
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
    >>> surrogate = TreeSurrogate(network, n_synthetic=1000, random_state=0).fit(X, y)
    >>> surrogate.score(X) > 0.9
    True
    >>> print(surrogate.rules_["rule"][0])
    petal ...
    """

    tree_: Any
    classes_: Any

    def predict_proba(self, X: Any) -> Array:
        """Shares of the network's answers in the leaf that a row comes to.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Shares in the order of `classes_`.
        """
        check_is_fitted(self)
        rows = self._rows(X)
        shares = np.zeros((len(rows), len(self.classes_)))
        # the network may never give some of its classes
        shares[:, np.searchsorted(self.classes_, self.tree_.classes_)] = self.tree_.predict_proba(rows)
        return shares

    def _tree(self) -> Any:
        return DecisionTreeClassifier()

    def _values_a_leaf(self) -> int:
        return 0

    def _agreement(self, answers: Array, others: Array) -> NDArray[np.float64]:
        return np.asarray(answers == others, dtype=np.float64)

    def _standard_errors(self, agreements: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([agreement_error(float(row.mean()), len(row)) for row in agreements])

    def _node_answers(self, tree: Any) -> Array:
        answers: Array = tree.classes_[tree.tree_.value[:, 0, :].argmax(axis=1)]
        return answers


class TreeSurrogateRegressor(NetworkRegressorMixin, RegressorMixin, BaseTreeSurrogate):  # type: ignore[misc]
    """Regression tree fitted to a network's values, on training rows and on synthetic ones.

    As `TreeSurrogate`, with squared errors in the place of impurities and R² for fidelity.

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPRegressor`, alone or at the end of a pipeline.  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPRegressor(hidden_layer_sizes=(60, 60), activation="tanh")` behind a `StandardScaler`.
    max_depth : int, default=None
        Largest depth; `None` means no limit.
    max_leaf_nodes : int, default=None
        Most leaves; `None` means no limit.
    min_samples_leaf : int, default=1
        Fewest rows in a leaf, synthetic ones included.
    max_complexity : int, default=None
        Largest complexity of the pruned tree, as `complexity_score` counts it; `None` means no
        limit.
    n_synthetic : int, default=5000
        Most rows to draw.
    min_samples_node : int, default=200
        Leaves with fewer rows get more of them, until none has fewer or `n_synthetic` are drawn.
    selection : {"one_standard_error", "best"} or int, default="one_standard_error"
        Which of the pruned trees becomes the answer; see `TreeSurrogate`.
    cv : int, cross-validation generator or iterable, default=5
        Folds by which fidelity is measured; an int means shuffled ones.
    n_resamples : int, default=5
        Bootstrap samples of the rows from which stability is measured.
    random_state : int, RandomState instance or None, default=None
        Seed of the network's training (where the network leaves it open), of the synthetic rows, the
        folds and the resamples.

    Attributes
    ----------
    estimator_ : estimator
        The fitted network.
    network_ : DenseNetwork
        The network as a differentiable function.
    tree_ : DecisionTreeRegressor
        The tree, fitted to arrays.
    rules_ : DataFrame
        One row a leaf, the most frequent first: `rule` (in raw units, bounds to four digits, and
        categories by name, as in `colour is not red`),
        `answer`, `share` of the training rows that come to it (synthetic ones do not count, so it
        may be 0), and `impurity`, the mean squared error of the network's values of all rows of the
        leaf, synthetic ones included, with the weights with which the tree was grown.
    feature_importances_ : ndarray of shape (n_features,)
        Share of the squared error that the splits on each input take away.
    complexity_ : int
        Complexity of the tree, as `complexity_score` counts it.
    stability_ : float
        One minus the mean squared difference of two trees that were grown on bootstrap samples of
        the training rows and pruned alike, divided by the variance of the network's values.
    pruned_trees_ : DataFrame
        The trees to choose from, rising in complexity: ccp_alpha, n_leaves, depth, complexity,
        fidelity on held-out rows with its standard error, stability, the tree, and whether it was
        chosen.
    n_synthetic_ : int
        Number of rows that were drawn.
    n_outputs_ : int
        Number of outputs of the network.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, when X has string column names.

    Raises
    ------
    ValueError
        If the data or a parameter cannot be used.
    TypeError
        If the estimator or a step of the pipeline cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret import TreeSurrogateRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    >>> network = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=2000, random_state=0)
    >>> surrogate = TreeSurrogateRegressor(network, n_synthetic=1000, random_state=0)
    >>> surrogate.fit(X, X[:, 0] * X[:, 1]).score(X) > 0.8
    True
    """

    def _tree(self) -> Any:
        return DecisionTreeRegressor()

    def _values_a_leaf(self) -> int:
        return int(self.n_outputs_)

    def _agreement(self, answers: Array, others: Array) -> NDArray[np.float64]:
        squared = ((answers - others) ** 2 / self._variance).reshape(len(answers), -1)
        return np.asarray(1 - squared.mean(axis=1))

    def _standard_errors(self, agreements: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(agreements.std(axis=1) / np.sqrt(agreements.shape[1]))

    def _held_out_agreements(self, rows: Any, alphas: Any, rng: Any) -> NDArray[np.float64]:
        variance = self.network_.predict(rows).var(axis=0)
        self._variance = np.where(variance > 0, variance, 1.0)
        return super()._held_out_agreements(rows, alphas, rng)

    def _node_answers(self, tree: Any) -> Array:
        values: Array = tree.tree_.value[:, :, 0]
        return values[:, 0] if values.shape[1] == 1 else values


def _node_shares(tree: Any, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the rows that end in each node; 0 for what is no leaf."""
    return np.bincount(tree.apply(rows), minlength=tree.tree_.node_count) / len(rows)


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

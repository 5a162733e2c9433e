"""`TreeSurrogate`: the decision tree that stands in for a network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted

from skinterpret.base import NetworkClassifierMixin, NetworkRegressorMixin
from skinterpret.surrogates.judging.selection import agreement_error
from skinterpret.surrogates.trees.base_tree import BaseTreeSurrogate

Array = NDArray[Any]

ROUNDING = 1e-12  # of the largest value; what the values of a constant network may differ by


class TreeSurrogate(NetworkClassifierMixin, ClassifierMixin, BaseTreeSurrogate):  # type: ignore[misc]
    """Decision tree fitted to a network's answers, on training rows and on synthetic ones.

    Leaves that hold few rows get more, drawn as the training rows are distributed within the leaf, and
    the network answers them; the tree is then grown again, until all leaves hold `min_samples_node` rows
    or `n_synthetic` have been drawn (TREPAN: Craven & Shavlik, NIPS 1996, section 3).  Each is a training
    row with noise that has the covariance of all of them, a draw from a kernel density estimate: rows
    whose inputs are drawn one by one, as TREPAN does, leave the data where inputs depend on each other,
    and there the network may say anything.  Synthetic rows decide
    where to split; what a leaf answers, the training rows in it decide, wherever there are five, so
    that no leaf can be led astray by rows that the data do not have.  The tree is then pruned by
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
        Rows to draw at most.  More make the tree follow the network more closely, as far as they follow
        the distribution of the training rows; it also becomes longer and slower.
    min_samples_node : int, default=200
        Leaves with fewer rows, synthetic ones included, get more before they are split further or left
        as they are.
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
    n_synthetic_ : int
        How many synthetic rows were drawn for the tree.
    complexity_ : int
        Complexity of the tree, as `complexity_score` counts it.
    stability_ : float
        Mean agreement of any two trees that were grown on bootstrap samples of the training rows
        and pruned alike, from 0 to 1.  NaN of a tree without splits, which agrees with any other,
        whatever the network is.
    pruned_trees_ : DataFrame
        The trees to choose from, rising in complexity: ccp_alpha, n_leaves, depth, complexity,
        fidelity on held-out rows with its standard error, stability, the tree, and whether it was
        chosen.
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

    Warns
    -----
    UnfaithfulTreeWarning
        If the tree has no split, or is no more faithful on held-out rows than a constant answer.

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

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
        >>> surrogate = TreeSurrogate(network, n_synthetic=500, random_state=0).fit(X, y)
        >>> surrogate.predict_proba(X).shape
        (150, 3)
        >>> bool(surrogate.predict_proba(X.iloc[:1])[0, 0] > 0.9)
        True
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

    def _fidelity_of_constant(self, answers: Array) -> float:
        return float(np.unique(answers, return_counts=True)[1].max() / len(answers))

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
        Rows to draw at most.  More make the tree follow the network more closely, as far as they follow
        the distribution of the training rows; it also becomes longer and slower.
    min_samples_node : int, default=200
        Leaves with fewer rows, synthetic ones included, get more before they are split further or left
        as they are.
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
    n_synthetic_ : int
        How many synthetic rows were drawn for the tree.
    complexity_ : int
        Complexity of the tree, as `complexity_score` counts it.
    stability_ : float
        One minus the mean squared difference of two trees that were grown on bootstrap samples of
        the training rows and pruned alike, divided by the variance of the network's values.  NaN of
        a tree without splits.
    pruned_trees_ : DataFrame
        The trees to choose from, rising in complexity: ccp_alpha, n_leaves, depth, complexity,
        fidelity on held-out rows with its standard error, stability, the tree, and whether it was
        chosen.
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

    Warns
    -----
    UnfaithfulTreeWarning
        If the tree has no split, or is no more faithful on held-out rows than a constant answer.

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

    def _fidelity_of_constant(self, answers: Array) -> float:
        return 0.0 if _varies(answers).any() else 1.0

    def _standard_errors(self, agreements: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(agreements.std(axis=1) / np.sqrt(agreements.shape[1]))

    def _held_out_agreements(self, rows: Any, folds: Any) -> NDArray[np.float64]:
        values = self.network_.predict(rows)
        self._variance = np.where(_varies(values), values.var(axis=0), 1.0)
        return super()._held_out_agreements(rows, folds)

    def _node_answers(self, tree: Any) -> Array:
        values: Array = tree.tree_.value[:, :, 0]
        return values[:, 0] if values.shape[1] == 1 else values


def _varies(values: Array) -> NDArray[np.bool_]:
    """Whether each output is more than one value, but for rounding."""
    return np.asarray(np.ptp(values, axis=0) > ROUNDING * np.abs(values).max(axis=0))

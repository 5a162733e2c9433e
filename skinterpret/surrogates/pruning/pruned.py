"""`PrunedSurrogate`: what is left of a network when all that it can do without is taken away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score

from skinterpret.base import NetworkClassifierMixin, NetworkRegressorMixin
from skinterpret.surrogates.judging.selection import agreement_error
from skinterpret.surrogates.pruning.base_pruned import BasePrunedSurrogate

Array = NDArray[Any]


class PrunedSurrogate(NetworkClassifierMixin, ClassifierMixin, BasePrunedSurrogate):  # type: ignore[misc]
    """The network with all parameters taken away that its decisions can do without.

    Parameters are set to 0 in growing number, those first that matter least, and what a weight passed on
    for the average row is added to its unit's bias; after each step units that do nothing any more
    are taken out too.  The fewest are kept whose fidelity on held-back rows is within a
    standard error of the best, and the network that they make up is written out as a formula, exactly;
    one that is to be read must be chosen smaller (`selection`).

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPClassifier`, alone or at the end of a pipeline.  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPClassifier((60, 60), activation="tanh")` behind a `StandardScaler`.
    criterion : {"effect", "magnitude"}, default="effect"
        What matters least: the parameter without which the latents would move least, to first order
        and in root mean square over the rows (Mozer & Smolensky, Skeletonization, NIPS 1988); or the
        smallest one (Han et al., NIPS 2015), which supposes inputs of like sizes.
    n_steps : int, default=50
        Largest length of the path: each step leaves the same share of the parameters, but takes away
        at least one, so a network with few of them has a shorter path.
    refit : bool, default=True
        Whether the parameters that are left are fitted to the network's latents after each step, by
        L-BFGS on up to 1000 of the rows.
    refit_steps : int, default=50
        Steps of each such fit.
    selection : {"one_standard_error"}, int or float, default="one_standard_error"
        Which network of the path becomes the answer.

        - `"one_standard_error"`: the smallest whose fidelity is within one standard error of the
          best; the standard error is that of the best, with two agreements and two disagreements
          added to those that were found (Agresti and Coull, The American Statistician 52, 1998): a
          perfect score proves little, so one row (of 13 or more) is conceded to it;
        - a float: the smallest with at least that fidelity;
        - an int: that with the nearest number of parameters.
    validation_fraction : float, default=0.3
        Share of the rows held back, for fidelity along the path.
    random_state : int, RandomState instance or None, default=None
        Seed of the network's training (where the network leaves it open) and of what is held back.

    Attributes
    ----------
    estimator_ : estimator
        The fitted network.
    network_ : DenseNetwork
        The network as a differentiable function.
    pruned_network_ : DenseNetwork
        What is left of it.
    n_parameters_ : int
        How many of its weights and biases are not 0.
    complexity_ : int
        Its complexity, as `complexity_score` counts it.
    expression_ : sympy.Expr or dict
        Its latent in sympy, in raw units and with the names of the inputs; by class label for more
        than two classes.  Only where no more than 5000 parameters are left; see `to_sympy`.
    path_ : DataFrame
        The path, falling in `n_parameters`: complexity, fidelity on held-back rows with its standard
        error (with two agreements and two disagreements added, as for `selection`), accuracy on them
        where labels were given, the network, and whether it was chosen.
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

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import PrunedSurrogate
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> network = MLPClassifier((8,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
    >>> surrogate = PrunedSurrogate(network, selection=0.95, random_state=0).fit(X, y == 2)
    >>> surrogate.n_parameters_ < 20, surrogate.score(X) > 0.9
    (True, True)
    """

    classes_: Any

    def decision_function(self, X: Any) -> Array:
        """Latent of the second class, or of each against the rest when there are more than two.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Log-odds.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import PrunedSurrogate
        >>> X, y = load_iris(return_X_y=True)
        >>> network = MLPClassifier((5,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
        >>> surrogate = PrunedSurrogate(network, n_steps=20, random_state=0).fit(X, y == 2)
        >>> (surrogate.decision_function(X[[0, 149]]) > 0).tolist()
        [False, True]
        """
        rows = self._rows(X)
        odds = [self.pruned_network_.latent(rows, target) for target in self._targets()]
        return odds[0] if len(odds) == 1 else np.column_stack(odds)

    def predict_proba(self, X: Any) -> Array:
        """Probabilities that the pruned network gives.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes_`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import PrunedSurrogate
        >>> X, y = load_iris(return_X_y=True)
        >>> network = MLPClassifier((5,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
        >>> surrogate = PrunedSurrogate(network, n_steps=20, random_state=0).fit(X, y == 2)
        >>> surrogate.predict_proba(X).shape
        (150, 2)
        >>> (surrogate.predict_proba(X[[0, 149]])[:, 1] > 0.5).tolist()
        [False, True]
        """
        rows = self._rows(X)
        probabilities: Array = self.pruned_network_.predict_proba(rows)
        return probabilities

    def _targets(self) -> list[Any]:
        return [None] if len(self.classes_) == 2 else self.classes_.tolist()

    def _agreement(self, answers: Array, others: Array) -> NDArray[np.float64]:
        return np.asarray(answers == others, dtype=np.float64)

    def _standard_error(self, agreement: NDArray[np.float64]) -> float:
        return agreement_error(float(agreement.mean()), len(agreement))

    def _accuracy(self, labels: Array, answers: Array) -> dict[str, float]:
        return {"accuracy": float(accuracy_score(labels, answers))}


class PrunedSurrogateRegressor(NetworkRegressorMixin, RegressorMixin, BasePrunedSurrogate):  # type: ignore[misc]
    """The network with all parameters taken away that its values can do without.

    As `PrunedSurrogate`, with R² for fidelity.

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPRegressor`, alone or at the end of a pipeline.  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPRegressor(hidden_layer_sizes=(60, 60), activation="tanh")` behind a `StandardScaler`.
    criterion : {"effect", "magnitude"}, default="effect"
        What matters least; see `PrunedSurrogate`.
    n_steps : int, default=50
        Largest length of the path: each step leaves the same share of the parameters, but takes away
        at least one, so a network with few of them has a shorter path.
    refit : bool, default=True
        Whether the parameters that are left are fitted to the network's latents after each step, by
        L-BFGS on up to 1000 of the rows.
    refit_steps : int, default=50
        Steps of each such fit.
    selection : {"one_standard_error"}, int or float, default=0.99
        Which network of the path becomes the answer; see `PrunedSurrogate`.
    validation_fraction : float, default=0.3
        Share of the rows held back, for fidelity along the path.
    random_state : int, RandomState instance or None, default=None
        Seed of the network's training (where the network leaves it open) and of what is held back.

    Attributes
    ----------
    estimator_ : estimator
        The fitted network.
    network_ : DenseNetwork
        The network as a differentiable function.
    pruned_network_ : DenseNetwork
        What is left of it.
    n_parameters_ : int
        How many of its weights and biases are not 0.
    complexity_ : int
        Its complexity, as `complexity_score` counts it.
    expression_ : sympy.Expr or dict
        Its latent in sympy, in raw units and with the names of the inputs; by position for more than
        one output.  Only where no more than 5000 parameters are left; see `to_sympy`.
    path_ : DataFrame
        The path, falling in `n_parameters`: complexity, fidelity on held-back rows with its standard
        error (with one disagreement added), R² to the values there, where some were given (`r2`, as in
        a comparison), the network, and whether it was chosen.
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
    >>> from skinterpret import PrunedSurrogateRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 4))
    >>> network = MLPRegressor(
    ...     hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0
    ... )
    >>> surrogate = PrunedSurrogateRegressor(network, random_state=0)
    >>> surrogate.fit(X, np.tanh(2 * X[:, 0] - X[:, 1])).n_parameters_ <= 8
    True
    """

    def __init__(
        self,
        estimator: Any = None,
        *,
        criterion: str = "effect",
        n_steps: int = 50,
        refit: bool = True,
        refit_steps: int = 50,
        selection: Any = 0.99,
        validation_fraction: float = 0.3,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            estimator,
            criterion=criterion,
            n_steps=n_steps,
            refit=refit,
            refit_steps=refit_steps,
            selection=selection,
            validation_fraction=validation_fraction,
            random_state=random_state,
        )

    def _targets(self) -> list[Any]:
        return [None] if self.n_outputs_ == 1 else list(range(self.n_outputs_))

    def _agreement(self, answers: Array, others: Array) -> NDArray[np.float64]:
        variance = answers.var(axis=0)
        squared = (answers - others) ** 2 / np.where(variance > 0, variance, 1.0)
        return np.asarray(1 - squared.reshape(len(answers), -1).mean(axis=1))

    def _standard_error(self, agreement: NDArray[np.float64]) -> float:
        # one row without agreement more than there are: a perfect score proves little
        return float(np.append(agreement, 0.0).std() / np.sqrt(len(agreement)))

    def _accuracy(self, labels: Array, answers: Array) -> dict[str, float]:
        return {"r2": float(r2_score(labels, answers)) if len(labels) > 1 else np.nan}

"""`PrunedSurrogate`: what is left of a network when all that it can do without is taken away."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skinterpret._sklearn import (
    Interval,
    StrOptions,
    fit_context,
    validate_parameter_constraints,
)
from skinterpret.base import ESTIMATOR, NetworkClassifierMixin, NetworkRegressorMixin
from skinterpret.expressions.latex import to_latex
from skinterpret.metrics import complexity_score
from skinterpret.network import DenseNetwork
from skinterpret.network.formula import to_sympy
from skinterpret.network.parameters import (
    flat_parameters,
    flatten,
    last_values,
    parameter_effects,
    refit_parameters,
    remove_parameters,
    without_idle_units,
)
from skinterpret.surrogates.selection import agreement_error
from skinterpret.surrogates.whole_numbers import WholeNumbers

Array = NDArray[Any]

MOST_REFITTED = 1000  # rows
READABLE = 100  # parameters


class BasePrunedSurrogate(BaseEstimator):  # type: ignore[misc]
    """What the pruned networks for classes and for values share."""

    network_: Any
    n_features_in_: int
    _fit_network: Any

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": ESTIMATOR,
        "criterion": [StrOptions({"effect", "magnitude"})],
        "n_steps": [Interval(Integral, 2, None, closed="left")],
        "refit": ["boolean"],
        "refit_steps": [Interval(Integral, 1, None, closed="left")],
        "selection": [
            StrOptions({"one_standard_error"}),
            WholeNumbers(0),
            Interval(Real, 0, 1, closed="neither"),
        ],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        criterion: str = "effect",
        n_steps: int = 50,
        refit: bool = True,
        refit_steps: int = 50,
        selection: Any = "one_standard_error",
        validation_fraction: float = 0.3,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.criterion = criterion
        self.n_steps = n_steps
        self.refit = refit
        self.refit_steps = refit_steps
        self.selection = selection
        self.validation_fraction = validation_fraction
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None) -> BasePrunedSurrogate:
        """Fit or take the network, and prune it step by step.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Labels or values; not needed when the network is trained and frozen, but then the path
            tells no accuracy.

        Returns
        -------
        BasePrunedSurrogate
            The fitted surrogate itself.
        """
        rng = check_random_state(self.random_state)
        rows = self._fit_network(X, y)
        order = rng.permutation(len(rows))
        n_held_back = min(max(1, round(self.validation_fraction * len(rows))), len(rows) - 1)
        held_back, kept = order[:n_held_back], order[n_held_back:]
        networks = self._prune(rows[kept])
        answers = self.network_.predict(rows[held_back])
        labels = None if y is None else np.asarray(y).reshape(len(rows), *answers.shape[1:])[held_back]
        table = pd.DataFrame([self._judge(network, rows[held_back], answers, labels) for network in networks])
        table["network"] = pd.Series(networks, dtype=object)
        self.path_ = table.drop_duplicates("n_parameters", keep="last", ignore_index=True)
        return self.select(self.selection)

    def select(self, selection: Any) -> BasePrunedSurrogate:
        """Let another network of the path be the answer, without pruning again.

        Parameters
        ----------
        selection : {"one_standard_error"}, int or float
            Which one, as for the parameter of that name.

        Returns
        -------
        BasePrunedSurrogate
            The surrogate itself, with another network.

        Raises
        ------
        ValueError
            If it is none of these.
        """
        check_is_fitted(self, "path_")
        validate_parameter_constraints(
            {"selection": self._parameter_constraints["selection"]},
            {"selection": selection},
            caller_name=f"{type(self).__name__}.select",
        )
        position = _choose(self.path_, selection)
        self.path_ = self.path_.assign(chosen=np.arange(len(self.path_)) == position)
        self.pruned_network_ = self.path_["network"].iloc[position]
        self.n_parameters_ = int(self.path_["n_parameters"].iloc[position])
        self.complexity_ = int(self.path_["complexity"].iloc[position])
        return self

    @property
    def expression_(self) -> Any:
        """The pruned network's latent in sympy; absent with more than 100 parameters, see `to_sympy`."""
        check_is_fitted(self)
        try:
            return self.to_sympy()
        except ValueError as error:
            raise AttributeError(str(error)) from error

    def to_sympy(self, *, max_parameters: int = READABLE) -> Any:
        """Write the pruned network as a formula: its latent, exactly, in raw units.

        Parameters
        ----------
        max_parameters : int, default=100
            More of them are refused: nobody reads such a formula, and sympy takes long to build it.

        Returns
        -------
        sympy.Expr or dict of sympy.Expr
            The formula: the logit of the second class, or the value; for more than two classes the
            log-odds of each, and for more than one value each of them.

        Raises
        ------
        ValueError
            If too many parameters are left.
        TypeError
            If the network has an activation, or something before its first layer, that is not
            written.
        """
        check_is_fitted(self)
        if self.n_parameters_ > max_parameters:
            raise ValueError(
                f"The pruned network has {self.n_parameters_} parameters, more than the {max_parameters} "
                "that are written as a formula; take a smaller one by select, or write this one by "
                f"to_sympy(max_parameters={self.n_parameters_})."
            )
        names = self._input_names()
        formulas = {target: to_sympy(self.pruned_network_, names, target) for target in self._targets()}
        return formulas if len(formulas) > 1 else next(iter(formulas.values()))

    def to_latex(self) -> Any:
        """Write the pruned network's formula in LaTeX.

        Returns
        -------
        str or dict of str
            The formula, without dollar signs.
        """
        formula = self.to_sympy()
        if isinstance(formula, dict):
            return {target: to_latex(one) for target, one in formula.items()}
        return to_latex(formula)

    def predict(self, X: Any) -> Array:
        """Answer as the pruned network does.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Class labels or values.
        """
        rows = self._rows(X)
        answers: Array = self.pruned_network_.predict(rows)
        return answers

    def _targets(self) -> list[Any]:
        raise NotImplementedError

    def _agreement(self, answers: Array, others: Array) -> NDArray[np.float64]:
        """Agreement of two answers to each row, whose mean over the rows is the fidelity."""
        raise NotImplementedError

    def _standard_error(self, agreement: NDArray[np.float64]) -> float:
        """Of their mean."""
        raise NotImplementedError

    def _accuracy(self, labels: Array, answers: Array) -> dict[str, float]:
        raise NotImplementedError

    def _prune(self, rows: NDArray[np.float64]) -> list[DenseNetwork]:
        """Take away parameters step by step, the least important of those that are left."""
        network = without_idle_units(self.network_)
        networks = [network]
        latents = last_values(self.network_, rows)[:MOST_REFITTED]
        most = max(int(np.count_nonzero(flat_parameters(network))), 1)
        for n_left in np.unique(np.geomspace(1, most, self.n_steps).astype(int))[-2::-1]:
            importance = self._importance(network, rows)
            gone = np.zeros(len(importance), dtype=bool)
            gone[np.argsort(importance, kind="stable")[: len(importance) - n_left]] = True
            network = without_idle_units(remove_parameters(network, rows, gone))
            if self.refit and flat_parameters(network).any():
                network = refit_parameters(network, rows[:MOST_REFITTED], latents, max_iter=self.refit_steps)
            networks.append(network)
        return networks

    def _importance(self, network: DenseNetwork, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.criterion == "magnitude":
            return np.abs(flat_parameters(network))
        importance = flatten(*parameter_effects(network, rows))
        # one without effect on these rows still goes after those that are gone already
        importance[flat_parameters(network) == 0] = -1.0
        return importance

    def _judge(
        self, network: DenseNetwork, rows: NDArray[np.float64], answers: Array, labels: Array | None
    ) -> dict[str, Any]:
        predicted = network.predict(rows)
        agreement = self._agreement(answers, predicted)
        return {
            "n_parameters": int(np.count_nonzero(flat_parameters(network))),
            "complexity": complexity_score(network),
            "fidelity": float(agreement.mean()),
            "standard_error": self._standard_error(agreement),
        } | ({} if labels is None else self._accuracy(labels, predicted))


class PrunedSurrogate(NetworkClassifierMixin, ClassifierMixin, BasePrunedSurrogate):  # type: ignore[misc]
    """The network with all parameters taken away that its decisions can do without.

    Parameters are set to 0 in growing number, those first that matter least, and what a weight passed on
    for the average row is added to its unit's bias; after each step units that do nothing any more
    are taken out too.  The fewest are kept whose fidelity on held-back rows is within a
    standard error of the best, and if they are few, the network that they make up is
    written out as a formula, exactly.

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
        than two classes.  Only where no more than 100 parameters are left; see `to_sympy`.
    path_ : DataFrame
        The path, falling in `n_parameters`: complexity, fidelity on held-back rows with its standard
        error (with one disagreement added), accuracy on them where labels were given, the network,
        and whether it was chosen.
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
        one output.  Only where no more than 100 parameters are left; see `to_sympy`.
    path_ : DataFrame
        The path, falling in `n_parameters`: complexity, fidelity on held-back rows with its standard
        error (with one disagreement added), R² on them where values were given (`r2`), the network,
        and whether it was chosen.
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


def _choose(table: pd.DataFrame, selection: Any) -> int:
    fidelity = table["fidelity"].to_numpy()
    if selection == "one_standard_error":
        best = fidelity.argmax()
        enough = fidelity >= fidelity[best] - table["standard_error"].to_numpy()[best]
    elif isinstance(selection, Integral):
        return int(np.abs(table["n_parameters"].to_numpy() - selection).argmin())
    else:
        enough = fidelity >= selection
    return int(np.flatnonzero(enough)[-1]) if enough.any() else 0

"""What the pruned networks for classes and for values share: the path, and the choice on it."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skinterpret._sklearn import (
    Interval,
    StrOptions,
    fit_context,
    validate_parameter_constraints,
)
from skinterpret.base import ESTIMATOR
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
from skinterpret.surrogates.whole_numbers import WholeNumbers

Array = NDArray[Any]

MOST_REFITTED = 1000  # rows
WRITTEN = 5000  # parameters: sympy writes as many in a few seconds


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
            WholeNumbers(1),
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

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import PrunedSurrogate
        >>> X, y = load_iris(return_X_y=True)
        >>> network = MLPClassifier((5,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
        >>> surrogate = PrunedSurrogate(network, n_steps=20, random_state=0).fit(X, y == 2)
        >>> surrogate.select(5).n_parameters_ < 10  # the number nearest to it
        True
        >>> surrogate.select(0.8).score(X) > 0.8  # the smallest network of that fidelity
        True
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
        """The pruned network's latent in sympy; absent with more than 5000 parameters, see `to_sympy`."""
        check_is_fitted(self)
        try:
            return self.to_sympy()
        except ValueError as error:
            raise AttributeError(str(error)) from error

    def to_sympy(self, *, max_parameters: int = WRITTEN) -> Any:
        """Write the pruned network as a formula: its latent, exactly, in raw units.

        Parameters
        ----------
        max_parameters : int, default=5000
            More of them are refused: sympy takes long to build such a formula.

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

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import PrunedSurrogateRegressor
        >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 3))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
        >>> surrogate = PrunedSurrogateRegressor(network, random_state=0)
        >>> surrogate = surrogate.fit(X, 3 * X[:, 0] - 2 * X[:, 1] + 0.5)  # the third input does not matter
        >>> surrogate.to_sympy().n(3)
        3.0*x0 - 2.0*x1 + 0.5
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

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import PrunedSurrogateRegressor
        >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 3))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
        >>> surrogate = PrunedSurrogateRegressor(network, random_state=0)
        >>> surrogate = surrogate.fit(X, 3 * X[:, 0] - 2 * X[:, 1] + 0.5)  # the third input does not matter
        >>> surrogate.to_latex()
        '... x_{0} - ... x_{1} + 0...'
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

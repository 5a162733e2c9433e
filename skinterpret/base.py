"""What surrogates and probes share: fitting or taking the network, and fidelity as score."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier, is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skinterpret.metrics import fidelity_score
from skinterpret.network import as_network, check_readable
from skinterpret.network.outputs import MultilabelOutput


class NetworkMixin:
    """Fit or take the network behind an estimator."""

    estimator: Any
    estimator_: Any
    random_state: Any

    def _fit_network(self, X: Any, y: Any) -> Any:
        """Validate the data, set `estimator_`, `network_` and what it answers; return X as an array.

        Everything that can be refused is refused before the network is trained.
        """
        trained = isinstance(self.estimator, FrozenEstimator)
        if self.estimator is not None:
            check_readable(self.estimator)
            self._refuse_estimator()
        if y is None and trained:
            rows = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        else:
            rows, y = validate_data(
                self, X, y, dtype=np.float64, ensure_min_samples=2, **self._target_validation()
            )
            self._refuse_target(y)
        if trained:
            self.estimator_ = self.estimator
        else:
            self.estimator_ = self._unfitted_network()
            self.estimator_.fit(X, y)
        self.network_ = as_network(self.estimator_)
        if self.network_.n_features_in != rows.shape[1]:
            raise ValueError(
                f"X has {rows.shape[1]} features, but the trained network expects "
                f"{self.network_.n_features_in}; pass the columns it was trained on."
            )
        self._take_outputs()
        return rows

    def _refuse_estimator(self) -> None:
        raise NotImplementedError

    def _target_validation(self) -> dict[str, Any]:
        raise NotImplementedError

    def _refuse_target(self, y: Any) -> None:
        raise NotImplementedError

    def _take_outputs(self) -> None:
        raise NotImplementedError

    def _default_network(self) -> Any:
        raise NotImplementedError

    def _unfitted_network(self) -> Any:
        network = self._default_network() if self.estimator is None else clone(self.estimator)
        rng = check_random_state(self.random_state)
        seeds = {
            name: rng.randint(np.iinfo(np.int32).max)
            for name, value in sorted(network.get_params().items())
            if name.split("__")[-1] == "random_state" and value is None
        }
        return network.set_params(**seeds)


class NetworkClassifierMixin(NetworkMixin):
    """Fit or take the network behind a surrogate classifier, and score by fidelity."""

    classes_: Any
    predict: Any

    def _refuse_estimator(self) -> None:
        if is_regressor(self.estimator):
            raise ValueError(
                f"{type(self).__name__} explains a classifier, but estimator is a regressor; "
                "pass an MLPClassifier."
            )

    def _target_validation(self) -> dict[str, Any]:
        return {}

    def _refuse_target(self, y: Any) -> None:
        check_classification_targets(y)
        classes = np.unique(y)
        if len(classes) == 1:
            raise ValueError(
                f"y holds one class only ({classes[0]}); a decision rule needs samples of two classes."
            )

    def _take_outputs(self) -> None:
        self.classes_ = self.network_.classes
        if isinstance(self.network_.output, MultilabelOutput):
            raise ValueError(
                "The trained network gives several labels at once; train one network for each label."
            )

    def _default_network(self) -> Any:
        return default_network()

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Fidelity: the share of rows to which the surrogate gives the network's class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Ignored; `scoring="accuracy"` compares with labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        float
            Fidelity, from 0 to 1.
        """
        check_is_fitted(self)
        return fidelity_score(
            self.network_labels(X),
            self.predict(X),
            sample_weight=sample_weight,  # type: ignore[attr-defined]
        )

    def network_labels(self, X: Any) -> Any:
        """Classes that the network gives.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            The network's classes.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return self.network_.predict(rows)


class NetworkRegressorMixin(NetworkMixin):
    """Fit or take the network behind a surrogate regressor, and score by fidelity."""

    predict: Any

    def _refuse_estimator(self) -> None:
        if is_classifier(self.estimator):
            raise ValueError(
                f"{type(self).__name__} explains a regressor, but estimator is a classifier; "
                "pass an MLPRegressor."
            )

    def _target_validation(self) -> dict[str, Any]:
        return {"multi_output": True, "y_numeric": True}

    def _refuse_target(self, y: Any) -> None:
        if np.ptp(y, axis=0).min() == 0:
            raise ValueError("y holds one value only; there is nothing to explain.")

    def _take_outputs(self) -> None:
        self.n_outputs_ = self.network_.biases[-1].shape[0]

    def _default_network(self) -> Any:
        return default_regression_network()

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Fidelity: R² of the surrogate's values, the network's taken for the truth.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Ignored; `scoring="r2"` compares with labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        Returns
        -------
        float
            Fidelity, at most 1.
        """
        check_is_fitted(self)
        return float(r2_score(self.network_values(X), self.predict(X), sample_weight=sample_weight))

    def network_values(self, X: Any) -> Any:
        """Values that the network gives.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The network's values.
        """
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float64, reset=False)
        return self.network_.predict(rows)


def default_network() -> BaseEstimator:
    """Make the network that `estimator=None` stands for.

    Returns
    -------
    Pipeline
        `MLPClassifier((60, 60), activation="tanh")` behind a `StandardScaler`.

    Examples
    --------
    >>> from skinterpret.base import default_network
    >>> default_network()[-1].hidden_layer_sizes
    (60, 60)
    """
    return make_pipeline(StandardScaler(), MLPClassifier((60, 60), activation="tanh", max_iter=500))


def default_regression_network() -> BaseEstimator:
    """Make the network that `estimator=None` stands for in regression.

    Returns
    -------
    Pipeline
        `MLPRegressor(hidden_layer_sizes=(60, 60), activation="tanh")` behind a `StandardScaler`.

    Examples
    --------
    >>> from skinterpret.base import default_regression_network
    >>> default_regression_network()[-1].hidden_layer_sizes
    (60, 60)
    """
    # hidden_layer_sizes by name: newer versions of scikit-learn have the loss in the first place
    network = MLPRegressor(hidden_layer_sizes=(60, 60), activation="tanh", max_iter=500)
    return make_pipeline(StandardScaler(), network)

"""What surrogates and probes share: fitting or taking the network, and fidelity as score."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from skinterpret.metrics import fidelity_score
from skinterpret.network import as_network, check_readable


class NetworkClassifierMixin:
    """Fit or take the network behind a surrogate classifier, and score by fidelity."""

    estimator: Any
    estimator_: Any
    random_state: Any
    classes_: Any
    predict: Any

    def _fit_network(self, X: Any, y: Any) -> Any:
        """Validate the data, set `estimator_`, `network_` and `classes_`; return X as an array.

        Everything that can be refused is refused before the network is trained.
        """
        trained = isinstance(self.estimator, FrozenEstimator)
        if self.estimator is not None:
            check_readable(self.estimator)
            if is_regressor(self.estimator):
                raise ValueError(
                    f"{type(self).__name__} explains a classifier, but estimator is a regressor; "
                    "pass an MLPClassifier."
                )
        if y is None and trained:
            rows = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        else:
            rows, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
            check_classification_targets(y)
            _refuse_other_than_two_classes(y)
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
        self.classes_ = self.network_.classes
        if len(self.classes_) != 2:
            raise ValueError(
                f"The trained network tells {len(self.classes_)} classes apart, but only binary "
                "classification is supported; pass a network for two classes."
            )
        return rows

    def _unfitted_network(self) -> Any:
        network = default_network() if self.estimator is None else clone(self.estimator)
        rng = check_random_state(self.random_state)
        seeds = {
            name: rng.randint(np.iinfo(np.int32).max)
            for name, value in sorted(network.get_params().items())
            if name.split("__")[-1] == "random_state" and value is None
        }
        return network.set_params(**seeds)

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


def _refuse_other_than_two_classes(y: Any) -> None:
    classes = np.unique(y)
    if len(classes) == 1:
        raise ValueError(
            f"y holds one class only ({classes[0]}); a decision rule needs samples of two classes."
        )
    kind = type_of_target(y, input_name="y", raise_unknown=True)
    if kind != "binary":
        raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")

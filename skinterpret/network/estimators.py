"""scikit-learn estimators around networks that were trained elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.readers import as_network
from skinterpret.network.readers.registry import is_foreign, read_network
from skinterpret.network.smoothing import SmoothedNetwork


class _TrainedNetwork(BaseEstimator):  # type: ignore[misc]
    """What reads the network, which is never trained here."""

    network: Any

    @property
    def n_features_in_(self) -> int:
        """Number of inputs."""
        return int(self._read().n_features_in)

    def fit(self, X: Any, y: Any = None) -> Any:
        """Leave the network as it is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Ignored.
        y : array-like of shape (n_samples,), default=None
            Ignored.

        Returns
        -------
        estimator
            The estimator itself.
        """
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Predict as the network does.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Class labels, or values.
        """
        predicted: NDArray[Any] = self._read().predict(X)
        return predicted

    def _read(self) -> Any:
        raise NotImplementedError

    def __sklearn_is_fitted__(self) -> bool:
        return True


class NetworkClassifier(ClassifierMixin, _TrainedNetwork):  # type: ignore[misc]
    """A trained network of any framework as a fitted scikit-learn classifier.

    It lets a network from elsewhere stand where an estimator is asked for, as in
    `SymbolicSurrogate(FrozenEstimator(NetworkClassifier(module)))`.  `fit` does not train.

    Parameters
    ----------
    network : object
        A trained classifier that `as_network` reads: a torch, Keras or ONNX network, a `DenseNetwork`,
        or one that `smooth` has smoothed.
    output : {"binary", "softmax", "multilabel"}, default=None
        What its outputs mean, as for `as_network`.
    classes : sequence, default=None
        Class labels, as for `as_network`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of inputs.

    Raises
    ------
    TypeError
        When it is used, if the network cannot be read or is no classifier.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.network import NetworkClassifier, as_network
    >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    >>> network = as_network(MLPClassifier((8,), max_iter=2000, random_state=0).fit(X, X[:, 0] > 0))
    >>> classifier = NetworkClassifier(network)
    >>> classifier.score(X, X[:, 0] > 0) > 0.9
    True
    """

    def __init__(
        self, network: Any, *, output: str | None = None, classes: Sequence[Any] | None = None
    ) -> None:
        self.network = network
        self.output = output
        self.classes = classes

    @property
    def classes_(self) -> NDArray[Any]:
        """Class labels."""
        return np.asarray(self._read().classes)

    def predict_proba(self, X: Any) -> NDArray[Any]:
        """Compute class probabilities as the network does.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes_`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import NetworkClassifier, as_network
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> classifier = NetworkClassifier(as_network(model.fit(X, y)))
        >>> classifier.predict_proba(X).shape
        (150, 3)
        """
        probabilities: NDArray[Any] = self._read().predict_proba(X)
        return probabilities

    def _read(self) -> Any:
        network = as_network(self.network, output=self.output, classes=self.classes)
        if network.classes is None:
            raise TypeError("The network is a regressor; use NetworkRegressor.")
        return network


class NetworkRegressor(RegressorMixin, _TrainedNetwork):  # type: ignore[misc]
    """A trained network of any framework as a fitted scikit-learn regressor.

    Parameters
    ----------
    network : object
        A trained network that `as_network` reads.  The outputs of one of torch, Keras or ONNX are
        taken for values.

    Attributes
    ----------
    n_features_in_ : int
        Number of inputs.

    Raises
    ------
    TypeError
        When it is used, if the network cannot be read or is a classifier.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import NetworkRegressor, as_network
    >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", random_state=0)
    >>> NetworkRegressor(as_network(model.fit(X, X[:, 0]))).score(X, X[:, 0]) > 0.9
    True
    """

    def __init__(self, network: Any) -> None:
        self.network = network

    def _read(self) -> Any:
        network = as_network(self.network, output="regression" if is_foreign(self.network) else None)
        if network.classes is not None:
            raise TypeError("The network is a classifier; use NetworkClassifier.")
        return network


def is_network(value: Any) -> bool:
    """Tell whether something is a trained network and no estimator of scikit-learn.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    bool
        Whether it is a `DenseNetwork`, smoothed or not, or of torch, Keras or ONNX.
    """
    return isinstance(value, DenseNetwork | SmoothedNetwork) or is_foreign(value)


def as_estimator(
    network: Any, foreign_as: type[NetworkClassifier] | type[NetworkRegressor]
) -> NetworkClassifier | NetworkRegressor:
    """Put a trained network into an estimator.

    Parameters
    ----------
    network : object
        A network for which `is_network` holds.
    foreign_as : type
        Kind of estimator where the network does not say what it is.

    Returns
    -------
    NetworkClassifier or NetworkRegressor
        The estimator, which is fitted.
    """
    if is_foreign(network):
        return foreign_as(network)
    return NetworkRegressor(network) if network.classes is None else NetworkClassifier(network)


@read_network.register(NetworkClassifier)
@read_network.register(NetworkRegressor)
def _read_estimator(estimator: Any) -> Any:
    return estimator._read()

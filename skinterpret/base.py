"""What surrogates and probes share: fitting or taking the network, and fidelity as score."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier, is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_consistent_length, check_random_state, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skinterpret._sklearn import HasMethods
from skinterpret.metrics import fidelity_score
from skinterpret.network import as_network, check_readable
from skinterpret.network.estimators import NetworkClassifier, NetworkRegressor, as_estimator, is_network
from skinterpret.network.outputs import MultilabelOutput
from skinterpret.network.readers import (
    check_encoded,
    has_encoder,
    imputer_in,
    refuse_words,
    split_encoder,
)


class TrainedNetwork(HasMethods):  # type: ignore[misc]
    """What may stand for an estimator without being one: a trained network that `as_network` reads."""

    def __init__(self) -> None:
        super().__init__(["predict"])

    def is_satisfied_by(self, value: Any) -> bool:
        """Tell whether a value is one; see scikit-learn's constraints."""
        return is_network(value)

    def __str__(self) -> str:
        return "a trained network that as_network reads (a DenseNetwork, or one of torch, Keras or ONNX)"


ESTIMATOR = [HasMethods(["fit", "predict"]), TrainedNetwork(), None]  # what `estimator` may be


class NetworkMixin:
    """Fit or take the network behind an estimator."""

    estimator: Any
    estimator_: Any
    random_state: Any
    n_features_in_: int
    encoder_: Any
    _foreign_as: type[NetworkClassifier] | type[NetworkRegressor]  # what outputs of other frameworks mean

    @property
    def _given(self) -> Any:
        """The estimator; around a network that is none, one that is trained already."""
        if not is_network(self.estimator):
            return self.estimator
        return FrozenEstimator(as_estimator(self.estimator, self._foreign_as))

    def _fit_network(self, X: Any, y: Any) -> Any:
        """Validate the data, set `estimator_`, `network_` and what it answers; return X as an array.

        Everything that can be refused is refused before the network is trained.
        """
        trained = isinstance(self._given, FrozenEstimator)
        if self._given is not None:
            self._check_readable()
            self._refuse_estimator()
        refuse_words(self._given, X)
        if y is None and not trained:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but the target y is None; a "
                "network that is trained already goes into a FrozenEstimator."
            )
        if y is None:
            rows = self._validate_rows(X, ensure_min_samples=2)
        else:
            rows, y = self._validate_rows(X, y, ensure_min_samples=2, **self._target_validation())
            self._refuse_target(y)
        if trained:
            self.estimator_ = self._given
        else:
            self.estimator_ = self._unfitted_network()
            self.estimator_.fit(X, y)
        self.encoder_ = None
        self.network_ = self._read_network()
        rows = self._encode(rows)
        if self.network_.n_features_in != rows.shape[1]:
            raise ValueError(
                f"X has {rows.shape[1]} features, but the trained network expects "
                f"{self.network_.n_features_in}; pass the columns it was trained on."
            )
        self._take_outputs()
        if trained and y is not None:
            self._refuse_answers(y)
        return rows

    def _check_readable(self) -> None:
        if has_encoder(self._given):
            check_encoded(self._given)
        else:
            check_readable(self._given)

    def _read_network(self) -> Any:
        """Read the network; where categories stand before it, set `encoder_` as well."""
        if not has_encoder(self.estimator_):
            return as_network(self.estimator_)
        self.encoder_, network = split_encoder(self.estimator_)
        return network

    def _rows(self, X: Any) -> Any:
        """Validate rows after fitting, and encode them as the network takes them."""
        check_is_fitted(self)
        return self._encode(self._validate_rows(X, reset=False))

    def _encode(self, rows: Any) -> Any:
        return rows if self.encoder_ is None else self.encoder_.transform(rows)

    def _validate_rows(self, X: Any, y: Any = "no_validation", **settings: Any) -> Any:
        if self._given is None or not has_encoder(self._given):
            return self._validate_finite(X, y, **settings)
        # rows with categories are the encoder's to judge
        reset = settings.get("reset", True)
        if isinstance(y, str) and y == "no_validation":
            return validate_data(self, X, reset=reset, skip_check_array=True)
        check_consistent_length(X, y)
        return validate_data(self, X, reset=reset, skip_check_array=True), column_or_1d(y, warn=True)

    def _validate_finite(self, X: Any, y: Any, **settings: Any) -> Any:
        """Validate numbers; on gaps scikit-learn's message would advise an imputer."""
        imputer = imputer_in(self._given)
        if imputer is None:
            return validate_data(self, X, y, dtype=np.float64, **settings)
        valid = validate_data(self, X, y, dtype=np.float64, ensure_all_finite="allow-nan", **settings)
        has_gaps = np.isnan(valid[0] if isinstance(valid, tuple) else valid).any(axis=0)
        if has_gaps.any():
            names = getattr(self, "feature_names_in_", [f"x{j}" for j in range(len(has_gaps))])
            raise gaps_error(np.asarray(names)[has_gaps], imputer)
        return valid

    def _input_names(self) -> list[str]:
        """Names of what the network takes: the inputs, or the columns of the encoder."""
        if self.encoder_ is not None:
            return list(self.encoder_.names)
        names = getattr(self, "feature_names_in_", None)
        return [f"x{j}" for j in range(self.n_features_in_)] if names is None else list(names)

    def _inputs_called(self) -> str:
        """Say what the network takes: there are more indicators than columns of categories."""
        return "inputs" if self.encoder_ is None else "inputs (with indicators of categories)"

    def _refuse_estimator(self) -> None:
        raise NotImplementedError

    def _target_validation(self) -> dict[str, Any]:
        raise NotImplementedError

    def _refuse_target(self, y: Any) -> None:
        raise NotImplementedError

    def _take_outputs(self) -> None:
        raise NotImplementedError

    def _refuse_answers(self, y: Any) -> None:
        """Refuse what a trained network cannot have learned."""

    def _default_network(self) -> Any:
        raise NotImplementedError

    def _unfitted_network(self) -> Any:
        network = self._default_network() if self._given is None else clone(self._given)
        rng = check_random_state(self.random_state)
        seeds = {
            name: rng.randint(np.iinfo(np.int32).max)
            for name, value in sorted(network.get_params().items())
            if name.split("__")[-1] == "random_state" and value is None
        }
        return network.set_params(**seeds)


class ClassifierNetworkMixin(NetworkMixin):
    """Fit or take a classifying network."""

    classes_: Any
    _foreign_as = NetworkClassifier

    def _refuse_estimator(self) -> None:
        if is_regressor(self._given):
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

    def _refuse_answers(self, y: Any) -> None:
        refuse_other_labels(y, self.network_.classes)

    def _default_network(self) -> Any:
        return default_network()


class NetworkClassifierMixin(ClassifierNetworkMixin):
    """Fit or take the network behind a surrogate classifier, and score by fidelity."""

    predict: Any

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

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
        >>> surrogate = TreeSurrogate(network, n_synthetic=0, random_state=0).fit(X, y)
        >>> surrogate.network_labels(X.iloc[[0, 149]]).tolist()
        [0, 2]
        """
        rows = self._rows(X)
        return self.network_.predict(rows)


class NetworkRegressorMixin(NetworkMixin):
    """Fit or take the network behind a surrogate regressor, and score by fidelity."""

    predict: Any
    _foreign_as = NetworkRegressor

    def _refuse_estimator(self) -> None:
        if is_classifier(self._given):
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

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import PrunedSurrogateRegressor
        >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 3))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
        >>> surrogate = PrunedSurrogateRegressor(network, random_state=0)
        >>> surrogate = surrogate.fit(X, 3 * X[:, 0] - 2 * X[:, 1] + 0.5)  # the third input does not matter
        >>> surrogate.network_values([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]).round(1).tolist()
        [0.5, 1.5]
        """
        rows = self._rows(X)
        return self.network_.predict(rows)


def refuse_other_labels(y: Any, classes: Any) -> None:
    """Refuse labels of which none is a class that a trained network tells.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Labels.
    classes : ndarray of shape (n_classes,)
        The network's classes.

    Raises
    ------
    ValueError
        If no label is one of them.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.base import refuse_other_labels
    >>> refuse_other_labels(["sick", "well"], np.array([0, 1]))
    Traceback (most recent call last):
    ...
    ValueError: y holds 'sick', 'well', but the trained network tells 0, 1; pass the labels it was trained on.
    """
    known, labels = classes.tolist(), set(np.asarray(y).ravel().tolist())
    if labels.isdisjoint(known):
        raise ValueError(
            f"y holds {_shortly(sorted(labels, key=repr))}, but the trained network tells {_shortly(known)}; "
            "pass the labels it was trained on."
        )


def _shortly(labels: list[Any]) -> str:
    more = f" and {len(labels) - 5} more" if len(labels) > 5 else ""
    return ", ".join(map(repr, labels[:5])) + more


def gaps_error(columns: Sequence[Any], imputer: str | None) -> ValueError:
    """Say where rows have gaps, and what to do about it.

    Parameters
    ----------
    columns : sequence
        Names of the columns with gaps.
    imputer : str or None
        What would fill them before the network; None where nothing does.

    Returns
    -------
    ValueError
        To be raised.

    Examples
    --------
    >>> from skinterpret.base import gaps_error
    >>> print(gaps_error(["dose"], None))
    Input X contains NaN in the column 'dose'; leave rows with gaps out of X, or fill X before.
    """
    named = ", ".join(repr(str(name)) for name in columns[:5])
    more = f" and {len(columns) - 5} more" if len(columns) > 5 else ""
    filled = ""
    if imputer is not None:
        filled = f", which the network's {imputer} fills, but an explanation needs a value of every input"
    return ValueError(
        f"Input X contains NaN in the column{'' if len(columns) == 1 else 's'} {named}{more}{filled}; "
        "leave rows with gaps out of X, or fill X before."
    )


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


def make_readable_network(
    hidden_layer_sizes: int | Sequence[int] = (60, 60), *, alpha: float = 1.0, random_state: Any = None
) -> BaseEstimator:
    """Make an untrained network whose directions can be read well.

    Trained by `lbfgs` until it converges, and regularised, networks are smoother than the default ones:
    on the experiments their directions are nearer to the truth, and they are as accurate;
    `benchmarks/readability.py` has the figures.  Training takes all rows at once, so it is slower
    on very many.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(60, 60)
        Units of each hidden layer; an int stands for one layer, as in `MLPClassifier`.
    alpha : float, default=1.0
        Strength of the regularisation; more is smoother, and in the end too simple.
    random_state : int, RandomState instance or None, default=None
        Seed of the training.

    Returns
    -------
    Pipeline
        `MLPClassifier` with tanh units behind a `StandardScaler`.

    Examples
    --------
    >>> from skinterpret import SymbolicSurrogate, make_readable_network
    >>> SymbolicSurrogate(make_readable_network(), random_state=0).estimator[-1].alpha
    1.0
    """
    if isinstance(hidden_layer_sizes, int | Integral):
        hidden_layer_sizes = (int(hidden_layer_sizes),)
    network = MLPClassifier(
        tuple(hidden_layer_sizes),
        activation="tanh",
        solver="lbfgs",
        alpha=alpha,
        max_iter=5_000,  # the experiments take up to 1,600, tables a few hundred
        random_state=random_state,
    )
    return make_pipeline(StandardScaler(), network)


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
    # by name: the first parameter is `loss` from scikit-learn 1.7 on
    network = MLPRegressor(hidden_layer_sizes=(60, 60), activation="tanh", max_iter=500)
    return make_pipeline(StandardScaler(), network)

"""From fitted estimators to `DenseNetwork`: a reader for each kind, registered by type."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.validation import check_is_fitted

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.input_maps import ClippedAffineMap, ElementwiseAffineMap, InputMap
from skinterpret.network.outputs import (
    BinaryOutput,
    IndependentOutput,
    MultilabelOutput,
    Output,
    SoftmaxOutput,
)


def as_network(estimator: Any) -> DenseNetwork:
    """Read a fitted estimator into an immutable, differentiable network.

    Parameters
    ----------
    estimator : estimator
        A fitted `MLPClassifier` or `MLPRegressor`, bare, in a `FrozenEstimator`, or at the end of
        a `Pipeline` of standard, min-max, max-abs and robust scalers.

    Returns
    -------
    DenseNetwork
        The network as a function of the raw inputs.

    Raises
    ------
    TypeError
        If the estimator, or a step of the pipeline, cannot be read; the message names it.
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skinterpret.network import as_network
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), MLPClassifier((8,), random_state=0, max_iter=900))
    >>> as_network(model.fit(X, y)).gradient(X).shape
    (569, 30)
    """
    check_readable(estimator)
    return _read(estimator)


def check_readable(estimator: Any) -> None:
    """Refuse an estimator that `as_network` cannot read, fitted or not.

    Parameters
    ----------
    estimator : estimator
        What is to be read later.

    Raises
    ------
    TypeError
        If the estimator, or a step of the pipeline, cannot be read; the message names it.
    """
    if isinstance(estimator, FrozenEstimator):
        check_readable(estimator.estimator)
    elif isinstance(estimator, Pipeline):
        for name, step in estimator.steps[:-1]:
            if _read_map.dispatch(type(_thaw(step))) is _read_map.dispatch(object):
                raise TypeError(
                    f"Step {name!r} of the pipeline is a {type(_thaw(step)).__name__}, which cannot "
                    "be read; use StandardScaler, MinMaxScaler, MaxAbsScaler or RobustScaler, or "
                    "apply the step before the pipeline."
                )
        check_readable(estimator.steps[-1][1])
    elif _read.dispatch(type(estimator)) is _read.dispatch(object):
        raise TypeError(
            f"{type(estimator).__name__} cannot be read as a network; pass an MLPClassifier or an "
            "MLPRegressor, alone, in a FrozenEstimator or at the end of a Pipeline of scalers."
        )


@singledispatch
def _read(estimator: Any) -> DenseNetwork:
    raise TypeError(f"{type(estimator).__name__} cannot be read as a network.")


@_read.register
def _read_frozen(estimator: FrozenEstimator) -> DenseNetwork:
    return _read(estimator.estimator)


@_read.register(MLPClassifier)
@_read.register(MLPRegressor)
def _read_perceptron(estimator: Any) -> DenseNetwork:
    check_is_fitted(estimator, "coefs_")
    return DenseNetwork(
        tuple(estimator.coefs_),
        tuple(estimator.intercepts_),
        estimator.activation,
        _output_of(estimator),
        feature_names=_names(estimator),
    )


@_read.register
def _read_pipeline(estimator: Pipeline) -> DenseNetwork:
    check_is_fitted(estimator)
    inner = _read(estimator.steps[-1][1])
    maps = [_read_map(_thaw(step)) for _, step in estimator.steps[:-1]]
    own = tuple(input_map for input_map in maps if input_map is not None)
    names = _names(estimator) if estimator.steps[:-1] else inner.feature_names
    return DenseNetwork(
        inner.weights,
        inner.biases,
        inner.activation,
        inner.output,
        own + inner.input_maps,
        estimator.n_features_in_,
        names,
    )


def _output_of(estimator: Any) -> Output:
    if isinstance(estimator, MLPRegressor):
        return IndependentOutput(tuple(range(estimator.n_outputs_)))
    labels = tuple(estimator.classes_.tolist())
    if estimator.out_activation_ == "softmax":
        return SoftmaxOutput(labels)
    return BinaryOutput(labels) if estimator.n_outputs_ == 1 else MultilabelOutput(labels)


def _names(estimator: Any) -> tuple[str, ...] | None:
    names = getattr(estimator, "feature_names_in_", None)
    return None if names is None else tuple(names)


def _thaw(step: Any) -> Any:
    return step.estimator if isinstance(step, FrozenEstimator) else step


@singledispatch
def _read_map(step: Any) -> InputMap | None:
    raise TypeError(f"{type(step).__name__} cannot be read.")


@_read_map.register(str)
@_read_map.register(type(None))
def _read_nothing(step: Any) -> None:
    return None


@_read_map.register
def _read_standard(step: StandardScaler) -> InputMap:
    scale = np.ones(step.n_features_in_) if step.scale_ is None else step.scale_
    center = np.zeros(step.n_features_in_) if step.mean_ is None or not step.with_mean else step.mean_
    return ElementwiseAffineMap(1 / scale, -center / scale)


@_read_map.register
def _read_min_max(step: MinMaxScaler) -> InputMap:
    if step.clip:
        return ClippedAffineMap(step.scale_, step.min_, *step.feature_range)
    return ElementwiseAffineMap(step.scale_, step.min_)


@_read_map.register
def _read_max_abs(step: MaxAbsScaler) -> InputMap:
    if getattr(step, "clip", False):
        return ClippedAffineMap(1 / step.scale_, np.zeros_like(step.scale_), -1.0, 1.0)
    return ElementwiseAffineMap(1 / step.scale_, np.zeros_like(step.scale_))


@_read_map.register
def _read_robust(step: RobustScaler) -> InputMap:
    scale = np.ones(step.n_features_in_) if step.scale_ is None else step.scale_
    center = np.zeros(step.n_features_in_) if step.center_ is None else step.center_
    return ElementwiseAffineMap(1 / scale, -center / scale)

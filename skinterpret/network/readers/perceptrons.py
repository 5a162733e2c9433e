"""Readers of scikit-learn's multilayer perceptrons."""

from __future__ import annotations

from typing import Any

from sklearn.neural_network import MLPClassifier, MLPRegressor

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.outputs import (
    BinaryOutput,
    LogMeanOutput,
    MultilabelOutput,
    Output,
    RegressionOutput,
    SoftmaxOutput,
)
from skinterpret.network.readers.registry import read_network


@read_network.register(MLPClassifier)
def _read_classifier(estimator: Any) -> DenseNetwork:
    if estimator.out_activation_ == "softmax":
        return _read_layers(estimator, SoftmaxOutput(estimator.classes_))
    if estimator.n_outputs_ > 1:
        return _read_layers(estimator, MultilabelOutput(estimator.n_outputs_))
    return _read_layers(estimator, BinaryOutput(estimator.classes_))


@read_network.register(MLPRegressor)
def _read_regressor(estimator: Any) -> DenseNetwork:
    if estimator.out_activation_ == "exp":
        return _read_layers(estimator, LogMeanOutput(estimator.n_outputs_))
    return _read_layers(estimator, RegressionOutput(estimator.n_outputs_))


def _read_layers(estimator: Any, output: Output) -> DenseNetwork:
    return DenseNetwork(
        weights=tuple(estimator.coefs_),
        biases=tuple(estimator.intercepts_),
        hidden_activations=(estimator.activation,) * (len(estimator.coefs_) - 1),
        output=output,
        n_features_in=estimator.n_features_in_,
    )

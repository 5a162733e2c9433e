"""`as_network`: read whatever holds a network, with the steps before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.readers.meanings import network_of
from skinterpret.network.readers.registry import (
    check_step,
    has_reader,
    is_foreign,
    read_input_map,
    read_layers,
    read_network,
)
from skinterpret.network.smoothing import SmoothedNetwork


def as_network(
    estimator: Any, *, output: str | None = None, classes: Sequence[Any] | None = None
) -> DenseNetwork:
    """Read a fitted estimator into an immutable, differentiable network.

    Parameters
    ----------
    estimator : estimator
        A fitted `MLPClassifier` or `MLPRegressor`, bare, in a `FrozenEstimator`, or at the end of
        a `Pipeline`.  Steps before it are read where they are functions of numbers with a known
        derivative: scalers, linear projections, feature selectors, `PolynomialFeatures`,
        `SplineTransformer`, power and quantile transformers, `Normalizer`, `FunctionTransformer` of
        numpy's elementary functions, imputers, one-hot encoded numbers, and what
        `ColumnTransformer` and `FeatureUnion` put together of these.  Pipelines may be nested,
        and anything in them frozen.  A trained `torch.nn.Sequential` or `keras.Sequential` of dense,
        dropout, batch normalisation and activation layers (as they are in evaluation), or an
        `onnx.ModelProto` of such a network.  A `DenseNetwork` is its own.
    output : {"binary", "softmax", "multilabel", "regression"}, default=None
        What the outputs of a torch, Keras or ONNX network mean.  `None` tells from the last layer: one
        output is the logit of class 1 (or, behind a sigmoid, its probability); several are the classes
        of a softmax, be it there or left to the loss; several sigmoids are as many labels.
    classes : sequence, default=None
        Class labels of a torch, Keras or ONNX network, in the order of its outputs; `None` means
        0, 1, ..., or those that an ONNX graph holds.

    Returns
    -------
    DenseNetwork
        The network as a function of the raw inputs; one that `smooth` has smoothed is its own.

    Raises
    ------
    TypeError
        If the estimator, or a step of the pipeline, or a layer, cannot be read; the message names it.
        If `output` or `classes` are given for an estimator that knows them.
    ValueError
        If `output` or `classes` do not go with the network, or a weight is NaN or infinite.
    sklearn.exceptions.NotFittedError
        If the estimator, or a step of the pipeline, is not fitted.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skinterpret.network import as_network
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), MLPClassifier((8,), random_state=0, max_iter=900))
    >>> network = as_network(model.fit(X, y))
    >>> network.gradient(X).shape
    (569, 30)
    >>> network.latent(X, target=("hidden", 0, 7)).shape
    (569,)
    """
    check_readable(estimator)
    *steps, last = (step for _, step in flat_steps(estimator))
    for step in (*steps, last):
        if isinstance(step, BaseEstimator):
            check_is_fitted(step)
    network = _read(last, output, classes)
    if isinstance(network, DenseNetwork):
        _refuse_endless_weights(network)
    if isinstance(network, DenseNetwork) and network.feature_names is None:
        network = replace(network, feature_names=_names(last))
    if steps and not isinstance(network, DenseNetwork):
        raise TypeError(
            "A smoothed network has no steps before it; smooth the whole: smooth(as_network(...))."
        )
    for step in reversed(steps):
        network = replace(
            network,
            input_map=read_input_map(step).then(network.input_map),
            # steps that learn nothing may never have been fitted; they keep the number of columns
            n_features_in=getattr(step, "n_features_in_", network.n_features_in),
            feature_names=_names(step),
        )
    return network


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

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skinterpret.network import check_readable
    >>> check_readable(LogisticRegression())
    Traceback (most recent call last):
    TypeError: LogisticRegression cannot be read as a network; pass one of ...
    """
    flat = list(flat_steps(estimator))
    for _, step in flat:
        _refuse_class(step)
    for name, step in flat[:-1]:
        check_step(step, name)
    last = flat[-1][1] if flat else estimator
    if not has_reader(read_network, last) and not is_foreign(last):
        read_network(last)


def _read(model: Any, output: str | None, classes: Sequence[Any] | None) -> DenseNetwork:
    if is_foreign(model):
        return network_of(read_layers(model), output, classes)
    if output is not None or classes is not None:
        raise TypeError(
            f"{type(model).__name__} knows what its outputs mean; leave out `output` and `classes`, "
            "which are for networks of torch, Keras and ONNX."
        )
    return read_network(model)


def _refuse_class(step: Any) -> None:
    if isinstance(step, type):
        name = step.__name__
        raise TypeError(f"{name} is a class, which cannot be read until one is made of it; pass {name}().")


def _refuse_endless_weights(network: DenseNetwork) -> None:
    for number, parameters in enumerate(zip(network.weights, network.biases, strict=True)):
        if not all(np.isfinite(each).all() for each in parameters):
            raise ValueError(
                f"Layer {number} of the network, counted from 0, has weights that are NaN or infinite, as "
                "training that diverges leaves them; train it again on scaled inputs or with smaller steps."
            )


def flat_steps(estimator: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """List the steps of nested pipelines, with names as `set_params` takes them.

    Parameters
    ----------
    estimator : estimator
        A pipeline, frozen or not, or what is none.
    name : str, default=""
        Its own name.

    Yields
    ------
    tuple of str and estimator
        Name and step; the last is the network.
    """
    if isinstance(estimator, FrozenEstimator):
        yield from flat_steps(estimator.estimator, name)
    elif isinstance(estimator, Pipeline):
        for inner, step in estimator.steps:
            yield from flat_steps(step, f"{name}__{inner}" if name else inner)
    elif estimator is not None and not isinstance(estimator, str):  # a string is 'passthrough'
        yield name, estimator


def _names(step: Any) -> tuple[str, ...] | None:
    names = getattr(step, "feature_names_in_", None)
    return None if names is None else tuple(names)


@read_network.register(DenseNetwork)
@read_network.register(SmoothedNetwork)
def _read_itself(network: Any) -> Any:
    return network

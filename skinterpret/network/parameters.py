"""A network as a function of its parameters: their effects, and fitting those that are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from skinterpret.network.activations import find_activation
from skinterpret.network.dense import DenseNetwork
from skinterpret.network.outputs import SoftmaxOutput

__all__ = ["parameter_effects"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Layers:
    """What a block of rows becomes from layer to layer.

    Attributes
    ----------
    inputs : list of ndarray of shape (n_samples, n_in)
        What each layer gets.
    slopes : list of ndarray of shape (n_samples, n_units)
        Derivatives of the activations of the hidden layers.
    last : ndarray of shape (n_samples, n_outputs)
        Pre-activations of the last layer; of a softmax less their mean, which means nothing.
    """

    inputs: list[Array]
    slopes: list[Array]
    last: Array


def last_values(network: DenseNetwork, X: Any) -> Array:
    """Compute all latents of a network's outputs at once.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.

    Returns
    -------
    ndarray of shape (n_samples, n_outputs)
        Pre-activations of the last layer; of a softmax less their mean.
    """
    return _forward(network, network.input_map.transform(np.asarray(X, dtype=np.float64))).last


def parameter_effects(network: DenseNetwork, X: Any) -> tuple[list[Array], list[Array]]:
    """Estimate how far the latents would move without a parameter: first order, root mean square.

    Taking away `w` changes a latent `f` by `-w ∂f/∂w`, as long as that is little (Mozer &
    Smolensky, Skeletonization, NIPS 1988).  A weight is taken away as `remove_parameters` does it, so
    what it passes on to the average row does not count.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.

    Returns
    -------
    weights : list of ndarray of shape (n_in, n_out)
        Effect of each weight, in units of the latent.
    biases : list of ndarray of shape (n_out,)
        Effect of each bias.

    Examples
    --------
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network
    >>> from skinterpret.network.parameters import parameter_effects
    >>> X = np.random.default_rng(0).normal(size=(100, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
    >>> weights, biases = parameter_effects(as_network(model.fit(X, 3 * X[:, 0])), X)
    >>> bool(weights[0][0, 0] > 1000 * weights[0][1, 0])
    True
    """
    layers = _forward(network, network.input_map.transform(np.asarray(X, dtype=np.float64)))
    departures = [(given - given.mean(axis=0)) ** 2 for given in layers.inputs]
    squares = [np.zeros(weight.shape) for weight in network.weights]
    bias_squares = [np.zeros(bias.shape) for bias in network.biases]
    for unit in range(layers.last.shape[1]):
        seed = np.zeros(layers.last.shape)
        seed[:, unit] = 1 / np.sqrt(layers.last.size)
        for k, adjoint in enumerate(_adjoints(network, layers, seed)):
            squares[k] += departures[k].T @ adjoint**2
            bias_squares[k] += np.sum(adjoint**2, axis=0)
    weights = [np.abs(w) * np.sqrt(square) for w, square in zip(network.weights, squares, strict=True)]
    biases = [np.abs(b) * np.sqrt(square) for b, square in zip(network.biases, bias_squares, strict=True)]
    return weights, biases


def remove_parameters(network: DenseNetwork, X: Any, gone: NDArray[np.bool_]) -> DenseNetwork:
    """Set parameters to 0, and let biases pass on what weights did for the average row.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    gone : ndarray of shape (n_parameters,), dtype bool
        Which, in the order of `flat_parameters`.

    Returns
    -------
    DenseNetwork
        The network without them.
    """
    layers = _forward(network, network.input_map.transform(np.asarray(X, dtype=np.float64)))
    parameters = flat_parameters(network)
    taken = with_parameters(network, np.where(gone, parameters, 0.0))
    left = with_parameters(network, np.where(gone, 0.0, parameters))
    biases = [
        bias + given.mean(axis=0) @ weight
        for bias, given, weight in zip(left.biases, layers.inputs, taken.weights, strict=True)
    ]
    return replace(left, biases=tuple(biases))


def refit_parameters(network: DenseNetwork, X: Any, latents: Array, *, max_iter: int) -> DenseNetwork:
    """Fit the parameters that are not 0 to given latents, by least squares.

    Parameters
    ----------
    network : DenseNetwork
        Where to start.
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    latents : ndarray of shape (n_samples, n_outputs)
        What `last_values` shall be.
    max_iter : int
        Steps of L-BFGS at most.

    Returns
    -------
    DenseNetwork
        The same network with other values of its parameters; those that were 0 still are.
    """
    rows = network.input_map.transform(np.asarray(X, dtype=np.float64))
    start = flat_parameters(network)
    free = start != 0
    spread = float(np.mean((latents - latents.mean(axis=0)) ** 2)) or 1.0

    def loss(values: Array) -> tuple[float, Array]:
        parameters = start.copy()
        parameters[free] = values
        candidate = with_parameters(network, parameters)
        layers = _forward(candidate, rows)
        residual = (layers.last - latents) / (spread * latents.size)
        adjoints = _adjoints(candidate, layers, 2 * residual)
        pairs = list(zip(layers.inputs, adjoints, strict=True))
        gradient = [(given.T @ adjoint).ravel() for given, adjoint in pairs]
        gradient += [adjoint.sum(axis=0) for _, adjoint in pairs]
        value = float(np.sum(residual * (layers.last - latents)))
        return value, np.concatenate(gradient)[free]

    best = minimize(loss, start[free], jac=True, method="L-BFGS-B", options={"maxiter": max_iter})
    fitted = start.copy()
    fitted[free] = best.x
    return with_parameters(network, fitted)


def flat_parameters(network: DenseNetwork) -> Array:
    """Join all weights, then all biases, into one array.

    Parameters
    ----------
    network : DenseNetwork
        The network.

    Returns
    -------
    ndarray of shape (n_parameters,)
        The parameters.
    """
    return flatten(network.weights, network.biases)


def flatten(weights: Sequence[Array], biases: Sequence[Array]) -> Array:
    """Join arrays, one a layer, into one array.

    Parameters
    ----------
    weights : sequence of ndarray of shape (n_in, n_out)
        One number a weight.
    biases : sequence of ndarray of shape (n_out,)
        One number a bias.

    Returns
    -------
    ndarray of shape (n_parameters,)
        All of them, those of the weights first.
    """
    return np.concatenate([np.asarray(part, dtype=np.float64).ravel() for part in (*weights, *biases)])


def with_parameters(network: DenseNetwork, parameters: Array) -> DenseNetwork:
    """Put other parameters into a network.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    parameters : ndarray of shape (n_parameters,)
        What `flat_parameters` of the new network shall be.

    Returns
    -------
    DenseNetwork
        The new network.
    """
    shapes = [part.shape for part in (*network.weights, *network.biases)]
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    parts = [part.reshape(shape) for part, shape in zip(np.split(parameters, ends[:-1]), shapes, strict=True)]
    n_layers = len(network.weights)
    return replace(network, weights=tuple(parts[:n_layers]), biases=tuple(parts[n_layers:]))


def without_idle_units(network: DenseNetwork) -> DenseNetwork:
    """Set to 0 what no output depends on, and move what units without inputs give into biases.

    Parameters
    ----------
    network : DenseNetwork
        The network.

    Returns
    -------
    DenseNetwork
        The same function with fewer parameters that are not 0.
    """
    weights = [weight.astype(np.float64) for weight in network.weights]
    biases = [bias.astype(np.float64) for bias in network.biases]
    for k, name in enumerate(network.hidden_activations):
        constant = ~weights[k].any(axis=0)
        z = biases[k][None, :]
        given = np.empty_like(z)
        find_activation(name).value(z, given)
        biases[k + 1] += given[0, constant] @ weights[k + 1][constant]
        weights[k + 1][constant] = 0.0
    for k in range(len(weights) - 2, -1, -1):
        idle = ~weights[k + 1].any(axis=1)
        weights[k][:, idle] = 0.0
        biases[k][idle] = 0.0
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def _forward(network: DenseNetwork, rows: Array) -> Layers:
    inputs, slopes = [rows], []
    for weight, bias, name in zip(
        network.weights[:-1], network.biases[:-1], network.hidden_activations, strict=True
    ):
        z = inputs[-1] @ weight + bias
        value, slope = np.empty_like(z), np.empty_like(z)
        find_activation(name).value(z, value)
        find_activation(name).derivative(z, value, slope)
        inputs.append(value)
        slopes.append(slope)
    last = inputs[-1] @ network.weights[-1] + network.biases[-1]
    return Layers(inputs, slopes, _centred(network, last))


def _adjoints(network: DenseNetwork, layers: Layers, seed: Array) -> list[Array]:
    """Carry derivatives by the last pre-activations back to those of every layer."""
    adjoints = [_centred(network, seed)]
    for k in range(len(network.weights) - 1, 0, -1):
        adjoints.append((adjoints[-1] @ network.weights[k].T) * layers.slopes[k - 1])
    return adjoints[::-1]


def _centred(network: DenseNetwork, values: Array) -> Array:
    if isinstance(network.output, SoftmaxOutput):
        return np.asarray(values - values.mean(axis=1, keepdims=True))
    return values

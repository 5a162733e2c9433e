"""How a latent comes about: what flows from unit to unit, row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network import DenseNetwork
from skinterpret.network.input_maps import IdentityMap
from skinterpret.network.latents import Latent, UnitLatent
from skinterpret.network.rows import check_rows

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Flow:
    """A latent written as a sum over the units of each layer.

    At one row, a hidden unit's activation is `a = gain * z + rest`: `rest` is what its activation
    function gives at zero, and the gain is the slope of the line from there to `(z, a)`.  The
    latent is linear in the last pre-activations too, `slope · z + remainder`; the remainder is zero
    but for the log-odds of a softmax, where it is minus the entropy of the other classes.  So the
    whole network is a product of matrices at that row, and every term of the product can be
    followed from the inputs to the latent.

    Attributes
    ----------
    weights, biases : tuple of ndarray
        Those of the layers up to the latent's.
    activations : tuple of ndarray of shape (n_samples, n_in)
        What each layer gets: encoded inputs, then activations.
    before : tuple of ndarray of shape (n_samples, n_out)
        Pre-activations of each layer.
    share : tuple of ndarray of shape (n_samples, n_out)
        By how much the latent changes with each pre-activation, along the gains.
    rest : tuple of ndarray of shape (1, n_out)
        Activations of each hidden layer at zero.
    remainder : ndarray of shape (n_samples,)
        What is left of the latent.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    activations: tuple[Array, ...]
    before: tuple[Array, ...]
    share: tuple[Array, ...]
    rest: tuple[Array, ...]
    remainder: Array

    def worth(self, layer: int) -> Array:
        """By how much the latent changes with each activation that a layer gets.

        Parameters
        ----------
        layer : int
            Which layer gets it; hidden layer `k` feeds layer `k + 1`.

        Returns
        -------
        ndarray of shape (n_samples, n_in)
            Latent per unit of activation.
        """
        worth: Array = self.share[layer] @ self.weights[layer].T
        return worth

    def relevance(self, layer: int) -> Array:
        """Compute what each unit of a hidden layer contributes to the latent.

        Parameters
        ----------
        layer : int
            Hidden layer.

        Returns
        -------
        ndarray of shape (n_samples, n_units)
            Activation times worth.  With the biases of the layers above, what their units give at
            zero, and the remainder, they add up to the latent.
        """
        return self.activations[layer + 1] * self.worth(layer + 1)


def trace_flow(network: DenseNetwork, X: Any, target: Any = None) -> Flow:
    """Follow a latent back through the layers.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X : array-like of shape (n_samples, n_features)
        Rows in raw units.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it.

    Returns
    -------
    Flow
        The latent as sums.

    Raises
    ------
    ValueError
        If the target is unknown, or if X does not fit the network.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network
    >>> from skinterpret.probes.flow import trace_flow
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(3,), solver="lbfgs", random_state=0)
    >>> network = as_network(model.fit(X, X[:, 0] * X[:, 1]))
    >>> flow = trace_flow(network, X)
    >>> bool(np.allclose(flow.relevance(0).sum(axis=1) + flow.biases[1], network.latent(X)))
    True
    """
    rows = check_rows(X, network.n_features_in, network.feature_names).astype(np.float64)
    network.latent(rows[:1], target)  # refuses an unknown target
    layer, latent = _locate(network, target)
    weights = tuple(weight.astype(np.float64) for weight in network.weights[: layer + 1])
    biases = tuple(bias.astype(np.float64) for bias in network.biases[: layer + 1])
    activations = (network.input_map.transform(rows), *network.activations(rows)[:layer])
    before = tuple(a @ w + b for a, w, b in zip(activations, weights, biases, strict=True))
    rest = _at_rest(network)[:layer]
    share = [np.broadcast_to(latent.slope(before[-1]), before[-1].shape)]
    for k in range(layer - 1, -1, -1):
        above = activations[k + 1] - rest[k]
        # a unit at exactly zero passes nothing on: what it gets adds up to nothing
        gain = np.divide(above, before[k], out=np.zeros_like(above), where=before[k] != 0)
        share.insert(0, gain * (share[0] @ weights[k + 1].T))
    remainder = latent.value(before[-1]) - (share[-1] * before[-1]).sum(axis=1)
    return Flow(weights, biases, activations, before, tuple(share), rest, remainder)


def _locate(network: DenseNetwork, target: Any) -> tuple[int, Latent]:
    if isinstance(target, tuple):
        return target[1], UnitLatent(target[2])
    return len(network.weights) - 1, network.output.latent(target)


def _at_rest(network: DenseNetwork) -> tuple[Array, ...]:
    """Ask for the activations at zero, of whatever functions: those of a network without weights."""
    nothing = replace(
        network,
        weights=tuple(np.zeros_like(weight) for weight in network.weights),
        biases=tuple(np.zeros_like(bias) for bias in network.biases),
        input_map=IdentityMap(),
        n_features_in=network.weights[0].shape[0],
        feature_names=None,
    )
    return tuple(nothing.activations(np.zeros((1, nothing.n_features_in))))

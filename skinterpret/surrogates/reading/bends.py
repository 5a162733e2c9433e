"""Second derivatives of a network, as a search for structure asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.activations import Identity, LeakyReLU, ReLU, find_activation
from skinterpret.surrogates.reading.units import Units

Array = NDArray[np.float64]

STRAIGHT = (Identity, ReLU, LeakyReLU)  # in pieces: what bends a network of them is in no second derivative


def second_derivatives_of(network: Any, target: Any, units: Units) -> Callable[[Array], Array | None]:
    """Make a function that differentiates a latent twice, in the units of a search.

    Parameters
    ----------
    network : DenseNetwork or SmoothedNetwork
        The network.
    target : object
        Which latent, as `DenseNetwork.latent` takes it.
    units : Units
        How the search sees the inputs.

    Returns
    -------
    callable
        Gives for rows in these units the second derivatives by the inputs, divided by the length of the
        gradient, as an ndarray of shape (n_rows, n_features, n_features); or `None` where the network
        has none.
    """

    def differentiate(rows: Array) -> Array | None:
        if not _is_smooth(network):
            return None
        X = rows * units.scale + units.centre
        try:
            hessian = network.hessian(X, target) * np.outer(units.scale, units.scale)
        except NotImplementedError:  # of a step before the network, or of an activation of the user's own
            return None
        length = np.linalg.norm(network.gradient(X, target) * units.scale, axis=1)
        with np.errstate(all="ignore"):
            return np.asarray(hessian / length[:, None, None])

    return differentiate


def _is_smooth(network: Any) -> bool:
    """Whether all that bends the network is in its second derivatives."""
    if not hasattr(network, "hessian"):  # gradients averaged over a neighbourhood
        return False
    activations = [find_activation(each) for each in network.hidden_activations]
    return bool(activations) and not any(isinstance(each, STRAIGHT) for each in activations)

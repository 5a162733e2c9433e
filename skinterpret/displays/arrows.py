"""Arrows of `BoundaryDisplay`: directions of the network's gradient in its shell."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.directions import spread_sample
from skinterpret.displays.slices import Slice, network_probability

Array = NDArray[np.float64]


def arrows_in_shell(
    network: Any,
    target: Any,
    plane: Slice,
    X: Array,
    averaged: bool,
    delta: float,
    n_arrows: int,
    class_of_interest: int | None,
    random_state: np.random.RandomState,
) -> tuple[Array, Array]:
    """Take directions in the shell: on the plane, or, where others are averaged over, at rows of the data.

    Parameters
    ----------
    network : DenseNetwork or RawNetwork
        The network.
    target : object
        Which latent, as `DenseNetwork.latent` takes it.
    plane : Slice
        The plane of the picture.
    X : ndarray of shape (n_samples, n_features)
        Rows of the data.
    averaged : bool
        Whether the picture averages over the other inputs.
    delta : float
        The shell reaches as far as probabilities from this to 1 minus this.
    n_arrows : int
        Most arrows.
    class_of_interest : int or None
        Position of the class that is shown; None for all.
    random_state : RandomState
        Chooses among rows.

    Returns
    -------
    points, directions : ndarray of shape (n_arrows, 2)
        Where arrows stand, in raw units, and unit directions in units of the box's width, of which
        the two inputs of the picture are kept.
    """
    rows = X if averaged else plane.rows()
    probability = network_probability(network, target, rows)
    shown = np.full(len(rows), class_of_interest)
    if class_of_interest is None:
        shown = probability.argmax(axis=1)
    near = np.abs(probability[np.arange(len(rows)), shown.astype(int)] - 0.5) < 0.5 - delta
    rows, shown = rows[near], shown[near]
    if not len(rows) or not n_arrows:
        return np.empty((0, 2)), np.empty((0, 2))
    features = list(plane.features)
    points = rows[:, features].astype(np.float64)
    chosen = spread_sample(points, n_arrows, random_state=random_state)
    rows, points, shown = rows[chosen], points[chosen], shown[chosen]
    gradient = np.empty(rows.shape)
    for k in np.unique(shown):
        gradient[shown == k] = _gradient(network, target, rows[shown == k], int(k))
    scaled = gradient * plane.spans
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    directions = np.divide(scaled, length, out=np.zeros_like(scaled), where=length > 0)
    return points, directions[:, features]


def _gradient(network: Any, target: Any, rows: Array, k: int) -> Array:
    if target is None:
        return np.asarray(network.gradient(rows, network.classes[k]))
    return np.asarray(network.gradient(rows, target)) * (1 if k == 1 else -1)

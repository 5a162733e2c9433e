"""Integrated gradients: the mean gradient along a line, times its length."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network import DenseNetwork

Array = NDArray[np.float64]

CLOSE = 1e-6  # of the largest change of the latent: a gap that is no gap
MOST_HALVINGS = 20


def integrate_gradients(
    network: DenseNetwork, rows: Array, start: Array, n_steps: int, target: Any = None
) -> Array:
    """Integrate the gradient of a latent along the straight line from one point to each row.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    rows : ndarray of shape (n_samples, n_features)
        Where the lines end, in raw units.
    start : ndarray of shape (n_features,)
        Where they start.
    n_steps : int
        Points of the Gauss-Legendre rule; where that misses the change of the latent, pieces into
        which the line is cut.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it.

    Returns
    -------
    ndarray of shape (n_samples, n_features)
        What each input contributes to the change of the latent.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network
    >>> from skinterpret.probes.integration import integrate_gradients
    >>> X = np.random.default_rng(0).normal(size=(80, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(9,), solver="lbfgs", max_iter=900, random_state=0)
    >>> network = as_network(model.fit(X, X[:, 0] * X[:, 1]))
    >>> parts = integrate_gradients(network, X, np.zeros(2), 64)
    >>> change = network.latent(X) - network.latent(np.zeros((1, 2)))
    >>> bool(np.allclose(parts.sum(axis=1), change, atol=1e-4))
    True
    """
    change = network.latent(rows, target) - network.latent(start[None], target)
    tolerance = CLOSE * np.abs(change).max()
    parts = _gauss_legendre(network, rows, start, n_steps, target)
    missed = np.abs(parts.sum(axis=1) - change) > tolerance
    if missed.any():
        parts[missed] = _piecewise(network, rows[missed], start, n_steps, target, tolerance / n_steps)
    return parts


def _gauss_legendre(network: DenseNetwork, rows: Array, start: Array, n_steps: int, target: Any) -> Array:
    """For smooth latents: the error falls exponentially with the number of points."""
    nodes, weights = np.polynomial.legendre.leggauss(n_steps)
    away = rows - start
    total = np.zeros_like(rows)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        total += weight * network.gradient(start + node * away, target)
    return total * away


def _piecewise(
    network: DenseNetwork, rows: Array, start: Array, n_pieces: int, target: Any, tolerance: float
) -> Array:
    """For latents with kinks: each piece has the gradient of its left end up to some point.

    From there on it has that of its right end.  The point is where the latent's two straight
    stretches meet, so a piece with one kink is exact, and a smooth one is to second order.  A
    piece without such a point is halved.
    """
    away = rows - start
    total = np.zeros_like(rows)
    row = np.repeat(np.arange(len(rows)), n_pieces)
    left = np.tile(np.arange(n_pieces) / n_pieces, len(rows))
    width = 1 / n_pieces
    for halvings in range(MOST_HALVINGS + 1):
        along = away[row]
        ends = [start + at[:, None] * along for at in (left, left + width)]
        first, second = (network.gradient(end, target) for end in ends)
        rise = (network.latent(ends[1], target) - network.latent(ends[0], target)) / width
        slopes = [np.einsum("ij,ij->i", gradient, along) for gradient in (first, second)]
        bend = slopes[0] - slopes[1]
        share = np.divide(rise - slopes[1], bend, out=np.full_like(bend, 0.5), where=bend != 0)
        share = np.clip(share, 0, 1)
        gap = width * np.abs(share * slopes[0] + (1 - share) * slopes[1] - rise)
        done = (gap <= tolerance) | (halvings == MOST_HALVINGS)
        mean = share[:, None] * first + (1 - share[:, None]) * second
        np.add.at(total, row[done], width * mean[done])
        if done.all():
            break
        width /= 2
        row, left = np.repeat(row[~done], 2), np.repeat(left[~done], 2)
        left[1::2] += width
    return total * away

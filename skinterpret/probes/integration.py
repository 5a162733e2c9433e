"""Integrated gradients: the mean gradient along a line, times its length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret._user_line import warn_user
from skinterpret.network import DenseNetwork

Array = NDArray[np.float64]

CLOSE = 1e-6  # of the largest change of the latent: a gap that is no gap
BENT = 1e-3  # of it: a slope that is off by no more is right
MOST_HALVINGS = 20
MISSED = 1e-3  # of it: parts that fall short by more do not add up
ROUNDING = 1e-9  # of the latent itself


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
    size = np.abs(change).max()
    parts = _gauss_legendre(network, rows, start, n_steps, target)
    missed = np.abs(parts.sum(axis=1) - change) > CLOSE * size
    if missed.any():
        parts[missed] = _piecewise(network, rows[missed], start, n_steps, target, size)
    return parts


def missing_shares(network: DenseNetwork, rows: Array, start: Array, parts: Array, target: Any) -> Array:
    """Tell how far the parts of each row are from adding up.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    rows : ndarray of shape (n_samples, n_features)
        Rows, in raw units.
    start : ndarray of shape (n_features,)
        Where the lines to them start.
    parts : ndarray of shape (n_samples, n_features)
        What `integrate_gradients` gives for them.
    target : object
        Which latent.

    Returns
    -------
    ndarray of shape (n_samples,)
        Distance of the sum of the parts from the change of the latent, as a share of the largest change.
    """
    ends, begin = network.latent(rows, target), network.latent(start[None], target)
    change = ends - begin
    size = max(np.abs(change).max(), ROUNDING / MISSED * np.abs([*ends, *begin]).max(), np.finfo(float).tiny)
    missing: Array = np.abs(parts.sum(axis=1) - change) / size
    return missing


def warn_of_jumps(missing: Sequence[Array]) -> None:
    """Warn where parts do not add up to the change of the latent.

    Parameters
    ----------
    missing : sequence of ndarray of shape (n_samples,)
        What `missing_shares` gives, for each latent.
    """
    incomplete = np.any([of_one > MISSED for of_one in missing], axis=0)
    if not incomplete.any():
        return
    warn_user(
        f"The parts of {incomplete.mean():.2g} of the rows do not add up to the change of the latent, and "
        f"miss it by up to {np.max(missing):.2g} of the largest change: the latent jumps between the "
        "baseline and these rows, as it does behind a QuantileTransformer of inputs with ties, and gradients "
        "do not see jumps; put a PowerTransformer or a StandardScaler in its place, or ask OneHotProbe, "
        "which needs no gradients.",
        UserWarning,
    )


def _gauss_legendre(network: DenseNetwork, rows: Array, start: Array, n_steps: int, target: Any) -> Array:
    """For smooth latents: the error falls exponentially with the number of points."""
    nodes, weights = np.polynomial.legendre.leggauss(n_steps)
    away = rows - start
    total = np.zeros_like(rows)
    for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
        total += weight * network.gradient(start + node * away, target)
    return total * away


def _piecewise(
    network: DenseNetwork, rows: Array, start: Array, n_pieces: int, target: Any, size: float
) -> Array:
    """For latents with kinks: each piece has the gradient of its left end up to some point.

    From there on it has that of its right end.  The point is where the latent's two straight
    stretches meet, so a piece with one kink is exact, and a smooth one is to second order.  A
    piece without such a point is halved, and one whose middle is off those stretches.
    """
    away = rows - start
    total = np.zeros_like(rows)
    row = np.repeat(np.arange(len(rows)), n_pieces)
    left = np.tile(np.arange(n_pieces) / n_pieces, len(rows))
    width = 1 / n_pieces
    tolerance, bent = CLOSE * size / n_pieces, BENT * size
    for halvings in range(MOST_HALVINGS + 1):
        along = away[row]
        first, second = (network.gradient(start + at[:, None] * along, target) for at in (left, left + width))
        low, middle, high = (
            network.latent(start + (left + at * width)[:, None] * along, target) for at in (0, 0.5, 1)
        )
        rise = (high - low) / width
        slopes = [np.einsum("ij,ij->i", gradient, along) for gradient in (first, second)]
        bend = slopes[0] - slopes[1]
        share = np.divide(rise - slopes[1], bend, out=np.full_like(bend, 0.5), where=bend != 0)
        share = np.clip(share, 0, 1)
        gap = width * np.abs(share * slopes[0] + (1 - share) * slopes[1] - rise)
        half = np.minimum(share, 0.5)
        off = np.abs(half * slopes[0] + (0.5 - half) * slopes[1] - (middle - low) / width)
        done = ((gap <= tolerance) & (off <= bent)) | (halvings == MOST_HALVINGS)
        mean = share[:, None] * first + (1 - share[:, None]) * second
        np.add.at(total, row[done], width * mean[done])
        if done.all():
            break
        width /= 2
        row, left = np.repeat(row[~done], 2), np.repeat(left[~done], 2)
        left[1::2] += width
    return total * away

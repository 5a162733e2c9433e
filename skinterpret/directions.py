"""Where to ask a network for its directions: Algorithm 2 of arXiv:2401.04978."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.utils import check_random_state

Array = NDArray[np.float64]

NEWTON_STEPS = 12
VANISHING = 1e-6  # of the median length: a gradient shorter than that is noise
FEWEST_ROWS = 32
CROWD = 4096  # candidates among which spread-out rows are chosen


class Latent(Protocol):
    """What directions are asked of; `DenseNetwork` is one."""

    def latent(self, X: Any, target: Any = None) -> Any:
        """Latent values, shape (n_samples,)."""

    def gradient(self, X: Any, target: Any = None) -> Any:
        """Input gradients, shape (n_samples, n_features)."""


@dataclass(frozen=True)
class Directions:
    """Rows with the directions of a latent.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_features)
        Rows, in raw units.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients by the scaled inputs `X / scale`.
    latent : ndarray of shape (n_rows,)
        Latent values.
    artificial : ndarray of shape (n_rows,), dtype bool
        Which rows are not rows of the data.
    """

    X: Array
    directions: Array
    latent: Array
    artificial: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.X)


def sample_directions(
    network: Latent,
    X: Array,
    *,
    target: Any = None,
    delta: float | None = 1e-4,
    scale: Array | None = None,
    n_rows: int = 2048,
    random_state: Any = None,
) -> Directions:
    """Sample directions of a latent near its decision boundary.

    Rows of the data that lie in the shell come first.  Where they are fewer than `n_rows`, artificial
    rows fill up: jittered data, rows moved along the gradient onto a random level of the shell, and
    rows drawn uniformly from the data's box (algorithm 2 of arXiv:2401.04978).

    Parameters
    ----------
    network : DenseNetwork
        What is asked; its latent is the log-odds of a class.
    X : ndarray of shape (n_samples, n_features)
        Rows of the data, in raw units; they also give the box for artificial ones.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it.
    delta : float or None, default=1e-4
        The shell holds the rows with a probability between `delta` and `1 - delta`; `None` lets
        every row count, for latents that are not log-odds.
    scale : ndarray of shape (n_features,), default=None
        Units in which gradients are compared: directions are those of the latent as a function of
        `X / scale`.  `None` means ones.
    n_rows : int, default=2048
        Rows to return at most.
    random_state : int, RandomState instance or None, default=None
        Seed of the artificial rows and of the choice of real ones.

    Returns
    -------
    Directions
        Rows, unit gradients and latent values.

    Raises
    ------
    ValueError
        If hardly any row lies in the shell, even of the artificial ones; the message says which
        `delta` would give enough.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.directions import sample_directions
    >>> from skinterpret.network import as_network
    >>> X = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    >>> model = MLPClassifier((20,), max_iter=2000, random_state=0).fit(X, X.sum(axis=1) > 0)
    >>> sample = sample_directions(as_network(model), X, random_state=0)
    >>> bool(abs(sample.directions @ [0.5**0.5, 0.5**0.5]).mean() > 0.9)
    True
    """
    rng = check_random_state(random_state)
    limit = np.inf if delta is None else -logit(delta)
    unit = np.ones(X.shape[1]) if scale is None else scale
    latent = np.asarray(network.latent(X, target), dtype=np.float64)
    inside = np.flatnonzero(np.abs(latent) <= limit)
    if len(inside) > n_rows:
        inside = np.sort(rng.choice(inside, n_rows, replace=False))
    rows = X[inside]
    if len(inside) < n_rows and delta is not None:
        made = _artificial_rows(network, X, latent, target, limit, unit, n_rows - len(inside), rng)
        rows = np.vstack([rows, made])
    artificial = np.arange(len(rows)) >= len(inside)
    sample = _with_directions(network, rows, artificial, target, unit)
    if len(sample) < FEWEST_ROWS and len(sample) < len(X):
        raise ValueError(_explain_empty_shell(network, X, target, latent, delta, unit, rng))
    return sample


def spread_sample(X: Array, n_rows: int, random_state: Any = None) -> NDArray[np.int64]:
    """Choose rows that cover the space: farthest-point sampling from a random crowd.

    Each next row is the one farthest from those chosen before (Gonzalez, Theoretical Computer
    Science 38, 1985), with inputs divided by their standard deviations.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows.
    n_rows : int
        How many to choose; all when there are fewer.
    random_state : int, RandomState instance or None, default=None
        Seed of the crowd and of the first row.

    Returns
    -------
    ndarray of shape (min(n_rows, n_samples),)
        Numbers of the chosen rows, in the order in which they were chosen.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.directions import spread_sample
    >>> X = np.array([[0.0], [0.1], [0.2], [5.0]])
    >>> sorted(spread_sample(X, 2, random_state=0).tolist())[-1]
    3
    """
    rng = check_random_state(random_state)
    crowd = rng.permutation(len(X))[:CROWD]
    deviation = X[crowd].std(axis=0)
    points = X[crowd] / np.where(deviation > 0, deviation, 1.0)
    chosen = np.zeros(min(n_rows, len(crowd)), dtype=np.int64)
    distance = np.full(len(points), np.inf)
    for k in range(1, len(chosen)):
        step = points - points[chosen[k - 1]]
        distance = np.minimum(distance, np.einsum("ij,ij->i", step, step))
        chosen[k] = np.argmax(distance)
    return crowd[chosen]


def _with_directions(
    network: Latent, rows: Array, artificial: NDArray[np.bool_], target: Any, unit: Array
) -> Directions:
    """Add unit gradients, and leave out rows at which the gradient vanishes."""
    if not len(rows):
        return Directions(rows, rows.copy(), np.zeros(0), artificial)
    gradient = np.asarray(network.gradient(rows, target), dtype=np.float64) * unit
    length = np.linalg.norm(gradient, axis=1)
    finite = np.isfinite(length)
    typical = np.median(length[finite]) if finite.any() else 0.0
    keep = finite & (length > VANISHING * typical) & (length > 0)
    return Directions(
        rows[keep],
        gradient[keep] / length[keep, None],
        np.asarray(network.latent(rows[keep], target), dtype=np.float64)
        if keep.any()
        else np.zeros(0),
        artificial[keep],
    )


def _artificial_rows(
    network: Latent,
    X: Array,
    latent: Array,
    target: Any,
    limit: float,
    unit: Array,
    n_rows: int,
    rng: np.random.RandomState,
) -> Array:
    low, high = X.min(axis=0), X.max(axis=0)
    # rows near the boundary have the shortest way to it
    nearest = np.argsort(np.abs(latent), kind="stable")[: max(n_rows, FEWEST_ROWS)]
    jitter = 0.1 * X.std(axis=0)
    seeds = [
        X[rng.choice(nearest, n_rows)] + rng.normal(size=(n_rows, X.shape[1])) * jitter,
        rng.uniform(low, high, size=(n_rows, X.shape[1])),
    ]
    rows = np.clip(np.vstack(seeds), low, high)
    levels = rng.uniform(-1, 1, len(rows)) * min(limit, logit(0.99))
    rows = _move_to_levels(network, rows, levels, target, unit, low, high)
    reached = np.abs(np.asarray(network.latent(rows, target))) <= limit
    rows = rows[reached]
    return rows[rng.permutation(len(rows))[:n_rows]]


def _move_to_levels(
    network: Latent, rows: Array, levels: Array, target: Any, unit: Array, low: Array, high: Array
) -> Array:
    """Move rows along the gradient until the latent has the given levels, by Newton's method.

    Steps are at most a tenth of the box, because a saturated network's gradient says little about
    what lies farther away.
    """
    longest = 0.1 * np.linalg.norm((high - low) / unit) + np.finfo(float).tiny
    for _ in range(NEWTON_STEPS):
        gradient = np.asarray(network.gradient(rows, target), dtype=np.float64) * unit
        missing = levels - np.asarray(network.latent(rows, target), dtype=np.float64)
        with np.errstate(all="ignore"):
            step = (missing / np.einsum("ij,ij->i", gradient, gradient))[:, None] * gradient
            length = np.linalg.norm(step, axis=1, keepdims=True)
            step *= np.minimum(1.0, longest / length)
        rows = np.clip(rows + np.nan_to_num(step) * unit, low, high)
    return rows


def _explain_empty_shell(
    network: Latent,
    X: Array,
    target: Any,
    latent: Array,
    delta: float | None,
    unit: Array,
    rng: np.random.RandomState,
) -> str:
    low, high = X.min(axis=0), X.max(axis=0)
    drawn = rng.uniform(low, high, size=(1024, X.shape[1]))
    distance = np.sort(np.abs(np.concatenate([latent, network.latent(drawn, target)])))
    needed = float(distance[min(2 * FEWEST_ROWS, len(distance) - 1)])
    enough = float(expit(-needed)) * 0.99
    mend = (
        f"delta={enough:.3g} would give enough"
        if enough > 0
        else "no delta would give enough, because the network is saturated everywhere"
    )
    return (
        f"Hardly any row has a probability between delta={delta:g} and 1 - delta, not even of the "
        f"artificial ones; {mend}."
    )

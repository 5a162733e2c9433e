"""Where to ask a network for its directions: Algorithm 2 of arXiv:2401.04978."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree
from scipy.special import expit, logit
from sklearn.utils import check_array, check_random_state, check_scalar

__all__ = ["Directions", "boundary_rows", "sample_directions"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

NEWTON_STEPS = 12
ROUNDS = 4  # of making artificial rows, before the shell counts as filled as well as it can be
FEWEST_SEEDS = 256
FEWEST_ROWS = 32
VANISHING = 1e-6  # of the median length: a gradient shorter than that is noise
CROWD = 4096  # candidates among which spread-out rows are chosen
ON_BOUNDARY = 0.01  # |latent| from which on a row counts as on the boundary
OUTLIER = 0.99  # quantile of the distances between neighbours in the data

# Artificial rows aim at probabilities between 0.01 and 0.99.  On tanh (60, 60) networks of
# experiments 1 to 6 directions between there and 0.0001 are 1.3 to 2.7 times as far from the truth.
CORE = float(logit(0.99))


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
    X : ndarray of shape (n_rows, n_features), dtype float64
        Rows, in raw units.
    directions : ndarray of shape (n_rows, n_features), dtype float64
        Unit gradients of the latent as a function of `X / scale`; of the raw inputs when no scale
        was given.  Their sign means nothing.
    latent : ndarray of shape (n_rows,), dtype float64
        Latent values.
    artificial : ndarray of shape (n_rows,), dtype bool
        Which rows are not rows of the data.

    Examples
    --------
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.directions import sample_directions
    >>> from skinterpret.network import as_network
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
    >>> network = as_network(model.fit(X, 3 * X[:, 0]))
    >>> sample = sample_directions(network, X, delta=None, n_rows=40, random_state=0)
    >>> sample
    Directions(40 rows of 2 inputs, 0 of them artificial)
    >>> np.abs(sample.take([0, 1]).directions).round(2)
    array([[1., 0.],
           [1., 0.]])
    """

    X: Array
    directions: Array
    latent: Array
    artificial: Mask

    def __repr__(self) -> str:
        n_rows, n_inputs = self.X.shape
        return f"Directions({n_rows} rows of {n_inputs} inputs, {self.artificial.sum()} of them artificial)"

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Any) -> Directions:
        """Choose rows.

        Parameters
        ----------
        rows : ndarray of int or bool
            Numbers of the rows, or a mask.

        Returns
        -------
        Directions
            Those rows alone.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.directions import sample_directions
        >>> from skinterpret.network import as_network
        >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
        >>> model = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> sample = sample_directions(as_network(model.fit(X, X[:, 0] > 0)), X, random_state=0)
        >>> sample.take(~sample.artificial)  # the rows of the data alone
        Directions(... rows of 2 inputs, 0 of them artificial)
        """
        return Directions(self.X[rows], self.directions[rows], self.latent[rows], self.artificial[rows])


def sample_directions(
    network: Latent,
    X: ArrayLike,
    *,
    target: Any = None,
    delta: float | None = 1e-4,
    scale: Array | None = None,
    n_rows: int = 2048,
    random_state: Any = None,
) -> Directions:
    """Sample directions of a latent near its decision boundary.

    Rows of the data that lie in the shell come first.  Where they are fewer than `n_rows`,
    artificial rows fill up (algorithm 2 of arXiv:2401.04978): half of them jittered data, half
    uniform in the data's box, which reaches from the smallest to the largest value of each input.
    Those that lie far from the boundary are moved along the gradient to a random latent value
    inside the shell.  Rows that end up farther from the data than the data's own outliers are left
    out where enough others are found: there the network has learned nothing.  Inputs that hold
    integers or two values only are treated like all others, so artificial rows lie between these
    values too, where the network is as smooth as elsewhere.

    Parameters
    ----------
    network : DenseNetwork
        What is asked; with a `delta`, its latent must be the log-odds of a class.
    X : array-like of shape (n_samples, n_features)
        Rows of the data, in raw units.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it.
    delta : float or None, default=1e-4
        The shell holds the rows with a probability between `delta` and `1 - delta`, where `delta`
        is below 0.5; `None` lets every row count, for latents that are not log-odds: outputs of a
        regressor and hidden units.
    scale : ndarray of shape (n_features,), default=None
        Units in which gradients are compared: directions are those of the latent as a function of
        `X / scale`.  `None` means ones.
    n_rows : int, default=2048
        Rows to return at most; fewer when artificial rows cannot fill the shell.
    random_state : int, RandomState instance or None, default=None
        Seed of the artificial rows and of the choice of real ones.

    Returns
    -------
    Directions
        Rows, unit gradients and latent values; rows at which the gradient vanishes (shorter than
        a millionth of the median length) or is not finite are left out.

    Raises
    ------
    ValueError
        If hardly any row lies in the shell, even of the artificial ones; the message says which
        `delta` would give enough.  If the gradient vanishes at nearly every row.  If `scale` does
        not hold one positive number an input.

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
    check_scalar(n_rows, "n_rows", Integral, min_val=1)
    if delta is not None:
        check_scalar(delta, "delta", Real, min_val=0, max_val=0.5, include_boundaries="neither")
    data: Array = check_array(X, dtype=[np.float64, np.float32])
    rng = check_random_state(random_state)
    if scale is not None:
        _check_scale(scale, data.shape[1])
    field = _Field.over(data, network, target, delta, scale)
    latent = field.latent(data)
    inside = np.flatnonzero(field.in_shell(latent))
    if len(inside) > n_rows:
        inside = np.sort(rng.choice(inside, n_rows, replace=False))
    rows = data[inside].astype(np.float64)
    if len(inside) < n_rows:
        rows = np.vstack([rows, _artificial_rows(field, data, latent, n_rows - len(inside), rng)])
    sample = _with_directions(field, rows, np.arange(len(rows)) >= len(inside))
    enough = min(FEWEST_ROWS, n_rows)
    if len(sample) < enough:
        raise ValueError(
            _explain_vanishing(field, len(rows))
            if len(rows) >= enough
            else _explain_empty_shell(field, latent, delta, enough)
        )
    return sample


def boundary_rows(
    network: Latent, X: ArrayLike, *, target: Any = None, scale: Array | None = None
) -> NDArray[np.float64]:
    """Move rows along the gradient onto the decision boundary.

    Parameters
    ----------
    network : DenseNetwork
        What is asked; its latent must be the log-odds of a class.
    X : array-like of shape (n_samples, n_features)
        Rows near the boundary, in raw units.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it.
    scale : ndarray of shape (n_features,), default=None
        Units in which the way to the boundary is shortest; `None` means ones.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
        Rows with a latent next to zero; those that do not arrive inside the data's box are left out.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.directions import boundary_rows
    >>> from skinterpret.network import as_network
    >>> X = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    >>> model = MLPClassifier((20,), max_iter=2000, random_state=0).fit(X, X.sum(axis=1) > 0)
    >>> rows = boundary_rows(as_network(model), X)
    >>> bool(np.abs(rows.sum(axis=1)).mean() < 0.1)
    True
    """
    data: Array = check_array(X, dtype=np.float64)
    field = _Field.over(data, network, target, None, scale)
    rows = _move_to(field, data, np.zeros(len(data)))
    return rows[np.abs(field.latent(rows)) < ON_BOUNDARY]


def split_sample(sample: Directions, n_rows: int, random_state: Any = None) -> tuple[Directions, Directions]:
    """Split a sample into well-spread rows for the search and the rest for validation.

    Parameters
    ----------
    sample : Directions
        What to split.
    n_rows : int
        Rows for the search; all when there are fewer.
    random_state : int, RandomState instance or None, default=None
        Seed, as for `spread_sample`.

    Returns
    -------
    search, rest : Directions
        The rows that `spread_sample` chooses, and all others.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.directions import Directions, split_sample
    >>> X = np.array([[0.0], [0.1], [0.2], [5.0]])
    >>> sample = Directions(X, np.ones((4, 1)), X[:, 0], np.zeros(4, dtype=bool))
    >>> search, rest = split_sample(sample, 3, random_state=0)
    >>> len(search), len(rest)
    (3, 1)
    """
    chosen = spread_sample(sample.X, n_rows, random_state)
    others = np.ones(len(sample), dtype=bool)
    others[chosen] = False
    return sample.take(chosen), sample.take(others)


def spread_sample(X: Array, n_rows: int, random_state: Any = None) -> NDArray[np.int64]:
    """Choose rows that cover the space: farthest-point sampling from a random crowd.

    Each next row is the one farthest from those chosen before (Gonzalez, Theoretical Computer
    Science 38, 1985), with inputs divided by their standard deviations.  The crowd holds 4096 rows,
    or `n_rows` if that is more, so that the cost does not grow with the number of rows.

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
        Numbers of the chosen rows, each once, in the order in which they were chosen.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.directions import spread_sample
    >>> X = np.array([[0.0], [0.1], [0.2], [5.0]])
    >>> sorted(spread_sample(X, 2, random_state=0).tolist())[-1]
    3
    """
    check_scalar(n_rows, "n_rows", Integral, min_val=1)
    rng = check_random_state(random_state)
    crowd: NDArray[np.int64] = rng.permutation(len(X))[: max(CROWD, n_rows)]
    deviation = X[crowd].std(axis=0)
    points = X[crowd] / np.where(deviation > 0, deviation, 1.0)
    chosen = np.zeros(min(n_rows, len(crowd)), dtype=np.int64)
    distance = np.full(len(points), np.inf)
    for k in range(1, len(chosen)):
        step = points - points[chosen[k - 1]]
        distance = np.minimum(distance, np.einsum("ij,ij->i", step, step))
        distance[chosen[k - 1]] = -1  # else a twin of a chosen row would bring it back
        chosen[k] = np.argmax(distance)
    return crowd[chosen]


def _check_scale(scale: ArrayLike, n_features: int) -> None:
    unit = np.asarray(scale, dtype=np.float64)
    if unit.shape != (n_features,) or not (np.isfinite(unit) & (unit > 0)).all():
        raise ValueError(
            f"scale must hold {n_features} positive finite numbers, one an input, got {scale!r}."
        )


@dataclass(frozen=True)
class _Field:
    """One latent of a network over the data's box; gradients are by the scaled inputs."""

    network: Latent
    target: Any
    unit: Array
    low: Array
    high: Array
    limit: float  # largest |latent| in the shell
    core: float  # largest |latent| that artificial rows aim at

    @classmethod
    def over(cls, X: Array, network: Latent, target: Any, delta: float | None, scale: Array | None) -> _Field:
        low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
        unit = np.ones(X.shape[1]) if scale is None else np.asarray(scale, dtype=np.float64)
        if delta is None:
            return cls(network, target, unit, low, high, np.inf, np.inf)
        limit = -float(logit(delta))
        return cls(network, target, unit, low, high, limit, min(limit, CORE))

    def latent(self, rows: Array) -> Array:
        return np.asarray(self.network.latent(rows, self.target), dtype=np.float64)

    def gradient(self, rows: Array) -> Array:
        return np.asarray(self.network.gradient(rows, self.target), dtype=np.float64) * self.unit

    def in_shell(self, latent: Array) -> Mask:
        return np.isfinite(latent) & (np.abs(latent) <= self.limit)


def _artificial_rows(
    field: _Field, X: Array, latent: Array, n_rows: int, rng: np.random.RandomState
) -> Array:
    """Make up to `n_rows` rows in the shell; several rounds if many do not arrive there."""
    n_seeds = max(n_rows, FEWEST_SEEDS)
    near = X[_nearest_to_shell(field, latent, n_seeds, rng)]
    jitter = 0.1 * near.std(axis=0)
    made, strayed = np.empty((0, X.shape[1])), np.empty((0, X.shape[1]))
    neighbourhood = _Neighbourhood.of(X, rng)
    for _ in range(ROUNDS):
        jittered = near[rng.randint(len(near), size=n_seeds)]
        jittered = jittered + rng.normal(size=jittered.shape) * jitter
        uniform = rng.uniform(field.low, field.high, size=jittered.shape)
        seeds = np.clip(np.vstack([jittered, uniform]), field.low, field.high)
        rows = _move_to_core(field, seeds, rng)
        rows = rng.permutation(rows[field.in_shell(field.latent(rows))])
        near_data = neighbourhood.holds(rows)
        made = np.vstack([made, rows[near_data][: n_rows - len(made)]])
        strayed = np.vstack([strayed, rows[~near_data]])
        if len(made) == n_rows:
            break
    too_few = max(min(n_rows, FEWEST_SEEDS) - len(made), 0)
    return np.vstack([made, strayed[:too_few]])


@dataclass(frozen=True)
class _Neighbourhood:
    """Where data live: within the distance at which the data's own outliers lie from each other."""

    tree: cKDTree
    deviation: Array
    reach: float

    @classmethod
    def of(cls, X: Array, rng: np.random.RandomState) -> _Neighbourhood:
        crowd = X[rng.permutation(len(X))[:CROWD]].astype(np.float64)
        deviation = crowd.std(axis=0)
        deviation[deviation == 0] = 1.0
        tree = cKDTree(crowd / deviation)
        distance = tree.query(tree.data, k=[2])[0]
        return cls(tree, deviation, float(np.quantile(distance, OUTLIER)))

    def holds(self, rows: Array) -> Mask:
        return np.asarray(self.tree.query(rows / self.deviation)[0] <= self.reach)


def _nearest_to_shell(
    field: _Field, latent: Array, n_rows: int, rng: np.random.RandomState
) -> NDArray[np.int64]:
    """Numbers of the rows with the shortest way to the shell; ties in random order."""
    order = rng.permutation(len(latent))
    outside = np.where(field.in_shell(latent), 0.0, np.abs(latent))[order]
    return order[np.argsort(outside, kind="stable")[:n_rows]]


def _move_to_core(field: _Field, rows: Array, rng: np.random.RandomState) -> Array:
    """Move rows outside the core along the gradient to random levels in it."""
    far = np.flatnonzero(~(np.abs(field.latent(rows)) <= field.core))
    if not len(far):
        return rows
    rows[far] = _move_to(field, rows[far], rng.uniform(-1, 1, len(far)) * field.core)
    return rows


def _move_to(field: _Field, rows: Array, levels: Array) -> Array:
    """Move each row along the gradient to where the latent has its level, by Newton's method.

    Steps are at most a tenth of the box, because a saturated network's gradient says little about
    what lies farther away.
    """
    moved = rows.copy()
    longest = 0.1 * np.linalg.norm((field.high - field.low) / field.unit)
    for _ in range(NEWTON_STEPS):
        gradient = field.gradient(moved)
        missing = levels - field.latent(moved)
        with np.errstate(all="ignore"):  # where the gradient vanishes the row stays
            step = (missing / np.einsum("ij,ij->i", gradient, gradient))[:, None] * gradient
            length = np.linalg.norm(step, axis=1, keepdims=True)
            step *= np.minimum(1.0, longest / length)
        moved = np.clip(moved + np.nan_to_num(step) * field.unit, field.low, field.high)
    return moved


def _with_directions(field: _Field, rows: Array, artificial: Mask) -> Directions:
    """Add unit gradients, and leave out rows at which the gradient vanishes."""
    if not len(rows):
        return Directions(rows, rows, np.empty(0), artificial)
    latent, gradient = field.latent(rows), field.gradient(rows)
    length = np.linalg.norm(gradient, axis=1)
    finite = np.isfinite(length)
    typical = np.median(length[finite]) if finite.any() else 0.0
    keep = finite & (length > VANISHING * typical)
    return Directions(rows[keep], gradient[keep] / length[keep, None], latent[keep], artificial[keep])


def _explain_vanishing(field: _Field, n_rows: int) -> str:
    return (
        f"The gradient of target={field.target!r} vanishes or is not finite at nearly all of "
        f"{n_rows} rows, so it has no direction there; train the network until it depends on its "
        "inputs, or choose another target."
    )


def _explain_empty_shell(field: _Field, latent: Array, delta: Any, enough: int) -> str:
    """Say which delta lets enough rows of the data in; where all are fewer, lets all in."""
    distance = np.sort(np.abs(latent[np.isfinite(latent)]))
    if not len(distance):
        return _explain_vanishing(field, len(latent))
    needed = float(distance[min(enough, len(distance)) - 1])
    wider = float(expit(-needed)) * 0.99  # survives rounding to three digits
    mend = f"delta={wider:.3g} would give enough"
    if needed <= field.limit or wider < np.finfo(float).tiny:
        mend = "no delta would give enough, but delta=None lets every row count"
    return (
        f"Hardly any row has a probability between delta={delta:g} and 1 - delta, not even of the "
        f"artificial ones; {mend}."
    )

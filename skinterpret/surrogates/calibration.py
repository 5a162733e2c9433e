"""From the values of an expression to classes and probabilities: the monotone link φ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, xlogy

Array = NDArray[np.float64]

WORTH_OF_ROUND_THRESHOLD = 1.13  # times the distance of the boundaries that a round threshold may cost


@dataclass(frozen=True)
class LogisticLink:
    """`P(positive) = expit(slope · (T - threshold))`.

    Parameters
    ----------
    threshold : float
        Value of the expression at the decision boundary.
    slope : float
        Positive where the positive class lies above the threshold, negative where it lies below.
    """

    threshold: float
    slope: float

    def log_odds(self, values: Array) -> Array:
        """Log-odds of the positive class; rows at which the expression is undefined get 0.

        Parameters
        ----------
        values : ndarray of shape (n_samples,)
            Values of the expression.

        Returns
        -------
        ndarray of shape (n_samples,)
            Log-odds, finite.
        """
        with np.errstate(all="ignore"):
            odds = self.slope * (values - self.threshold)
        limit = np.finfo(np.float64).max
        return np.nan_to_num(odds, nan=0.0, posinf=limit, neginf=-limit)

    def probability(self, log_odds: Array) -> Array:
        """Probability of the positive class.

        Parameters
        ----------
        log_odds : ndarray of shape (n_samples,)
            What `log_odds` gave.

        Returns
        -------
        ndarray of shape (n_samples,)
            Probabilities.
        """
        return np.asarray(expit(log_odds))


def fit_link(values: Array, probability: Array, wish: float, rising: bool) -> LogisticLink:
    """Fit the link of an expression to what the network says.

    Among the thresholds whose agreement with the network's classes is within a standard error of
    the best, the one next to `wish` is taken: agreement on a few thousand rows knows the threshold
    less well than the boundary itself does.  The slope minimises the cross-entropy to the
    network's probabilities.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of the expression on held-back rows.
    probability : ndarray of shape (n_samples,)
        The network's probabilities of the positive class on the same rows.
    wish : float
        Value of the expression on the network's decision boundary; NaN when there is none.
    rising : bool
        Whether the network's latent rises with the expression.

    Returns
    -------
    LogisticLink
        The fitted link.
    """
    sign = 1.0 if rising else -1.0
    usable = np.isfinite(values)
    if not usable.any():
        return LogisticLink(0.0, sign)
    oriented = sign * values[usable]
    threshold = _best_threshold(oriented, probability[usable] > 0.5, sign * wish)
    slope = _best_slope(oriented - threshold, probability[usable])
    return LogisticLink(sign * threshold, sign * slope)


def round_threshold(
    link: LogisticLink, values: Array, probability: Array, misfit: Callable[[float], float]
) -> LogisticLink:
    """Put a rounder threshold in the place of a link's, where nothing notices.

    A rounder one is taken when its agreement with the network's classes is within a standard error
    of the link's and its boundary is about as close to the network's.

    Parameters
    ----------
    link : LogisticLink
        The fitted link.
    values : ndarray of shape (n_samples,)
        Values of the expression on held-back rows.
    probability : ndarray of shape (n_samples,)
        The network's probabilities of the positive class on the same rows.
    misfit : callable
        Mean distance between the network's boundary and that of a threshold.

    Returns
    -------
    LogisticLink
        A link with the roundest threshold that is as good.
    """
    usable = np.isfinite(values)

    def disagreements(threshold: float) -> int:
        positive = link.slope * (values[usable] - threshold) > 0
        return int(np.count_nonzero(positive != (probability[usable] > 0.5)))

    most = _within_standard_error(disagreements(link.threshold))
    limit = WORTH_OF_ROUND_THRESHOLD * misfit(link.threshold)
    for threshold in _rounder(link.threshold):
        if disagreements(threshold) <= most and misfit(threshold) <= limit:
            sign = np.sign(link.slope)
            slope = _best_slope(sign * (values[usable] - threshold), probability[usable])
            return LogisticLink(threshold, float(sign * slope))
    return link


def _rounder(value: float) -> Iterator[float]:
    yield 0.0
    yield float(round(value))
    yield math.floor(value) + 0.5
    for digits in range(1, 5):
        yield float(f"{value:.{digits}g}")


def _within_standard_error(disagreements: int) -> int:
    """Count of disagreements that is one standard error higher; one more than none proves little."""
    return disagreements + int(math.sqrt(disagreements + 1))


def _best_threshold(values: Array, positive: NDArray[np.bool_], wish: float) -> float:
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    # errors of a cut before the k-th value: positives below it and negatives from it on
    errors = np.concatenate([[0], np.cumsum(np.where(positive[order], 1, -1))])
    errors += np.count_nonzero(~positive)
    may_cut = np.concatenate([[True], ordered[1:] > ordered[:-1], [True]])
    errors = np.where(may_cut, errors, len(values) + 1)
    fewest = int(errors.min())
    if not math.isfinite(wish):
        wish = float(np.median(ordered))
        most = fewest
    else:
        most = _within_standard_error(fewest)
    with np.errstate(over="ignore"):
        spread = float(ordered[-1] - ordered[0]) or 1.0
    edges = np.concatenate([[ordered[0] - spread], ordered, [ordered[-1] + spread]])
    cuts = np.flatnonzero(errors <= most)
    low, high = edges[cuts], edges[cuts + 1]
    candidates = np.where((low < wish) & (wish < high), wish, (low + high) / 2)
    return float(candidates[np.argmin(np.abs(candidates - wish))])


def _best_slope(distance: Array, probability: Array) -> float:
    scale = float(np.median(np.abs(distance))) or float(np.abs(distance).max()) or 1.0

    def cross_entropy(log_slope: float) -> float:
        with np.errstate(over="ignore"):
            q = np.clip(expit(np.exp(log_slope) * (distance / scale)), 1e-12, 1 - 1e-12)
        return -float(np.mean(xlogy(probability, q) + xlogy(1 - probability, 1 - q)))

    best = minimize_scalar(cross_entropy, bounds=(-7.0, 12.0), method="bounded")
    return float(np.exp(best.x) / scale)

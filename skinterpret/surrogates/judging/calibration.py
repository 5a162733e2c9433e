"""From the values of an expression to classes and probabilities: the monotone link φ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit, xlogy
from sklearn.isotonic import IsotonicRegression

from skinterpret.surrogates.judging.information import ERRORS

Array = NDArray[np.float64]

LEAST_PROBABILITY = 1e-6
LARGEST_WHOLE = 100
MOST_DIGITS = 17
NEGLIGIBLE_DISTANCE = 1e-3  # between boundaries, in scaled inputs
FEW_ROWS = 0.002  # share that may change sides for a round threshold inside its interval
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


@dataclass(frozen=True, eq=False)
class IsotonicLink:
    """A free monotone function from values of the expression to probabilities.

    Parameters
    ----------
    threshold : float
        Value of the expression at the decision boundary.
    slope : float
        That of the logistic link; its sign says on which side the positive class lies.
    levels : ndarray of shape (n_levels,)
        Distances to the threshold, rising towards the positive class.
    odds : ndarray of shape (n_levels,)
        Log-odds at these; linear in between and constant beyond.
    """

    threshold: float
    slope: float
    levels: Array
    odds: Array

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
            distance = np.sign(self.slope) * (values - self.threshold)
        odds = np.interp(distance, self.levels, self.odds)
        return np.where(np.isnan(distance), 0.0, odds)


def fit_isotonic_link(link: LogisticLink, values: Array, probability: Array) -> IsotonicLink:
    """Fit a free monotone link that keeps the threshold.

    Isotonic regression of the network's probabilities on the values of the expression (Zadrozny and
    Elkan, KDD 2002, section 3), held on either side of 1/2 by the threshold.

    Parameters
    ----------
    link : LogisticLink
        The fitted logistic link.
    values : ndarray of shape (n_samples,)
        Values of the expression on held-back rows.
    probability : ndarray of shape (n_samples,)
        The network's probabilities of the positive class on the same rows.

    Returns
    -------
    IsotonicLink
        The fitted link.
    """
    usable = np.isfinite(values)
    distance = np.sign(link.slope) * (values[usable] - link.threshold)
    fitted = IsotonicRegression(out_of_bounds="clip").fit(distance, probability[usable])
    levels, probabilities = fitted.X_thresholds_, fitted.y_thresholds_
    below, above = levels < 0, levels > 0
    sides = [
        (levels[below], np.minimum(probabilities[below], 0.5)),
        (np.zeros(1), np.full(1, 0.5)),
        (levels[above], np.maximum(probabilities[above], 0.5)),
    ]
    margin = LEAST_PROBABILITY
    odds = logit(np.clip(np.concatenate([p for _, p in sides]), margin, 1 - margin))
    return IsotonicLink(link.threshold, link.slope, np.concatenate([x for x, _ in sides]), odds)


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
    with np.errstate(over="ignore", invalid="ignore"):  # candidates may have values of any size
        threshold = _best_threshold(oriented, probability[usable] > 0.5, sign * wish)
        slope = _best_slope(oriented - threshold, probability[usable])
    return LogisticLink(sign * threshold, sign * slope)


def round_threshold(
    link: LogisticLink,
    values: Array,
    probability: Array,
    misfit: Callable[[float], float],
    error: float = 0.0,
) -> LogisticLink:
    """Put a rounder threshold in the place of a link's, where nothing notices.

    A rounder one is taken when its agreement with the network's classes is within a standard error
    of the link's and its boundary is about as close to the network's; or when it is inside the 95 % interval
    of the threshold, because another sample of as many rows would have trained a network with another
    threshold, and next to no row changes sides.  Of a number that differs in its last digits
    alone, as a date in seconds does, as many digits stay as that needs.

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
    error : float, default=0.0
        Standard error of the threshold, as the number of rows leaves it.

    Returns
    -------
    LogisticLink
        A link with the roundest threshold that is as good.
    """
    usable = np.isfinite(values)

    def disagreements(threshold: float) -> int:
        positive = link.slope * (values[usable] - threshold) > 0
        return int(np.count_nonzero(positive != (probability[usable] > 0.5)))

    fewest, distance = disagreements(link.threshold), misfit(link.threshold)
    # where the boundary is the network's own, as that of a linear one, no sample is asked
    leeway = ERRORS * error if distance > NEGLIGIBLE_DISTANCE else 0.0
    error_of_count = math.sqrt(fewest + 1)  # one more than none proves little
    few = min(FEW_ROWS * len(values), ERRORS * error_of_count)

    def goes_unnoticed(threshold: float) -> bool:
        more = disagreements(threshold) - fewest
        if abs(threshold - link.threshold) <= leeway and more <= few:
            return True
        near = misfit(threshold) <= max(WORTH_OF_ROUND_THRESHOLD * distance, NEGLIGIBLE_DISTANCE)
        return near and more <= error_of_count

    for threshold in _rounder(link.threshold):
        if goes_unnoticed(threshold):
            sign = np.sign(link.slope)
            slope = _best_slope(sign * (values[usable] - threshold), probability[usable])
            return LogisticLink(threshold, float(sign * slope))
    return link


def with_few_digits(link: LogisticLink, values: Array) -> LogisticLink:
    """Drop digits of a threshold that decide nothing.

    Parameters
    ----------
    link : LogisticLink
        The fitted link.
    values : ndarray of shape (n_samples,)
        Values of the expression.

    Returns
    -------
    LogisticLink
        One that decides alike on all of them, its threshold of four digits or as many more as that takes.
    """
    above = values > link.threshold
    for digits in range(4, MOST_DIGITS):
        threshold = float(f"{link.threshold:.{digits}g}")
        if np.array_equal(values > threshold, above):
            return LogisticLink(threshold, link.slope)
    return link


def _rounder(value: float) -> Iterator[float]:
    yield 0.0
    if abs(value) <= LARGEST_WHOLE:  # of larger ones the first digits say more
        yield float(round(value))
        yield math.floor(value) + 0.5
    for digits in range(1, MOST_DIGITS):
        yield float(f"{value:.{digits}g}")


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
        most = fewest + int(math.sqrt(fewest + 1))
    with np.errstate(over="ignore"):
        spread = float(ordered[-1] - ordered[0]) or 1.0
        edges = np.concatenate([[ordered[0] - spread], ordered, [ordered[-1] + spread]])
    limit = np.finfo(np.float64).max
    edges = np.clip(edges, -limit, limit)
    cuts = np.flatnonzero(errors <= most)
    low, high = edges[cuts], edges[cuts + 1]
    candidates = np.where((low < wish) & (wish < high), wish, low / 2 + high / 2)
    return float(candidates[np.argmin(np.abs(candidates - wish))])


def _best_slope(distance: Array, probability: Array) -> float:
    scale = float(np.median(np.abs(distance))) or float(np.abs(distance).max()) or 1.0

    def cross_entropy(log_slope: float) -> float:
        # values at both ends of the range of floats are as far apart as can be
        with np.errstate(over="ignore", invalid="ignore"):
            odds = np.nan_to_num(np.exp(log_slope) * (distance / scale))
        q = np.clip(expit(odds), 1e-12, 1 - 1e-12)
        return -float(np.mean(xlogy(probability, q) + xlogy(1 - probability, 1 - q)))

    best = minimize_scalar(cross_entropy, bounds=(-7.0, 12.0), method="bounded")
    return float(np.exp(best.x) / scale)

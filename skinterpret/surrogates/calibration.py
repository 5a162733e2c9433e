"""From the values of an expression to classes and probabilities: the monotone link φ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, xlogy

Array = NDArray[np.float64]


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


def fit_link(values: Array, probability: Array, boundary_values: Array, rising: bool) -> LogisticLink:
    """Fit the link of an expression to what the network says.

    The threshold maximises agreement with the network's classes.  Rows leave a gap in which every
    threshold agrees equally well; in it the expression's median on the network's own boundary
    decides.  The slope minimises the cross-entropy to the network's probabilities.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of the expression on held-back rows.
    probability : ndarray of shape (n_samples,)
        The network's probabilities of the positive class on the same rows.
    boundary_values : ndarray of shape (n_boundary,)
        Values of the expression at rows on or near the network's decision boundary; may be empty.
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
    near = sign * boundary_values[np.isfinite(boundary_values)]
    threshold = _best_threshold(oriented, probability[usable] > 0.5, near)
    slope = _best_slope(oriented - threshold, probability[usable])
    return LogisticLink(sign * threshold, sign * slope)


def _best_threshold(values: Array, positive: NDArray[np.bool_], near: Array) -> float:
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    # errors of a cut before the k-th value: positives below it and negatives from it on
    errors = np.concatenate([[0], np.cumsum(np.where(positive[order], 1, -1))])
    may_cut = np.concatenate([[True], ordered[1:] > ordered[:-1], [True]])
    errors = np.where(may_cut, errors, errors.max() + 1)
    wish = float(np.median(near)) if near.size else float(np.median(ordered))
    spread = float(ordered[-1] - ordered[0]) or 1.0
    edges = np.concatenate([[ordered[0] - spread], ordered, [ordered[-1] + spread]])
    cuts = np.flatnonzero(errors == errors.min())
    low, high = edges[cuts], edges[cuts + 1]
    candidates = np.where((low < wish) & (wish < high), wish, (low + high) / 2)
    return float(candidates[np.argmin(np.abs(candidates - wish))])


def _best_slope(distance: Array, probability: Array) -> float:
    scale = float(np.median(np.abs(distance))) or float(np.abs(distance).max()) or 1.0

    def cross_entropy(log_slope: float) -> float:
        q = np.clip(expit(np.exp(log_slope) * distance / scale), 1e-12, 1 - 1e-12)
        return -float(np.mean(xlogy(probability, q) + xlogy(1 - probability, 1 - q)))

    best = minimize_scalar(cross_entropy, bounds=(-7.0, 12.0), method="bounded")
    return float(np.exp(best.x) / scale)

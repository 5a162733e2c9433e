"""Where the threshold of a formula lies: what the network's boundary says, and what its decisions say.

On the boundary of a network a formula that is its concept has one value, and that is the threshold.  One that
only stands in for the concept has many values there, and which of them decides as most rows are decided
depends on where the rows are: that the rows say.  Each is an estimate with an error of its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from skinterpret.surrogates.judging.information import logistic_weights, standard_errors

Array = NDArray[np.float64]

ONE_ERROR = (0.16, 0.84)  # of a normal distribution within one standard deviation
FURTHEST = 1e3  # spreads from the middle; there every row is decided
LARGEST_LOG_SLOPE = 12.0


class Level(NamedTuple):
    """An estimate of a threshold.

    Attributes
    ----------
    value : float
        The threshold; NaN where nothing is known of it.
    error : float
        Its standard error.
    """

    value: float
    error: float


UNKNOWN = Level(np.nan, np.inf)


def level_on_boundary(values: Array, weight: Array) -> Level:
    """Estimate a threshold by the values of a formula on the network's boundary.

    Parameters
    ----------
    values : ndarray of shape (n_boundary,)
        Values, all finite.
    weight : ndarray of shape (n_boundary,)
        Their weights, all positive.

    Returns
    -------
    Level
        The weighted median, and half of the width of the middle two thirds: where a formula has many values
        on the boundary, more rows of it do not tell which of them decides best.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.surrogates.judging.levels import level_on_boundary
    >>> level_on_boundary(np.array([1.0, 2.0, 9.0]), np.ones(3)).value
    2.0
    """
    if not len(values):
        return UNKNOWN
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / weight.sum()
    low, middle, high = values[order][np.searchsorted(share, [ONE_ERROR[0], 0.5, ONE_ERROR[1]])]
    return Level(float(middle), float((high - low) / 2))


def level_among_rows(values: Array, latent: Array, n_rows: int, centre: float, *, rising: bool) -> Level:
    """Estimate a threshold by a logistic regression of the network's probabilities.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of a formula.
    latent : ndarray of shape (n_samples,)
        The network's log-odds on the same rows.
    n_rows : int
        Number of rows for which these stand.
    centre : float
        Where the threshold is supposed to be; NaN means in the middle of the values.
    rising : bool
        Whether the network's latent rises with the formula.

    Returns
    -------
    Level
        Where the regression has even odds, and the error that so many rows leave; unknown where
        log-odds do not rise or fall as they should.

    References
    ----------
    McCullagh and Nelder, Generalized Linear Models (1989), section 4.4.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.surrogates.judging.levels import level_among_rows
    >>> values = np.linspace(-1, 2, 301)
    >>> round(level_among_rows(values, 8 * (values - 0.7), 301, np.nan, rising=True).value, 2)
    0.7
    """
    usable = np.isfinite(values)
    if not usable.any():
        return UNKNOWN
    values, latent = values[usable], latent[usable]
    if not np.isfinite(centre):
        centre = float(np.median(values))
    with np.errstate(over="ignore"):
        spread = float(np.subtract(*np.quantile(values, ONE_ERROR[::-1])) / 2)
        if not 0 < spread < np.inf:
            return UNKNOWN
        distance = np.clip((values - centre) / spread, -FURTHEST, FURTHEST)
    weight, share = logistic_weights(latent, n_rows)
    slope, offset = _even_odds(distance if rising else -distance, expit(share * latent))
    if not slope > 0:
        return UNKNOWN
    by_offset, by_slope = np.full(len(distance), -slope), distance - offset
    error = standard_errors(np.column_stack([by_offset, by_slope]), weight)[0]
    level = centre + spread * (offset if rising else -offset)
    return Level(level, float(spread * error)) if np.isfinite(error) else UNKNOWN


def combined(first: Level, second: Level) -> float:
    """Weigh two estimates by their errors.

    The weights are inverse variances (Cochran, Journal of the Royal Statistical Society, Supplement 4, 1937).

    Parameters
    ----------
    first, second : Level
        Independent estimates.

    Returns
    -------
    float
        Their mean; NaN where both are unknown.

    Examples
    --------
    >>> from skinterpret.surrogates.judging.levels import Level, combined
    >>> combined(Level(1.0, 0.1), Level(2.0, 0.3))
    1.1
    """
    if not np.isfinite(second.error):
        return first.value
    if not np.isfinite(first.error):
        return second.value
    if first.error == second.error == 0:
        return (first.value + second.value) / 2
    # the share of the second; errors may be of any size, their ratio is not
    share = 1 / (1 + (second.error / first.error) ** 2) if first.error else 0.0
    return float(first.value + share * (second.value - first.value))


def _even_odds(distance: Array, probability: Array) -> tuple[float, float]:
    """Fit `P = expit(slope · (distance - offset))`; a slope of NaN says that there is no fit."""

    def cross_entropy(parameters: Any) -> tuple[float, Array]:
        slope, intercept = parameters
        odds = slope * distance + intercept
        excess = expit(odds) - probability
        value = np.mean(np.logaddexp(0, odds) - probability * odds)
        return float(value), np.array([np.mean(excess * distance), np.mean(excess)])

    limits = [(0.0, np.exp(LARGEST_LOG_SLOPE)), (None, None)]
    slope, intercept = minimize(cross_entropy, [1.0, 0.0], jac=True, bounds=limits).x
    return (float(slope), float(-intercept / slope)) if slope > 0 else (np.nan, np.nan)

"""How far constants may be off because a network has seen so many rows and no more."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import norm

from skinterpret.expressions import Expression

Array = NDArray[np.float64]

STEP = 1e-5  # of a constant, for its derivative
SMALLEST = 1e-3  # constant of which a step is a share
FEWEST_NEAR = 2.0  # rows in the transition between two classes, each counted by p (1 - p)
COOLING = 1.25
MOST_COOLING = 200
NEGLIGIBLE = 1e-10  # information, as a share of the largest
SMALLEST_NORM = 1e-150  # whose square is above 0
TAILS = (0.025, 0.975)
ERRORS = float(norm.ppf(TAILS[1]))  # standard errors from the middle of an interval to its end


def derivatives_by_constants(expression: Expression, rows: Array) -> Array:
    """Differentiate a formula by its constants, by central differences.

    Parameters
    ----------
    expression : Expression
        The formula.
    rows : ndarray of shape (n_rows, n_features)
        Rows.

    Returns
    -------
    ndarray of shape (n_rows, n_constants)
        Derivatives; 0 where there is none.
    """
    values = np.array(expression.constant_values)
    steps = STEP * np.maximum(np.abs(values), SMALLEST)
    derivatives = np.zeros((len(rows), len(values)))
    with np.errstate(all="ignore"):
        for k, step in enumerate(steps):
            above, below = (
                expression.with_constants((values + sign * step * (np.arange(len(values)) == k)).tolist())(
                    rows
                )
                for sign in (1.0, -1.0)
            )
            derivatives[:, k] = (above - below) / (2 * step)
    return np.nan_to_num(derivatives, posinf=0.0, neginf=0.0)


def logistic_weights(log_odds: Array, n_rows: int) -> tuple[Array, float]:
    """Weight of each row in the information about a boundary, and the slope to go with it.

    A row tells of the boundary in proportion to `p (1 - p)`.  Where classes do not overlap, a network's
    probabilities may be as steep as its training let them become and tell nothing; yet the boundary is not
    known better than to the nearest rows.  So the log-odds are made flatter until some rows are near it.

    Parameters
    ----------
    log_odds : ndarray of shape (n_samples,)
        Log-odds of rows.
    n_rows : int
        Number of rows that these stand for.

    Returns
    -------
    weight : ndarray of shape (n_samples,)
        `p (1 - p)`, for all of the `n_rows`.
    share : float
        Share of the slope that is left.
    """
    share = 1.0
    for _ in range(MOST_COOLING):
        probability = expit(share * log_odds)
        weight = probability * (1 - probability) * n_rows / len(log_odds)
        if weight.sum() >= min(FEWEST_NEAR, n_rows / 8):
            break
        share /= COOLING
    return weight, share


def standard_errors(derivatives: Array, weight: Array) -> Array:
    """Give the standard errors of parameters, roots of the diagonal of the inverse information.

    No estimate is better than the information about it allows (Cramér, Mathematical Methods of Statistics,
    1946, section 32.3), and a network that was trained on the rows is one.

    Parameters
    ----------
    derivatives : ndarray of shape (n_rows, n_parameters)
        Derivatives of what is observed by the parameters; a row in which one is not finite is left out.
    weight : ndarray of shape (n_rows,)
        Information in each observation: one over its variance.

    Returns
    -------
    ndarray of shape (n_parameters,)
        The errors; 0 for a parameter on which nothing depends, NaN where no row is left.
    """
    told = (weight > 0) & np.isfinite(derivatives).all(axis=1)
    if not told.any():
        return np.full(derivatives.shape[1], np.nan)
    seen, weight = derivatives[told], weight[told]
    largest = np.abs(seen).max(axis=0, initial=0.0)
    sound = largest > 0
    errors = np.zeros(len(largest))
    if sound.any():
        # in units of the largest, so that no square overflows, nor vanishes
        most = np.sqrt(weight.max())
        observed = seen[:, sound] / largest[sound] * (np.sqrt(weight) / most)[:, None]
        scale = np.maximum(np.linalg.norm(observed, axis=0), SMALLEST_NORM)
        unit = observed / scale
        inverse = np.linalg.pinv(unit.T @ unit, rcond=NEGLIGIBLE)
        with np.errstate(over="ignore"):  # of what is hardly known at all
            errors[sound] = np.sqrt(np.maximum(np.diag(inverse), 0.0)) / scale / most / largest[sound]
    return errors

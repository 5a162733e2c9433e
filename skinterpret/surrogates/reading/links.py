"""From the values of a concept to a network's values: the link φ as a formula of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.surrogates.judging.selection import resolution
from skinterpret.surrogates.reading.families import FAMILIES, Family
from skinterpret.surrogates.reading.rounding import refine, round_constants

__all__ = ["ValueLink"]

Array = NDArray[np.float64]

CONCEPT = Expression.variable(0)
SAME_SCORE = 0.003  # a little more than rounding may add to the logarithm of a loss
MOST_ROWS = 600  # to which a link is fitted: it has five constants at most
FEWEST_ROWS = 4
REFINED = 2  # of the starting points, the best
LARGEST = 1e100  # squares of larger values overflow
WORTH_OF_COMPLEXITY = 0.25  # of the log loss, for the terms of a link


@dataclass(frozen=True)
class ValueLink:
    """`value = φ(T)`.

    Parameters
    ----------
    family : str
        Name of the form that φ has.
    expression : Expression
        φ, with T as its only input.
    fallback : float
        Value where T or φ is not defined.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.reading.links import ValueLink
    >>> link = ValueLink("logarithm", Expression.parse("2*log(x0)"), fallback=0.0)
    >>> link(np.array([1.0, np.e, -1.0]))
    array([0., 2., 0.])
    >>> link.to_sympy("T")
    2*log(T)
    """

    family: str
    expression: Expression
    fallback: float

    def __call__(self, values: Array) -> Array:
        """Apply φ.

        Parameters
        ----------
        values : ndarray of shape (n_samples,)
            Values of the concept.

        Returns
        -------
        ndarray of shape (n_samples,)
            Values of the formula, finite.
        """
        with np.errstate(all="ignore"):
            linked = self.expression(values[:, None])
        return np.where(np.isfinite(linked), linked, self.fallback)

    def to_sympy(self, concept: str = "T") -> sympy.Expr:
        """Write φ in sympy.

        Parameters
        ----------
        concept : str, default="T"
            Name of the symbol for the concept.

        Returns
        -------
        sympy.Expr
            φ as a formula of one symbol.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> from skinterpret.surrogates.reading.links import ValueLink
        >>> link = ValueLink("logarithm", Expression.parse("2*log(x0) + 1"), fallback=0.0)
        >>> link.to_sympy()
        2*log(T) + 1
        >>> link.to_sympy("energy")
        2*log(energy) + 1
        """
        return self.expression.to_sympy([concept])


def quick_link(values: Array, wanted: Array) -> tuple[ValueLink, float]:
    """Choose a link by half of the rows and tell its R² on the other half.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of the concept.
    wanted : ndarray of shape (n_samples,)
        The network's values on the same rows.

    Returns
    -------
    link : ValueLink
        The link with all digits of its constants.
    fidelity : float
        R² on the rows that it was not fitted to; at most 1.
    """
    fits = _cross_fits(values, wanted)
    noise = resolution(min(loss for _, loss in fits))
    link, loss = min(fits, key=lambda fit: _score(fit[1], noise, fit[0].expression))
    return link, 1 - loss


def fit_value_link(values: Array, wanted: Array) -> ValueLink:
    """Find the form of φ and its constants.

    The families are those of `FAMILIES`.  Each is fitted by least squares from several starting
    points to one half of the rows and judged on the other.  The choice is the one with the lowest log
    loss, where each unit of complexity must lower the loss by a fifth or more, as for the concept
    itself: the information criterion of Schwarz (Annals of Statistics 6, 1978) for about ten
    independent observations, because a network's errors at neighbouring rows are alike.  Constants
    become round numbers where the loss does not notice.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of the concept on held-back rows.
    wanted : ndarray of shape (n_samples,)
        The network's values on the same rows.

    Returns
    -------
    ValueLink
        The fitted link.
    """
    rows = usable_rows(values)
    fits = _cross_fits(values, wanted)
    noise = resolution(min(loss for _, loss in fits))
    families = {family.name: family for family in FAMILIES}
    best, best_score = fits[0][0], np.inf
    if best.family not in families:
        return best
    for crossed, cross_loss in fits:
        if _score(cross_loss, noise, CONCEPT) >= best_score:
            continue  # not even the shortest formula with this loss would do
        family = families[crossed.family]
        link = _fit_family(family, values[rows], wanted[rows], crossed.fallback) or crossed
        link = replace(link, expression=round_constants(link.expression, values[rows], wanted[rows]))
        # the simpler of two families comes first, and stays if rounding has made them one
        score = _score(max(cross_loss, _loss(link, values, wanted)), noise, link.expression)
        if score < best_score - SAME_SCORE:
            best, best_score = link, score
    return best


def judged_rows(values: Array) -> NDArray[np.intp]:
    """Numbers of the rows on which `quick_link` judges a link: those that it is not fitted to.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of the concept.

    Returns
    -------
    ndarray of shape (n_judged,)
        Numbers of rows; all, where there are too few to fit any link.
    """
    usable = usable_rows(values)
    everything = np.arange(len(values))
    return everything if len(usable) < FEWEST_ROWS else np.setdiff1d(everything, usable[::2])


def usable_rows(values: Array, most: int = MOST_ROWS) -> NDArray[np.intp]:
    """Numbers of the rows to which a link is fitted, evenly spread over all rows.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Values of the concept.
    most : int, default=600
        How many are enough; there may be nearly twice as many.

    Returns
    -------
    ndarray of shape (n_usable,)
        Numbers of rows at which the concept is defined.
    """
    usable = np.flatnonzero(np.abs(values) < LARGEST)  # not so for NaN
    return usable[:: max(1, len(usable) // most)]


def _score(loss: float, noise: float, expression: Expression) -> float:
    return math.log(loss + noise) + WORTH_OF_COMPLEXITY * expression.complexity


def _loss(link: ValueLink, values: Array, wanted: Array) -> float:
    """Compute `1 - R²`."""
    level = float(np.mean((wanted - link.fallback) ** 2)) or 1.0
    with np.errstate(over="ignore"):
        return float(np.mean((link(values) - wanted) ** 2)) / level


def _cross_fits(values: Array, wanted: Array) -> list[tuple[ValueLink, float]]:
    """Every family fitted to one half of the rows, with its loss on all of the other half."""
    fallback = float(np.mean(wanted))
    flat = ValueLink("constant", Expression.constant(fallback), fallback)
    fits = [(flat, 1.0)]
    usable = usable_rows(values)
    if len(usable) < FEWEST_ROWS or np.ptp(values[usable]) == 0:
        return fits
    train = usable[::2]
    test = judged_rows(values)
    for family in FAMILIES:
        link = _fit_family(family, values[train], wanted[train], fallback)
        if link is not None:
            loss = _loss(link, values[test], wanted[test])
            if np.isfinite(loss):
                fits.append((link, loss))
    # a constant is no answer while any family says more than it does
    return [fit for fit in fits[1:] if fit[1] < 1.0] or fits[:1]


def _fit_family(family: Family, values: Array, wanted: Array, fallback: float) -> ValueLink | None:
    """Fit one family by variable projection; None if it cannot be fitted to these values."""

    def residuals(parameters: Array) -> Array:
        return np.asarray(_solve(family, values, wanted, parameters)[1])

    starts = family.starts(values)
    if not len(starts):
        return None
    costs = [float(np.sum(residuals(start) ** 2)) for start in starts]
    nearest = [starts[k] for k in np.argsort(costs, kind="stable")[:REFINED]]
    if nearest[0].size:
        nearest = [refine(residuals, start) for start in nearest]
    parameters = min(nearest, key=lambda trial: float(np.sum(residuals(trial) ** 2)))
    coefficients = _solve(family, values, wanted, parameters)[0]
    if len(values) < len(coefficients) + len(parameters) + 1 or not (np.abs(coefficients) < LARGEST).all():
        return None
    offset, *factors = coefficients.tolist()
    inner = family.build(factors, parameters.tolist())
    return ValueLink(family.name, Expression.apply("add", inner, Expression.constant(offset)), fallback)


def _solve(family: Family, values: Array, wanted: Array, parameters: Array) -> tuple[Array, Array]:
    """Offset and coefficients by linear least squares, and the residuals."""
    with np.errstate(all="ignore"):
        columns = family.basis(values, parameters)
        size = np.array([np.abs(column).max() for column in columns])
    if not (np.isfinite(size) & (size > 0)).all():
        return np.full(len(columns) + 1, np.nan), np.full(len(values), float(np.ptp(wanted)) + 1.0)
    matrix = np.column_stack([np.ones(len(values)), *(c / s for c, s in zip(columns, size, strict=True))])
    coefficients = np.linalg.lstsq(matrix, wanted, rcond=1e-12)[0]
    with np.errstate(over="ignore"):
        return coefficients / np.concatenate([[1.0], size]), matrix @ coefficients - wanted

"""Figures that every formula gets, whether it stands for a decision or for values, and their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from skinterpret.digits import to_digits
from skinterpret.expressions import Expression
from skinterpret.expressions.plain import quoted

Array = NDArray[np.float64]

NO_CLOSED_FORM = "no closed form found"
N_RESAMPLES = 100
SAME_CONCEPT = 1e-3  # of 1 - |cos| between two formulas over the shell
NEIGHBOURS = 5
READABLE = 0.9  # of smoothness
FEWEST_ROWS = 10  # of which a share is told in digits

LEAST_ALIGNMENT = 0.9
LEAST_STABILITY = 0.5
LEAST_REPEATABILITY = 0.5


class Shell(Protocol):
    """What a judge knows of the network's directions."""

    @property
    def directions(self) -> Array:
        """The network's directions, multiplied by the metric, shape (n_rows, n_features)."""

    @property
    def metric(self) -> Array | None:
        """By what gradients by scaled inputs are multiplied, shape (n_features, n_features)."""

    @property
    def scaled_shell(self) -> Array:
        """Rows at which these are its directions, in scaled inputs, shape (n_rows, n_features)."""

    @property
    def weight(self) -> Array | None:
        """Weight of each row, shape (n_rows,); None where all count alike."""

    @property
    def scale(self) -> Array:
        """Scale of each input, shape (n_features,)."""

    def alignment(self, expression: Expression) -> float:
        """Tell how parallel the gradients of a formula are to the directions, from 0 to 1."""

    def unit_gradients(self, expression: Expression) -> Array:
        """Give unit gradients of a formula at these rows, shape (n_rows, n_features)."""

    def sampling_errors(self, expression: Expression) -> Array:
        """Give standard errors of the constants, and of a threshold behind them, that few rows leave."""


def agreement_of_neighbours(rows: Array, directions: Array) -> Array:
    """Mean cosine between the direction at each row and those at its nearest neighbours.

    Parameters
    ----------
    rows : ndarray of shape (n_rows, n_features)
        Rows, in scaled inputs.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients at them.

    Returns
    -------
    ndarray of shape (n_rows,)
        From -1 to 1: how reliable each direction is.
    """
    nearest = cKDTree(rows).query(rows, k=NEIGHBOURS + 1)[1][:, 1:]
    cosines = np.einsum("ij,ikj->ik", directions, directions[nearest])
    return np.asarray(cosines.mean(axis=1))


def same_concept(units: Array, chosen: int, weight: Array | None = None) -> NDArray[np.bool_]:
    """Find the candidates whose gradients are parallel to those of the chosen one.

    Parameters
    ----------
    units : ndarray of shape (n_candidates, n_rows, n_features)
        Unit gradients of the candidates.
    chosen : int
        Position of the chosen one.
    weight : ndarray of shape (n_rows,), default=None
        Weights of the rows.

    Returns
    -------
    ndarray of bool of shape (n_candidates,)
        Which are the same concept; the chosen one always is.
    """
    cosines = np.einsum("cij,ij->ci", units, units[chosen])
    same = np.abs(np.average(cosines, axis=1, weights=weight)) > 1 - SAME_CONCEPT
    same[chosen] = True
    return np.asarray(same)


def share_of_same_choices(
    choice: Callable[[Any, Any], int], same: NDArray[np.bool_], *, n_rows: int, n_shell: int, seed: int
) -> float:
    """Share of resamples whose choice is the same concept as that on all rows.

    Parameters
    ----------
    choice : callable
        `choice(rows, shell)`: position of the candidate that is chosen on these held-back rows and these
        rows of the shell.
    same : ndarray of bool of shape (n_candidates,)
        Which candidates are the same concept.
    n_rows, n_shell : int
        Number of rows to draw from.
    seed : int
        Seed of the resamples.

    Returns
    -------
    float
        From 0 to 1.
    """
    rng = np.random.default_rng(seed)
    hits = 0
    for _ in range(N_RESAMPLES):
        rows = rng.integers(n_rows, size=n_rows)
        shell = rng.integers(n_shell, size=n_shell)
        hits += bool(same[choice(rows, shell)])
    return hits / N_RESAMPLES


def repeatability(
    judge: Shell, searches: list[pd.DataFrame], chosen: Expression, choice: Callable[[pd.DataFrame], int]
) -> float:
    """Share of searches whose own choice is the same concept as the answer.

    Parameters
    ----------
    judge : Shell
        The network's directions, and unit gradients on the same rows.
    searches : list of DataFrame
        Candidates of each search.
    chosen : Expression
        The answer, a candidate of all of them.
    choice : callable
        Position of the candidate that is chosen from a table.

    Returns
    -------
    float
        From 0 to 1; NaN where there was one search only.
    """
    if len(searches) == 1:
        return np.nan
    chosen_of_each = [each["expression"].iloc[choice(each)] for each in searches]
    units = np.array([judge.unit_gradients(expression) for expression in (chosen, *chosen_of_each)])
    return float(np.mean(same_concept(units, 0, judge.weight)[1:]))


def checked_box(rows: Array, expression: Expression, feature_names: list[str]) -> pd.DataFrame:
    """Tell between which values the inputs of a formula were checked.

    Parameters
    ----------
    rows : ndarray of shape (n_samples, n_features)
        Rows on which it was checked.
    expression : Expression
        The formula.
    feature_names : list of str
        Names of the inputs.

    Returns
    -------
    DataFrame
        Columns `low` and `high`, a row for each input of the formula.
    """
    used = list(expression.variables)
    return pd.DataFrame(
        {"low": rows[:, used].min(axis=0), "high": rows[:, used].max(axis=0)},
        index=[feature_names[j] for j in used],
    )


def objections(
    checks: dict[str, bool], alignment: float, stability: float, repeatability: float
) -> tuple[str, ...]:
    """Say what is too low for a formula to be relied upon.

    Parameters
    ----------
    checks : dict of str to bool
        What may speak against this kind of formula, and whether it does.
    alignment, stability, repeatability : float
        Figures that every formula has.

    Returns
    -------
    tuple of str
        A sentence for each objection.
    """
    checks = {
        **checks,
        f"Its gradients are aligned with the network's to {alignment:.2f} only, less than "
        f"{LEAST_ALIGNMENT}.": alignment < LEAST_ALIGNMENT,
        f"Only {stability:.2f} of the resamples choose this concept, less than {LEAST_STABILITY}.": stability
        < LEAST_STABILITY,
        f"Only {repeatability:.2f} of the searches choose this concept, less than "
        f"{LEAST_REPEATABILITY}.": repeatability < LEAST_REPEATABILITY,
    }
    return tuple(sentence for sentence, holds in checks.items() if holds)


def fidelity_in_words(trust: Any) -> str:
    """Write fidelity, its interval and the number of rows, without a full stop."""
    return (
        f"Fidelity {trust.fidelity:.3f} (95 % interval {trust.fidelity_low:.3f} to "
        f"{trust.fidelity_high:.3f}) on {trust.n_rows:,} rows held back from the search"
    )


def share_in_words(share: float, n_rows: int) -> str:
    """Write a share with the number of rows, and that number alone where they are too few.

    Parameters
    ----------
    share : float
        What was measured; NaN where there are no rows.
    n_rows : int
        On how many rows.

    Returns
    -------
    str
        Such as "0.905 on 312 rows" or "too few rows (2)".

    Examples
    --------
    >>> from skinterpret.surrogates.judging.figures import share_in_words
    >>> share_in_words(0.905, 312), share_in_words(1.0, 2), share_in_words(float("nan"), 0)
    ('0.905 on 312 rows', 'too few rows (2)', 'no rows')
    """
    if n_rows == 0:
        return "no rows"
    return f"too few rows ({n_rows})" if n_rows < FEWEST_ROWS else f"{share:.3f} on {n_rows:,} rows"


def smoothing_in_words(smoothing: float | None, of_the_network: str) -> list[str]:
    """Say over what directions are averaged, and which figure is of the network as it is.

    Parameters
    ----------
    smoothing : float or None
        Standard deviations of the neighbourhoods; NaN where the network came with its own, and None where
        nothing is averaged.
    of_the_network : str
        What is measured on the network as it is, a clause.

    Returns
    -------
    list of str
        One sentence, or none.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.surrogates.judging.figures import smoothing_in_words
    >>> smoothing_in_words(0.1, "to the network as it is alignment is 0.97")
    ['Directions are averaged over neighbourhoods of 0.1 standard deviations: ...']
    >>> smoothing_in_words(None, "")
    []
    """
    if smoothing is None:
        return []
    if np.isnan(smoothing):
        neighbourhoods = "the neighbourhoods of the smoothed network that was given"
    else:
        neighbourhoods = f"neighbourhoods of {smoothing:g} standard deviations"
    return [
        f"Directions are averaged over {neighbourhoods}: alignment and readability are those of the averaged "
        f"ones; {of_the_network}."
    ]


def stability_in_words(trust: Any) -> str:
    """Write the stability, and the repeatability where it was measured."""
    words = f"Stability {trust.stability:.2f}: share of resamples that choose the same concept."
    if np.isnan(trust.repeatability):
        return words
    return (
        f"{words}\nRepeatability {trust.repeatability:.2f}: share of searches that choose the same concept."
    )


def box_in_words(region: pd.DataFrame) -> str:
    """Write between which values a formula was checked; nothing where it has no input."""
    bounds = ", ".join(
        f"{quoted(str(name))} in [{to_digits(low, high - low)}, {to_digits(high, high - low)}]"
        for name, low, high in region.itertuples()
    )
    return f"Checked for {bounds}." if bounds else ""

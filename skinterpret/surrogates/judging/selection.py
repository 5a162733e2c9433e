"""Which candidate of a front becomes the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.surrogates.judging.figures import LEAST_ALIGNMENT

# of the knee: from 0.16 to 0.18, and with two to four errors, it chooses alike on the experiments
WORTH_OF_COMPLEXITY = 0.17
WORTH_OF_INFIDELITY = 0.5
ERRORS_OF_FIDELITY = 3
NEGLIGIBLE_LOSS = 1e-7
RESOLUTION = 1e-4  # losses of that size are a network's noise, unless something fits far better
LEAST_NOISE = (
    1e-5  # loss that any network has which is not the formula itself: no function of it is an answer
)
# With one input a direction is a sign, and a loss the share of the shell where a network's flat parts rise
# while the formula falls.  What is below that of formulas too little aligned to be relied upon tells nothing.
NOISE_OF_SIGNS = 1 - LEAST_ALIGNMENT
EXACT = 1e-12  # loss of a formula that is the network, up to rounding errors
NETWORK_TOLERANCE = 0.01  # of fidelity: two networks trained alike differ by about as much


def binomial_error(fidelity: float, n_samples: int) -> float:
    """Estimate the standard error of a share, with one disagreement added: a perfect score proves little.

    Parameters
    ----------
    fidelity : float
        Share of rows that agree, from 0 to 1.
    n_samples : int
        Number of rows.

    Returns
    -------
    float
        Standard error.
    """
    share = fidelity * n_samples / (n_samples + 1)
    return float(np.sqrt(share * (1 - share) / n_samples))


def agreement_error(fidelity: float, n_samples: int) -> float:
    """Estimate the standard error of a share, with two agreements and two disagreements added.

    Of a perfect share of 13 rows or more it is a little more than one row, and less than two, so that
    one row of them is conceded.

    Parameters
    ----------
    fidelity : float
        Share of rows that agree, from 0 to 1.
    n_samples : int
        Number of rows.

    Returns
    -------
    float
        Standard error.

    References
    ----------
    Agresti and Coull, The American Statistician 52, 1998.

    Examples
    --------
    >>> from skinterpret.surrogates.judging.selection import agreement_error
    >>> round(100 * agreement_error(1.0, 100), 2)
    1.35
    """
    share = (fidelity * n_samples + 2) / (n_samples + 4)
    return float(np.sqrt(share * (1 - share) / (n_samples + 4)))


def choose(
    table: pd.DataFrame,
    selection: Any,
    n_samples: int,
    standard_error: Callable[[float, int], float] | None = None,
    *,
    by_signs: bool = False,
) -> int:
    """Choose a candidate.

    Parameters
    ----------
    table : DataFrame
        The front with columns complexity, alignment and fidelity.
    selection : {"knee", "best", "one_standard_error", "accuracy"}, int or callable
        The rule, as `SymbolicSurrogate` describes it.
    n_samples : int
        Number of held-back rows on which fidelity was measured.
    standard_error : callable, default=None
        `standard_error(fidelity, n_samples)` of a fidelity; `None` means that of a share:
        `agreement_error` where one standard error is all that is conceded, else `binomial_error`.
    by_signs : bool, default=False
        Whether there is one input only, so that directions are signs; then losses below 0.1 or so count as
        equal, and decisions and complexity tell candidates apart.

    Returns
    -------
    int
        Position of the chosen candidate.

    Raises
    ------
    ValueError
        If a callable answers with something that is no position in the table.
    """
    if callable(selection):
        return _checked(selection(table), len(table))
    if isinstance(selection, str):
        if standard_error is None:
            standard_error = agreement_error if selection == "one_standard_error" else binomial_error
        error = standard_error(float(table["fidelity"].max()), n_samples)
        return RULES[selection](table, error, by_signs)
    return int(np.abs(table["complexity"].to_numpy() - selection).argmin())


def least_fidelity(best: float, error: float) -> float:
    """Give the fidelity below which the default chooses nothing.

    Parameters
    ----------
    best : float
        Highest fidelity of all candidates.
    error : float
        Its standard error.

    Returns
    -------
    float
        Less than the best by a standard error, or by what two networks differ that were trained alike, where
        that is more.

    Examples
    --------
    >>> from skinterpret.surrogates.judging.selection import least_fidelity
    >>> round(least_fidelity(0.99, 0.002), 3), round(least_fidelity(0.99, 0.02), 3)
    (0.98, 0.97)
    """
    return best - max(error, NETWORK_TOLERANCE)


def rule_for_resamples(selection: Any) -> str:
    """Give the rule by which resamples choose, for one that was picked by hand they would all pick.

    Parameters
    ----------
    selection : str, int or callable
        How a candidate was chosen.

    Returns
    -------
    str
        The same rule, or the default in place of a complexity or a function.

    Examples
    --------
    >>> from skinterpret.surrogates.judging.selection import rule_for_resamples
    >>> rule_for_resamples("best"), rule_for_resamples(8)
    ('best', 'knee')
    """
    return selection if isinstance(selection, str) else DEFAULT


def _knee(table: pd.DataFrame, error: float, by_signs: bool) -> int:
    """Lowest product of loss and root infidelity, of which each unit of complexity must take a sixth.

    Longer formulas fit a network's errors ever better, and rows are so many that even these count
    as significant.  A penalty for complexity on the logarithm of the loss is the information
    criterion of Schwarz (Annals of Statistics 6, 1978) for some ten independent observations:
    neighbouring rows share the network's errors.  Directions and decisions are two witnesses: what
    follows the errors of the first in the shell mostly loses by the second.  Candidates whose
    fidelity is below the best by more than a standard error, or than what two networks trained alike
    differ by where that is more, are left out, and so are those that are too little aligned to be relied
    upon, where others are not.
    """
    infidelity = 1 - table["fidelity"].to_numpy() + ERRORS_OF_FIDELITY * error
    score = _log_loss(table, by_signs) + WORTH_OF_INFIDELITY * np.log(infidelity)
    score += WORTH_OF_COMPLEXITY * table["complexity"].to_numpy()
    eligible = _nearly_as_faithful_as_the_best(table, error)
    aligned = eligible & (table["alignment"].to_numpy() >= LEAST_ALIGNMENT)
    score[~(aligned if aligned.any() else eligible)] = np.inf
    return int(score.argmin())


def _best(table: pd.DataFrame, error: float, by_signs: bool) -> int:
    """Largest drop of log loss per unit of complexity from one candidate to the next.

    This is the criterion of the same name in PySR (Cranmer, arXiv:2305.01582, section 2.2).
    """
    # in raw units, where inputs count from elsewhere, two candidates may be of one length
    longer = np.maximum(np.diff(table["complexity"].to_numpy()), 1)
    drop = -np.diff(_log_loss(table, by_signs)) / longer
    score = np.concatenate([[-np.inf], drop])
    score[~_nearly_as_faithful_as_the_best(table, error)] = -np.inf
    return int(score.argmax()) if np.isfinite(score).any() else len(table) - 1


def _one_standard_error(table: pd.DataFrame, error: float, by_signs: bool) -> int:
    """Simplest candidate whose fidelity is within one standard error of the best.

    Breiman et al., Classification and Regression Trees (1984), section 3.4.3.
    """
    fidelity = table["fidelity"].to_numpy()
    eligible = fidelity >= fidelity.max() - error
    return int(np.flatnonzero(eligible)[0])


def _accuracy(table: pd.DataFrame, error: float, by_signs: bool) -> int:
    """Highest fidelity; the simplest of those that share it."""
    return int(table["fidelity"].to_numpy().argmax())


def resolution(loss: float) -> float:
    """Loss below which candidates count as equal, for a lowest loss of that size.

    Parameters
    ----------
    loss : float
        `1 - alignment` of the best candidate.

    Returns
    -------
    float
        A hundred times that loss, but no more than networks show.

    Examples
    --------
    >>> from skinterpret.surrogates.judging.selection import resolution
    >>> resolution(1e-2), resolution(0.0)
    (0.0001, 1e-07)
    """
    return min(RESOLUTION, 100 * loss + NEGLIGIBLE_LOSS)


def _log_loss(table: pd.DataFrame, by_signs: bool) -> NDArray[np.float64]:
    loss = 1 - table["alignment"].to_numpy()
    if by_signs:
        return np.asarray(np.log(loss + NOISE_OF_SIGNS))
    best = float(loss.min())
    noise = resolution(best) if best <= EXACT else max(resolution(best), LEAST_NOISE)
    return np.asarray(np.log(loss + noise))


def _nearly_as_faithful_as_the_best(table: pd.DataFrame, error: float) -> NDArray[np.bool_]:
    fidelity = table["fidelity"].to_numpy()
    return np.asarray(fidelity >= least_fidelity(float(fidelity.max()), error))


DEFAULT = "knee"
RULES: dict[str, Callable[[pd.DataFrame, float, bool], int]] = {
    "knee": _knee,
    "best": _best,
    "one_standard_error": _one_standard_error,
    "accuracy": _accuracy,
}


def _checked(position: Any, n_candidates: int) -> int:
    if position not in range(n_candidates):
        raise ValueError(
            f"selection answered {position!r}; it must answer a position in the table, from 0 to "
            f"{n_candidates - 1}."
        )
    return int(position)

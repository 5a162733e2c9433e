"""How far the formula of a value may be trusted: what was measured, and the verdict that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.surrogates.answers.trust import CONCEPT_ALIGNMENT
from skinterpret.surrogates.judging.figures import (
    NO_CLOSED_FORM,
    READABLE,
    box_in_words,
    checked_box,
    fidelity_in_words,
    objections,
    repeatability,
    same_concept,
    share_of_same_choices,
    smoothing_in_words,
    stability_in_words,
)
from skinterpret.surrogates.judging.readability import LEAST_DISCRIMINATION, smoother
from skinterpret.surrogates.judging.selection import rule_for_resamples
from skinterpret.surrogates.reading.links import judged_rows
from skinterpret.surrogates.reading.values import ValueAnswer, ValueReading

Array = NDArray[np.float64]

__all__ = ["ValueTrust"]

# Formulas that are found for networks which have one reach 0.98 and more; those of networks that were
# trained on noise reach as much only where the network hardly follows y: `benchmarks/value_trust.py`.
LEAST_FIDELITY = 0.9
N_RESAMPLES = 1000  # of R²
LARGEST = 1e200  # sums of larger squares overflow


@dataclass(frozen=True)
class ValueTrust:
    """What was measured on the formula of a value, on rows held back from the search.

    Attributes
    ----------
    verdict : {"concept", "values only", "no closed form found"}
        "concept": the formula gives the network's values and runs parallel to it as it is, not smoothed, so
        it says what the network computes; "values only": it gives the values, but the gradients differ;
        otherwise no formula of the allowed complexity stands in for the network.
    reasons : tuple of str
        What speaks against it, a sentence each; empty unless no closed form was found.
    fidelity, fidelity_low, fidelity_high : float
        R² of the formula to the network's values, with its 95 % interval (percentiles of 1,000 resamples
        of the rows).  The five constants at most of the link were fitted to 600 of these rows at most.
    error : float
        Root mean square of the difference between the formula and the network, in units of the values.
    alignment : float
        Mean `|cos|` between the gradients of the whole formula and of the network; rows at which
        the network is nearly flat, and its direction is noise, count for less.  With `smoothing` it is that
        to the averaged gradients.
    stability : float
        Share of bootstrap resamples of the rows whose choice is the same concept.  Of a candidate that was
        picked by hand, as a complexity or by a function, it is the share in which the default, the knee,
        chooses that concept; a named selection chooses for itself.
    repeatability : float
        Share of the searches from different seeds whose own choice, made as for the stability, is the same
        concept; NaN where there was one search only (`n_searches=1`).
    smoothness : float
        Mean cosine between the network's directions at a row and at its five nearest neighbours: how
        readable the network is, after smoothing, if there is any; rows are weighted as for the alignment.
    network_r2, formula_r2 : float
        R² of the network and of the formula to y on the rows held back from the search, on which the network
        may have been trained; NaN without y, and for hidden units.
    region : DataFrame
        Smallest and largest value of each input of the formula on the rows on which it was checked.
    n_rows : int
        Number of rows held back.
    alignment_unsmoothed : float
        Alignment with the gradients of the network as it is; the same as `alignment` without smoothing.
    smoothing : float or None
        Standard deviations of the neighbourhoods over which directions are averaged; None where they are not,
        and NaN for a network that was smoothed before it was given.
    has_tanh_units : bool
        Whether all hidden units of the network are tanh ones, which the advice then leaves out.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret import SymbolicSurrogateRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    >>> y = X[:, 0] + 2 * X[:, 1]
    >>> network = MLPRegressor(hidden_layer_sizes=(10,), solver="lbfgs", max_iter=500, random_state=0)
    >>> network = FrozenEstimator(network.fit(X, y))
    >>> surrogate = SymbolicSurrogateRegressor(network, random_state=0).fit(X, y)
    >>> surrogate.trust_.verdict
    'concept'
    >>> surrogate.trust_.fidelity > 0.99
    True
    """

    verdict: str
    reasons: tuple[str, ...]
    fidelity: float
    fidelity_low: float
    fidelity_high: float
    error: float
    alignment: float
    stability: float
    repeatability: float
    smoothness: float
    network_r2: float
    formula_r2: float
    region: pd.DataFrame
    n_rows: int
    alignment_unsmoothed: float
    smoothing: float | None = None
    has_tanh_units: bool = False

    def __str__(self) -> str:
        against_y = (
            f"R² to y {self.formula_r2:.3f} by the formula, {self.network_r2:.3f} by the network, on rows "
            "that the network may have been trained on."
            if np.isfinite(self.network_r2)
            else "Not compared with y: whether the network has learned anything is not known."
        )
        return "\n".join(
            [
                f"Verdict: {self.verdict}.",
                *(f"  {reason}" for reason in self.reasons),
                f"{fidelity_in_words(self)}: R² to the network's values.",
                f"  They differ by {self.error:.3g} (root mean square).",
                f"Alignment of gradients {self.alignment:.4f}.",
                *smoothing_in_words(
                    self.smoothing,
                    f"to the network as it is alignment is {self.alignment_unsmoothed:.4f}, which decides "
                    'between "concept" and "values only"',
                ),
                stability_in_words(self),
                f"Readability of the network: directions of neighbours agree to {self.smoothness:.3f}.",
                *(f"  {advice}" for advice in self.advice),
                against_y,
                box_in_words(self.region) or "The formula uses no input.",
            ]
        )

    @property
    def advice(self) -> tuple[str, ...]:
        """What would make the network more readable, a sentence each; empty where it is readable.

        Examples
        --------
        >>> from dataclasses import replace
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret import SymbolicSurrogateRegressor
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
        >>> network = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1])
        >>> surrogate.trust_.advice
        ()
        >>> replace(surrogate.trust_, smoothness=0.5).advice  # as of a network that is not smooth
        ("Its directions jump between neighbours: more rows make them smoother...",)
        """
        if self.smoothness >= READABLE:
            return ()
        return (f"Its directions jump between neighbours: {smoother(self.has_tanh_units)}",)


def assess_values(
    reading: ValueReading,
    answer: ValueAnswer,
    selection: Any,
    wanted: Array | None,
    feature_names: list[str],
    seed: int,
    smoothing: float | None = None,
) -> ValueTrust:
    """Measure how far the formula of a value may be trusted.

    Parameters
    ----------
    reading : ValueReading
        Where the formula comes from.
    answer : ValueAnswer
        The formula.
    selection : str, int or callable
        How its concept was chosen.
    wanted : ndarray of shape (n_held_back,) or None
        The values of y that the held-back rows have.
    feature_names : list of str
        Names of the inputs.
    seed : int
        Seed of the resamples.
    smoothing : float or None, default=None
        Standard deviations over which directions were averaged, as `ValueTrust` tells it.

    Returns
    -------
    ValueTrust
        Figures and verdict.
    """
    judge = reading.judge
    values = np.clip(answer.predict(judge.rows), -np.sqrt(LARGEST), np.sqrt(LARGEST))
    low, high = _interval(judge.values, values, np.random.default_rng(seed))
    figures = {
        "fidelity": _r2(judge.values, values),
        # where φ rises and falls, that of the concept would count rows against each other
        "alignment": judge.alignment(answer.formula),
        **_steadiness(reading, answer, selection, seed),
        "network_r2": np.nan if wanted is None else _r2(wanted, judge.values),
    }
    reasons = _objections(**figures)
    verdict = NO_CLOSED_FORM
    unsmoothed = judge.alignment_unsmoothed(answer.formula)
    if not reasons:
        verdict = "concept" if unsmoothed >= CONCEPT_ALIGNMENT else "values only"
    return ValueTrust(
        verdict=verdict,
        reasons=reasons,
        fidelity_low=low,
        fidelity_high=high,
        error=float(np.sqrt(np.mean((values - judge.values) ** 2))),
        smoothness=reading.readability.smoothness,
        formula_r2=np.nan if wanted is None else _r2(wanted, values),
        region=checked_box(judge.rows, answer.formula, feature_names),
        n_rows=judge.n_samples,
        alignment_unsmoothed=unsmoothed,
        smoothing=smoothing,
        has_tanh_units=reading.readability.has_tanh_units,
        **figures,
    )


def _objections(
    fidelity: float, alignment: float, stability: float, repeatability: float, network_r2: float
) -> tuple[str, ...]:
    """Say what is too low for the formula to be relied upon."""
    checks = {
        f"It explains {max(fidelity, 0.0):.2f} of the spread of the network's values, less than "
        f"{LEAST_FIDELITY}.": fidelity < LEAST_FIDELITY,
        f"The network itself hardly follows y: it explains {max(network_r2, 0.0):.2f} of its spread, less "
        f"than {LEAST_DISCRIMINATION}.": network_r2 < LEAST_DISCRIMINATION,
    }
    return objections(checks, alignment, stability, repeatability)


def _steadiness(reading: ValueReading, answer: ValueAnswer, selection: Any, seed: int) -> dict[str, float]:
    """Measure how often resamples of held-back and sampled rows, and single searches, choose this concept.

    What was picked by hand would be picked again on any rows, so the choices are those of the default.
    """
    table, judge = reading.table, reading.judge
    expressions = table["expression"].tolist()
    # rows to which links were fitted would flatter them
    tested = judged_rows(answer.concept(judge.rows))
    wanted = judge.values[tested]
    links = [judge.link(expression)[0] for expression in expressions]
    values = [link(e(judge.rows[tested])) for e, link in zip(expressions, links, strict=True)]
    with np.errstate(over="ignore"):
        misfit = np.minimum((np.array(values) - wanted) ** 2, LARGEST)
    units = np.array([judge.unit_gradients(expression) for expression in expressions])
    cosines = np.einsum("cij,ij->ci", units, judge.directions)
    selection = rule_for_resamples(selection)
    same = same_concept(units, answer.position, judge.weight)

    def choice(rows: Any, shell: Any) -> int:
        fidelity = 1 - misfit[:, rows].mean(axis=1) / _spread(wanted[rows])
        alignment = np.abs(np.average(cosines[:, shell], axis=1, weights=judge.weight[shell]))
        return reading.choose(table.assign(fidelity=fidelity, alignment=alignment), selection)

    return {
        "stability": share_of_same_choices(
            choice, same, n_rows=len(tested), n_shell=cosines.shape[1], seed=seed
        ),
        "repeatability": repeatability(
            judge,
            reading.searches,
            expressions[answer.position],
            lambda each: reading.choose(each, selection),
        ),
    }


def _interval(wanted: Array, values: Array, rng: np.random.Generator) -> tuple[float, float]:
    """Percentile interval of R²."""
    draws = (rng.integers(len(wanted), size=len(wanted)) for _ in range(N_RESAMPLES))
    low, high = np.quantile([_r2(wanted[rows], values[rows]) for rows in draws], [0.025, 0.975])
    return float(low), float(high)


def _r2(wanted: Array, values: Array) -> float:
    return 1 - float(np.mean((values - wanted) ** 2)) / _spread(wanted)


def _spread(wanted: Array) -> float:
    return float(wanted.var()) or 1.0

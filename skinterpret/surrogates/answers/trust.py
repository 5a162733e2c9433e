"""How far a rule may be trusted: what was measured, and the verdict that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import binomtest

from skinterpret.surrogates.judging.evidence import label_evidence
from skinterpret.surrogates.judging.figures import (
    FEWEST_ROWS,
    NO_CLOSED_FORM,
    READABLE,
    box_in_words,
    checked_box,
    fidelity_in_words,
    objections,
    repeatability,
    same_concept,
    share_in_words,
    share_of_same_choices,
    smoothing_in_words,
    stability_in_words,
)
from skinterpret.surrogates.judging.readability import (
    LEARN_MORE,
    LEAST_DISCRIMINATION,
    discrimination_of,
    smoother,
)
from skinterpret.surrogates.judging.selection import binomial_error, choose, rule_for_resamples
from skinterpret.surrogates.reading.latents import Answer, Reading

__all__ = ["Trust"]

Array = NDArray[np.float64]

# What a rule needs to be called one.  Networks trained on random labels fail at least one,
# networks of the experiments pass all: `benchmarks/trust.py` has the figures.
FEWEST_RIGHT = 0.75  # of the rows that the more frequent class alone would get wrong
LEAST_NEAR = 0.8  # fidelity near the boundary; rules of the experiments have 0.84 and more
CONCEPT_ALIGNMENT = 0.95  # far from the boundary
CASES_ONLY = (
    "Each of its inputs takes two values only, so what the formula says between them no row can tell: a "
    "table of the cases says as much."
)
OF_THE_NETWORK = (
    'alignment far from the boundary, which decides between "concept" and "decision only", is that to the '
    "network as it is"
)
MANY_ROWS = 300  # held back; with fewer, having chosen the rule on them shows


@dataclass(frozen=True)
class Labelled:
    """Rows and their labels.

    Attributes
    ----------
    rows : ndarray of shape (n_rows, n_features)
        Rows in raw units.
    labels : ndarray of bool of shape (n_rows,)
        Whether each is labelled with what the latent speaks for.
    """

    rows: Array
    labels: NDArray[np.bool_]


@dataclass(frozen=True)
class Trust:
    """What was measured on a rule, on rows held back from the search.

    Attributes
    ----------
    verdict : {"concept", "decision only", "no closed form found"}
        "concept": the formula runs parallel to the network as it is, not smoothed, also away from the
        boundary, so it says what the network computes; "decision only": near the boundary alone, so it
        says where the network decides, or of inputs that take two values each, between which no row tells
        what it computes; otherwise no formula of the allowed complexity stands in for the network.
    reasons : tuple of str
        What speaks against it, a sentence each; empty unless no closed form was found.
    fidelity, fidelity_low, fidelity_high : float
        Share of rows on which rule and network agree, with its 95 % interval (Wilson, JASA 22,
        1927).
    fidelity_near, fidelity_far : float
        The same near the boundary (network's probability between 0.1 and 0.9) and far from it; NaN
        where there are no such rows.
    majority : float
        Fidelity of the constant rule.
    alignment, alignment_far : float
        Mean `|cos|` between the gradients of rule and network over the shell, and over those of the
        data's own rows in the shell that are far from the boundary.  With `smoothing` the first is that to
        the averaged gradients; the second is that to the network as it is.
    discrimination : float
        Variance of the network's probabilities over that of its classes if these were drawn from
        them: 0 for a network that says the same everywhere, 1 for one that is sure everywhere (Tjur,
        American Statistician 63, 2009).
    stability : float
        Share of bootstrap resamples of the rows whose choice is the same concept.  Of a candidate that was
        picked by hand, as a complexity or by a function, it is the share in which the default, the knee,
        chooses that concept; a named selection chooses for itself.
    repeatability : float
        Share of the searches from different seeds whose own choice, made as for the stability, is the same
        concept; NaN where there was one search only (`n_searches=1`).
    smoothness : float
        Mean cosine between the network's directions at a row and at its five nearest neighbours in
        the shell: how readable the network is, after smoothing, if there is any.
    calibration_error : float
        Mean distance between the rule's probability and the network's.
    label_evidence : float
        How much shorter the rule makes the labels of the rows, in nats, less what it takes to write the rule
        down: below 0 a rule of its length tells so much of labels by chance.  NaN without labels.
    network_accuracy, rule_accuracy : float
        Share of right labels on the rows held back from the search, on which the network may have
        been trained; NaN without labels.
    region : DataFrame
        Smallest and largest value of each input of the rule on the rows on which it was checked.
    n_rows : int
        Number of rows held back.
    n_near : int
        How many of them are near the boundary; the figures of fewer than ten say little, and `str` gives the
        number of rows instead.
    has_cases_only : bool
        Whether each input of the rule takes two values at most on these rows, as indicators do.
    smoothing : float or None
        Standard deviations of the neighbourhoods over which directions are averaged; None where they are not,
        and NaN for a network that was smoothed before it was given.
    has_tanh_units : bool
        Whether all hidden units of the network are tanh ones, which the advice then leaves out.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import SymbolicSurrogate
    >>> from skinterpret.search import EvolutionEngine
    >>> X = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    >>> network = MLPClassifier((), solver="lbfgs", random_state=0)
    >>> engine = EvolutionEngine(max_evals=2000, epoch_evals=500, n_islands=1)
    >>> surrogate = SymbolicSurrogate(network, engine=engine, random_state=0)
    >>> surrogate = surrogate.fit(X, X[:, 0] > X[:, 1])
    >>> surrogate.trust_
    Trust(verdict='concept', fidelity=..., alignment=..., stability=..., n_rows=...)
    >>> print(surrogate.trust_)
    Verdict: concept.
    Fidelity ...
    """

    verdict: str
    reasons: tuple[str, ...]
    fidelity: float
    fidelity_low: float
    fidelity_high: float
    fidelity_near: float
    fidelity_far: float
    majority: float
    alignment: float
    alignment_far: float
    discrimination: float
    stability: float
    repeatability: float
    smoothness: float
    calibration_error: float
    label_evidence: float
    network_accuracy: float
    rule_accuracy: float
    region: pd.DataFrame
    n_rows: int
    n_near: int
    has_cases_only: bool = False
    smoothing: float | None = None
    has_tanh_units: bool = False

    @property
    def n_far(self) -> int:
        """Number of rows far from the boundary."""
        return self.n_rows - self.n_near

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(verdict={self.verdict!r}, fidelity={self.fidelity:.3f}, "
            f"alignment={self.alignment:.3f}, stability={self.stability:.2f}, n_rows={self.n_rows})"
        )

    def __str__(self) -> str:
        lines = [
            f"Verdict: {self.verdict}.",
            *(f"  {reason}" for reason in self.reasons),
            *([f"  {CASES_ONLY}"] if self.has_cases_only else []),
            f"{fidelity_in_words(self)}; the more frequent class alone would reach {self.majority:.3f}.",
            f"  near the boundary {share_in_words(self.fidelity_near, self.n_near)}, far from it "
            f"{share_in_words(self.fidelity_far, self.n_far)}",
            *_caution(self.n_rows),
            *_unknown_without_labels(self.label_evidence),
            f"Alignment of gradients {self.alignment:.4f} in the shell, {_far_in_words(self.alignment_far)}.",
            *smoothing_in_words(self.smoothing, OF_THE_NETWORK),
            stability_in_words(self),
            f"Calibration: probabilities differ from the network's by {self.calibration_error:.3f} on "
            "average.",
            f"Readability of the network: directions of neighbours agree to {self.smoothness:.3f}; "
            f"it tells the classes apart to {self.discrimination:.2f} of 1.",
            *(f"  {advice}" for advice in self.advice),
        ]
        if np.isfinite(self.rule_accuracy):
            lines.append(
                f"Accuracy of the rule {self.rule_accuracy:.3f}, of the network "
                f"{self.network_accuracy:.3f}, on rows that the network may have been trained on."
            )
        lines.append(box_in_words(self.region) or "The rule uses no input.")
        return "\n".join(lines)

    @property
    def advice(self) -> tuple[str, ...]:
        """What would make the network more readable, a sentence each; empty where it is readable.

        Examples
        --------
        >>> from dataclasses import replace
        >>> import numpy as np
        >>> from skinterpret import SymbolicSurrogate, make_readable_network
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(2).uniform(-1, 1, (500, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> surrogate = SymbolicSurrogate(make_readable_network((5,)), engine=engine, random_state=0)
        >>> surrogate = surrogate.fit(X, X[:, 0] + 2 * X[:, 1] > 0.5)
        >>> surrogate.trust_.advice
        ()
        >>> replace(surrogate.trust_, smoothness=0.5).advice  # as of a network that is not smooth
        ('Its directions jump between neighbours: more rows make them smoother, and so does...',)
        """
        checks = {
            f"Its answers hardly vary, so that even smooth directions mean little: {LEARN_MORE}": (
                self.discrimination < LEAST_DISCRIMINATION
            ),
            f"Its directions jump between neighbours: {smoother(self.has_tanh_units)}": (
                self.smoothness < READABLE
            ),
        }
        return tuple(sentence for sentence, holds in checks.items() if holds)


def assess(
    reading: Reading,
    answer: Answer,
    selection: Any,
    labelled: Labelled | None,
    feature_names: list[str],
    seed: int,
    smoothing: float | None = None,
) -> Trust:
    """Measure how far a rule may be trusted.

    Parameters
    ----------
    reading : Reading
        Where the rule comes from.
    answer : Answer
        The rule.
    selection : str, int or callable
        How it was chosen.
    labelled : Labelled or None
        Rows with their labels, the held-back ones first.
    feature_names : list of str
        Names of the inputs.
    seed : int
        Seed of the resamples.
    smoothing : float or None, default=None
        Standard deviations over which directions were averaged, as `Trust` tells it.

    Returns
    -------
    Trust
        Figures and verdict.
    """
    judge = reading.judge
    said = judge.probability > 0.5
    odds = answer.link.log_odds(answer.expression(judge.X))
    agree = ((odds > 0) == said) & np.isfinite(answer.expression(judge.X))
    near = np.abs(judge.latent) < np.log(9.0)
    n_near, fidelity_near = int(near.sum()), _mean(agree[near])
    interval = binomtest(int(agree.sum()), len(agree)).proportion_ci(method="wilson")
    figures = {
        "fidelity": float(agree.mean()),
        "fidelity_low": float(interval.low),
        "majority": float(max(said.mean(), 1 - said.mean())),
        "alignment": judge.alignment(answer.expression),
        "discrimination": discrimination_of(judge.probability),
        "label_evidence": np.nan,
        **_steadiness(reading, answer.position, selection, seed),
    }
    labels = None if labelled is None else labelled.labels[: len(judge.X)]
    if labelled is not None:
        told = answer.link.log_odds(answer.expression(labelled.rows)) > 0
        figures["label_evidence"] = label_evidence(answer.expression, told, labelled.labels)
    alignment_far = judge.alignment_on_data(answer.expression, ~near & judge.in_shell)
    reasons = (*_objections(**figures), *_objection_near(fidelity_near, n_near))
    verdict = NO_CLOSED_FORM
    cases_only = _has_cases_only(judge.X[:, list(answer.expression.variables)])
    if not reasons:
        is_concept = not alignment_far < CONCEPT_ALIGNMENT and not cases_only
        verdict = "concept" if is_concept else "decision only"
    return Trust(
        verdict=verdict,
        reasons=reasons,
        fidelity_high=float(interval.high),
        fidelity_near=fidelity_near,
        fidelity_far=_mean(agree[~near]),
        alignment_far=alignment_far,
        smoothness=reading.readability.smoothness,
        calibration_error=float(np.mean(np.abs(expit(odds) - judge.probability))),
        network_accuracy=np.nan if labels is None else float(np.mean(said == labels)),
        rule_accuracy=np.nan if labels is None else float(np.mean((odds > 0) == labels)),
        region=checked_box(judge.X, answer.expression, feature_names),
        n_rows=len(judge.X),
        n_near=n_near,
        has_cases_only=cases_only,
        smoothing=smoothing,
        has_tanh_units=reading.readability.has_tanh_units,
        **figures,
    )


def _objections(
    fidelity: float,
    fidelity_low: float,
    majority: float,
    alignment: float,
    discrimination: float,
    label_evidence: float,
    stability: float,
    repeatability: float,
) -> tuple[str, ...]:
    """Say what is too low for the rule to be relied upon."""
    right = 1 - (1 - fidelity) / (1 - majority) if majority < 1 else 0.0
    checks = {
        f"Of the rows that the more frequent class alone gets wrong the rule gets {max(right, 0.0):.2f} "
        f"right, less than {FEWEST_RIGHT}.": right < FEWEST_RIGHT,
        f"On so few rows its fidelity may be as low as {fidelity_low:.2f}, no better than the {majority:.2f} "
        "of the more frequent class alone.": fidelity_low <= majority,
        f"The network itself hardly tells the classes apart: its probabilities spread {discrimination:.2f} "
        f"of what they could, less than {LEAST_DISCRIMINATION}.": discrimination < LEAST_DISCRIMINATION,
        "Of so few labels a formula of its length tells as much by chance: it makes them "
        f"{-label_evidence:.1f} nats longer.": label_evidence < 0,
    }
    return objections(checks, alignment, stability, repeatability)


def _objection_near(fidelity: float, n_rows: int) -> list[str]:
    """Say that a rule does not decide as the network does where deciding is hard.

    Far from the boundary, where most rows are, any formula with roughly the right level sets agrees.
    What so few rows leave open, a standard error, is granted; a handful says nothing.
    """
    if n_rows < FEWEST_ROWS or fidelity + binomial_error(fidelity, n_rows) >= LEAST_NEAR:
        return []
    return [
        f"Near the boundary it decides as the network does on {fidelity:.2f} of {n_rows:,} rows only: less "
        f"than {LEAST_NEAR}, even with a standard error more."
    ]


def _has_cases_only(values: Array) -> bool:
    """Tell whether each of some inputs takes two values at most, so that no row lies between cases."""
    return values.shape[1] > 0 and bool(all(len(np.unique(column)) <= 2 for column in values.T))


def _caution(n_rows: int) -> list[str]:
    """Say that the rows chose the rule, where they are few."""
    if n_rows >= MANY_ROWS:
        return []
    return ["  These rows chose the rule and its threshold as well: on new ones it may be a little lower."]


def _unknown_without_labels(label_evidence: float) -> list[str]:
    """Say that a network of few rows can be smooth and sure of itself, and know nothing."""
    if np.isfinite(label_evidence):
        return []
    return [
        "Without labels it is not known whether the network learned more than chance: give fit the labels."
    ]


def _far_in_words(alignment: float) -> str:
    if np.isnan(alignment):
        return "where no row is far from the boundary"
    return f"{alignment:.4f} there on rows far from the boundary"


def _steadiness(reading: Reading, position: int, selection: Any, seed: int) -> dict[str, float]:
    """Measure how often resamples of held-back and shell rows, and single searches, choose this concept.

    What was picked by hand would be picked again on any rows, so the choices are those of the default.
    """
    table, judge = reading.table, reading.judge
    expressions = table["expression"].tolist()
    agree = np.array([judge.agreement(e, t) for e, t in zip(expressions, table["threshold"], strict=True)])
    units = np.array([judge.unit_gradients(expression) for expression in expressions])
    cosines = np.einsum("cij,ij->ci", units, judge.directions)
    selection = rule_for_resamples(selection)
    same = same_concept(units, position)

    def chosen(candidates: pd.DataFrame) -> int:
        return choose(candidates, selection, judge.n_samples, by_signs=judge.by_signs)

    def choice(rows: Any, shell: Any) -> int:
        fidelity = agree[:, rows].mean(axis=1)
        alignment = np.abs(cosines[:, shell].mean(axis=1))
        return chosen(table.assign(fidelity=fidelity, alignment=alignment))

    return {
        "stability": share_of_same_choices(
            choice, same, n_rows=agree.shape[1], n_shell=cosines.shape[1], seed=seed
        ),
        "repeatability": repeatability(
            judge,
            reading.searches,
            expressions[position],
            chosen,
        ),
    }


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else np.nan

"""What was measured, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from skinterpret._listing import listed
from skinterpret.digits import to_digits
from skinterpret.surrogates.answers.trust import CASES_ONLY, Trust
from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM, share_in_words

MOST_NAMED = 20  # inputs in a sentence
VERDICTS = {
    "concept": (
        "The formula says what the network computes",
        "Its gradients run parallel to the network's near the decision boundary and away from it, so it "
        "stands for the network's concept, not only for its decision.",
    ),
    "decision only": (
        "The formula says where the network decides, not what it computes",
        "Its gradients run parallel to the network's near the decision boundary alone.  Rely on the class "
        "that it gives; do not read more into the formula.",
    ),
    NO_CLOSED_FORM: (
        "No closed form was found",
        "By what was measured below, the rule does not stand in for the network.  It is the candidate "
        "that the selection took; do not rely on it.",
    ),
}
OF_CASES = ("The formula says which cases the network tells apart, not what it computes", CASES_ONLY)
HYPOTHESES = {
    "irrelevant_inputs": "Inputs that do not matter",
    "linear_invariances": "Inputs that enter through linear combinations",
    "separability": "Inputs that enter through one function",
    "scale_invariances": "Inputs that enter through products of powers",
}


@dataclass(frozen=True)
class Figure:
    """A measured number.

    Attributes
    ----------
    name, value, meaning : str
        What was measured, the number, and how it is to be read.
    """

    name: str
    value: str
    meaning: str


def verdict_in_words(trust: Trust) -> tuple[str, str]:
    """Put a verdict in words.

    Parameters
    ----------
    trust : Trust
        What was measured.

    Returns
    -------
    tuple of str
        The verdict in a few words and in a sentence.
    """
    is_of_cases = trust.has_cases_only and trust.verdict != NO_CLOSED_FORM
    return OF_CASES if is_of_cases else VERDICTS[trust.verdict]


def number(value: float, digits: int = 3) -> str:
    """Write a number, and a dash for one that is unknown.

    Parameters
    ----------
    value : float
        The number.
    digits : int, default=3
        Digits after the point.

    Returns
    -------
    str
        The number in words of digits.

    Examples
    --------
    >>> from skinterpret.report.words import number
    >>> number(0.98765), number(float("nan"))
    ('0.988', '–')
    """
    return f"{value:.{digits}f}" if math.isfinite(value) else "–"


def left_out(names: list[str], used: Iterable[int], called: str = "inputs") -> str:
    """Say which inputs a rule does without.

    Parameters
    ----------
    names : list of str
        Names of all inputs.
    used : iterable of int
        Positions of those that the rule uses.
    called : str, default="inputs"
        What they are.

    Returns
    -------
    str
        A sentence; it names no more than twenty of them.

    Examples
    --------
    >>> from skinterpret.report.words import left_out
    >>> left_out(["a", "b", "c"], [1])
    'The rule uses 1 of 3 inputs, and leaves out a and c.'
    """
    kept = set(used)
    rest = [name for position, name in enumerate(names) if position not in kept]
    if not rest:
        return f"The rule uses each of the {len(names)} {called}."
    shown = rest if len(rest) <= MOST_NAMED else [*rest[:MOST_NAMED], f"{len(rest) - MOST_NAMED} others"]
    return f"The rule uses {len(kept)} of {len(names)} {called}, and leaves out {listed(shown)}."


def trust_figures(trust: Trust, delta: float) -> list[Figure]:
    """Figures behind a verdict, with what they mean.

    Parameters
    ----------
    trust : Trust
        What was measured.
    delta : float
        Rows show directions where the network gives a probability between `delta` and `1 - delta`.

    Returns
    -------
    list of Figure
        One a measurement.
    """
    return [*_fidelity_figures(trust), *_direction_figures(trust, delta), *_other_figures(trust)]


def _fidelity_figures(trust: Trust) -> list[Figure]:
    return [
        Figure(
            "Fidelity",
            f"{number(trust.fidelity)} ({number(trust.fidelity_low)} to {number(trust.fidelity_high)})",
            f"share of the {trust.n_rows:,} held-back rows on which rule and network agree, with its 95 % "
            f"interval; the more frequent class alone would reach {number(trust.majority)}",
        ),
        Figure(
            "Fidelity near the boundary",
            share_in_words(trust.fidelity_near, trust.n_near),
            "on held-back rows where the network's probability is between 0.1 and 0.9",
        ),
        Figure(
            "Fidelity far from it",
            share_in_words(trust.fidelity_far, trust.n_far),
            "on all other held-back rows",
        ),
    ]


def _direction_figures(trust: Trust, delta: float) -> list[Figure]:
    return [
        Figure(
            "Alignment",
            number(trust.alignment, 4),
            "mean |cosine| between the gradients of rule and network, weighed by how inputs "
            "vary together, at data rows and artificial ones whose probability by the network is between "
            f"{delta:g} and {1 - delta:g}; 1 is parallel",
        ),
        Figure(
            "Alignment far from the boundary",
            number(trust.alignment_far, 4),
            "the same at held-back rows with such a probability, but below 0.1 or above 0.9"
            f"{_none_there(trust.alignment_far)}",
        ),
        *_smoothing_figures(trust.smoothing),
        Figure(
            "Stability",
            number(trust.stability, 2),
            "share of resamples of the held-back rows and of the directions on which the same concept is "
            "chosen from the same candidates",
        ),
    ]


def _smoothing_figures(smoothing: float | None) -> list[Figure]:
    """Say that directions are averaged, where they are."""
    if smoothing is None:
        return []
    return [
        Figure(
            "Smoothing",
            number(smoothing, 2) if math.isfinite(smoothing) else "that of the network given",
            "standard deviations of the neighbourhoods over which the network's directions are averaged: "
            "alignment and readability are those of the averaged ones, alignment far from the boundary is "
            "that to the network as it is",
        )
    ]


def _other_figures(trust: Trust) -> list[Figure]:
    figures = [
        Figure(
            "Calibration error",
            number(trust.calibration_error),
            "mean distance between the probabilities that rule and network give the held-back rows",
        ),
        Figure(
            "Readability of the network",
            number(trust.smoothness),
            "mean cosine between its directions at neighbouring rows; 1 is smooth",
        ),
        Figure(
            "Discrimination of the network",
            number(trust.discrimination, 2),
            "0: it gives all held-back rows the same probability; 1: it is sure of each",
        ),
    ]
    if math.isfinite(trust.repeatability):
        figures.append(
            Figure(
                "Repeatability",
                number(trust.repeatability, 2),
                "share of searches from different seeds that choose the same concept",
            )
        )
    if math.isfinite(trust.rule_accuracy):
        figures += [
            Figure(
                "Accuracy of the rule",
                number(trust.rule_accuracy),
                "share of the held-back rows whose label the rule gives; the network gives that of "
                f"{number(trust.network_accuracy)}, and may have been trained on these rows",
            )
        ]
    return figures


def _none_there(value: float) -> str:
    return "" if math.isfinite(value) else "; there are none"


def checked_region(trust: Trust) -> list[tuple[str, str, str]]:
    """For which values of its inputs a rule was checked.

    Parameters
    ----------
    trust : Trust
        What was measured.

    Returns
    -------
    list of (str, str, str)
        Name, smallest and largest value.
    """
    return [
        (str(name), to_digits(low, high - low), to_digits(high, high - low))
        for name, low, high in trust.region.itertuples()
    ]


def findings(structure: Any) -> list[tuple[str, list[str]]]:
    """Put in words what the network's directions tell of its inputs.

    Parameters
    ----------
    structure : Structure
        What held of the hypotheses.

    Returns
    -------
    list of (str, list of str)
        Headings, each with a sentence a finding.
    """
    sentences = list(zip(structure.findings, structure.sentences, strict=True))
    groups = [
        (heading, [sentence for finding, sentence in sentences if finding.hypothesis == hypothesis])
        for hypothesis, heading in HYPOTHESES.items()
    ]
    groups.append(("What was not looked for", list(structure.not_tried)))
    return [(heading, group) for heading, group in groups if group]


def shares(labels: Any) -> str:
    """How many rows each class has.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,)
        A class a row.

    Returns
    -------
    str
        "a 60.0 % and b 40.0 %".
    """
    names, counts = np.unique(labels, return_counts=True)
    return listed(
        [
            f"{name} {100 * count / len(labels):.1f} %"
            for name, count in zip(names.tolist(), counts.tolist(), strict=True)
        ]
    )

"""Read one latent of a network: directions, search, and a verdict on each candidate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from skinterpret.directions import Directions, boundary_rows, sample_directions, spread_sample
from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.search import Engine, Front, Structure, discover_structure, search_directions
from skinterpret.search.structure import small_engine
from skinterpret.surrogates.calibration import LogisticLink, fit_link, round_threshold
from skinterpret.surrogates.formula import tidy
from skinterpret.surrogates.selection import choose
from skinterpret.surrogates.units import decimal_scale, in_raw_units

Array = NDArray[np.float64]
NEAR_BOUNDARY = 2.2  # |log-odds| up to which rows are moved onto the boundary


@dataclass(frozen=True)
class Reading:
    """What was read out of one latent.

    Attributes
    ----------
    target : object
        Which latent, as `DenseNetwork.latent` takes it.
    structure : Structure
        What directions told before the search, in raw units.
    front : Front
        The engine's candidates, in scaled inputs.
    table : DataFrame
        One row a candidate: complexity, loss, alignment, fidelity, threshold, formula, expression.
    expression : Expression
        The chosen formula, in raw units.
    link : LogisticLink
        Its link to the network's probability.
    """

    target: Any
    structure: Structure
    front: Front
    table: pd.DataFrame
    expression: Expression
    link: LogisticLink


def read_latent(
    network: Any,
    X_search: Array,
    X_held_back: Array,
    *,
    target: Any,
    delta: float,
    n_directions: int,
    engine: Engine,
    structure: Sequence[str],
    selection: Any,
    feature_names: list[str],
    random_state: np.random.RandomState,
) -> Reading:
    """Search for the concept behind a latent and calibrate what is found.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X_search : ndarray of shape (n_search, n_features)
        Rows around which directions are sampled, in raw units.
    X_held_back : ndarray of shape (n_held_back, n_features)
        Rows on which candidates are judged and links fitted.
    target : object
        Which latent to read; a log-odds.
    delta : float
        Half-width of the shell, in probability.
    n_directions : int
        Directions handed to the engine.
    engine : Engine
        What searches.
    structure : sequence of str
        Hypotheses to test before the search, as `discover_structure` takes them.
    selection : str, int or callable
        Which candidate becomes the answer, as `SymbolicSurrogate` takes it.
    feature_names : list of str
        Names of the inputs.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    Reading
        Front, verdicts and choice.
    """
    scale = decimal_scale(X_search)
    sample = sample_directions(
        network, X_search, target=target, delta=delta, scale=scale, random_state=random_state
    )
    found = discover_structure(
        sample.X / scale,
        sample.directions,
        hypotheses=structure,
        part_engine=small_engine(like=engine),
        random_state=random_state,
    )
    chosen = spread_sample(sample.X / scale, n_directions, random_state=random_state)
    front = search_directions(
        sample.X[chosen] / scale,
        sample.directions[chosen],
        engine=engine,
        structure=found,
        random_state=random_state,
    )
    judge = _Judge(network, sample, scale, X_held_back, target)
    expressions = [in_raw_units(candidate.expression, scale) for candidate in front]
    verdicts = [judge(expression) for expression in expressions]
    table = pd.DataFrame(
        {
            "complexity": [candidate.complexity for candidate in front],
            "loss": [candidate.loss for candidate in front],
            "alignment": [verdict.alignment for verdict in verdicts],
            "fidelity": [verdict.fidelity for verdict in verdicts],
            "threshold": [verdict.link.threshold for verdict in verdicts],
            "formula": [_readable(expression).to_text(feature_names) for expression in expressions],
            "expression": expressions,
        }
    )
    choice = choose(table, selection, len(X_held_back))
    table["chosen"] = np.arange(len(table)) == choice
    expression = tidy(expressions[choice], lambda e: 1 - judge.alignment(e))
    return Reading(
        target,
        _structure_in_raw_units(found, scale, feature_names),
        front,
        table,
        expression,
        judge.round_link(expression),
    )


def _structure_in_raw_units(structure: Structure, scale: Array, feature_names: list[str]) -> Structure:
    findings = tuple(
        finding if finding.part is None else replace(finding, part=in_raw_units(finding.part, scale))
        for finding in structure.findings
    )
    return replace(structure, findings=findings, feature_names=tuple(feature_names))


def _readable(expression: Expression) -> Expression:
    """Round constants to four digits; the column `expression` keeps all of them."""
    return expression.with_constants([float(f"{value:.4g}") for value in expression.constant_values])


@dataclass(frozen=True)
class _Verdict:
    fidelity: float
    alignment: float
    link: LogisticLink


class _Judge:
    """Judges expressions in raw units against one latent of a network."""

    def __init__(
        self, network: Any, sample: Directions, scale: Array, X_held_back: Array, target: Any
    ) -> None:
        self._sample = sample
        self._scale = scale
        self._X = X_held_back
        self._probability = expit(network.latent(X_held_back, target))
        near = sample.X[np.abs(sample.latent) < NEAR_BOUNDARY]
        self._boundary = boundary_rows(network, near, target=target, scale=scale) if len(near) else near

    def __call__(self, expression: Expression) -> _Verdict:
        values = expression(self._X)
        rising = bool(self._mean_cosine(expression) > 0)
        level, _ = self._boundary_levels(expression)
        link = fit_link(values, self._probability, level, rising)
        agree = (link.log_odds(values) > 0) == (self._probability > 0.5)
        fidelity = float(np.mean(agree & np.isfinite(values)))
        return _Verdict(fidelity, self.alignment(expression), link)

    def round_link(self, expression: Expression) -> LogisticLink:
        """Fit the link, and round its threshold where nothing notices."""
        _, misfit = self._boundary_levels(expression)
        return round_threshold(self(expression).link, expression(self._X), self._probability, misfit)

    def _boundary_levels(self, expression: Expression) -> tuple[float, Callable[[float], float]]:
        """Value of the expression on the boundary, and how far the boundary of another value is.

        Distances are of first order, `|T - t| / ‖∇T‖`, so the value with the lowest mean distance
        is a weighted median.
        """
        values = expression(self._boundary)
        with np.errstate(all="ignore"):
            steepness = np.linalg.norm(expression.gradient(self._boundary) * self._scale, axis=1)
        sound = np.isfinite(values) & np.isfinite(steepness) & (steepness > 0)
        values, weight = values[sound], 1 / steepness[sound]
        if not len(values):
            return np.nan, lambda threshold: 0.0
        order = np.argsort(values)
        share = np.cumsum(weight[order])
        level = float(values[order][np.searchsorted(share, share[-1] / 2)])
        return level, lambda threshold: float(np.mean(np.abs(values - threshold) * weight))

    def alignment(self, expression: Expression) -> float:
        """Alignment over the shell, in scaled units."""
        gradient = expression.gradient(self._sample.X) * self._scale
        return alignment_score(self._sample.directions, gradient)

    def _mean_cosine(self, expression: Expression) -> float:
        gradient = expression.gradient(self._sample.X) * self._scale
        with np.errstate(all="ignore"):
            along = np.einsum("ij,ij->i", gradient, self._sample.directions)
            return float(np.nan_to_num(along / np.linalg.norm(gradient, axis=1)).mean())

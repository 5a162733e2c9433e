"""Read one latent of a network: directions, search, and a verdict on each candidate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import sympy
from numpy.typing import NDArray

from skinterpret.directions import sample_directions, spread_sample
from skinterpret.expressions import Expression
from skinterpret.search import Engine, Front, Structure, discover_structure, search_directions
from skinterpret.search.front import joined
from skinterpret.search.structure import small_engine
from skinterpret.surrogates.calibration import IsotonicLink, LogisticLink
from skinterpret.surrogates.constants import refitted
from skinterpret.surrogates.formula import tidy
from skinterpret.surrogates.judgement import Judge
from skinterpret.surrogates.selection import choose
from skinterpret.surrogates.units import decimal_scale, in_raw_units

Array = NDArray[np.float64]


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
        The candidates of all searches, in scaled inputs.
    table : DataFrame
        One row a candidate: complexity, loss, alignment, fidelity, threshold, formula, expression.
    searches : tuple of DataFrame
        Such a table of each search alone.
    judge : Judge
        What judged them.
    """

    target: Any
    structure: Structure
    front: Front
    table: pd.DataFrame
    searches: tuple[pd.DataFrame, ...]
    judge: Judge

    def answer(self, selection: Any, link: str) -> Answer:
        """Choose a candidate and turn it into a rule.

        Parameters
        ----------
        selection : str, int or callable
            Which candidate, as `SymbolicSurrogate` takes it.
        link : {"logistic", "isotonic"}
            Kind of the link.

        Returns
        -------
        Answer
            The rule.
        """
        position = choose(self.table, selection, self.judge.n_samples)
        found = in_raw_units(refitted(self.front[position].expression, self.judge), self.judge.scale)
        expression = tidy(found, lambda e: 1 - self.judge.alignment(e))
        return Answer(position, expression, LINKS[link](self.judge, expression))


@dataclass(frozen=True)
class Answer:
    """One candidate as a rule.

    Attributes
    ----------
    position : int
        Its row in the table.
    expression : Expression
        The tidied formula, in raw units.
    link : LogisticLink
        Its link to the network's probability.
    """

    position: int
    expression: Expression
    link: LogisticLink | IsotonicLink

    def rule(self, feature_names: list[str]) -> sympy.Rel:
        """Write the rule in sympy, its threshold to four digits.

        Parameters
        ----------
        feature_names : list of str
            Names of the inputs.

        Returns
        -------
        sympy relational
            Where it holds the log-odds are positive.
        """
        compare = sympy.Gt if self.link.slope > 0 else sympy.Lt
        threshold = Expression.constant(float(f"{self.link.threshold:.4g}")).to_sympy()
        return compare(self.expression.to_sympy(feature_names), threshold, evaluate=False)

    def log_odds(self, feature_names: list[str]) -> sympy.Expr:
        """Write the log-odds in sympy.

        Parameters
        ----------
        feature_names : list of str
            Names of the inputs.

        Returns
        -------
        sympy.Expr
            What `decision_function` calculates.
        """
        return self.link.slope * (self.expression.to_sympy(feature_names) - self.link.threshold)


#: how the link of an expression is fitted, by the name of its kind
LINKS: dict[str, Callable[[Judge, Expression], LogisticLink | IsotonicLink]] = {
    "logistic": Judge.round_link,
    "isotonic": Judge.isotonic_link,
}


def read_latent(
    network: Any,
    X_search: Array,
    X_held_back: Array,
    *,
    target: Any,
    delta: float,
    n_directions: int,
    engine: Engine,
    n_searches: int,
    structure: Sequence[str],
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
    n_searches : int
        How often, each time from another seed.
    structure : sequence of str
        Hypotheses to test before the search, as `discover_structure` takes them.
    feature_names : list of str
        Names of the inputs.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    Reading
        Front and verdicts.
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
    engines = [engine] if n_searches == 1 else [engine.branch(str(k + 1)) for k in range(n_searches)]
    fronts = [
        search_directions(
            sample.X[chosen] / scale,
            sample.directions[chosen],
            engine=each,
            structure=found,
            random_state=random_state,
        )
        for each in engines
    ]
    judge = Judge(network, sample, scale, X_held_back, target)
    searches = tuple(_judged(front, judge, feature_names) for front in fronts)
    front = joined(fronts)
    table = searches[0] if n_searches == 1 else _judged(front, judge, feature_names)
    raw_structure = _structure_in_raw_units(found, scale, feature_names)
    return Reading(target, raw_structure, front, table, searches, judge)


def _judged(front: Front, judge: Judge, feature_names: list[str]) -> pd.DataFrame:
    """Judge each candidate, a row each."""
    expressions = [in_raw_units(candidate.expression, judge.scale) for candidate in front]
    verdicts = [judge(expression) for expression in expressions]
    return pd.DataFrame(
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


def _structure_in_raw_units(structure: Structure, scale: Array, feature_names: list[str]) -> Structure:
    findings = tuple(
        finding if finding.part is None else replace(finding, part=in_raw_units(finding.part, scale))
        for finding in structure.findings
    )
    return replace(structure, findings=findings, feature_names=tuple(feature_names))


def _readable(expression: Expression) -> Expression:
    """Round constants to four digits; the column `expression` keeps all of them."""
    return expression.with_constants([float(f"{value:.4g}") for value in expression.constant_values])

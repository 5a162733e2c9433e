"""Read one latent of a network: directions, search, and a verdict on each candidate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import sympy
from numpy.typing import NDArray
from scipy.special import expit

from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Front, Structure
from skinterpret.surrogates.formulas.canonical import canonical, canonical_front
from skinterpret.surrogates.formulas.plain_terms import with_plain_terms
from skinterpret.surrogates.formulas.products import spelled
from skinterpret.surrogates.formulas.quoted_relation import with_names_quoted
from skinterpret.surrogates.formulas.tidying import no_form, tidy
from skinterpret.surrogates.judging.calibration import IsotonicLink, LogisticLink
from skinterpret.surrogates.judging.information import ERRORS
from skinterpret.surrogates.judging.judgement import MOST_ROWS, Judge
from skinterpret.surrogates.judging.readability import Readability
from skinterpret.surrogates.judging.selection import binomial_error, choose, least_fidelity
from skinterpret.surrogates.reading.constants import ConstantFit
from skinterpret.surrogates.reading.finishing import finished
from skinterpret.surrogates.reading.placing import FaithfulFit, decides_as_well, placed_by_decisions
from skinterpret.surrogates.reading.searching import Found, SearchPlan, in_words, search_concept
from skinterpret.surrogates.reading.units import Units, in_scaled_units

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
    readability : Readability
        How well the network could be read, measured before the search.
    front : Front
        The candidates of all searches as the engine gave them, in scaled inputs.
    candidates : Front
        Their canonical forms, in scaled inputs.
    table : DataFrame
        One row a canonical candidate: complexity, loss, alignment, fidelity, threshold, formula, expression.
    searches : list of DataFrame
        Such a table of each search alone.
    judge : Judge
        What judged them.
    units : Units
        Units of the inputs in the search.
    simplified : dict
        Candidates as rules, by their row in the table and a seed, as far as they were asked for: each takes
        about a second, and terminal and report ask for all of them.
    """

    target: Any
    structure: Structure
    readability: Readability
    front: Front
    candidates: Front
    table: pd.DataFrame
    searches: list[pd.DataFrame]
    judge: Judge
    units: Units
    simplified: dict[tuple[int, int], Expression] = field(default_factory=dict, repr=False, compare=False)

    def answer(self, selection: Any, link: str, seed: int) -> Answer:
        """Choose a candidate and turn it into a rule.

        Parameters
        ----------
        selection : str, int or callable
            Which candidate, as `SymbolicSurrogate` takes it.  One that is picked by hand, as a complexity
            or by a function, keeps its terms and the functions around them.
        link : {"logistic", "isotonic"}
            Kind of the link.
        seed : int
            Seed of the resamples that tell how far constants may be rounded.

        Returns
        -------
        Answer
            The rule.
        """
        position = choose(self.table, selection, self.judge.n_samples, by_signs=self.judge.by_signs)
        if isinstance(selection, str):
            return self.simplest_answer(position, link, seed)
        fitted, fit = self._fitted(position, seed)
        expression = self._spelled(tidy(fitted, fit, no_form, self._decides_like(fitted)))
        return Answer(position, expression, LINKS[link](self.judge, expression))

    def simplest_answer(self, position: int, link: str, seed: int) -> Answer:
        """Turn a candidate into a rule without the terms and functions that rows do not tell.

        Parameters
        ----------
        position : int
            Its row in the table.
        link : {"logistic", "isotonic"}
            Kind of the link.
        seed : int
            Seed of the resamples that tell how far constants may be rounded.

        Returns
        -------
        Answer
            The rule.
        """
        if (position, seed) not in self.simplified:
            simplest = self._simplified(*self._fitted(position, seed))
            self.simplified[position, seed] = self._spelled(simplest)
        expression = self.simplified[position, seed]
        return Answer(position, expression, LINKS[link](self.judge, expression))

    def _fitted(self, position: int, seed: int) -> tuple[Expression, ConstantFit]:
        """Give a candidate in raw units, its constants fitted to the whole shell, and what fits them."""
        found = self.units.in_raw_units(self.candidates[position].expression)
        fit = ConstantFit(self.judge, seed)
        fitted = fit.refit(found)
        if not decides_as_well(self.judge, fitted, found):
            fitted, fit = found, FaithfulFit(self.judge, seed)
        return self.units.with_constants_collected(fitted), fit

    def _simplified(self, expression: Expression, fit: ConstantFit) -> Expression:
        """Tidy a formula, and drop the terms and functions that directions and decisions do not tell."""
        is_as_faithful, decides_alike = self._is_as_faithful_as(expression), self._decides_like(expression)
        plain = with_plain_terms(expression, self.judge.X, fit, is_as_faithful)
        tidied = tidy(plain, fit, is_as_faithful, decides_alike)
        bare = self._canonical(tidied)
        if bare is tidied:
            return tidied
        bare = tidy(self.units.with_constants_collected(fit.refit(bare)), fit, is_as_faithful, decides_alike)
        return min(tidied, bare, key=lambda form: form.complexity)

    def _canonical(self, expression: Expression) -> Expression:
        """Give the canonical form again: without the terms that went, a square may stand around it all."""
        scale = self.units.scale
        scaled = in_scaled_units(expression, scale)
        rows = np.vstack([self.judge.scaled_shell, self.judge.X / scale])
        form = canonical(scaled, rows)
        return expression if form is scaled else self.units.in_raw_units(form)

    def _spelled(self, expression: Expression) -> Expression:
        """Spell a product as all of its powers are spelled, unless decisions were worse for it."""
        form = spelled(expression, np.vstack([self.judge.scaled_shell * self.units.scale, self.judge.X]))
        return form if form is expression or self._decides_like(expression)(form) else expression

    def _is_as_faithful_as(self, expression: Expression) -> Callable[[Expression], bool]:
        """Tell of forms whether held-back rows tell their fidelity from that of an expression.

        What is conceded to its simplicity when a candidate is chosen is not conceded again.
        """
        fidelity, best = self.judge(expression).fidelity, float(self.table["fidelity"].max())
        errors = [binomial_error(each, self.judge.n_samples) for each in (fidelity, best)]
        least = max(fidelity - errors[0], min(fidelity, least_fidelity(best, errors[1])))
        return lambda form: self.judge(form).fidelity >= least

    def _decides_like(self, expression: Expression) -> Callable[[Expression], bool]:
        """Tell of forms with round constants whether held-back rows contradict them."""
        fidelity = self.judge(expression).fidelity
        least = fidelity - ERRORS * binomial_error(fidelity, self.judge.n_samples)
        return lambda form: self.judge(form).fidelity >= least


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
        """Write the rule in sympy.

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
        threshold = Expression.constant(self.link.threshold).to_sympy()
        return with_names_quoted(compare(self.expression.to_sympy(feature_names), threshold, evaluate=False))

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

        Raises
        ------
        ValueError
            If the link is no logistic one, for which there is no formula.
        """
        if not isinstance(self.link, LogisticLink):
            raise ValueError(
                "Formulas and plain functions of the log-odds have a logistic link, but link='isotonic'; fit "
                "with link='logistic'."
            )
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
    plan: SearchPlan,
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
    plan : SearchPlan
        Which latent to read, a log-odds, and how.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    Reading
        Front and verdicts.
    """
    found = _without_repeats(search_concept(network, X_search, plan, random_state))
    return finished(partial(_read, network, X_search, X_held_back, plan), found, found.interrupted)


def _read(network: Any, X_search: Array, X_held_back: Array, plan: SearchPlan, found: Found) -> Reading:
    """Judge what was found."""
    X_all = np.vstack([X_held_back, X_search])
    judge = Judge(
        network, found.sample, found.units.scale, X_held_back, plan.target, found.weight, X_all, found.metric
    )
    rows = np.vstack([found.sample.X, judge.X]) / found.units.scale
    probability = expit(network.latent(X_search[:MOST_ROWS], plan.target))
    fronts = [
        placed_by_decisions(
            _with_products_spelled(canonical_front(front, rows), rows),
            lambda expression: judge(found.units.in_raw_units(expression)),
            X_search[:MOST_ROWS] / found.units.scale,
            probability,
            judge.n_samples,
        )
        for front in found.fronts
    ]
    cleaned = replace(found, fronts=fronts)
    table, searches = cleaned.tables(lambda front: _judged(front, judge, found.units, plan.feature_names))
    return Reading(
        plan.target,
        found.structure,
        found.readability,
        found.front,
        cleaned.front,
        table,
        searches,
        judge,
        found.units,
    )


def _without_repeats(found: Found) -> Found:
    """Let each artificial row on a line count once.

    Rows that are moved towards the boundary stop where the data end.  On a line that is one of two points,
    where hundreds of rows would tell the same of the network's outermost, and least reliable, part.
    """
    sample = found.sample
    if sample.X.shape[1] > 1:
        return found
    first = np.zeros(len(sample), dtype=bool)
    first[np.unique(sample.X, return_index=True)[1]] = True
    kept = np.flatnonzero(first | ~sample.artificial)
    return replace(
        found,
        sample=sample.take(kept),
        weight=found.weight[kept],
        readability=replace(found.readability, reliability=found.readability.reliability[kept]),
    )


def _with_products_spelled(front: Front, rows: Array) -> Front:
    """Write candidates that are products in their one spelling, where it is no longer."""
    forms = [Candidate(spelled(found.expression, rows), found.loss) for found in front]
    return replace(
        front,
        candidates=[min(pair, key=lambda found: found.complexity) for pair in zip(forms, front, strict=True)],
    )


def _judged(front: Front, judge: Judge, units: Units, feature_names: list[str]) -> pd.DataFrame:
    """Judge each candidate, a row each."""
    expressions = [units.in_raw_units(candidate.expression) for candidate in front]
    verdicts = [judge(expression) for expression in expressions]
    return pd.DataFrame(
        {
            "complexity": [candidate.complexity for candidate in front],
            "loss": [candidate.loss for candidate in front],
            "alignment": [verdict.alignment for verdict in verdicts],
            "fidelity": [verdict.fidelity for verdict in verdicts],
            "threshold": [verdict.link.threshold for verdict in verdicts],
            "formula": in_words(expressions, feature_names),
            "expression": expressions,
        }
    )

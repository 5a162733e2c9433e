"""Read the values of a network: its concept from directions, and the link as a second formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.directions import Directions
from skinterpret.expressions import Expression
from skinterpret.inner_product import mapped, unit_rows
from skinterpret.metrics import alignment_score
from skinterpret.network.smoothing import unsmoothed
from skinterpret.search import Front, Structure
from skinterpret.surrogates.formulas.canonical import canonical_front
from skinterpret.surrogates.formulas.composition import compose
from skinterpret.surrogates.formulas.tidying import no_form, tidy
from skinterpret.surrogates.judging.information import ERRORS, STEP, derivatives_by_constants, standard_errors
from skinterpret.surrogates.judging.readability import Readability
from skinterpret.surrogates.judging.selection import choose, resolution
from skinterpret.surrogates.reading.constants import ConstantFit
from skinterpret.surrogates.reading.finishing import finished
from skinterpret.surrogates.reading.links import WORTH_OF_COMPLEXITY, ValueLink, fit_value_link, quick_link
from skinterpret.surrogates.reading.searching import Found, SearchPlan, in_words, search_concept
from skinterpret.surrogates.reading.units import Units

Array = NDArray[np.float64]

MOST_ROWS = 20_000
TINY = 1e-300


@dataclass(frozen=True)
class ValueAnswer:
    """One candidate as a formula for the network's value.

    Attributes
    ----------
    position : int
        Its row in the table.
    concept : Expression
        T, tidied, in raw units.
    formula : Expression
        `φ(T(x))`, simplified.
    fallback : float
        Value where the formula is not defined.
    """

    position: int
    concept: Expression
    formula: Expression
    fallback: float

    def predict(self, rows: Array) -> Array:
        """Values of the formula, with the fallback where it is not defined."""
        with np.errstate(all="ignore"):
            values = self.formula(rows)
        return np.where(np.isfinite(values), values, self.fallback)


@dataclass(frozen=True)
class ValueReading:
    """What was read out of one output.

    Attributes
    ----------
    structure : Structure
        What directions told before the search, in raw units.
    readability : Readability
        How well the network could be read, measured before the search.
    front : Front
        The engine's candidates, in scaled inputs.
    table : DataFrame
        One row a canonical candidate: complexity, loss, alignment, fidelity, formula, link, expression.
    searches : list of DataFrame
        Such a table of each search alone.
    judge : ValueJudge
        What judged them.
    """

    structure: Structure
    readability: Readability
    front: Front
    table: pd.DataFrame
    searches: list[pd.DataFrame]
    judge: ValueJudge

    def answer(self, selection: Any, seed: int) -> tuple[ValueAnswer, ValueLink]:
        """Choose a candidate, tidy it and fit its link.

        Parameters
        ----------
        selection : str, int or callable
            Which candidate, as `SymbolicSurrogateRegressor` takes it.  One that is picked by hand, as a
            complexity or by a function, keeps its terms.
        seed : int
            Seed of the resamples that tell how far constants may be rounded.

        Returns
        -------
        answer : ValueAnswer
            The whole formula.
        link : ValueLink
            φ on its own.
        """
        position = self.choose(self.table, selection)
        found = self.table["expression"].iloc[position]
        may_replace = self.judge.is_as_faithful_as(found) if isinstance(selection, str) else no_form
        may_round = self.judge.is_as_faithful_as(found, ERRORS)
        concept = tidy(found, ConstantFit(self.judge, seed), may_replace, may_round)
        link = fit_value_link(concept(self.judge.rows), self.judge.values)
        formula = compose(link.expression, concept, self.judge.rows)
        return ValueAnswer(position, concept, formula, link.fallback), link

    def choose(self, table: pd.DataFrame, selection: Any) -> int:
        """Choose by values, which a regressor's formula is for; a callable sees the table as it is.

        Where a network is flat its directions are noise, and a formula that follows them can have
        the higher alignment and the lower fidelity.

        Parameters
        ----------
        table : DataFrame
            `table`, or one with figures from other rows.
        selection : str, int or callable
            Which candidate, as `SymbolicSurrogateRegressor` takes it.

        Returns
        -------
        int
            Position of the chosen candidate.
        """
        judged = table if callable(selection) else table.assign(alignment=table["fidelity"])
        return choose(judged, selection, self.judge.n_samples, _standard_error)


class ValueJudge:
    """Judges expressions in raw units against one output of a network.

    Attributes
    ----------
    weight : ndarray of shape (n_sampled,)
        Reliability of each direction, from 0 to 1.
    scale : ndarray of shape (n_features,)
        Scale of each input.
    metric : ndarray of shape (n_features, n_features) or None
        By which gradients by scaled inputs are multiplied before they are compared.
    rows : ndarray of shape (n_held_back, n_features)
        Held-back rows, at most `MOST_ROWS`.
    values : ndarray of shape (n_held_back,)
        The network's values on them.
    n_rows : int
        Number of rows for which these stand: those of the search as well.
    """

    def __init__(
        self,
        sample: Directions,
        weight: Array,
        scale: Array,
        rows: Array,
        values: Array,
        n_rows: int | None = None,
        metric: Array | None = None,
        unsmoothed_gradient: Array | None = None,
    ) -> None:
        self.metric = metric
        self._sample = sample
        self.weight = weight
        self.scale = scale
        self.rows = rows[:MOST_ROWS]
        self.values = values[:MOST_ROWS]
        self.n_rows = len(rows) if n_rows is None else n_rows
        # by raw inputs, of the network as it is; None where it is the one that is read
        self._unsmoothed = unsmoothed_gradient
        self._links: dict[Expression, tuple[ValueLink, float]] = {}

    @property
    def n_samples(self) -> int:
        """Number of held-back rows."""
        return len(self.rows)

    @property
    def directions(self) -> Array:
        """The network's directions, as they are compared."""
        return self._sample.directions

    @property
    def scaled_shell(self) -> Array:
        """Rows at which these are its directions, in scaled inputs."""
        return np.asarray(self._sample.X / self.scale)

    def link(self, expression: Expression) -> tuple[ValueLink, float]:
        """Link of an expression by half of the held-back rows, and R² on the others."""
        if expression not in self._links:
            self._links[expression] = quick_link(expression(self.rows), self.values)
        return self._links[expression]

    def is_as_faithful_as(self, expression: Expression, errors: float = 1.0) -> Callable[[Expression], bool]:
        """Tell of forms whether their fidelity is that of an expression, up to so many errors."""
        _, fidelity = self.link(expression)
        least = fidelity - errors * _standard_error(fidelity, self.n_samples)
        return lambda form: self.link(form)[1] >= least

    def alignment(self, expression: Expression) -> float:
        """Alignment over the sample, each row weighted by its reliability."""
        gradient = self._gradient(expression)
        return alignment_score(self._sample.directions, gradient, sample_weight=self.weight)

    def alignment_unsmoothed(self, expression: Expression) -> float:
        """Alignment with the network as it is, at the same rows with the same weights."""
        if self._unsmoothed is None:
            return self.alignment(expression)
        own = self._compared(self._unsmoothed)
        return alignment_score(own, self._gradient(expression), sample_weight=self.weight)

    def unit_gradients(self, expression: Expression) -> Array:
        """Compute unit gradients over the sample as they are compared; zero where there is none."""
        return unit_rows(self._gradient(expression))

    def sampling_errors(self, expression: Expression) -> Array:
        """Give standard errors of the constants that few rows leave; the formula's misfit is the noise."""
        values = expression(self.rows)
        link, _ = self.link(expression)
        step = STEP * float(np.nanstd(values))
        with np.errstate(all="ignore"):
            slope = (link(values + step) - link(values - step)) / (2 * step)
        slope = np.nan_to_num(slope, posinf=0.0, neginf=0.0)
        by_constants = slope[:, None] * derivatives_by_constants(expression, self.rows)
        by_link = np.column_stack([np.ones(len(values)), slope * np.nan_to_num(values)])
        misfit = np.nan_to_num(link(values) - self.values)
        weight = np.full(len(values), self.n_rows / len(values) / max(float(np.mean(misfit**2)), TINY))
        return standard_errors(np.column_stack([by_constants, by_link]), weight)[:-2]

    def _gradient(self, expression: Expression) -> Array:
        return self._compared(expression.gradient(self._sample.X))

    def _compared(self, gradient: Array) -> Array:
        """Gradients as they are compared, of those by raw inputs."""
        with np.errstate(over="ignore", invalid="ignore"):
            return mapped(gradient * self.scale, self.metric)


def read_values(
    network: Any,
    X_search: Array,
    X_held_back: Array,
    plan: SearchPlan,
    value: Callable[[Array], Array],
    random_state: np.random.RandomState,
) -> ValueReading:
    """Search for the concept behind an output and judge what is found by its values.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X_search : ndarray of shape (n_search, n_features)
        Rows around which directions are sampled, in raw units.
    X_held_back : ndarray of shape (n_held_back, n_features)
        Rows on which candidates are judged and links fitted.
    plan : SearchPlan
        Which latent to read, and how.
    value : callable
        `value(rows)`: what the formula is to give; some function of that latent alone.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    ValueReading
        Front and verdicts.
    """
    found = search_concept(network, X_search, plan, random_state, weigh=reliability)
    return finished(partial(_read, network, X_search, X_held_back, plan, value), found, found.interrupted)


def _read(
    network: Any,
    X_search: Array,
    X_held_back: Array,
    plan: SearchPlan,
    value: Callable[[Array], Array],
    found: Found,
) -> ValueReading:
    """Judge what was found."""
    own = unsmoothed(network)
    judge = ValueJudge(
        found.sample,
        found.weight,
        found.units.scale,
        X_held_back,
        value(X_held_back),
        len(X_search) + len(X_held_back),
        found.metric,
        None if own is network else own.gradient(found.sample.X, plan.target),
    )
    rows = np.vstack([found.sample.X, judge.rows]) / found.units.scale
    says_as_much = partial(_says_as_much, judge, found.units)
    cleaned = replace(found, fronts=[canonical_front(front, rows, says_as_much) for front in found.fronts])
    table, searches = cleaned.tables(lambda front: _judged(front, judge, found.units, plan.feature_names))
    return ValueReading(found.structure, found.readability, found.front, table, searches, judge)


def _says_as_much(judge: ValueJudge, units: Units, form: Expression, expression: Expression) -> bool:
    """Tell whether the link of a shorter form makes up for what was stripped.

    The link of values is of one of a few families, so it cannot do all that is monotone.  What is lost
    must be worth the shorter concept, as between two links.
    """
    losses = [1 - judge.link(units.in_raw_units(each))[1] for each in (form, expression)]
    worse = float(np.log(losses[0] + resolution(min(losses))) - np.log(losses[1] + resolution(min(losses))))
    return worse <= WORTH_OF_COMPLEXITY * (expression.complexity - form.complexity)


def _judged(front: Front, judge: ValueJudge, units: Units, feature_names: list[str]) -> pd.DataFrame:
    """Judge each candidate, a row each."""
    expressions = [units.in_raw_units(candidate.expression) for candidate in front]
    links = [judge.link(expression) for expression in expressions]
    return pd.DataFrame(
        {
            "complexity": [candidate.complexity for candidate in front],
            "loss": [candidate.loss for candidate in front],
            "alignment": [judge.alignment(expression) for expression in expressions],
            "fidelity": [fidelity for _, fidelity in links],
            "link": [link.family for link, _ in links],
            "formula": in_words(expressions, feature_names),
            "expression": expressions,
        }
    )


def reliability(gradient: Array) -> Array:
    """Weight of each direction, from 0 to 1.

    A network's errors in the gradient do not shrink with it, so the direction of a short one is less
    certain: an error of length `e` turns it by about `e / length`.  Beyond the root mean square of the
    lengths what remains is the formula's own misfit, and rows count about alike.

    Parameters
    ----------
    gradient : ndarray of shape (n_rows, n_features)
        Gradients by the scaled inputs.

    Returns
    -------
    ndarray of shape (n_rows,)
        The weights.
    """
    squared = np.einsum("ij,ij->i", gradient, gradient)
    return np.asarray(squared / (squared + squared.mean()))


def _standard_error(fidelity: float, n_samples: int) -> float:
    """Of R², for many rows (Olkin & Finn, Psychological Bulletin 118, 1995); one row proves little."""
    share = max(fidelity, 0.0) * n_samples / (n_samples + 1)
    return float(2 * np.sqrt(share) * (1 - share) / np.sqrt(n_samples))

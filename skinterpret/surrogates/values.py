"""Read the values of a network: its concept from directions, and the link as a second formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.directions import Directions, sample_directions, spread_sample
from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.search import Engine, Front, Structure, discover_structure, search_directions
from skinterpret.search.structure import small_engine
from skinterpret.surrogates.composition import compose
from skinterpret.surrogates.formula import tidy
from skinterpret.surrogates.judgement import unit_rows
from skinterpret.surrogates.links import ValueLink, fit_value_link, quick_link
from skinterpret.surrogates.reading import _readable, _structure_in_raw_units
from skinterpret.surrogates.selection import choose
from skinterpret.surrogates.units import decimal_scale, in_raw_units

Array = NDArray[np.float64]

MOST_ROWS = 20_000


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
    front : Front
        The engine's candidates, in scaled inputs.
    table : DataFrame
        One row a candidate: complexity, loss, alignment, fidelity, formula, link, expression.
    links : tuple of ValueLink
        The link with which each was judged.
    judge : ValueJudge
        What judged them.
    """

    structure: Structure
    front: Front
    table: pd.DataFrame
    links: tuple[ValueLink, ...]
    judge: ValueJudge

    def answer(self, selection: Any) -> tuple[ValueAnswer, ValueLink]:
        """Choose a candidate, tidy it and fit its link.

        Parameters
        ----------
        selection : str, int or callable
            Which candidate, as `SymbolicSurrogateRegressor` takes it.

        Returns
        -------
        answer : ValueAnswer
            The whole formula.
        link : ValueLink
            φ on its own.
        """
        position = self.choose(self.table, selection)
        concept = tidy(self.table["expression"].iloc[position], lambda e: 1 - self.judge.alignment(e))
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
    rows : ndarray of shape (n_held_back, n_features)
        Held-back rows, at most `MOST_ROWS`.
    values : ndarray of shape (n_held_back,)
        The network's values on them.
    """

    def __init__(self, sample: Directions, weight: Array, scale: Array, rows: Array, values: Array) -> None:
        self._sample = sample
        self.weight = weight
        self.scale = scale
        self.rows = rows[:MOST_ROWS]
        self.values = values[:MOST_ROWS]

    @property
    def n_samples(self) -> int:
        """Number of held-back rows."""
        return len(self.rows)

    @property
    def directions(self) -> Array:
        """The network's directions, in scaled inputs."""
        return self._sample.directions

    @property
    def scaled_shell(self) -> Array:
        """Rows at which these are its directions, in scaled inputs."""
        return np.asarray(self._sample.X / self.scale)

    def link(self, expression: Expression) -> tuple[ValueLink, float]:
        """Link of an expression by half of the held-back rows, and R² on the others."""
        return quick_link(expression(self.rows), self.values)

    def alignment(self, expression: Expression) -> float:
        """Alignment over the sample, in scaled units, each row weighted by its reliability."""
        gradient = self._gradient(expression)
        return alignment_score(self._sample.directions, gradient, sample_weight=self.weight)

    def unit_gradients(self, expression: Expression) -> Array:
        """Compute unit gradients over the sample, in scaled units; zero where there is none."""
        return unit_rows(self._gradient(expression))

    def _gradient(self, expression: Expression) -> Array:
        with np.errstate(over="ignore"):
            return np.asarray(expression.gradient(self._sample.X) * self.scale)


def read_values(
    network: Any,
    X_search: Array,
    X_held_back: Array,
    *,
    target: Any,
    value: Callable[[Array], Array],
    n_directions: int,
    engine: Engine,
    structure: Sequence[str],
    feature_names: list[str],
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
    target : object
        Which latent to read.
    value : callable
        `value(rows)`: what the formula is to give; some function of that latent alone.
    n_directions : int
        Directions handed to the engine.
    engine : Engine
        What searches.
    structure : sequence of str
        Hypotheses to test before the search, as `discover_structure` takes them.
    feature_names : list of str
        Names of the inputs.
    random_state : RandomState
        Source of randomness.

    Returns
    -------
    ValueReading
        Front and verdicts.
    """
    scale = decimal_scale(X_search)
    sample = sample_directions(
        network, X_search, target=target, delta=None, scale=scale, random_state=random_state
    )
    weight = _reliability(network.gradient(sample.X, target) * scale)
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
        sample_weight=weight[chosen],
        engine=engine,
        structure=found,
        random_state=random_state,
    )
    judge = ValueJudge(sample, weight, scale, X_held_back, value(X_held_back))
    expressions = [in_raw_units(candidate.expression, scale) for candidate in front]
    links = [judge.link(expression) for expression in expressions]
    table = pd.DataFrame(
        {
            "complexity": [candidate.complexity for candidate in front],
            "loss": [candidate.loss for candidate in front],
            "alignment": [judge.alignment(expression) for expression in expressions],
            "fidelity": [fidelity for _, fidelity in links],
            "link": [link.family for link, _ in links],
            "formula": [_readable(expression).to_text(feature_names) for expression in expressions],
            "expression": expressions,
        }
    )
    return ValueReading(
        _structure_in_raw_units(found, scale, feature_names),
        front,
        table,
        tuple(link for link, _ in links),
        judge,
    )


def _reliability(gradient: Array) -> Array:
    """Weight of each direction, from 0 to 1.

    A network's errors in the gradient do not shrink with it, so the direction of a short one is less
    certain: an error of length `e` turns it by about `e / length`.  Beyond the root mean square of the
    lengths what remains is the formula's own misfit, and rows count about alike.
    """
    squared = np.einsum("ij,ij->i", gradient, gradient)
    return np.asarray(squared / (squared + squared.mean()))


def _standard_error(fidelity: float, n_samples: int) -> float:
    """Of R², for many rows (Olkin & Finn, Psychological Bulletin 118, 1995); one row proves little."""
    share = max(fidelity, 0.0) * n_samples / (n_samples + 1)
    return float(2 * np.sqrt(share) * (1 - share) / np.sqrt(n_samples))

"""What comes before any judgement: directions of a latent, what they tell, and the searches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.directions import Directions, sample_directions, spread_sample
from skinterpret.expressions import Expression
from skinterpret.inner_product import mapped, metric_of, unit_rows
from skinterpret.search import Engine, Front, Structure, search_directions
from skinterpret.search.front import joined
from skinterpret.search.structure import structure_for
from skinterpret.search.structure.linear import without_units
from skinterpret.surrogates.judging.readability import (
    Readability,
    measure_readability,
    warn_of_unreadable,
    warn_of_unreadable_ones,
)
from skinterpret.surrogates.reading.bends import second_derivatives_of
from skinterpret.surrogates.reading.finishing import finished
from skinterpret.surrogates.reading.recentring import without_centre
from skinterpret.surrogates.reading.units import Units

Array = NDArray[np.float64]
Reading = TypeVar("Reading", bound=Any)

INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class SearchPlan:
    """How a latent is searched.

    Attributes
    ----------
    target : object
        Which latent, as `DenseNetwork.latent` takes it.
    delta : float or None
        Half-width of the shell, in probability; `None` where every row counts.
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
    subject : str, default=""
        What is searched, for lines of progress, where there are several latents; of their readability
        `warn_of_each` tells.
    interrupted : bool, default=False
        Whether Ctrl-C has ended the search of an earlier latent: then this one is a short one.
    called : str, default="inputs"
        What the inputs are, for lines of progress.
    """

    target: Any
    delta: float | None
    n_directions: int
    engine: Engine
    n_searches: int
    structure: Sequence[str]
    feature_names: list[str]
    subject: str = ""
    interrupted: bool = False
    called: str = "inputs"


@dataclass(frozen=True)
class Found:
    """What the searches for one latent came to.

    Attributes
    ----------
    sample : Directions
        All rows with directions, of which the searches saw some, multiplied by the metric.
    metric : ndarray of shape (n_features, n_features) or None
        How gradients are compared, as `metric_of` gives it.
    weight : ndarray of shape (n_sampled,)
        Weights of the directions.
    units : Units
        Units of the inputs in the search.
    structure : Structure
        What directions told before the search, in raw units.
    readability : Readability
        How well the network could be read, measured before the search.
    fronts : list of Front
        A front for each search, in inputs that are scaled and not centred.
    """

    sample: Directions
    metric: Array | None
    weight: Array
    units: Units
    structure: Structure
    readability: Readability
    fronts: list[Front]

    @property
    def front(self) -> Front:
        """Candidates of all searches."""
        return self.fronts[0] if len(self.fronts) == 1 else joined(self.fronts)

    @property
    def interrupted(self) -> Found:
        """The same, after a Ctrl-C that leaves no time for further searches."""
        return replace(self, fronts=[replace(front, stop_reason=INTERRUPTED) for front in self.fronts])

    def tables(self, judged: Callable[[Front], pd.DataFrame]) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
        """Judge the common front, and that of each search.

        Parameters
        ----------
        judged : callable
            Makes a table of a front.

        Returns
        -------
        table : DataFrame
            Candidates of all searches.
        searches : list of DataFrame
            Those of each.
        """
        searches = [judged(front) for front in self.fronts]
        return (searches[0] if len(searches) == 1 else judged(self.front)), searches


def warn_of_each(
    network: Any,
    X: Array,
    plans: Sequence[SearchPlan],
    kind: str,
    random_state: np.random.RandomState,
    weigh: Callable[[Array], Array] | None = None,
) -> None:
    """Say in one warning, before the first of several searches, which latents cannot be read well.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X : ndarray of shape (n_samples, n_features)
        Rows around which directions will be sampled, in raw units.
    plans : sequence of SearchPlan
        What will be asked for; nothing is said where there is only one, of which its search will tell.
    kind : str
        What the latents are, such as "class".
    random_state : RandomState
        Source of randomness; it stays as it is.
    weigh : callable, default=None
        As for `search_concept`.
    """
    if len(plans) == 1:
        return
    units, measured = Units.of(X), {}
    rehearsal = deepcopy(random_state)
    for plan in plans:
        with suppress(ValueError):  # the search itself refuses what has no directions
            _, _, measured[plan.target] = _sampled(network, X, plan, units, rehearsal, weigh)
    warn_of_unreadable_ones(measured, kind)


def search_concept(
    network: Any,
    X: Array,
    plan: SearchPlan,
    random_state: np.random.RandomState,
    weigh: Callable[[Array], Array] | None = None,
) -> Found:
    """Search for the concept behind a latent.

    Parameters
    ----------
    network : DenseNetwork
        The network.
    X : ndarray of shape (n_samples, n_features)
        Rows around which directions are sampled, in raw units.
    plan : SearchPlan
        What is asked for.
    random_state : RandomState
        Source of randomness.
    weigh : callable, default=None
        Weights of directions from gradients by the scaled inputs; `None` means the reliability of each.

    Returns
    -------
    Found
        Directions, structure and fronts.
    """
    units = Units.of(X)
    metric = metric_of(X, units.scale)
    sample, weight, readability = _sampled(network, X, plan, units, random_state, weigh)
    if not plan.subject:
        warn_of_unreadable(readability, plan.target)
    if weight is None:
        weight = readability.weight
    rows = units.rows(sample.X)
    searchers = branches(plan.engine, plan.n_searches)
    searchers[0].subject = plan.subject
    structure = structure_for(
        searchers[0],
        rows,
        sample.directions,
        plan.structure,
        random_state,
        plan.interrupted,
        second_derivatives_of(network, plan.target, units),
        plan.called,
    )
    if plan.interrupted:
        structure = replace(structure, stop_reason=INTERRUPTED)
    chosen = spread_sample(rows, plan.n_directions, random_state=random_state)
    fronts = []
    for number, engine in enumerate(searchers, start=1):
        which = f"search {number} of {plan.n_searches}" if plan.n_searches > 1 else ""
        engine.subject = ", ".join(filter(None, [plan.subject, which]))
        fronts.append(
            search_directions(
                rows[chosen],
                sample.directions[chosen],
                engine=engine,
                structure=structure,
                sample_weight=weight[chosen],
                metric=metric,
                random_state=random_state,
            )
        )
        if fronts[-1].stop_reason == INTERRUPTED:
            break
    compared = replace(sample, directions=unit_rows(mapped(sample.directions, metric)))
    if units.is_centred:
        seen = compared.take(chosen)
        centred = partial(_without_centre, units, seen, weight[chosen], metric)
        fronts = finished(centred, fronts, fronts)
    structure = _in_raw_units(_confirmed(structure, fronts), units, plan.feature_names)
    return Found(compared, metric, weight, units, structure, readability, fronts)


def _without_centre(
    units: Units, seen: Directions, weight: Array, metric: Array | None, fronts: list[Front]
) -> list[Front]:
    return [without_centre(front, units, seen, weight, metric) for front in fronts]


def read_each(plans: Sequence[SearchPlan], read: Callable[[SearchPlan], Reading]) -> list[Reading]:
    """Read one latent after the other, those after a Ctrl-C by short searches.

    Parameters
    ----------
    plans : sequence of SearchPlan
        What is asked for.
    read : callable
        Reads a latent; the `front` of what it returns tells why the search ended.

    Returns
    -------
    list
        What it returned.
    """
    readings: list[Reading] = []
    interrupted = False
    for plan in plans:
        for engine in branches(plan.engine, plan.n_searches):
            engine.check_stored()
    for plan in plans:
        readings.append(read(replace(plan, interrupted=interrupted)))
        interrupted |= INTERRUPTED in readings[-1].front.stop_reason
    return readings


def branches(engine: Engine, n_searches: int) -> list[Engine]:
    """Give an engine for each of several searches, so that none goes on with another.

    Parameters
    ----------
    engine : Engine
        What is to search.
    n_searches : int
        How many searches there are; the only one gets the engine itself.

    Returns
    -------
    list of Engine
        Engines of the same settings.
    """
    if n_searches == 1:
        return [engine]
    return [engine.branch(str(number + 1)) for number in range(n_searches)]


def in_words(expressions: list[Expression], feature_names: list[str]) -> list[str]:
    """Write formulas with constants of four digits, for a table.

    Parameters
    ----------
    expressions : list of Expression
        Formulas in raw units.
    feature_names : list of str
        Names of the inputs.

    Returns
    -------
    list of str
        Their texts.
    """
    return [
        expression.with_constants([_short(value) for value in expression.constant_values]).to_text(
            feature_names
        )
        for expression in expressions
    ]


def _short(value: float) -> float:
    """Give four digits, but all of a number that has few: inputs may count from such a one."""
    return value if float(f"{value:.9g}") == value else float(f"{value:.4g}")


def _confirmed(structure: Structure, fronts: list[Front]) -> Structure:
    """Drop what a search refuted: inputs that were left out at first, and that it came back for."""
    used = {j for front in fronts for found in front for j in found.expression.variables}
    findings = []
    for finding in structure.findings:
        inputs = finding.inputs if finding.part is not None else tuple(set(finding.inputs) - used)
        if inputs:
            findings.append(replace(finding, inputs=tuple(sorted(inputs))))
    return replace(structure, findings=tuple(findings))


def _sampled(
    network: Any,
    X: Array,
    plan: SearchPlan,
    units: Units,
    random_state: np.random.RandomState,
    weigh: Callable[[Array], Array] | None,
) -> tuple[Directions, Array | None, Readability]:
    """Sample directions, weigh them where they are to be weighed by size, and measure how they agree."""
    sample = sample_directions(
        network, X, target=plan.target, delta=plan.delta, scale=units.scale, random_state=random_state
    )
    weight = None
    if weigh is not None:
        weight = weigh(network.gradient(sample.X, plan.target) * units.scale)
    readability = measure_readability(
        network, X, plan.target, sample, units.scale, weight, has_boundary=plan.delta is not None
    )
    return sample, weight, readability


def _in_raw_units(structure: Structure, units: Units, feature_names: list[str]) -> Structure:
    def raw(part: Expression) -> Expression:
        if part in products and not units.moves(part):
            return part  # in other units it is a multiple of itself, which tells the same
        written = units.in_raw_units(units.without_centre(part))
        return without_units(written) if part in combinations else written

    def of(hypothesis: str) -> set[Expression]:
        told = [finding for finding in structure.findings if finding.hypothesis == hypothesis]
        return {part for finding in told for part in (*finding.parts, *finding.alike)}

    combinations, products = of("linear_invariances"), of("scale_invariances")
    findings = tuple(
        finding
        if finding.part is None
        else replace(
            finding,
            part=raw(finding.part),
            beside=tuple(map(raw, finding.beside)),
            alike=tuple(map(raw, finding.alike)),
        )
        for finding in structure.findings
    )
    return replace(structure, findings=findings, feature_names=tuple(feature_names))

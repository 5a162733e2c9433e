"""The one function that puts arrays into an engine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.preprocessing import normalize
from sklearn.utils import check_array, check_consistent_length, check_random_state

from skinterpret._sklearn import InvalidParameterError
from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.expressions.operators import find_operators
from skinterpret.search.cancelling import without_what_cancels
from skinterpret.search.checking import check_engine, check_rows, check_seed, warn_of_units
from skinterpret.search.engine import Engine
from skinterpret.search.evolution import EvolutionEngine
from skinterpret.search.evolution.progress import tell
from skinterpret.search.front import Front
from skinterpret.search.structure import (
    HYPOTHESES,
    NOTHING_TRIED,
    Structure,
    check_hypotheses,
    structure_for,
)
from skinterpret.search.structure.relevance import are_noise
from skinterpret.search.watch import Watch

Array = NDArray[np.float64]

NEGLIGIBLE_LOSS = 1e-9
AGAIN = 0.5  # of the budget that a search with all inputs has at least
LIMITED = 1.5  # times the loss that the inputs left out alone account for


def search_directions(
    X: ArrayLike,
    directions: ArrayLike,
    *,
    engine: Engine | None = None,
    structure: Structure | Sequence[str] | bool = True,
    sample_weight: ArrayLike | None = None,
    metric: ArrayLike | None = None,
    random_state: Any = None,
) -> Front:
    """Search for expressions whose gradients run parallel to given directions.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows; a few hundred well-spread ones are enough.  As elsewhere in scikit-learn, strings that are
        numbers are taken as these.
    directions : array-like of shape (n_samples, n_features)
        Gradients of the unknown function at these rows; only their directions count, and their
        common sign does not (arXiv:2401.04978, section 3).
    engine : Engine, default=None
        What searches; `None` means `EvolutionEngine()`.
    structure : Structure, bool or list of str, default=True
        What is known about the function: irrelevant inputs are left out of the search, and parts
        are offered to it as a whole.  `True` means that `discover_structure` finds it out, a list of
        hypotheses that it tests these alone, and `False` that the search starts from nothing.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; `None` means equal ones.
    metric : array-like of shape (n_features, n_features), default=None
        Matrix by which gradients, as columns, are multiplied before they are compared, for instance a
        root of the covariance of the inputs, so that what counts is what gradients tell of rows as the
        data have them.  Parallel gradients stay parallel.  `None` compares gradients as they are, and so
        do engines other than `EvolutionEngine`.
    random_state : int, RandomState instance or None, default=None
        Seed of the search; the same seed gives the same front.

    Returns
    -------
    Front
        Candidates ordered by complexity, with strictly falling loss.  Its `evaluations` count what was
        done to find structure in this call as well.

    Warns
    -----
    ConvergenceWarning
        If `max_time` or Ctrl-C ended the call; the best so far is returned.  Ctrl-C ends all of it: when
        structure was still being looked for, the front holds what was found of it, and a thousand small
        formulas.
    UserWarning
        If one input makes up the directions in the units of X alone, so that the search can hardly see
        the others.

    Raises
    ------
    ValueError
        If the arrays do not fit together, hold NaN or infinite values, numbers whose squares floats cannot
        hold or a vanishing direction, if a setting of the engine cannot be used, or if it has a checkpoint
        and there is no seed.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search import EvolutionEngine, search_directions
    >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    >>> gradients = np.column_stack([2 * X[:, 0], 4 * X[:, 1]])  # of x0**2 + 2*x1**2
    >>> front = search_directions(X, gradients, random_state=0)
    >>> front[-1].loss < 1e-9
    True
    """
    rows, vectors = check_rows(X, directions)
    weight = np.ones(len(rows))
    if sample_weight is not None:
        weight = check_array(sample_weight, dtype=np.float64, ensure_2d=False, input_name="sample_weight")
        check_consistent_length(rows, weight)
        if weight.min() < 0 or weight.sum() == 0:
            raise ValueError("sample_weight must be non-negative with a positive sum.")
    chosen = check_engine(EvolutionEngine() if engine is None else engine)
    check_seed(chosen, random_state)
    hypotheses = _hypotheses(structure, rows.shape[1])
    linear_map = None
    if metric is not None and isinstance(chosen, EvolutionEngine):
        linear_map = check_array(metric, dtype=np.float64, input_name="metric")
        n_features = rows.shape[1]
        if linear_map.shape != (n_features, n_features):
            raise ValueError(f"metric must have shape ({n_features}, {n_features}), got {linear_map.shape}.")
    units = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    if linear_map is None:
        warn_of_units(rows, units)
    rng = check_random_state(random_state)
    seed = int(rng.randint(np.iinfo(np.int32).max))
    chosen.prepare()
    watch = Watch(getattr(chosen, "max_time", None), getattr(chosen, "max_evals", None) or math.inf)
    if isinstance(structure, Structure):
        known = structure
    else:
        known = Structure(rows.shape[1], not_tried=(NOTHING_TRIED,))
        if hypotheses:
            known = structure_for(chosen, rows, units, hypotheses, seed)
            watch.evaluations_before = known.evaluations
            watch.evaluations -= known.evaluations
    if linear_map is not None:
        units = normalize(units @ linear_map.T)
    # of a Ctrl-C before the search the search for structure has warned
    watch.interrupted = was_interrupted = known.stop_reason == "interrupted"
    front = _search_with(known, chosen, _Rows(rows, units, weight, linear_map), seed, watch)
    if not was_interrupted:
        watch.warn()
    return replace(front, evaluations=front.evaluations + watch.evaluations_before)


def _hypotheses(structure: Structure | Sequence[str] | bool, n_features: int) -> Sequence[str]:
    """Give what is to be found out."""
    if isinstance(structure, bool):
        return HYPOTHESES if structure else ()
    if not isinstance(structure, Structure | Iterable):
        raise InvalidParameterError(
            f"structure={structure!r} says nothing; take True, False, a list of hypotheses, such as "
            f"[{HYPOTHESES[0]!r}], or a Structure."
        )
    if not isinstance(structure, Structure):
        check_hypotheses(structure)
        return tuple(structure)
    if structure.n_features != n_features:
        raise ValueError(
            f"structure is one of {structure.n_features} inputs, but X has {n_features}; pass what was found "
            "for the same inputs."
        )
    return ()


class _Rows(NamedTuple):
    """What a search sees; directions are multiplied by the metric already."""

    X: Array
    directions: Array
    weight: Array
    metric: Array | None

    def of_inputs(self, inputs: list[int]) -> _Rows:
        """Leave out the other inputs, and what directions have beyond the reach of these."""
        if self.metric is None:
            return self._replace(X=self.X[:, inputs], directions=self.directions[:, inputs])
        basis, metric = np.linalg.qr(self.metric[:, inputs])
        return _Rows(self.X[:, inputs], self.directions @ basis, self.weight, metric)

    def beyond(self, inputs: list[int]) -> Array:
        """Give what directions have beyond the reach of some inputs."""
        if self.metric is None:
            return np.delete(self.directions, inputs, axis=1)
        basis, _ = np.linalg.qr(self.metric[:, inputs])
        return np.asarray(self.directions - self.directions @ basis @ basis.T)


def _search_with(structure: Structure, engine: Engine, rows: _Rows, seed: int, watch: Watch) -> Front:
    """Search over the relevant inputs alone, and write what is found in all inputs.

    Where nothing but the inputs left out keeps the best formula from fitting, and what directions have of
    them is no noise, they do matter, and the search starts again with all inputs.
    """
    front = _search_relevant(structure, engine, rows, seed, watch)
    within = rows.of_inputs(_relevant(structure, rows)).directions
    floor = 0.5 * float(np.average(1 - np.sum(within**2, axis=1), weights=rows.weight))
    if watch.interrupted or floor < NEGLIGIBLE_LOSS or front[-1].loss > LIMITED * floor:
        return front
    if are_noise(rows.X, rows.beyond(_relevant(structure, rows))):
        return front
    tell(getattr(engine, "verbose", 0), engine.subject, "inputs left out matter: all are searched …")
    findings = tuple(finding for finding in structure.findings if finding.part is not None)
    everything = replace(structure, findings=findings)
    budget = getattr(engine, "max_evals", None) or math.inf
    watch.evaluations = max(min(watch.evaluations, budget) - front.evaluations, AGAIN * budget)
    again = _search_relevant(everything, engine.branch("all-inputs"), rows, seed, watch)
    return replace(again, candidates=[*front, *again], evaluations=front.evaluations + again.evaluations)


def _search_relevant(structure: Structure, engine: Engine, rows: _Rows, seed: int, watch: Watch) -> Front:
    relevant = _relevant(structure, rows)
    engine = engine.for_inputs(relevant, rows.X.shape[1])
    inward = {j: Expression.variable(k) for k, j in enumerate(relevant)}
    outward = {k: Expression.variable(j) for k, j in enumerate(relevant)}
    longest = getattr(engine, "max_complexity", None) or math.inf  # no formula has room for a longer part
    parts = [part.substitute(inward) for part in structure.leaves if part.complexity <= longest]
    X, directions, weight, metric = rows.of_inputs(relevant)
    if watch.interrupted and not isinstance(engine, EvolutionEngine):
        engine = EvolutionEngine(["+"])  # sums, products by a constant and parts are in every engine's reach
    if isinstance(engine, EvolutionEngine):
        front = engine.search_within(watch, X, directions, weight, seed, parts, metric)
        front = without_what_cancels(
            front,
            make_rows(X, directions, weight, (), metric),
            find_operators(engine.operators),
            engine.target_loss,
        )
    else:
        front = engine.search(X, directions, weight, seed, parts)
    candidates = [replace(found, expression=found.expression.substitute(outward)) for found in front]
    return replace(front, candidates=candidates)


def _relevant(structure: Structure, rows: _Rows) -> list[int]:
    return [j for j in range(rows.X.shape[1]) if j not in structure.irrelevant]

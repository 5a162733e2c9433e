"""Which hypotheses about a function its directions bear out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import normalize
from sklearn.utils import check_random_state

from skinterpret._listing import listed
from skinterpret._sklearn import Interval, validate_parameter_constraints
from skinterpret._user_line import warn_user
from skinterpret.expressions import Expression
from skinterpret.expressions.operators import find_operators
from skinterpret.search.checking import check_engine, check_rows
from skinterpret.search.engine import Engine
from skinterpret.search.evolution import EvolutionEngine
from skinterpret.search.front import Front
from skinterpret.search.structure.findings import EXACT, NOTHING_TRIED, Finding, Structure
from skinterpret.search.structure.groups import MOST_IN_GROUPS, SIZE
from skinterpret.search.structure.invariances import invariant_combinations
from skinterpret.search.structure.linear import linear_combination
from skinterpret.search.structure.parts import make_quantities
from skinterpret.search.structure.relevance import component_sizes, irrelevant_inputs
from skinterpret.search.structure.rivals import is_refuted, left_by_rivals
from skinterpret.search.structure.scale_invariances import scale_invariances
from skinterpret.search.structure.separability import MOST_QUANTITIES, merge_quantities
from skinterpret.search.structure.straight import is_bent, straight_combination
from skinterpret.search.structure.turning import SecondDerivatives, Turns
from skinterpret.search.watch import Watch

Array = NDArray[np.float64]

HYPOTHESES = ("irrelevant_inputs", "linear_invariances", "separability", "scale_invariances")
BUDGETS: dict[str, list[Any]] = {
    "max_time": [Interval(Real, 0, None, closed="left"), None],
    "max_evals": [Interval(Integral, 0, None, closed="left"), None],
}
MANY = 9  # inputs; with a coefficient each they make a formula of complexity 44


def discover_structure(
    X: Array,
    directions: Array,
    *,
    hypotheses: Sequence[str] = HYPOTHESES,
    second_derivatives: SecondDerivatives | None = None,
    part_engine: Engine | None = None,
    max_time: float | None = None,
    max_evals: int | None = None,
    random_state: Any = None,
) -> Structure:
    """Find out from its directions how a function uses its inputs.

    Each hypothesis is made on a random half of the rows and must hold on the other.  Ctrl-C ends it with
    what was found so far and a `ConvergenceWarning`.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Rows.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients of the function at these rows.
    hypotheses : sequence of str, default=HYPOTHESES
        What to look for; all of these by default.

        - `"irrelevant_inputs"`: direction components at noise level;
        - `"linear_invariances"`: inputs that enter through fewer linear combinations than there are
          inputs, such as `x2 - x3`, or `x1 - x2` and `x2 - x3`;
        - `"separability"`: pairs of inputs, or of what was found before, that enter through one
          function of the two alone, such as `x0*x1`; where there is no pair, groups of three, such as
          `x0*x1 + x1*x2 + x2*x0`;
        - `"scale_invariances"`: inputs that keep their sign on all rows, of which nothing else was found, and
          that enter through fewer products of powers than there are inputs, such as `x0/x1` and `x2/x1`,
          as far as the search has division and multiplication.
    second_derivatives : callable, default=None
        Where the function has them: gives for rows its second derivatives by the inputs, divided by the
        length of its gradient, as an ndarray of shape (n_rows, n_features, n_features), or `None` if it
        cannot.  They tell more surely than directions which pairs of inputs may enter through one function.
    part_engine : Engine, default=None
        What searches for functions of two or three inputs; `None` means `small_engine()`.
    max_time : float, default=None
        Seconds for these searches; `None` means no limit.
    max_evals : int, default=None
        Evaluations for these searches; `None` means no limit.
    random_state : int, RandomState instance or None, default=None
        Seed of the split and of the searches for parts.

    Returns
    -------
    Structure
        What was found.

    Raises
    ------
    ValueError
        If a hypothesis is unknown, a budget is no number or negative, the arrays do not fit together or the
        engine cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search import discover_structure
    >>> X = np.random.default_rng(0).uniform(-1, 1, (400, 4))
    >>> gradients = np.zeros((400, 4))  # of (x0 - x1)**3 + x2
    >>> gradients[:, 0] = 3 * (X[:, 0] - X[:, 1]) ** 2
    >>> gradients[:, 1] = -gradients[:, 0]
    >>> gradients[:, 2] = 1
    >>> directions = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
    >>> structure = discover_structure(X, directions, random_state=0)
    >>> structure.irrelevant, [str(part) for part in structure.parts]
    ((3,), ['x0 - x1'])
    """
    check_hypotheses(hypotheses)
    validate_parameter_constraints(
        BUDGETS, {"max_time": max_time, "max_evals": max_evals}, caller_name="discover_structure"
    )
    X, directions = check_rows(X, directions)
    engine = check_engine(small_engine() if part_engine is None else part_engine)
    engine.prepare()
    watch = Watch(max_time, math.inf if max_evals is None else max_evals)
    held_back, seed = draw_split(check_random_state(random_state), len(X))
    findings: list[Finding] = []
    searches = _PartSearches(engine, seed, watch)
    turns = None if second_derivatives is None else Turns(X, directions, second_derivatives)
    try:
        for finding in _findings(X, directions, hypotheses, held_back, searches, turns):
            findings.append(finding)  # one by one, so that Ctrl-C leaves those before it
    except KeyboardInterrupt:
        watch.interrupt()
    if watch.interrupted:
        warn_user(
            f"The search for structure was stopped (interrupted) after {searches.evaluations:,} evaluations; "
            "what it has found so far is used, and no long search follows: start anew for one.",
            ConvergenceWarning,
        )
    return Structure(
        X.shape[1],
        tuple(findings),
        evaluations=searches.evaluations,
        stop_reason=searches.stop_reason,
        not_tried=(*_switched_off(hypotheses), *searches.not_tried),
    )


def draw_split(rng: np.random.RandomState, n_rows: int) -> tuple[NDArray[np.bool_], int]:
    """Draw all that is random in the search for structure, as many numbers whatever is looked for.

    Parameters
    ----------
    rng : RandomState
        Source of randomness.
    n_rows : int
        Number of rows.

    Returns
    -------
    held_back : ndarray of shape (n_rows,), dtype bool
        Rows on which hypotheses must hold that were not made on them.
    seed : int
        Seed of the searches for parts.
    """
    held_back = rng.permutation(n_rows) % 2 == 1
    return held_back, int(rng.randint(np.iinfo(np.int32).max))


def _findings(
    X: Array,
    directions: Array,
    hypotheses: Sequence[str],
    held_back: NDArray[np.bool_],
    searches: _PartSearches,
    turns: Turns | None,
) -> Iterator[Finding]:
    relevant = list(range(X.shape[1]))
    if "irrelevant_inputs" in hypotheses:
        # as if all inputs had the same spread: what matters does so whatever its unit
        alike = normalize(directions * X.std(axis=0))
        irrelevant = irrelevant_inputs(alike[~held_back], alike[held_back])
        if irrelevant:
            size = float(component_sizes(alike[held_back])[irrelevant].max())
            yield Finding("irrelevant_inputs", tuple(irrelevant), None, size)
            relevant = [j for j in relevant if j not in irrelevant]
    found: list[Finding] = []
    exact: set[int] = set()
    if "scale_invariances" in hypotheses:
        products = _products(X, directions, held_back, relevant, relevant, searches.allowed)
        exact = {j for product in products if product.evidence <= EXACT for j in product.inputs}
    if "linear_invariances" in hypotheses and len(relevant) > 1:
        claims = _combinations(X, directions, held_back, relevant)
        found = [claim for claim in claims if not _is_refuted(claim, exact)]
        yield from found
    covered = {j for finding in found for j in finding.inputs}
    if "separability" in hypotheses:
        for finding in _joint_parts(X, directions, held_back, relevant, found, searches, turns):
            if not _is_refuted(finding, exact):
                covered.update(finding.inputs)
                yield finding
    if "scale_invariances" in hypotheses:
        free = [j for j in relevant if j not in covered]
        yield from _products(X, directions, held_back, relevant, free, searches.allowed)


def _is_refuted(claim: Finding, exact: set[int]) -> bool:
    """Whether a claim holds about, and products of powers of the same inputs hold exactly."""
    return claim.evidence > EXACT and not exact.isdisjoint(claim.inputs)


def _switched_off(hypotheses: Sequence[str]) -> list[str]:
    """Say what was not looked for because nobody asked."""
    if not hypotheses:
        return [NOTHING_TRIED]
    off = [name.replace("_", " ") for name in HYPOTHESES if name not in hypotheses]
    verb = "was" if off == ["separability"] else "were"
    return [f"{listed(off).capitalize()} {verb} not looked for."] if off else []


def check_hypotheses(names: Sequence[str]) -> None:
    """Refuse unknown hypotheses.

    Parameters
    ----------
    names : sequence of str
        Names of hypotheses.

    Raises
    ------
    ValueError
        If one is not in `HYPOTHESES`.
    """
    if isinstance(names, str):
        raise ValueError(f"Hypotheses are given as a list, such as [{names!r}], not as the string {names!r}.")
    if not isinstance(names, Iterable):
        raise ValueError(
            f"Hypotheses are given as a list, such as [{HYPOTHESES[0]!r}], and {names!r} is none; choose "
            f"from: {', '.join(HYPOTHESES)}."
        )
    unknown = [name for name in names if name not in HYPOTHESES]
    if unknown:
        raise ValueError(f"Unknown hypothesis {unknown[0]!r}; choose from: {', '.join(HYPOTHESES)}.")


def small_engine(like: Engine | None = None) -> EvolutionEngine:
    """Make an engine for functions of two or three inputs, which take it a fraction of a second.

    Parameters
    ----------
    like : Engine, default=None
        The engine of the whole search: where it is an `EvolutionEngine`, parts are made of its
        operators and within its budget.

    Returns
    -------
    EvolutionEngine
        The engine.
    """
    whole = like if isinstance(like, EvolutionEngine) else EvolutionEngine()
    return EvolutionEngine(
        whole.operators,
        max_complexity=min(12, whole.max_complexity),
        max_evals=min(60_000, max(whole.max_evals // 4, 1)),
        n_islands=2,
        population_size=min(100, whole.population_size),
        epoch_evals=min(2_000, whole.epoch_evals),
        patience=6,
        target_loss=1e-9,
    )


def _combinations(
    X: Array, directions: Array, held_back: NDArray[np.bool_], relevant: list[int]
) -> Iterator[Finding]:
    columns = directions[:, relevant]
    straight = straight_combination(columns[~held_back], columns[held_back])
    if straight is not None:
        coefficients, left = straight
        # of many inputs it is told even if it is not all, as no formula of the search has room for these
        if len(relevant) >= MANY or not is_bent(left, left_by_rivals(X[:, relevant], columns, held_back)):
            yield Finding("linear_invariances", tuple(relevant), _over(coefficients, relevant), left)
            return
    for entering in invariant_combinations(columns[~held_back], columns[held_back]):
        part, *beside = (_over(one, relevant) for one in entering.combinations)
        alike = tuple(_over(one, relevant) for one in entering.others)
        inputs = sorted({j for one in (part, *beside) for j in one.variables})
        # what enters through several combinations may still enter through one function of them all
        if is_refuted(entering.unexplained, left_by_rivals(X[:, inputs], directions[:, inputs], held_back)):
            continue
        yield Finding("linear_invariances", tuple(inputs), part, entering.unexplained, tuple(beside), alike)


def _products(
    X: Array,
    directions: Array,
    held_back: NDArray[np.bool_],
    relevant: list[int],
    free: list[int],
    allowed: set[int],
) -> Iterator[Finding]:
    for scaling in scale_invariances(X, directions, held_back, relevant, free):
        if not all(allowed.issuperset(_operators_of(one)) for one in scaling.products):
            continue
        part, *beside = scaling.products
        alike = tuple(one for one in scaling.others if allowed.issuperset(_operators_of(one)))
        inputs = sorted({j for one in scaling.products for j in one.variables})
        yield Finding("scale_invariances", tuple(inputs), part, scaling.unexplained, tuple(beside), alike)


def _operators_of(expression: Expression) -> set[int]:
    return {token for token in expression.tokens if token > 0}


def _over(coefficients: dict[int, float], inputs: list[int]) -> Expression:
    return linear_combination({inputs[k]: value for k, value in coefficients.items()})


def _joint_parts(
    X: Array,
    directions: Array,
    held_back: NDArray[np.bool_],
    relevant: list[int],
    findings: list[Finding],
    searches: _PartSearches,
    turns: Turns | None,
) -> Iterator[Finding]:
    parts = [part for finding in findings for part in finding.parts]
    covered = {j for part in parts for j in part.variables}
    expressions = [*(Expression.variable(j) for j in relevant if j not in covered), *parts]
    quantities = make_quantities(expressions, X, directions)
    n_left = len(quantities)
    merged = merge_quantities(quantities, directions, held_back, searches, turns, searches.is_over)
    for part, unexplained, others in merged:
        n_left = len(others) + 1
        beside = _sharing_inputs(part, others)
        inputs = sorted({j for one in (part, *beside) for j in one.variables})
        yield Finding("separability", tuple(inputs), part, unexplained, beside)
    searches.not_tried.extend(_left_out(n_left, searches.stop_reason))


def _left_out(n_quantities: int, stop_reason: str) -> Iterator[str]:
    """Say what was not looked for among the quantities that are left."""
    among = f"{n_quantities} inputs and combinations of them"
    if n_quantities > MOST_QUANTITIES:
        yield f"Pairs were not looked for among {among}: {MOST_QUANTITIES} are the most."
    elif stop_reason:
        yield f"Not all pairs were looked at among {among} ({stop_reason})."
    if n_quantities > MOST_IN_GROUPS:
        yield f"Groups of three were not looked for among {among}: {MOST_IN_GROUPS} are the most."
    if n_quantities > SIZE + 1:  # of fewer, no larger group is less than all
        yield f"Larger groups than of three were not looked for among {among}."


def _sharing_inputs(part: Expression, others: list[Expression]) -> tuple[Expression, ...]:
    """Those through which inputs of the part enter as well, and what has inputs in common with these."""
    inputs = set(part.variables)
    tied: list[Expression] = []
    for _ in others:
        for other in others:
            if other not in tied and inputs & set(other.variables):
                tied.append(other)
                inputs |= set(other.variables)
    return tuple(tied)


class _PartSearches:
    """Searches for functions of a few inputs, within the budgets of all of them together."""

    def __init__(self, engine: Engine, seed: int, watch: Watch) -> None:
        self._engine = engine
        self._seed = seed
        self._watch = watch
        self.evaluations = 0
        self._cut_short = False
        self.not_tried: list[str] = []

    def __call__(self, X: Array, directions: Array, sample_weight: Array) -> Front:
        """Search for one, if there is anything left to search with."""
        if isinstance(self._engine, EvolutionEngine):
            limits = [self._engine.max_time, self._watch.seconds_left]
            seconds = min((limit for limit in limits if limit is not None), default=None)
            watch = Watch(seconds, self._watch.evaluations)
            front = self._engine.search_within(watch, X, directions, sample_weight, self._seed)
        else:
            front = self._engine.search(X, directions, sample_weight, seed=self._seed)
        if front.stop_reason == "interrupted":
            self._watch.interrupt()
        self.evaluations += front.evaluations
        self._watch.evaluations -= front.evaluations
        return front

    @property
    def allowed(self) -> set[int]:
        """Operators that parts may be made of."""
        chosen = self._engine.operators if isinstance(self._engine, EvolutionEngine) else None
        return set(find_operators(chosen))

    def is_over(self) -> bool:
        """Whether a budget is used up; asked before each pair that is left."""
        over = self._watch.is_over() or self._watch.evaluations <= 0
        self._cut_short |= over
        return over

    @property
    def stop_reason(self) -> str:
        """What cut the searches short."""
        if self._watch.interrupted:
            return "interrupted"
        if not self._cut_short:
            return ""
        return "max_evals reached" if self._watch.evaluations <= 0 else "max_time reached"

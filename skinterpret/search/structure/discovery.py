"""Which hypotheses about a function its directions bear out."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.preprocessing import normalize
from sklearn.utils import check_random_state

from skinterpret.expressions import Expression
from skinterpret.search.engine import Engine
from skinterpret.search.evolution import EvolutionEngine
from skinterpret.search.front import Front
from skinterpret.search.structure.findings import Finding, Structure
from skinterpret.search.structure.invariances import invariant_combinations
from skinterpret.search.structure.linear import linear_combination
from skinterpret.search.structure.relevance import component_sizes, irrelevant_inputs
from skinterpret.search.structure.separability import make_quantities, merge_pairs

Array = NDArray[np.float64]

HYPOTHESES = ("irrelevant_inputs", "linear_invariances", "separability")


def discover_structure(
    X: Array,
    directions: Array,
    *,
    hypotheses: Sequence[str] = HYPOTHESES,
    part_engine: Engine | None = None,
    max_time: float | None = None,
    random_state: Any = None,
) -> Structure:
    """Find out from its directions how a function uses its inputs.

    Each hypothesis is made on a random half of the rows and must hold on the other.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Rows.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients of the function at these rows.
    hypotheses : sequence of str, default=("irrelevant_inputs", "linear_invariances", "separability")
        What to look for.

        - `"irrelevant_inputs"`: direction components at noise level;
        - `"linear_invariances"`: inputs that enter through fewer linear combinations than there are
          inputs, such as `x2 - x3`, or `x1 - x2` and `x2 - x3`;
        - `"separability"`: pairs of inputs, or of what was found before, that enter through one
          function of the two alone, such as `x0*x1`.
    part_engine : Engine, default=None
        What searches for functions of two inputs; `None` means `small_engine()`.
    max_time : float, default=None
        Seconds after which no further such search begins; `None` means no limit.
    random_state : int, RandomState instance or None, default=None
        Seed of the split and of the searches for parts.

    Returns
    -------
    Structure
        What was found.

    Raises
    ------
    ValueError
        If a hypothesis is unknown.

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
    engine = small_engine() if part_engine is None else part_engine
    deadline = math.inf if max_time is None else time.monotonic() + max_time
    rng = check_random_state(random_state)
    held_back = rng.permutation(len(X)) % 2 == 1
    findings: list[Finding] = []
    relevant = list(range(X.shape[1]))
    if "irrelevant_inputs" in hypotheses:
        # as if all inputs had the same spread: what matters does so whatever its unit
        alike = normalize(directions * X.std(axis=0))
        irrelevant = irrelevant_inputs(alike[~held_back], alike[held_back])
        if irrelevant:
            size = float(component_sizes(alike[held_back])[irrelevant].max())
            findings.append(Finding("irrelevant_inputs", tuple(irrelevant), None, size))
            relevant = [j for j in relevant if j not in irrelevant]
    if "linear_invariances" in hypotheses and len(relevant) > 1:
        findings += _combinations(directions, held_back, relevant)
    if "separability" in hypotheses:
        seed = int(rng.randint(np.iinfo(np.int32).max))
        findings += _joint_parts(X, directions, held_back, relevant, findings, engine, seed, deadline)
    return Structure(X.shape[1], tuple(findings))


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
    unknown = [name for name in names if name not in HYPOTHESES]
    if unknown:
        raise ValueError(f"Unknown hypothesis {unknown[0]!r}; choose from: {', '.join(HYPOTHESES)}.")


def small_engine(like: Engine | None = None) -> EvolutionEngine:
    """Make an engine for functions of two inputs, which take it a fraction of a second.

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
        max_evals=min(60_000, whole.max_evals),
        n_islands=2,
        population_size=min(100, whole.population_size),
        epoch_evals=min(2_000, whole.epoch_evals),
        patience=6,
        target_loss=1e-9,
    )


def _combinations(directions: Array, held_back: NDArray[np.bool_], relevant: list[int]) -> Iterator[Finding]:
    columns = directions[:, relevant]
    for entering in invariant_combinations(columns[~held_back], columns[held_back]):
        part, *beside = (_over(one, relevant) for one in entering.combinations)
        alike = tuple(_over(one, relevant) for one in entering.others)
        inputs = sorted({j for one in (part, *beside) for j in one.variables})
        yield Finding("linear_invariances", tuple(inputs), part, entering.unexplained, tuple(beside), alike)


def _over(coefficients: dict[int, float], inputs: list[int]) -> Expression:
    return linear_combination({inputs[k]: value for k, value in coefficients.items()})


def _joint_parts(
    X: Array,
    directions: Array,
    held_back: NDArray[np.bool_],
    relevant: list[int],
    findings: list[Finding],
    engine: Engine,
    seed: int,
    deadline: float,
) -> Iterator[Finding]:
    parts = [part for finding in findings for part in finding.parts]
    covered = {j for part in parts for j in part.variables}
    expressions = [*(Expression.variable(j) for j in relevant if j not in covered), *parts]
    quantities = make_quantities(expressions, X, directions)

    def search_part(X: Array, directions: Array, sample_weight: Array) -> Front:
        if time.monotonic() >= deadline:
            return Front([])
        return engine.search(X, directions, sample_weight, seed=seed)

    for part, unexplained, others in merge_pairs(quantities, directions, held_back, search_part):
        beside = _sharing_inputs(part, others)
        inputs = sorted({j for one in (part, *beside) for j in one.variables})
        yield Finding("separability", tuple(inputs), part, unexplained, beside)


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

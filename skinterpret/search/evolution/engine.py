"""The embedded engine as its users see it: settings, the loop over epochs and the stop."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from skinterpret._sklearn import Interval
from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.expressions.operators import (
    DEFAULT_OPERATORS,
    OPERATORS,
    VARIABLE_COMPLEXITY,
    find_operators,
)
from skinterpret.search.engine import Engine
from skinterpret.search.evolution.islands import (
    Island,
    Task,
    clear_population,
    expression_at,
    immigrate,
    make_island,
    merge_fame,
    run_epoch,
)
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.front import Candidate, Front

MIGRATING_SHARE = 0.05
NOTICEABLE = 0.01  # mean decrease of log loss over the front that counts as progress
SELDOM = 0.15  # weight of a leaf that a part stands for, against 1
RESTART_AFTER = 12  # epochs without progress of an island's own best


class EvolutionEngine(Engine):
    """Evolution of programs on islands, compiled as a whole.

    Regularised evolution (Real et al., AAAI 2019) with adaptive parsimony (Cranmer,
    arXiv:2305.01582) over islands that exchange programs between epochs; constants by
    Levenberg–Marquardt on the direction residuals.

    Parameters
    ----------
    operators : sequence of str, default=None
        Names of the operators that formulas may use, from the operator table; `None` means
        `("+", "-", "*", "/", "square", "exp", "sin")`.
    max_complexity : int, default=30
        Largest complexity of a formula: an input counts 1, a constant 2, an operator 1 or 2.
    max_evals : int, default=4_000_000
        Budget in evaluations of a program on all rows, steps of constant fitting included.
    max_time : float, default=None
        Budget in seconds of wall-clock time; `None` means no limit.
    target_loss : float, default=1e-10
        Loss that ends the search.
    patience : int, default=12
        Epochs without progress of the front after which the search ends.
    n_islands : int, default=8
        Number of populations.
    population_size : int, default=200
        Members of each.
    epoch_evals : int, default=4_000
        Evaluations of an island between exchanges.
    n_jobs : int, default=None
        Islands evolved at the same time, as in joblib; the front does not depend on it.
    verbose : int, default=0
        1 shows a line of progress, 2 the front after each epoch.
    callback : callable, default=None
        Called with a `SearchState` after each epoch; a true result ends the search.

    Examples
    --------
    >>> from skinterpret.search import EvolutionEngine
    >>> EvolutionEngine(operators=["+", "*", "tanh"], max_complexity=20)
    EvolutionEngine(max_complexity=20, operators=['+', '*', 'tanh'])
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "operators": ["array-like", None],
        "max_complexity": [Interval(Integral, 1, 200, closed="both")],
        "max_evals": [Interval(Integral, 1, None, closed="left")],
        "max_time": [Interval(Real, 0, None, closed="neither"), None],
        "target_loss": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "n_islands": [Interval(Integral, 1, None, closed="left")],
        "population_size": [Interval(Integral, 10, None, closed="left")],
        "epoch_evals": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
        "callback": [callable, None],
    }

    def __init__(
        self,
        operators: Sequence[str] | None = None,
        *,
        max_complexity: int = 30,
        max_evals: int = 4_000_000,
        max_time: float | None = None,
        target_loss: float = 1e-10,
        patience: int = 12,
        n_islands: int = 8,
        population_size: int = 200,
        epoch_evals: int = 4_000,
        n_jobs: int | None = None,
        verbose: int = 0,
        callback: Callable[[SearchState], Any] | None = None,
    ) -> None:
        self.operators = operators
        self.max_complexity = max_complexity
        self.max_evals = max_evals
        self.max_time = max_time
        self.target_loss = target_loss
        self.patience = patience
        self.n_islands = n_islands
        self.population_size = population_size
        self.epoch_evals = epoch_evals
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.callback = callback

    def validate(self) -> None:
        """Refuse unusable settings; see `Engine.validate`."""
        self._validate_params()
        find_operators(DEFAULT_OPERATORS if self.operators is None else self.operators)

    def search(
        self,
        X: NDArray[np.float64],
        directions: NDArray[np.float64],
        sample_weight: NDArray[np.float64],
        seed: int,
        parts: Sequence[Expression] = (),
    ) -> Front:
        """Search for expressions; see `Engine.search`."""
        rows = make_rows(X, directions, sample_weight, parts)
        # every other island draws parts seldom: a part that misleads must not mislead the search
        grammars = [self._grammar(_leaf_weights(X.shape[1], parts, trust), parts) for trust in (True, False)]
        islands = [make_island(self.population_size, grammars[0]) for _ in range(self.n_islands)]
        meaning = {X.shape[1] + number: part for number, part in enumerate(parts)}
        state = SearchState(islands, merge_fame([island.fame for island in islands]), meaning)
        start = time.monotonic()
        with Parallel(n_jobs=self.n_jobs, prefer="threads") as parallel:
            try:
                while not state.stop_reason:
                    tasks = [
                        Task(
                            rows,
                            grammars[number % 2],
                            island,
                            seed,
                            number,
                            state.epoch,
                            min(self.epoch_evals, self.max_evals),
                            self.target_loss,
                        )
                        for number, island in enumerate(state.islands)
                    ]
                    state.advance(parallel(delayed(run_epoch)(task) for task in tasks), seed)
                    state.seconds = time.monotonic() - start
                    state.stop_reason = self._reason_to_stop(state)
                    self._report(state)
            except KeyboardInterrupt:
                state.stop_reason = "interrupted"
        if self.verbose == 1 and sys.stderr.isatty():
            print(file=sys.stderr)
        if state.stop_reason in ("interrupted", "max_time reached"):
            warnings.warn(
                f"The search was stopped ({state.stop_reason}) after {state.evaluations:,} "
                f"evaluations in {state.epoch} epochs; the best candidates so far are returned.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return state.front()

    def _grammar(self, leaf_weights: list[float], parts: Sequence[Expression]) -> Grammar:
        numbers = find_operators(DEFAULT_OPERATORS if self.operators is None else self.operators)
        arity = {number: OPERATORS[number - 1].arity for number in numbers}
        return Grammar(
            np.array([n for n in numbers if arity[n] == 1], dtype=np.int64),
            np.array([n for n in numbers if arity[n] == 2], dtype=np.int64),
            np.cumsum(leaf_weights),
            np.array(
                [VARIABLE_COMPLEXITY] * (len(leaf_weights) - len(parts)) + [p.complexity for p in parts]
            ),
            self.max_complexity,
            self.max_complexity + 1,
        )

    def _reason_to_stop(self, state: SearchState) -> str:
        if self.callback is not None and self.callback(state):
            return "callback"
        if state.best_loss <= self.target_loss and state.epochs_since_shrinking >= 3:
            return "target_loss reached"
        if state.epochs_without_progress >= self.patience:
            return "no progress"
        if state.evaluations >= self.max_evals:
            return "max_evals reached"
        if self.max_time is not None and state.seconds >= self.max_time:
            return "max_time reached"
        return ""

    def _report(self, state: SearchState) -> None:
        if not self.verbose:
            return
        line = (
            f"epoch {state.epoch:4d}  {state.evaluations:>11,} evaluations  "
            f"{state.evaluations / max(state.seconds, 1e-9):>9,.0f}/s  "
            f"best loss {state.best_loss:.2e}"
        )
        live = sys.stderr.isatty() and self.verbose == 1
        print(f"\r{line}" if live else line, end="" if live else "\n", file=sys.stderr, flush=True)
        if self.verbose > 1:
            for candidate in state.front():
                print(
                    f"    {candidate.complexity:3d}  {candidate.loss:.3e}  {candidate.expression}",
                    file=sys.stderr,
                )


def _leaf_weights(n_features: int, parts: Sequence[Expression], trust: bool) -> list[float]:
    """How often each leaf is drawn: seldom an input for which a part stands, or else a part."""
    leaves = [{j} for j in range(n_features)] + [set(part.variables) for part in parts]
    weights = [1.0 if trust or k < n_features else SELDOM for k in range(len(leaves))]
    if trust:
        for number, part in enumerate(parts):
            for k in range(n_features + number):
                if leaves[k] <= set(part.variables):
                    weights[k] = SELDOM
    return weights


@dataclass
class SearchState:
    """Where a search stands after an epoch.

    Attributes
    ----------
    islands : list of Island
        Populations and their halls of fame.
    fame : Members
        The common hall of fame.
    parts : dict of int to Expression
        What the leaves behind the inputs mean.
    epoch : int
        Epochs done.
    evaluations : int
        Evaluations done, all islands together.
    seconds : float
        Wall-clock time since the start.
    epochs_without_progress : int
        Epochs since the front as a whole last improved noticeably.
    stop_reason : str
        Why the search ended; empty while it runs.
    """

    islands: list[Island]
    fame: Members
    parts: dict[int, Expression] = field(default_factory=dict)
    epoch: int = 0
    evaluations: int = 0
    seconds: float = 0.0
    epochs_without_progress: int = 0
    epochs_since_shrinking: int = 0
    stop_reason: str = ""
    stagnation: list[int] = field(default_factory=list)
    level: float = np.inf

    @property
    def best_loss(self) -> float:
        """Lowest loss so far."""
        return float(self.fame.losses.min())

    def front(self) -> Front:
        """Pareto front of the common hall of fame."""
        candidates = [
            Candidate(
                expression_at(self.fame, int(index)).substitute(self.parts), float(self.fame.losses[index])
            )
            for index in np.flatnonzero(np.isfinite(self.fame.losses))
        ]
        return Front(candidates, self.evaluations, self.seconds, self.stop_reason)

    def advance(self, results: list[tuple[Island, int]], seed: int) -> None:
        """Take in what the islands did in one epoch, and let programs travel."""
        self.epoch += 1
        self.evaluations += sum(evaluations for _, evaluations in results)
        previous_best = [float(island.fame.losses.min()) for island in self.islands]
        self.islands = [island for island, _ in results]
        complexity = self._complexity_of_best()
        self.fame = merge_fame([self.fame, *(island.fame for island in self.islands)])
        shrunk = self._complexity_of_best() != complexity
        self.epochs_since_shrinking = 0 if shrunk else self.epochs_since_shrinking + 1
        self._note_progress()
        self._note_stagnation(previous_best)
        rng = np.random.default_rng([seed, self.epoch])
        self.islands = [
            clear_population(island)
            if self._restart_due(number)
            else immigrate(island, self.fame, MIGRATING_SHARE, rng)
            for number, island in enumerate(self.islands)
        ]

    def _complexity_of_best(self) -> int:
        """Complexity of the simplest program whose loss is next to the best."""
        return int(np.argmax(self.fame.losses <= 1e-12 + 1.01 * self.fame.losses.min()))

    def _note_progress(self) -> None:
        losses = np.minimum.accumulate(self.fame.losses)
        level = float(np.mean(np.log(np.minimum(losses, 1.0) + 1e-14)))
        if level < self.level - NOTICEABLE:
            self.level = level
            self.epochs_without_progress = 0
        else:
            self.epochs_without_progress += 1

    def _note_stagnation(self, previous_best: list[float]) -> None:
        if not self.stagnation:
            self.stagnation = [0] * len(self.islands)
        for number, island in enumerate(self.islands):
            improved = island.fame.losses.min() < 0.99 * previous_best[number]
            self.stagnation[number] = 0 if improved else self.stagnation[number] + 1

    def _restart_due(self, number: int) -> bool:
        """Every other island restarts when it has not improved for long; the others go on."""
        due = number % 2 == 1 and self.stagnation[number] >= RESTART_AFTER
        if due:
            self.stagnation[number] = 0
        return due

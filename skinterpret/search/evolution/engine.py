"""The embedded engine as its users see it: settings, the loop over epochs and the stop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate, takewhile
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from skinterpret._sklearn import Interval
from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.judging import AnyRows
from skinterpret.expressions.kernels.labels import make_labelled_rows
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.expressions.operators import (
    OPERATORS,
    VARIABLE_COMPLEXITY,
    find_operators,
)
from skinterpret.search.engine import LabelEngine
from skinterpret.search.evolution.adaptation import adapt_operators
from skinterpret.search.evolution.checkpoint import (
    check_state,
    check_writable,
    fingerprint,
    load_state,
    save_state,
)
from skinterpret.search.evolution.enumeration import enumerate_programs, united
from skinterpret.search.evolution.growth import MOST_SMALL, best_of, cost_of_growth, grow, small_programs
from skinterpret.search.evolution.islands import Task, forget_losses, make_island, run_epoch, settle
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.preparation import compile_search
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.evolution.progress import Progress, tell
from skinterpret.search.evolution.state import SearchState
from skinterpret.search.evolution.workers import workers
from skinterpret.search.front import Front
from skinterpret.search.watch import Watch

SELDOM = 0.15  # weight of a leaf that a part stands for, against 1
MOST_ENUMERATED = 200_000  # small programs that are all tried before the evolution starts
AT_HAND = 1_000  # small programs that are tried where Ctrl-C has been pressed before
SETTLED_SHARE = 0.25  # of a population that starts from them, or more where the budget is small
FIRST_PART = 4  # at most a quarter of the budget goes to random programs
EPOCH_SHARE = 1 / 4  # of the budget that an epoch of all islands takes at most
EPOCHS_TO_SHRINK = 4  # in which nothing simpler has turned up, once the target is reached


class EvolutionEngine(LabelEngine):
    """Evolution of programs on islands, compiled as a whole.

    Regularised evolution (Real et al., AAAI 2019) with adaptive parsimony (Cranmer,
    arXiv:2305.01582) over islands that exchange programs between epochs; constants by
    Levenberg–Marquardt on the direction residuals.  On labels (`SymbolicClassifier`) all of this is the
    same but the loss, whose constants are fitted by the same method.

    Parameters
    ----------
    operators : sequence of str, default=None
        Names of the operators that formulas may use, from the operator table; `None` means
        `("+", "-", "*", "/", "square", "exp", "sin")`.  One that is named twice counts once.
        Linear combinations that the search for structure found, such as `x0 - x1`, are offered to the search
        whatever the operators; `structure=False` keeps formulas strictly to these.
    max_complexity : int, default=30
        Largest complexity of a formula: an input counts 1, a constant 2, an operator 1 or 2.
    max_evals : int, default=4_000_000
        Budget in evaluations of a program on all rows, steps of constant fitting included.  The epoch in
        which it is used up is completed, so that it may be passed by up to `n_islands * epoch_evals`
        evaluations, or a quarter of it where that is less, and by `n_islands` fits of constants; of the
        programs that grow when there is no progress only those do that it can pay for.  Where
        inputs that structure had left out prove to matter, the search starts again with what is left of
        the budget, or half of it where that is more.
    max_time : float, default=None
        Budget of a search in seconds of wall-clock time; `None` means no limit.  An epoch that has begun
        is completed.  The compilation of the engine, once on each machine, does not count.

        The search for structure that comes before takes a quarter of either budget at most: out of it in
        `search_directions`, and besides it in a surrogate's `fit`.

        Ctrl-C ends what runs, the search for structure included, and all that would follow in the same
        call: the best so far is returned, and searches that had not begun try a thousand small formulas.
    target_loss : float, default=1e-10
        Loss that is good enough.  Where it is reached the search goes on until nothing simpler that reaches
        it has turned up for 4 epochs; a callback that returns `state.best_loss <= x` ends it at once.
    patience : int, default=12
        Epochs without progress of the front after which the search ends.  After half of them its best
        programs are joined with every small one.  Every other island begins anew when its own best has not
        improved for 12 epochs; where nothing improves, the default ends the search before any does, and more
        patience, say 40, makes use of the rest of the budget.
    n_islands : int, default=8
        Number of populations.
    population_size : int, default=1000
        Members of each.
    epoch_evals : int, default=4_000
        Evaluations of an island between exchanges.
    checkpoint : path-like, default=None
        File to which the state of the search is written after each epoch.  Where it exists already,
        the search goes on from it: with the same budget in evaluations, to the same front as without the
        interruption.  Budgets may be other ones, but then the front need not be that of a search that had
        these from the start, as they shape its beginning and its epochs.  The structure that was found before
        the search is in `search-structure.json` beside `search.npz`.  A surrogate that searches more than
        once (for several classes, say) writes one file a search, `search-1.npz`, `search-2.npz` and so on.
    warm_start : bool, default=False
        Whether the next search of this object goes on where the last one ended, with new budgets and the
        structure that was found before.
        Where rows or directions are other ones, the populations stay and are judged anew.
    n_jobs : int, default=None
        Islands evolved at the same time, as in joblib; the front does not depend on it.
    verbose : int, default=0
        1 tells what is going on, with a line of progress (in a log one every five seconds or so), 2 and more
        the front after each epoch as well.  Evaluations in it are those of `SearchState`.
    callback : callable, default=None
        Called with a `SearchState` after each epoch; a true result ends the search.  The evaluations of a
        state leave out the search for structure, which `Front.evaluations` and the warning at the end count
        where it belongs to the call.  Of the attribute `seconds_left` of the callback, if it has one,
        progress tells.

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
        "checkpoint": [str, os.PathLike, None],
        "warm_start": ["boolean"],
        "n_jobs": [
            Interval(Integral, None, -1, closed="right"),
            Interval(Integral, 1, None, closed="left"),
            None,
        ],
        "verbose": ["verbose"],
        "callback": [callable, None],
    }

    _last: tuple[str, SearchState] | None = None
    # what `structure.recall` keeps for the next search, with the fingerprint of how it was found
    last_structure: tuple[str, Any] | None = None
    _branches: dict[str, EvolutionEngine] | None = None

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
        population_size: int = 1000,
        epoch_evals: int = 4_000,
        checkpoint: str | os.PathLike[str] | None = None,
        warm_start: bool = False,
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
        self.checkpoint = checkpoint
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.callback = callback

    def validate(self) -> None:
        """Refuse unusable settings; see `Engine.validate`.

        Examples
        --------
        >>> from skinterpret.search import EvolutionEngine
        >>> EvolutionEngine(operators=["+", "wobble"]).validate()
        Traceback (most recent call last):
        ...
        ValueError: ...wobble...
        """
        self._validate_params()
        find_operators(self.operators)
        if self.checkpoint is not None and Path(self.checkpoint).is_dir():
            raise ValueError(
                f"checkpoint={os.fspath(self.checkpoint)!r} is a directory; name a file in it, such as "
                f"{os.fspath(Path(self.checkpoint) / 'search.npz')!r}."
            )
        if self.checkpoint is not None and not Path(self.checkpoint).absolute().parent.is_dir():
            raise ValueError(
                f"checkpoint={os.fspath(self.checkpoint)!r} lies in a directory that does not exist; "
                "create it first."
            )
        if self.checkpoint is not None:
            check_writable(self.checkpoint)

    def check_stored(self) -> None:
        """Refuse a checkpoint that this search cannot go on from; see `Engine.check_stored`."""
        if self.checkpoint is not None and Path(self.checkpoint).exists():
            check_state(self.checkpoint, self._blank_state(self._grammar([1.0], ()), {}))

    def branch(self, name: str) -> EvolutionEngine:
        """Give an engine with a checkpoint and a memory of its own; see `Engine.branch`."""
        if self._branches is None:
            self._branches = {}
        engine = self._branches.setdefault(name, EvolutionEngine())
        engine.set_params(**self.get_params())
        engine.subject = self.subject
        if self.checkpoint is not None:
            path = Path(self.checkpoint)
            engine.checkpoint = path.with_name(f"{path.stem}-{name}{path.suffix}")
        return engine

    def search(
        self,
        X: NDArray[np.float64],
        directions: NDArray[np.float64],
        sample_weight: NDArray[np.float64],
        seed: int,
        parts: Sequence[Expression] = (),
        metric: NDArray[np.float64] | None = None,
    ) -> Front:
        """Search for expressions; see `Engine.search`.

        A `metric` of shape (n_features, n_features) multiplies gradients before they are compared with
        the directions, which are such products already.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (100, 2))
        >>> gradients = np.column_stack([2 * X[:, 0], np.ones(100)])  # of x0**2 + x1
        >>> directions = gradients / np.linalg.norm(gradients, axis=1, keepdims=True)
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> front = engine.search(X, directions, np.ones(100), seed=0)
        >>> front[-1].expression
        Expression('x1 + x0**2')
        """
        self.prepare()
        watch = Watch(self.max_time, self.max_evals)
        front = self.search_within(watch, X, directions, sample_weight, seed, parts, metric)
        watch.warn()
        return front

    def search_within(
        self,
        watch: Watch,
        X: NDArray[np.float64],
        directions: NDArray[np.float64],
        sample_weight: NDArray[np.float64],
        seed: int,
        parts: Sequence[Expression] = (),
        metric: NDArray[np.float64] | None = None,
    ) -> Front:
        """Search as a part of a longer call, with the time that is left in it, and without warnings.

        Parameters
        ----------
        watch : Watch
            When the call ends; it gets to know of a Ctrl-C.
        X, directions, sample_weight, seed, parts, metric : object
            As for `search`.

        Returns
        -------
        Front
            The front.
        """
        rows = make_rows(X, directions, sample_weight, parts, metric)
        return self._search(rows, X.shape[1], parts, seed, watch)

    def search_labels(
        self,
        X: NDArray[np.float64],
        positive: NDArray[np.bool_],
        sample_weight: NDArray[np.float64],
        seed: int,
        loss: str = "logistic",
        interrupted: bool = False,
    ) -> Front:
        """Search for expressions that tell two classes apart; see `LabelEngine.search_labels`.

        Where Ctrl-C has `interrupted` a search before this one, it is a short one.

        Examples
        --------
        >>> import numpy as np
        >>> from skinterpret.search import EvolutionEngine
        >>> X = np.random.default_rng(0).uniform(-1, 1, (100, 2))
        >>> engine = EvolutionEngine(max_evals=2_000)
        >>> front = engine.search_labels(X, X[:, 0] > X[:, 1], np.ones(100), seed=0)
        >>> [str(candidate.expression) for candidate in front]
        ['x1', 'x0 - x1', ...]
        """
        compile_search(on_labels=True)
        watch = Watch(self.max_time, self.max_evals, interrupted=interrupted)
        rows = make_labelled_rows(X, positive, sample_weight, loss)
        front = self._search(rows, X.shape[1], (), seed, watch)
        if not interrupted:
            watch.warn()
        return front

    def prepare(self) -> None:
        """Compile what searches on directions run through.

        Examples
        --------
        >>> from skinterpret.search import EvolutionEngine
        >>> EvolutionEngine().prepare()  # later searches begin at once
        """
        compile_search()

    def _search(
        self, rows: AnyRows, n_features: int, parts: Sequence[Expression], seed: int, watch: Watch
    ) -> Front:
        start = time.monotonic()
        # every other island draws parts seldom: a part that misleads must not mislead the search
        grammars = [self._grammar(_leaf_weights(n_features, parts, trust), parts) for trust in (True, False)]
        problem = self._problem(rows, grammars, seed)
        meaning = dict(enumerate(parts, start=n_features))
        budget = int(min(self.max_evals, max(watch.evaluations, 0)))
        state = self._known_state(problem, rows, grammars[0], meaning)
        if watch.interrupted:
            state = state or self._first_state(rows, grammars[0], seed, meaning, AT_HAND, Watch())
        try:
            if state is None:
                state = self._first_state(
                    rows, grammars[0], seed, meaning, min(MOST_ENUMERATED, budget // 4), watch
                )
            is_whole = state.epoch > 0 or not watch.is_over()
            self._run(state, rows, grammars, seed, problem, watch, budget, start)
        except KeyboardInterrupt:
            watch.interrupt()
            is_whole = state is not None and state.epoch > 0
        if state is None or not np.isfinite(state.best_loss):
            state = self._first_state(rows, grammars[0], seed, meaning, AT_HAND, Watch())
        state.seconds = time.monotonic() - start
        state.stop_reason = "interrupted" if watch.interrupted else state.stop_reason
        if self.warm_start and is_whole:
            self._last = problem, state
        if state.stop_reason in ("interrupted", "max_time reached"):
            kept = self.warm_start or self.checkpoint is not None
            watch.note(state.stop_reason, state.evaluations, state.epoch, self.subject, kept)
        return state.front()

    def _problem(self, rows: AnyRows, grammars: list[Grammar], seed: int) -> str:
        """Fingerprint of all that the next epoch depends on, besides the state."""
        settings = [self.population_size, self.n_islands, self.epoch_evals, self.target_loss, seed]
        return fingerprint([*rows, *grammars[0], *grammars[1], settings])

    @property
    def _epoch_budget(self) -> int:
        return min(self.epoch_evals, max(1, int(EPOCH_SHARE * self.max_evals / self.n_islands)))

    def _known_state(
        self, problem: str, rows: AnyRows, grammar: Grammar, parts: dict[int, Expression]
    ) -> SearchState | None:
        """State to go on from: a checkpoint's, or that of the last search."""
        if self.checkpoint is not None and Path(self.checkpoint).exists():
            return load_state(self.checkpoint, problem, self._blank_state(grammar, parts), grammar, rows)
        if self.warm_start and self._last is not None:
            last_problem, last = self._last
            if last_problem == problem:
                return replace(last, evaluations=0, seconds=0.0, epochs_without_progress=0)
            if last.fits(grammar, self.population_size, self.n_islands):
                return SearchState.start([forget_losses(island) for island in last.islands], parts)
        return None

    def _blank_state(self, grammar: Grammar, parts: dict[int, Expression]) -> SearchState:
        islands = [make_island(self.population_size, grammar) for _ in range(self.n_islands)]
        return SearchState.start(islands, parts)

    def _first_state(
        self,
        rows: AnyRows,
        grammar: Grammar,
        seed: int,
        parts: dict[int, Expression],
        most: int,
        watch: Watch,
    ) -> SearchState:
        """Islands that know all small programs."""
        tell(self.verbose, self.subject, "trying all small formulas …")
        small, evaluations = enumerate_programs(rows, grammar, most, self.target_loss, watch, self.n_jobs)
        if parts and not watch.is_over() and small.losses.min(initial=np.inf) > self.target_loss:
            # with many parts short formulas are so many that those of inputs alone are not all tried
            inputs = self._grammar([1.0] * min(parts), ())
            others, more = enumerate_programs(rows, inputs, most, self.target_loss, watch, self.n_jobs)
            small, evaluations = united(small, others), evaluations + more
        islands = [
            settle(
                make_island(self.population_size, grammar),
                small,
                self.population_size - self._n_random,
                np.random.default_rng([seed, number]),
            )
            for number in range(self.n_islands)
        ]
        state = SearchState.start(islands, parts)
        state.evaluations = evaluations
        if state.best_loss <= self.target_loss and not set(state.best().variables) & set(parts):
            state.epochs_since_shrinking = EPOCHS_TO_SHRINK  # all simpler programs have been tried
        return state

    def _run(
        self,
        state: SearchState,
        rows: AnyRows,
        grammars: list[Grammar],
        seed: int,
        problem: str,
        watch: Watch,
        budget: int,
        start: float,
    ) -> None:
        state.stop_reason = self._reason_to_stop(state, watch, budget)
        if state.stop_reason:
            tell(self.verbose, self.subject, f"{_ending(state)} ({state.stop_reason}).")
            return
        with (
            workers(self.n_jobs) as parallel,
            Progress(self.verbose, budget, self.subject, state.evaluations, watch, self.callback) as progress,
        ):
            while not state.stop_reason:
                if state.epochs_without_progress == self.patience // 2 + 1:
                    self._grow(state, rows, grammars[0], parallel, watch)
                    if watch.is_over():
                        state.stop_reason = self._reason_to_stop(state, watch, budget)
                        break
                tasks = [
                    Task(
                        rows,
                        adapt_operators(grammars[number % 2], state.fame),
                        island,
                        seed,
                        number,
                        state.epoch,
                        self._epoch_budget,
                        float(self.target_loss),  # of another type it would be compiled for that, too
                    )
                    for number, island in enumerate(state.islands)
                ]
                state.advance(parallel(delayed(run_epoch)(task) for task in tasks), seed)
                state.seconds = time.monotonic() - start
                if self.checkpoint is not None:
                    save_state(self.checkpoint, state, problem)
                # first, so that it knows of this search when it is asked for the time that is left
                wanted = self.callback is not None and _is_true(self.callback(state))
                progress.report(state)
                state.stop_reason = "callback" if wanted else self._reason_to_stop(state, watch, budget)

    def _grow(
        self, state: SearchState, rows: AnyRows, grammar: Grammar, parallel: Parallel, watch: Watch
    ) -> None:
        """Let the hall of fame and the best small programs grow when evolution has come to a halt.

        Each costs as much as many epochs, so only those that the call can afford do.
        """
        if state.evaluations + MOST_SMALL > watch.evaluations:
            return
        small = small_programs(rows, grammar)
        state.evaluations += len(small.losses)
        tasks = [
            Members(*(array[[row]] for array in members))
            for members in (state.fame, best_of(small))
            for row in np.flatnonzero(np.isfinite(members.losses))
        ]
        costs = accumulate(cost_of_growth(program, 0, small, grammar) for program in tasks)
        n_affordable = sum(state.evaluations + cost <= watch.evaluations for cost in costs)
        in_time = takewhile(lambda _: not watch.is_over(), tasks[:n_affordable])
        state.take_in(parallel(delayed(grow)(rows, grammar, program, small) for program in in_time))

    def _grammar(self, leaf_weights: list[float], parts: Sequence[Expression]) -> Grammar:
        numbers = find_operators(self.operators)
        arity = {number: OPERATORS[number - 1].arity for number in numbers}
        unary = np.array([n for n in numbers if arity[n] == 1], dtype=np.int64)
        binary = np.array([n for n in numbers if arity[n] == 2], dtype=np.int64)
        return Grammar(
            unary,
            np.arange(1.0, len(unary) + 1),
            binary,
            np.arange(1.0, len(binary) + 1),
            np.cumsum(leaf_weights),
            np.array(
                [VARIABLE_COMPLEXITY] * (len(leaf_weights) - len(parts)) + [p.complexity for p in parts]
            ),
            self.max_complexity,
            self.max_complexity + 1,
        )

    def _reason_to_stop(self, state: SearchState, watch: Watch, budget: int) -> str:
        if watch.interrupted:
            return "interrupted"
        if state.best_loss <= self.target_loss and (
            state.epochs_since_shrinking >= EPOCHS_TO_SHRINK or watch.is_over()
        ):
            return "target_loss reached"
        if state.epochs_without_progress >= self.patience:
            return "no progress"
        if state.evaluations >= budget or (not state.epoch and state.evaluations + self._first_cost > budget):
            return "max_evals reached"
        return watch.reason

    @property
    def _first_cost(self) -> int:
        """Evaluations that fill the populations; where they are not left, no epoch begins."""
        return self._n_random * self.n_islands

    @property
    def _n_random(self) -> int:
        """Members of an island that start as random programs, which have to be evaluated."""
        affordable = self.max_evals // (FIRST_PART * self.n_islands)
        return min(self.population_size - int(SETTLED_SHARE * self.population_size), affordable)


def _is_true(answer: Any) -> bool:
    """Whether a callback asks for the end of the search."""
    try:
        return bool(answer)
    except (TypeError, ValueError) as error:  # of arrays and tables, say
        raise TypeError(
            f"callback returned a value of type {type(answer).__name__} that is neither true nor false; let "
            "it return one truth value, such as state.best_loss < 1e-6."
        ) from error


def _ending(state: SearchState) -> str:
    """Say why no epoch follows."""
    if state.epoch:
        return f"nothing is left to do after {state.epoch} epoch{'' if state.epoch == 1 else 's'}"
    return f"the search ends with a small formula, of loss {state.best_loss:.1e}"


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

"""All small programs, as a start for the evolution.

Evolution is a poor way to find a short formula among a hundred thousand: these can all be tried,
without constants first; then the best of them with a factor before each of their nodes in turn.
Programs are built bottom-up by complexity, a part counting as much as an input does.  Two with the
same values on probe rows, up to the sign, count as one, and only the first of them is built upon
(observational equivalence: Udupa et al., TRANSIT, PLDI 2013, section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from skinterpret.expressions.kernels.gradients import CONSTANT, make_workspace
from skinterpret.expressions.kernels.judging import AnyRows, fit_programs, program_losses
from skinterpret.expressions.operators import (
    CONSTANT_COMPLEXITY,
    OPERATORS,
    VARIABLE_COMPLEXITY,
    find_operators,
)
from skinterpret.search.evolution.population import Members, make_members
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.evolution.simplify import refuse_unsound
from skinterpret.search.evolution.workers import threads
from skinterpret.search.watch import Watch

Array = NDArray[np.float64]

BEST = 1000  # programs that are tried with a factor before each node
FIT_STEPS = 8
N_PROBES = 12
SIGNIFICANT = 9  # decimal digits to which values are compared
ORDINARY = 1e3  # inputs of up to that size, and down to its inverse, have programs
LARGEST_VALUE = 1e6  # of up to this size, and down to its inverse
DEGREE = 4  # of inputs of other sizes, products of so many are values as any
BOUNDLESS = 1e307  # beyond it, and below its inverse, floats lose their digits
AT_ONCE = 5_000  # programs judged between two looks at the watch
FITTED_AT_ONCE = 200
(MULTIPLY,) = find_operators(["mul"])
FACTOR_COMPLEXITY = CONSTANT_COMPLEXITY + OPERATORS[MULTIPLY - 1].complexity
COMMUTATIVE = {"add", "mul"}
SIGN_MATTERS_NOT = {"sub"}  # a - b and b - a are the same up to the sign


class Level(NamedTuple):
    """All distinct programs of one complexity; `extra` is what their parts add to it."""

    tokens: NDArray[np.int16]
    lengths: NDArray[np.int64]
    extra: NDArray[np.int64]
    values: Array


def enumerate_programs(
    rows: AnyRows,
    grammar: Grammar,
    most: int,
    target_loss: float = -np.inf,
    watch: Watch | None = None,
    n_jobs: int | None = None,
) -> tuple[Members, int]:
    """Judge all small programs that are distinct.

    Parameters
    ----------
    rows : Rows or LabelledRows
        Rows with their directions or labels.
    grammar : Grammar
        Operators and leaves.
    most : int
        Programs to judge at most; complexities grow until the next would exceed it.
    target_loss : float, default=-inf
        Loss that ends it, after all programs of the same complexity.
    watch : Watch, default=None
        Ends it as well, after the first programs at the earliest; it gets to know of a Ctrl-C.
    n_jobs : int, default=None
        Threads that judge, as in joblib.

    Returns
    -------
    Members
        The programs with finite losses, best first.
    int
        Evaluations that this took.
    """
    watch = Watch() if watch is None else watch
    judged: list[Members] = []
    evaluations = 0
    try:
        with threads(n_jobs) as parallel:
            for complexity, level in distinct_levels(grammar, _probes(rows, grammar), most):
                pieces = _judge(level, complexity, rows, grammar, parallel, watch)
                judged += [members for members, _ in pieces]
                evaluations += sum(n_programs for _, n_programs in pieces)
                lowest = min(members.losses.min(initial=np.inf) for members, _ in pieces)
                if watch.is_over() or lowest <= target_loss:
                    return _sorted(judged), evaluations
            plain = _sorted(judged)
            n_best = min(BEST, most // 100)
            scaled, cost = _with_a_factor(plain, n_best, rows, grammar, parallel, watch)
            return _sorted([plain, scaled]), evaluations + cost
    except KeyboardInterrupt:
        watch.interrupt()
        if judged:
            return _sorted(judged), evaluations
        return enumerate_programs(rows, grammar, 0)


def united(first: Members, second: Members) -> Members:
    """Put programs together, each once, best first.

    Parameters
    ----------
    first, second : Members
        The programs.

    Returns
    -------
    Members
        All of them.
    """

    def keys(members: Members) -> list[tuple[bytes, bytes]]:
        programs = zip(members.tokens, members.constants, strict=True)
        return [(tokens.tobytes(), constants.tobytes()) for tokens, constants in programs]

    known = set(keys(first))
    new = np.array([key not in known for key in keys(second)], dtype=bool)
    return _sorted([first, Members(*(array[new] for array in second))])


def all_small_programs(rows: AnyRows, grammar: Grammar, most: int) -> Members:
    """Build all small programs that are distinct, without judging them.

    Parameters
    ----------
    rows : Rows or LabelledRows
        Rows with their directions or labels.
    grammar : Grammar
        Operators and leaves.
    most : int
        Programs to build at most; it ends before the complexity that would exceed it.

    Returns
    -------
    Members
        The programs, by complexity, with infinite losses.
    """
    parts = []
    for complexity, level in distinct_levels(grammar, _probes(rows, grammar), most):
        everything = np.arange(len(level.lengths))
        parts.append(_members_of(level, everything, complexity, grammar))
    return Members(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def distinct_levels(grammar: Grammar, probes: Array, most: int) -> Iterator[tuple[int, Level]]:
    """Build all distinct programs without constants, complexity by complexity.

    Parameters
    ----------
    grammar : Grammar
        Operators and leaves.
    probes : ndarray of shape (n_probes, n_leaves)
        Leaves on the rows on which programs are compared.
    most : int
        Programs to build at most; it ends before the complexity that would exceed it.

    Yields
    ------
    int
        The complexity.
    Level
        Its programs, with their values on the probes.
    """
    levels: list[Level] = []
    seen: set[int] = set()
    n_programs = 0
    largest = _largest_value(probes[:, grammar.leaf_complexities == VARIABLE_COMPLEXITY])
    for complexity in range(1, int(grammar.max_complexity) + 1):
        if n_programs + _size_of_next(levels, complexity, grammar) > most:
            return
        candidates = _candidates(levels, complexity, grammar, probes)
        levels.append(_distinct(candidates, seen, len(probes), largest))
        n_programs += len(levels[-1].lengths)
        yield complexity, levels[-1]


def _probes(rows: AnyRows, grammar: Grammar) -> Array:
    """Leaves of the grammar on a few rows, shape (n_probes, n_leaves)."""
    leaves = np.moveaxis(rows.X, 1, -1).reshape(-1, rows.X.shape[1])[rows.W.ravel() > 0]
    leaves = leaves[:, : len(grammar.leaf_weights)]
    return np.asarray(leaves[np.linspace(0, len(leaves) - 1, N_PROBES).astype(int)])


def _largest_value(inputs: Array) -> float:
    """Value from which a program is too large, so that the units of the inputs do not matter."""
    sizes = np.abs(inputs).max(axis=0)
    extent = np.abs(np.log10(sizes[sizes > 0])).max(initial=0.0)
    if extent <= np.log10(ORDINARY):
        return LARGEST_VALUE
    return float(10.0 ** min(DEGREE * extent, np.log10(BOUNDLESS)))


def _operators(numbers: Any) -> list[tuple[int, Any]]:
    table = [(int(number), OPERATORS[int(number) - 1]) for number in numbers]
    return [(number, operator) for number, operator in table if not operator.constant_exponent]


def _size_of_next(levels: list[Level], complexity: int, grammar: Grammar) -> int:
    """Candidates of the next complexity before the repetitions are sorted out; a part remains."""
    sizes = [0, *(len(level.lengths) for level in levels)]
    total = 0
    for _, operator in _operators(grammar.unary):
        total += sizes[complexity - operator.complexity] if complexity > operator.complexity else 0
    for _, operator in _operators(grammar.binary):
        rest = complexity - operator.complexity
        total += sum(sizes[first] * sizes[rest - first] for first in range(1, rest))
    return total


def _candidates(levels: list[Level], complexity: int, grammar: Grammar, probes: Array) -> list[Level]:
    candidates = []
    if complexity == VARIABLE_COMPLEXITY:
        n_leaves = len(grammar.leaf_complexities)
        tokens = (-1 - np.arange(n_leaves)).astype(np.int16)[:, None]
        extra = grammar.leaf_complexities - VARIABLE_COMPLEXITY
        candidates.append(Level(tokens, np.ones(n_leaves, dtype=np.int64), extra, probes.T))
    with np.errstate(all="ignore"):
        for number, operator in _operators(grammar.unary):
            if 1 <= complexity - operator.complexity <= len(levels):
                inner = levels[complexity - operator.complexity - 1]
                values = operator.value(inner.values, inner.values)
                candidates.append(Level(*_append(inner.tokens, inner.lengths, number), inner.extra, values))
        for number, operator in _operators(grammar.binary):
            rest = complexity - operator.complexity
            symmetric = operator.name in COMMUTATIVE or operator.name in SIGN_MATTERS_NOT
            for first in range(1, rest):
                if not symmetric or first <= rest - first:
                    left, right = levels[first - 1], levels[rest - first - 1]
                    candidates.append(_join(left, right, number, operator, first * 2 == rest and symmetric))
    return candidates


def _append(tokens: Any, lengths: Any, number: int) -> tuple[NDArray[np.int16], NDArray[np.int64]]:
    longer = np.zeros((len(tokens), tokens.shape[1] + 1), dtype=np.int16)
    longer[:, :-1] = tokens
    longer[np.arange(len(tokens)), lengths] = number
    return longer, lengths + 1


def _join(left: Level, right: Level, number: int, operator: Any, triangle: bool) -> Level:
    """Each program of one level with each of the other; once only where the order does not matter."""
    i, j = (index.ravel() for index in np.indices((len(left.lengths), len(right.lengths))))
    if triangle:
        i, j = i[i <= j], j[i <= j]
    values = operator.value(left.values[i], right.values[j])
    width = left.tokens.shape[1] + right.tokens.shape[1]
    tokens = np.zeros((len(i), width), dtype=np.int16)
    tokens[:, : left.tokens.shape[1]] = left.tokens[i]
    for length in np.unique(left.lengths):
        mine = np.flatnonzero(left.lengths[i] == length)
        tokens[mine, length : length + right.tokens.shape[1]] = right.tokens[j[mine]]
    longer, lengths = _append(tokens, left.lengths[i] + right.lengths[j], number)
    return Level(longer, lengths, left.extra[i] + right.extra[j], values)


def _distinct(candidates: list[Level], seen: set[int], n_probes: int, largest: float) -> Level:
    """Programs with values that no earlier one has, up to the sign; constants and infinities go."""
    if not candidates:
        none = np.zeros(0, dtype=np.int64)
        return Level(np.zeros((0, 1), np.int16), none, none, np.zeros((0, n_probes)))
    width = max(level.tokens.shape[1] for level in candidates)
    tokens = [np.pad(level.tokens, ((0, 0), (0, width - level.tokens.shape[1]))) for level in candidates]
    together = Level(
        np.vstack(tokens),
        np.concatenate([level.lengths for level in candidates]),
        np.concatenate([level.extra for level in candidates]),
        np.vstack([level.values for level in candidates]),
    )
    values = together.values
    with np.errstate(all="ignore"):
        size = np.abs(values).max(axis=1)
        sound = (size < largest) & (size > 1 / largest)
        sound &= np.ptp(values, axis=1) > 1e-9 * size
    sound = np.flatnonzero(sound)
    keys, first = np.unique(_keys(values[sound]), return_index=True)
    new = [index for key, index in zip(keys.tolist(), first, strict=True) if key not in seen]
    seen.update(keys.tolist())
    keep = sound[np.sort(np.array(new, dtype=np.int64))]
    return Level(together.tokens[keep], together.lengths[keep], together.extra[keep], together.values[keep])


def _keys(values: Array) -> NDArray[np.uint64]:
    """Give each row a number, the same to rows that agree up to the sign."""
    size = np.abs(values).max(axis=1)
    turned = values * np.sign(values[:, :1] + (values[:, :1] == 0)) / size[:, None]
    magnitude = 10.0 ** np.floor(np.log10(size))
    digits = np.column_stack([turned, size / magnitude, np.log10(magnitude)])
    words = np.round(digits * 10.0**SIGNIFICANT).astype(np.int64).view(np.uint64)
    key = np.zeros(len(values), dtype=np.uint64)
    for column in words.T:  # the mixing step of SplitMix64 (Steele et al., OOPSLA 2014, fig. 17)
        key = (key ^ column) + np.uint64(0x9E3779B97F4A7C15)
        key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        key ^= key >> np.uint64(31)
    return key


def _judge(
    level: Level, complexity: int, rows: AnyRows, grammar: Grammar, parallel: Parallel, watch: Watch
) -> list[tuple[Members, int]]:
    """Judge the programs of one level, in pieces; tell how many a piece had."""

    def judge(start: int) -> tuple[Members, int]:
        arrays: list[Any] = [array[start : start + AT_ONCE] for array in level]
        return _judged(Level(*arrays), complexity, rows, grammar), len(arrays[0])

    return _each(range(0, max(len(level.lengths), 1), AT_ONCE), judge, parallel, watch)


def _judged(level: Level, complexity: int, rows: AnyRows, grammar: Grammar) -> Members:
    """Programs of a piece of one level with a finite loss."""
    losses = np.empty(len(level.lengths))
    work = make_workspace(rows.X.shape[1], level.tokens.shape[1])
    program_losses(level.tokens, np.zeros(level.tokens.shape), level.lengths, rows, work, losses)
    short = complexity + level.extra <= grammar.max_complexity
    finite = np.flatnonzero(np.isfinite(losses) & short)
    members = _members_of(level, finite, complexity, grammar)
    members.losses[:] = losses[finite]
    return members


def _each(starts: Iterable[int], work: Callable[[int], Any], parallel: Parallel, watch: Watch) -> list[Any]:
    """Do the work on the first piece, and on others until the watch is over; what is done is not lost."""
    done: dict[int, Any] = {}

    def keep(start: int) -> None:
        done[start] = work(start)

    try:
        parallel(
            delayed(keep)(start)
            for start in takewhile(lambda start: not start or not watch.is_over(), starts)
        )
    except KeyboardInterrupt:
        if not done:
            raise
        watch.interrupt()
    return [done[start] for start in sorted(done)]


def _members_of(level: Level, chosen: NDArray[np.int64], complexity: int, grammar: Grammar) -> Members:
    members = make_members(len(chosen), int(grammar.max_nodes))
    width = min(level.tokens.shape[1], members.tokens.shape[1])
    members.tokens[:, :width] = level.tokens[chosen, :width]
    members.lengths[:] = level.lengths[chosen]
    members.complexities[:] = complexity + level.extra[chosen]
    return members


def _sorted(members: list[Members]) -> Members:
    """All of them, best first."""
    together = [np.concatenate(arrays) for arrays in zip(*members, strict=True)]
    order = np.argsort(together[Members._fields.index("losses")], kind="stable")
    return Members(*(array[order] for array in together))


def _with_a_factor(
    plain: Members, n_best: int, rows: AnyRows, grammar: Grammar, parallel: Parallel, watch: Watch
) -> tuple[Members, int]:
    """Fit a constant factor before each node but the root of the best programs, until the watch is over."""
    variants = [
        (program, node)
        for program in range(min(n_best, len(plain.losses)))
        for node in range(int(plain.lengths[program]) - 1)
        if plain.complexities[program] + FACTOR_COMPLEXITY <= grammar.max_complexity
    ]
    found = make_members(len(variants) if MULTIPLY in grammar.binary else 0, int(grammar.max_nodes))
    for row in range(len(found.losses)):
        program, node = variants[row]
        length = int(plain.lengths[program])
        tokens = plain.tokens[program]
        found.tokens[row, : node + 1] = tokens[: node + 1]
        found.tokens[row, node + 1 : node + 3] = CONSTANT, MULTIPLY
        found.tokens[row, node + 3 : length + 2] = tokens[node + 1 : length]
        found.constants[row, node + 1] = 1.0
        found.lengths[row] = length + 2
        found.complexities[row] = plain.complexities[program] + FACTOR_COMPLEXITY

    def fit(start: int) -> int:
        piece = Members(*(array[start : start + FITTED_AT_ONCE] for array in found))
        work = make_workspace(rows.X.shape[1], int(grammar.max_nodes))
        cost = fit_programs(piece.tokens, piece.constants, piece.lengths, rows, FIT_STEPS, work, piece.losses)
        return int(cost)

    evaluations = sum(_each(range(0, len(found.losses), FITTED_AT_ONCE), fit, parallel, watch))
    refuse_unsound(found)
    sound = np.isfinite(found.losses)
    return Members(*(array[sound] for array in found)), evaluations

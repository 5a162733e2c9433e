"""Whether a first look at each program in single precision, or on fewer rows, would pay.

python -m benchmarks.precision [--quick]
"""

from __future__ import annotations

import argparse
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from llvmlite import ir
from numba import njit, types
from numba.core.dispatcher import Dispatcher
from numba.extending import intrinsic

from benchmarks._tables import publish
from benchmarks.engine import NOISES, evolve_alone, noisy_rows, pack, programs_and_rows
from skinterpret.expressions import DEFAULT_OPERATORS, OPERATORS, Expression, elementary
from skinterpret.expressions.compilation import OPTIONS, entry_kernel, kernel
from skinterpret.expressions.kernels import dispatch, matching
from skinterpret.expressions.kernels.gradients import CONSTANT, Rows, aligned_copy, make_workspace
from skinterpret.expressions.kernels.judging import first_tile
from skinterpret.expressions.kernels.matching import direction_loss, make_rows
from skinterpret.expressions.operators import find_operators
from skinterpret.search.evolution import epoch
from skinterpret.search.evolution.epoch import make_desk
from skinterpret.search.evolution.generator import make_state, random_choice
from skinterpret.search.evolution.population import load
from skinterpret.search.evolution.programs import complexity_of, is_well_formed
from skinterpret.search.evolution.simplify import has_sound_constants, hash_program, simplify

TILE = dispatch.TILE
MAX_NODES = 64
SINGLE = np.float32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    n_programs, repeats, n_epochs, a_visit = (50, 2, 2, 20) if options.quick else (5000, 31, 60, 250)
    programs, X, directions = programs_and_rows(n_programs, TILE, 3, 15, DEFAULT_OPERATORS)
    rows = make_rows(X, directions)
    # first, for what has been compiled already would seem to cost nothing
    looks = make_looks(rows, (TILE // 2,) if options.quick else (TILE // 2, TILE // 4))
    publish(
        "precision",
        pd.DataFrame(measure_looks(looks, programs, rows, repeats)),
        f"A look at {n_programs} random programs of 15 nodes with `{' '.join(DEFAULT_OPERATORS)}` on one "
        f"tile of {TILE} rows with 3 inputs, value and input gradient: medians of {repeats} rounds of "
        "processor time, in which all take turns, one thread.  All but the first are the engine's kernels "
        "compiled again, for these operators alone and for the rows and the precision that are named; "
        "*ratio* is to the first of these.  *with survivors*: half of the programs are kept and evaluated on "
        f"all {TILE} rows in double precision: anew after single precision, on the rows that are left "
        "otherwise.  *one node*: a look at programs that are one input, so nearly all that is no "
        "arithmetic.  *compilation*: processor time; *packed*: instructions of arithmetic on floats in what "
        "comes of it, by register and precision.",
        keep=not options.quick,
    )
    table = [line for noise in NOISES for line in measure_search(looks, noise, n_epochs, a_visit, repeats)]
    publish(
        "precision_search",
        pd.DataFrame(table),
        f"The same looks at children of one island, {a_visit} after each of {n_epochs} epochs: those that "
        "the engine would look at, with their own thresholds, on the first of four tiles (experiment 4, 512 "
        "rows).  *wrongly*: share of all looks that are decided otherwise than by the engine.  *at best, %*: "
        "share of the island's time that the look saves at children that are given up, if it cost nothing at "
        "the others; time of the screen (as in the table `engine_screening`), times 1 - ratio.  *saved, %*: "
        "with what the look costs at the survivors.",
        keep=not options.quick,
    )


class Children(NamedTuple):
    """Programs, one a row, and the loss on the first tile beyond which each is given up."""

    tokens: Any
    constants: Any
    lengths: Any
    hopeless: Any


class Look(NamedTuple):
    """A way to look at programs: `judge` with `work`, on rows that `cut` makes of a tile."""

    name: str
    judge: Any
    judge_with_survivors: Any
    work: Any
    cut: Callable[[Rows], Rows]
    seconds: float


def make_looks(rows: Rows, fewer: Sequence[int]) -> list[Look]:
    """Compile the engine's look, its like for the operators that occur, and those in question."""
    njit(lambda x: x + 1)(0.0)  # the first compilation of a process takes longer
    engine = compile_look("the engine's", direction_loss, direction_loss, TILE, np.float64, rows)
    double = Again(TILE, np.float64)(direction_loss)
    like = compile_look("double", double, double, TILE, np.float64, rows)
    single = compile_look("single", Again(TILE, SINGLE)(direction_loss), double, TILE, SINGLE, rows)
    shorter = [
        compile_look("double", Again(n, np.float64)(direction_loss), double, n, np.float64, rows)
        for n in fewer
    ]
    return [engine, like, single, *shorter]


def compile_look(name: str, loss_of: Any, double: Any, n_rows: int, precision: Any, rows: Rows) -> Look:
    """Compile the judgement of many programs by `loss_of`, and another by `double` of those that pass."""

    @njit(**OPTIONS)
    def judge(children: Any, rows: Any, work: Any, losses: Any) -> None:
        for p in range(children.lengths.size):
            length, hopeless = children.lengths[p], children.hopeless[p]
            losses[p] = loss_of(children.tokens[p], children.constants[p], length, rows, hopeless, work)

    @njit(**OPTIONS)
    def judge_twice(children: Any, rows: Any, work: Any, again: Any, room: Any, losses: Any) -> None:
        for p in range(children.lengths.size):
            length, hopeless = children.lengths[p], children.hopeless[p]
            tokens, constants = children.tokens[p], children.constants[p]
            losses[p] = loss_of(tokens, constants, length, rows, hopeless, work)
            if losses[p] <= hopeless:
                losses[p] = double(tokens, constants, length, again, hopeless, room)

    def cut(rows: Rows) -> Rows:
        parts = (cut_tile(array, n_rows, precision) for array in (rows.X, rows.D, rows.W, rows.J))
        X, D, W, J = parts
        return Rows(X, D, W, rows.inputs, J, rows.S.astype(precision))

    work = make_workspace(rows.X.shape[1], MAX_NODES)
    floats = {name: aligned((len(work.V), n_rows), precision) for name in "VGTH"}
    look = Look(f"{name}, {n_rows} rows", judge, judge_twice, work._replace(**floats), cut, 0.0)
    nobody = Children(np.zeros((0, 1), np.int16), np.zeros((0, 1)), np.zeros(0, np.int64), np.zeros(0))
    start = time.thread_time()
    judge(nobody, cut(rows), look.work, np.zeros(0))
    return look._replace(seconds=time.thread_time() - start)


def cut_tile(tile: Any, n_rows: int, precision: Any) -> Any:
    """Cut arrays of shape (1, …, TILE) into shorter tiles."""
    parts = np.moveaxis(tile[0].reshape(*tile.shape[1:-1], TILE // n_rows, n_rows), -2, 0)
    copy = aligned(parts.shape, precision)
    copy[...] = parts
    return copy


def aligned(shape: tuple[int, ...], precision: Any) -> Any:
    n_bytes = math.prod(shape) * np.dtype(precision).itemsize
    return aligned_copy(np.zeros(n_bytes // 8)).view(precision).reshape(shape)


def measure_looks(
    looks: list[Look], programs: list[Expression], rows: Rows, repeats: int
) -> list[dict[str, Any]]:
    n = len(programs)
    children = Children(*pack(programs), np.full(n, np.inf))
    losses, _ = timed_losses(looks[:1], children, rows, repeats=0)
    median = np.full(n, np.median(losses[0]))
    one_node = Children(*pack([Expression.variable(0)] * n), np.full(n, np.inf))
    table = compare(looks, children._replace(hopeless=median), rows, repeats)
    smallest = compare(looks, one_node, rows, repeats)
    return [
        {
            "look": look.name,
            "µs": round(line["µs"], 2),
            "ratio": round(line["ratio"], 2),
            "with survivors (µs)": round(line["with survivors (µs)"], 2),
            "one node (µs)": round(small["µs"], 2),
            "compilation (s)": round(look.seconds, 1),
            "packed": packed_arithmetic(look),
        }
        for look, line, small in zip(looks, table, smallest, strict=True)
    ]


def compare(looks: list[Look], children: Children, rows: Rows, repeats: int) -> list[dict[str, Any]]:
    """One line a look: what it gives up, compared with the first, and its time, with the second."""
    losses, times = timed_losses(looks, children, rows, repeats)
    given_up = [~(found <= children.hopeless) for found in losses]
    return [
        {
            "look": look.name,
            "given up": gone.mean(),
            "wrongly given up": (gone & ~given_up[0]).mean(),
            "wrongly kept": (given_up[0] & ~gone).mean(),
            "µs": 1e6 * alone,
            "ratio": alone / times[1][0] if repeats else math.nan,
            "with survivors (µs)": 1e6 * with_survivors,
        }
        for look, gone, (alone, with_survivors) in zip(looks, given_up, times, strict=True)
    ]


def timed_losses(looks: list[Look], children: Children, rows: Rows, repeats: int) -> tuple[Any, Any]:
    """Loss of each program on the first rows, and median seconds a program, alone and with survivors."""
    n = len(children.lengths)
    found = [np.empty(n) for _ in looks]
    runs = []
    for look, losses in zip(looks, found, strict=True):
        cut = look.cut(rows)
        first = first_tile(cut)
        # what is cut into shorter tiles goes on with the next, and double precision needs no second look
        goes_on = partial(look.judge, children, cut, look.work, np.empty(n))
        again = partial(
            look.judge_with_survivors, children, first, look.work, rows, looks[0].work, np.empty(n)
        )
        twice = cut.X.dtype == SINGLE
        runs += [partial(look.judge, children, first, look.work, losses), again if twice else goes_on]
    times: list[list[float]] = [[] for _ in runs]
    for run in runs:
        run()
    for _ in range(repeats):
        for run, found_times in zip(runs, times, strict=True):
            start = time.thread_time()
            run()
            found_times.append((time.thread_time() - start) / n)
    medians = [float(np.median(found_times)) if repeats else math.nan for found_times in times]
    return found, list(zip(medians[::2], medians[1::2], strict=True))


def packed_arithmetic(look: Look) -> str:
    """Count vector instructions on floats in the machine code of a look."""
    (text,) = look.judge.inspect_asm().values()
    found = re.findall(r"\tv(?:add|sub|mul|div|fn?m(?:add|sub)\d+)(p[sd])\t.*%([xyz]mm)", text)
    counts = Counter(f"{register} {precision}" for precision, register in found)
    return ", ".join(f"{number} {kind}" for kind, number in counts.most_common())


# --- children of a search ----------------------------------------------------------------------------


def measure_search(
    looks: list[Look], noise: float, n_epochs: int, a_visit: int, repeats: int
) -> list[dict[str, Any]]:
    rows = noisy_rows(noise)
    drawn: list[Children] = []

    def visit(members: Any, weights: Any, grammar: Any, seen: Any) -> None:
        children = Children(
            np.zeros((a_visit, MAX_NODES), dtype=np.int16),
            np.zeros((a_visit, MAX_NODES)),
            np.zeros(a_visit, dtype=np.int64),
            np.zeros(a_visit),
        )
        state, desk = make_state(1, 0, len(drawn)), make_desk(grammar.max_nodes)
        work = make_workspace(rows.X.shape[1], 2 * grammar.max_nodes + 8)
        draw_children(members, weights, grammar, rows, state, desk, seen, work, children)
        drawn.append(children)

    counts, seconds = evolve_alone(rows, n_epochs, visit, time.thread_time)
    children = Children(*(np.concatenate(arrays) for arrays in zip(*drawn, strict=True)))
    table = compare(looks, children, first_tile(rows), repeats)
    engine, like = table[:2]
    screen = int(counts.rejections[0]) * 1e-6 * engine["µs"] / seconds
    at_all_looks = screen / engine["given up"]
    return [
        {
            "noise of directions": noise,
            "look": line["look"],
            "µs": round(line["µs"], 2),
            "ratio": round(line["ratio"], 2),
            "given up": round(line["given up"], 3),
            "wrongly given up": round(line["wrongly given up"], 4),
            "wrongly kept": round(line["wrongly kept"], 4),
            "time of the screen": round(screen, 3),
            "at best, %": round(100 * screen * (1 - line["ratio"]), 1),
            "with survivors (µs)": round(line["with survivors (µs)"], 2),
            "saved, %": round(
                100 * at_all_looks * (1 - line["with survivors (µs)"] / like["with survivors (µs)"]), 1
            ),
        }
        for line in table[1:]
    ]


@entry_kernel
def draw_children(
    members: Any,
    weights: Any,
    grammar: Any,
    rows: Any,
    state: Any,
    desk: Any,
    seen: Any,
    work: Any,
    children: Children,
) -> None:
    """Fill `children` with what the next steps of `evolve` might look at."""
    crowd = np.zeros(grammar.max_complexity + 1)
    for index in range(members.lengths.size):
        crowd[members.complexities[index]] += 1.0
    n = 0
    while n < children.lengths.size:
        winner = epoch._tournament(members, crowd, state)
        load(members, winner, desk.parent)
        epoch._mutate(members, crowd, random_choice(state, weights), grammar, desk, state)
        if is_looked_at(desk.child, grammar, rows, desk, seen, work):
            length = desk.child.length[0]
            for k in range(length):
                children.tokens[n, k] = desk.child.tokens[k]
                children.constants[n, k] = desk.child.constants[k]
            children.lengths[n] = length
            children.hopeless[n] = epoch.HOPELESS * members.losses[winner]
            n += 1


@kernel
def is_looked_at(child: Any, grammar: Any, rows: Any, desk: Any, seen: Any, work: Any) -> Any:
    """Whether `_judge` comes to the loss of a child, which it simplifies before."""
    if child.length[0] < 1 or child.length[0] > grammar.max_nodes:
        return False
    if not is_well_formed(child.tokens, child.length[0]):
        return False
    simplify(child, rows, work)
    if complexity_of(child.tokens, child.length[0], grammar) > grammar.max_complexity:
        return False
    if not has_sound_constants(child) or (child.length[0] == 1 and child.tokens[0] == CONSTANT):
        return False
    word = hash_program(child.tokens, child.constants, child.length[0], desk.bits)
    return seen.hashes[np.int64(word & np.uint64(seen.hashes.size - 1))] != word


# --- elementary functions in single precision ---------------------------------------------------

ROUND = SINGLE(12582912.0)  # 1.5 * 2**23: adding it leaves the integer in the low bits
LARGEST_ANGLE, LARGEST_EXPONENT = SINGLE(8192.0), SINGLE(87.0)
INVERSE_PI, INVERSE_LOG_2 = SINGLE(1 / math.pi), SINGLE(1 / math.log(2))
PI_HIGH, PI_MIDDLE, PI_LOW = SINGLE(3.140625), SINGLE(9.67502593994140625e-4), SINGLE(1.509957990978376432e-7)
LOG_2_HIGH, LOG_2_LOW = SINGLE(0.693359375), SINGLE(-2.12194440e-4)
ZERO, HALF, ONE, THREE_HALVES = SINGLE(0.0), SINGLE(0.5), SINGLE(1.0), SINGLE(1.5)
E2, E3, E4, E5, E6 = (SINGLE(1 / math.factorial(n)) for n in range(2, 7))
S3, S5, S7, S9 = (SINGLE((-1) ** (n // 2) / math.factorial(n)) for n in range(3, 10, 2))
INFINITE, UNDEFINED = SINGLE(math.inf), SINGLE(math.nan)


def bits_of_single(formula: Callable[[Any, Any], Any], n_arguments: int) -> Any:
    """Arithmetic on the bits of singles; numba's own would be in 64 bits, half as many at once."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits = [builder.bitcast(argument, ir.IntType(32)) for argument in arguments]
        return builder.bitcast(formula(builder, bits), ir.FloatType())

    of_one = lambda typing_context, x: (types.float32(types.float32), generate)  # noqa: E731
    of_two = lambda typing_context, x, y: (types.float32(types.float32, types.float32), generate)  # noqa: E731
    return intrinsic(of_one if n_arguments == 1 else of_two)


def integer(value: int) -> Any:
    return ir.Constant(ir.IntType(32), value)


#: 2**k from k + ROUND
power_of_two = bits_of_single(
    lambda builder, bits: builder.shl(builder.add(bits[0], integer(127)), integer(23)), 1
)
#: the first with its sign changed where the second, an integer + ROUND, is odd
turned_if_odd = bits_of_single(
    lambda builder, bits: builder.xor(bits[0], builder.shl(bits[1], integer(31))), 2
)
#: 1 / sqrt(x), right to 4 %
guess_of_inverse_sqrt = bits_of_single(
    lambda builder, bits: builder.sub(integer(0x5F3759DF), builder.lshr(bits[0], integer(1))), 1
)


@kernel
def exp(x: Any) -> Any:
    clipped = min(max(x, -LARGEST_EXPONENT), LARGEST_EXPONENT)
    shifted = clipped * INVERSE_LOG_2 + ROUND
    k = shifted - ROUND
    r = (clipped - k * LOG_2_HIGH) - k * LOG_2_LOW
    p = (((((E6 * r + E5) * r + E4) * r + E3) * r + E2) * r + ONE) * r + ONE
    real = p * power_of_two(shifted) if x > -LARGEST_EXPONENT else ZERO
    return INFINITE if x > LARGEST_EXPONENT else (real if x == x else UNDEFINED)


@kernel
def sin(x: Any) -> Any:
    shifted = x * INVERSE_PI + ROUND
    return sine_within_half_turn(x, shifted - ROUND, shifted)


@kernel
def cos(x: Any) -> Any:
    shifted = (x * INVERSE_PI - HALF) + ROUND
    return sine_within_half_turn(x, (shifted - ROUND) + HALF, shifted + ONE)


@kernel
def sine_within_half_turn(x: Any, half_turns: Any, parity: Any) -> Any:
    r = ((x - half_turns * PI_HIGH) - half_turns * PI_MIDDLE) - half_turns * PI_LOW
    z = r * r
    sine = r + r * z * (((S9 * z + S7) * z + S5) * z + S3)
    return turned_if_odd(sine, parity) if abs(x) <= LARGEST_ANGLE else UNDEFINED


@kernel
def inverse_sqrt(x: Any) -> Any:
    half = HALF * x
    y = guess_of_inverse_sqrt(x)
    y = y * (THREE_HALVES - half * y * y)
    y = y * (THREE_HALVES - half * y * y)
    return y * (THREE_HALVES - half * y * y)


ELEMENTARY = {
    elementary.exp: exp,
    elementary.sin: sin,
    elementary.cos: cos,
    elementary.inverse_sqrt: inverse_sqrt,
}


# --- the engine's kernels, compiled again ----------------------------------------------------------


def fold(x: Any) -> Any:
    """`matching.fold` for tiles of any length."""
    if TILE > 64:
        for i in range(64):
            x[i] += x[i + 64]
    if TILE > 32:
        for i in range(32):
            x[i] += x[i + 32]
    for i in range(16):
        x[i] += x[i + 16]
    for i in range(8):
        x[i] += x[i + 8]
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]))


def branches_of_the_operators() -> dict[str, Any]:
    """Generate the engine's branches for the operators that occur here."""
    numbers = find_operators(DEFAULT_OPERATORS)
    chosen = tuple(OPERATORS[number - 1] for number in numbers)
    binary = tuple(operator for operator in chosen if operator.arity == 2)
    generate = dispatch._branch_per_operator
    pull = "G[out, i] = G[v, i] * {0}(V[a, i], V[b, i], V[v, i])"
    return {
        "set_value": generate(
            "set_value",
            "V, a, b, out",
            "V[out, i] = value(V[a, i], V[b, i])",
            {"value": lambda operator: operator.value},
            chosen,
        ),
        "pull_to_first": generate(
            "pull_to_first",
            "V, G, a, b, v, out",
            pull.format("da"),
            {"da": lambda operator: operator.da},
            chosen,
        ),
        "pull_to_second": generate(
            "pull_to_second",
            "V, G, a, b, v, out",
            pull.format("db"),
            {"db": lambda operator: operator.db},
            binary,
        ),
    }


class Again:
    """The text of kernels, compiled again for tiles of another length and floats of another precision."""

    def __init__(self, n_rows: int, precision: type) -> None:
        self.precision = precision
        self.made: dict[Any, Any] = {}
        # squares in single precision leave less room before they lose digits
        smallest = SINGLE(1e-30) if precision is SINGLE else matching.SMALLEST_SQUARE
        self.names = {"TILE": n_rows, "SMALLEST_SQUARE": smallest, **branches_of_the_operators()}
        self.names["fold"] = kernel(fold)

    def __call__(self, dispatcher: Any) -> Any:
        """Compile the text of a kernel again, with all kernels that it calls."""
        if dispatcher not in self.made:
            options = {k: v for k, v in dispatcher.targetoptions.items() if k != "nopython"}
            made = njit(**options)(self._rewritten(dispatcher.py_func))
            self.made[dispatcher] = made
        return self.made[dispatcher]

    def _rewritten(self, function: Any) -> Any:
        code = function.__code__
        numbers = tuple(self._number(value) for value in code.co_consts)
        names = dict(function.__globals__)
        for name in code.co_names:
            if name in names:
                names[name] = self._replaced(name, names[name])
        copy = FunctionType(code.replace(co_consts=numbers), names, function.__name__)
        copy.__module__ = __name__
        return copy

    def _replaced(self, name: str, value: Any) -> Any:
        value = self.names.get(name, value)
        if self.precision is SINGLE and callable(value) and value in ELEMENTARY:
            return ELEMENTARY[value]
        return self(value) if isinstance(value, Dispatcher) else value

    def _number(self, value: Any) -> Any:
        return self.precision(value) if isinstance(value, float) and self.precision is SINGLE else value


if __name__ == "__main__":
    main()

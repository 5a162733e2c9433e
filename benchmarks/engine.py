"""How fast the embedded engine evaluates programs with their gradients, alone and beside its peers.

python -m benchmarks.engine [--quick]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import sympy

from benchmarks._tables import publish
from skinterpret.expressions import DEFAULT_OPERATORS, OPERATORS, Expression
from skinterpret.expressions.kernels.gradients import make_workspace
from skinterpret.expressions.kernels.matching import direction_losses, make_rows
from skinterpret.expressions.operators import find_operators
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.search.evolution.adaptation import mutation_weights
from skinterpret.search.evolution.epoch import evolve, make_counts, make_desk
from skinterpret.search.evolution.generator import make_state
from skinterpret.search.evolution.islands import make_island
from skinterpret.search.evolution.population import make_seen

ARITHMETIC = ("+", "-", "*", "/", "square")
NOISES = (0.0, 0.01, 0.05)  # of directions
# rows, inputs, nodes, operators: one thing changes at a time
CASES = [
    (256, 3, 15, DEFAULT_OPERATORS),
    (64, 3, 15, DEFAULT_OPERATORS),
    (512, 3, 15, DEFAULT_OPERATORS),
    (4096, 3, 15, DEFAULT_OPERATORS),
    (256, 2, 15, DEFAULT_OPERATORS),
    (256, 6, 15, DEFAULT_OPERATORS),
    (256, 15, 15, DEFAULT_OPERATORS),
    (256, 3, 7, DEFAULT_OPERATORS),
    (256, 3, 29, DEFAULT_OPERATORS),
    (256, 3, 15, ARITHMETIC),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    n_programs, repeats = (50, 2) if options.quick else (2000, 9)
    keep = not options.quick
    kernel = pd.DataFrame(
        [
            measure_kernel(*case, n_programs=n_programs, repeats=repeats)
            for case in CASES[:: 9 if not keep else 1]
        ]
    )
    publish(
        "engine",
        kernel,
        "Direction loss of random programs, each evaluated on all rows with value and input gradient, "
        f"nothing rejected early, one thread: medians of {repeats} runs over {n_programs} programs.  *ns*: "
        "per node, row and derivative component (value and one derivative an input).  *triad*: numpy's "
        "`a + 1.5 * b` in place on arrays that stay in the L1 cache, per element, in the same run: what "
        "1,024 elements take longer than 64, for most of the latter is the time of two calls from Python.",
        keep=keep,
    )
    publish(
        "engine_peers",
        pd.DataFrame(measure_peers(n_programs=min(n_programs, 300), repeats=repeats)),
        "The same programs (15 nodes, 256 rows, 3 inputs) by evaluators of other packages, which give "
        "*values only* unless said otherwise: medians in one run, one thread.",
        keep=keep,
    )
    publish(
        "engine_search",
        pd.DataFrame(measure_searches(20_000 if options.quick else 3_000_000, 1 if options.quick else 5)),
        "Whole searches (experiment 4 with noisy directions, 512 rows, 3 inputs, structure off): programs "
        "evaluated on all rows a second.  Programs that were given up after their first tile of 128 rows, or "
        "that had been met before, are *not* counted; a step of constant fitting counts as the evaluations "
        "that it costs.  Medians of the repetitions.",
        keep=keep,
    )
    publish(
        "engine_screening",
        pd.DataFrame(measure_screening(4 if options.quick else 60)),
        "What the children of one island come to on the same rows.  *time of the screen*: children that are "
        "given up, times the median time of random programs of 15 nodes on one tile (the row of 64 rows "
        "in the table `engine`), as a share of the whole; what a shorter look would save of that stands in "
        "the table `precision_search`.",
        keep=keep,
    )


def random_program(
    n_nodes: int, n_inputs: int, operators: tuple[str, ...], rng: np.random.Generator
) -> Expression:
    """Random expression of exactly that many nodes."""
    table = [OPERATORS[number - 1] for number in find_operators(operators)]
    if n_nodes == 1:
        if rng.random() < 0.25:
            return Expression.constant(float(rng.normal()))
        return Expression.variable(int(rng.integers(n_inputs)))
    unary = [operator for operator in table if operator.arity == 1]
    binary = [operator for operator in table if operator.arity == 2]
    if n_nodes == 2 or rng.random() < 0.25:
        inner = random_program(n_nodes - 1, n_inputs, operators, rng)
        return Expression.apply(unary[rng.integers(len(unary))].name, inner)
    first = int(rng.integers(1, n_nodes - 1))
    operands = (random_program(n, n_inputs, operators, rng) for n in (first, n_nodes - 1 - first))
    return Expression.apply(binary[rng.integers(len(binary))].name, *operands)


def programs_and_rows(n_programs: int, n_rows: int, n_inputs: int, n_nodes: int, operators: Any) -> Any:
    rng = np.random.default_rng(0)
    X = rng.uniform(0.5, 2, (n_rows, n_inputs))
    directions = rng.normal(size=X.shape)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    programs = [random_program(n_nodes, n_inputs, operators, rng) for _ in range(n_programs)]
    return programs, X, directions


def kernel_of(programs: list[Expression], X: Any, directions: Any) -> Callable[[], Any]:
    tokens, constants, lengths = pack(programs)
    rows, work, losses = (
        make_rows(X, directions),
        make_workspace(X.shape[1], tokens.shape[1]),
        np.empty(len(programs)),
    )
    return lambda: direction_losses(tokens, constants, lengths, rows, work, losses)


def pack(programs: list[Expression]) -> tuple[Any, Any, Any]:
    """Tokens, constants and lengths of programs as arrays, one program a row."""
    n_nodes = max(len(program.tokens) for program in programs)
    tokens = np.zeros((len(programs), n_nodes), dtype=np.int16)
    constants = np.zeros((len(programs), n_nodes))
    lengths = np.array([len(program.tokens) for program in programs])
    for row, program in enumerate(programs):
        tokens[row, : lengths[row]] = program.tokens
        constants[row, : lengths[row]] = program.constants
    return tokens, constants, lengths


def measure_kernel(
    n_rows: int, n_inputs: int, n_nodes: int, operators: tuple[str, ...], *, n_programs: int, repeats: int
) -> dict[str, Any]:
    programs, X, directions = programs_and_rows(n_programs, n_rows, n_inputs, n_nodes, operators)
    seconds = median_seconds(kernel_of(programs, X, directions), repeats) / n_programs
    return {
        "rows": n_rows,
        "inputs": n_inputs,
        "nodes": n_nodes,
        "operators": " ".join(operators),
        "evaluations/s": round(1 / seconds),
        "ns": round(1e9 * seconds / (n_nodes * n_rows * (1 + n_inputs)), 3),
        "triad (ns)": round(triad(repeats), 3),
    }


def triad(repeats: int, short: int = 64, long: int = 1024) -> float:
    return 1e9 * (triad_seconds(long, repeats) - triad_seconds(short, repeats)) / (long - short)


def triad_seconds(n: int, repeats: int, loops: int = 1000) -> float:
    a, b, product = np.ones(n), np.ones(n), np.empty(n)

    def run() -> None:
        for _ in range(loops):
            np.multiply(b, 1.5, out=product)
            np.add(a, product, out=product)

    return median_seconds(run, repeats) / loops


def measure_peers(*, n_programs: int, repeats: int) -> list[dict[str, Any]]:
    programs, X, directions = programs_and_rows(n_programs, 256, 3, 15, DEFAULT_OPERATORS)
    rivals = {
        "skinterpret: loss from values and gradients": kernel_of(programs, X, directions),
        "skinterpret, interpreted: values": lambda: [program(X) for program in programs],
        "skinterpret, interpreted: gradients": lambda: [program.gradient(X) for program in programs],
        "sympy lambdify (numpy): values": lambdified(programs, X, gradient=False),
        "sympy lambdify (numpy, cse): values and gradients": lambdified(programs[:40], X, gradient=True),
    }
    if find_spec("gplearn"):
        rivals["gplearn: values"] = gplearn_of(programs, X)
    if find_spec("pyoperon"):
        rivals["pyoperon (single precision): values"] = operon_of(programs, X)
    table = []
    for name, rival in rivals.items():
        n = 40 if "cse" in name else n_programs
        with np.errstate(all="ignore"):
            seconds = median_seconds(rival, repeats) / n
        table.append({"evaluator": name, "evaluations/s": round(1 / seconds)})
    ours = table[0]["evaluations/s"]
    return [{**row, "skinterpret to it": round(ours / row["evaluations/s"], 1)} for row in table]


def lambdified(programs: list[Expression], X: Any, *, gradient: bool) -> Callable[[], Any]:
    symbols = sympy.symbols("x0 x1 x2")
    # sympy's own simplification would leave less to evaluate, and trips over divisions by zero
    functions = []
    for program in programs:
        with sympy.evaluate(False):
            formula = program.to_sympy()
        outputs = [formula, *(sympy.diff(formula, s) for s in symbols)] if gradient else formula
        functions.append(sympy.lambdify(symbols, outputs, "numpy", cse=gradient))
    columns = list(X.T)
    return lambda: [function(*columns) for function in functions]


def gplearn_of(programs: list[Expression], X: Any) -> Callable[[], Any]:
    from gplearn._program import _Program
    from gplearn.functions import _function_map, make_function

    own = {
        "square": make_function(function=np.square, name="square", arity=1),
        "exp": make_function(function=lambda x: np.exp(np.minimum(x, 700)), name="exp", arity=1),
    }
    functions = _function_map | own
    rng = np.random.RandomState(0)
    trees = []
    for program in programs:
        tree = to_prefix(program, lambda name: functions[name])
        trees.append(
            _Program(
                [functions[name] for name in ("add", "sub", "mul", "div", "sin", "square", "exp")],
                {1: [], 2: []}, (2, 6), "full", 3, (-1.0, 1.0), None, 0.1, 0.0, rng, program=tree,
            )
        )  # fmt: skip
    return lambda: [tree.execute(X) for tree in trees]


def to_prefix(program: Expression, function: Callable[[str], Any]) -> list[Any]:
    stack: list[list[Any]] = []
    for token, constant in zip(program.tokens, program.constants, strict=True):
        if token < 0:
            stack.append([-1 - token])
        elif token == 0:
            stack.append([constant])
        else:
            operator = OPERATORS[token - 1]
            operands = stack[len(stack) - operator.arity :]
            del stack[len(stack) - operator.arity :]
            stack.append([function(operator.name), *(node for operand in operands for node in operand)])
    return stack[0]


def operon_of(programs: list[Expression], X: Any) -> Callable[[], Any]:
    import pyoperon

    data = pyoperon.Dataset(np.asfortranarray(X))
    names = {f"x{k}": variable.Hash for k, variable in enumerate(data.Variables)}
    trees = [pyoperon.InfixParser.Parse(operon_text(program), names) for program in programs]
    rows = pyoperon.Range(0, len(X))
    return lambda: [pyoperon.Evaluate(tree, data, rows) for tree in trees]


def operon_text(program: Expression) -> str:
    stack: list[str] = []
    symbols = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
    for token, constant in zip(program.tokens, program.constants, strict=True):
        if token < 0:
            stack.append(f"x{-1 - token}")
        elif token == 0:
            stack.append(f"({constant!r})" if constant >= 0 else f"(0 - {-constant!r})")
        elif OPERATORS[token - 1].arity == 2:
            second = stack.pop()
            stack.append(f"({stack.pop()} {symbols[OPERATORS[token - 1].name]} {second})")
        else:
            stack.append(f"{OPERATORS[token - 1].name}({stack.pop()})")
    return stack[0]


def measure_searches(max_evals: int, repeats: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (512, 3))
    gradient = Expression.parse("exp(x0 - x1) - 3.141592653589793*x2").gradient(X)
    gradient += 0.05 * np.linalg.norm(gradient, axis=1, keepdims=True) * rng.normal(size=X.shape)
    warm_up = EvolutionEngine(max_evals=100, n_islands=1)
    search_directions(X, gradient, engine=warm_up, structure=False, random_state=0)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for n_jobs in [1, 2] * repeats:
        engine = EvolutionEngine(n_jobs=n_jobs, max_evals=max_evals, patience=10**6)
        front = search_directions(X, gradient, engine=engine, structure=False, random_state=0)
        rates[n_jobs].append(front.evaluations / front.seconds)
    medians = {n_jobs: float(np.median(found)) for n_jobs, found in rates.items()}
    return [
        {"n_jobs": n_jobs, "evaluations/s": round(rate), "to n_jobs=1": round(rate / medians[1], 2)}
        for n_jobs, rate in medians.items()
    ]


def measure_screening(n_epochs: int) -> list[dict[str, Any]]:
    tile = 1 / measure_kernel(64, 3, 15, DEFAULT_OPERATORS, n_programs=500, repeats=5)["evaluations/s"]
    table = []
    for noise in NOISES:
        counts, seconds = evolve_alone(noisy_rows(noise), n_epochs)
        children, rejected = int(counts.steps[0]), int(counts.rejections[0])
        table.append(
            {
                "noise of directions": noise,
                "children": children,
                "met before": round(int(counts.recognised[0]) / children, 2),
                "given up": round(rejected / children, 2),
                "evaluations a child": round(int(counts.evaluations[0]) / children, 2),
                "time of the screen": round(rejected * tile / seconds, 3),
            }
        )
    return table


def noisy_rows(noise: float) -> Any:
    """Rows of experiment 4 with that much noise on their directions."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (512, 3))
    gradient = Expression.parse("exp(x0 - x1) - 3.141592653589793*x2").gradient(X)
    gradient += noise * np.linalg.norm(gradient, axis=1, keepdims=True) * rng.normal(size=X.shape)
    return make_rows(X, gradient / np.linalg.norm(gradient, axis=1, keepdims=True))


def evolve_alone(
    rows: Any,
    n_epochs: int,
    visit: Callable[..., None] = lambda *state: None,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[Any, float]:
    """One island for some epochs, with all that it counts, and the seconds; compilation apart.

    After each epoch `visit` sees the population, the weights of the mutations, the grammar and what has
    been seen; its time does not count.
    """
    engine = EvolutionEngine()
    grammar = engine._grammar([1.0] * rows.X.shape[1], ())
    island = make_island(engine.population_size, grammar)
    weights = mutation_weights(island.credit, grammar)
    counts, first = (make_counts(len(island.credit.tried)) for _ in range(2))
    desk, seen, work = make_desk(grammar.max_nodes), make_seen(), make_workspace(3, 2 * grammar.max_nodes + 8)
    seconds = 0.0
    for epoch in range(n_epochs + 1):
        start = clock()
        evolve(
            island.members, island.fame, rows, grammar, weights, make_state(0, 0, epoch), desk, seen,
            counts if epoch else first, work, engine.epoch_evals, 0.0,
        )  # fmt: skip
        if epoch:  # the first compiles
            seconds += clock() - start
            visit(island.members, weights, grammar, seen)
    return counts, seconds


def median_seconds(function: Callable[[], Any], repeats: int) -> float:
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


if __name__ == "__main__":
    main()

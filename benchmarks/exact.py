"""How often and how fast the embedded engine finds a formula from its exact directions.

python -m benchmarks.exact [--problems experiments | feynman | ratios] [--seeds 10] [--quick]
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from benchmarks.problems import FEYNMAN, RATIOS, Problem, feynman, ratio, wetzel
from benchmarks.verdicts import PARALLEL, is_concept
from skinterpret.search import EvolutionEngine, search_directions

HIT = 1e-7
N_ROWS = 256


def experiments() -> list[Problem]:
    return [*map(wetzel, range(1, 9)), wetzel(2, "published"), wetzel(3, "published")]


PROBLEMS = {
    "experiments": experiments,
    "feynman": lambda: [feynman(equation) for equation in FEYNMAN],
    "ratios": lambda: [ratio(formula) for formula in RATIOS],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", choices=list(PROBLEMS), default="experiments")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    problems = PROBLEMS[options.problems]()
    if options.quick:
        problems, options.seeds = problems[:1], 1
    run(wetzel(4), 0, structure=True)  # compiles the engine; it is not solved without evolution
    runs = []
    for problem in problems:
        for structure in (True, False):
            for seed in range(options.seeds):
                runs.append(run(problem, seed, structure=structure))
            print(summary(pd.DataFrame(runs[-options.seeds :])).to_string(header=len(runs) == options.seeds))
    table = pd.DataFrame(runs)
    note = (
        f"{N_ROWS} rows near the boundary with the truth's own gradients, default settings but "
        f"`n_jobs=-1`.  *Recovered*: 1 - |cos| <= {PARALLEL:g} on 10,000 fresh rows near the boundary, with "
        "at most 1.5 times the truth's complexity.  *Hit*: the "
        f"first epoch with a loss below {HIT:g}, or the end where one of the small programs has it; after it "
        "the search goes on until nothing simpler turns up.  Seconds include the discovery of structure; "
        "compilation is apart."
    )
    name = "exact" if options.problems == "experiments" else f"exact_{options.problems}"
    publish(name, summary(table), note, keep=not options.quick)


def run(problem: Problem, seed: int, *, structure: bool) -> dict[str, Any]:
    X, directions = problem.rows(N_ROWS, seed)
    hits: list[tuple[float, int]] = []
    start = time.perf_counter()

    def note_hit(state: Any) -> None:
        if not hits and state.best_loss < HIT:
            hits.append((time.perf_counter() - start, state.evaluations))

    engine = EvolutionEngine(n_jobs=-1, callback=note_hit)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        front = search_directions(X, directions, engine=engine, structure=structure, random_state=seed)
    total = time.perf_counter() - start
    if not hits and front[-1].loss < HIT:  # among the small programs, before the first epoch
        hits.append((total, front.evaluations))
    fresh, _ = problem.rows(10_000, seed + 1_000)
    best = next(candidate for candidate in front if candidate.loss <= 1.01 * front[-1].loss + 1e-12)
    return {
        "problem": problem.name,
        "structure": structure,
        "recovered": is_concept(best.expression, problem.truth, fresh),
        "seconds": total,
        "to hit": hits[0][0] if hits else np.nan,
        "evaluations to hit": hits[0][1] if hits else np.nan,
        "complexity": best.complexity,
        "of truth": problem.truth.complexity,
    }


def summary(runs: pd.DataFrame) -> pd.DataFrame:
    groups = runs.groupby(["problem", "structure"], sort=False)
    table = groups.agg(
        recovered=("recovered", "sum"),
        runs=("recovered", "size"),
        seconds_to_hit=("to hit", "median"),
        worst_to_hit=("to hit", "max"),
        evaluations_to_hit=("evaluations to hit", "median"),
        seconds=("seconds", "median"),
        worst=("seconds", "max"),
        complexity=("complexity", "median"),
        of_truth=("of truth", "first"),
    )
    return table.round(2).reset_index()


if __name__ == "__main__":
    main()

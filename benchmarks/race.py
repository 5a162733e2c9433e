"""How long the embedded engine and PySR take to find a formula from its exact directions.

python -m benchmarks.race [--seeds 10] [--quick]
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
from benchmarks.problems import wetzel
from skinterpret.search import Engine, EvolutionEngine, PySREngine, search_directions
from skinterpret.search.pysr.installed import julia_is_installed

TARGET = 1e-7
N_ROWS = 256
LONGEST = 40.0
# Seconds of PySR 1.5.10 with SymbolicRegression.jl 1.11.3, two threads, two seeds: measured once, on another
# machine like this one, with the same number of rows, operators, complexity and target; nan: not in 40 s.
PUBLISHED = {
    1: (2.7, 1.6),
    2: (7.1, 6.8),
    3: (3.0, 8.5),
    4: (4.1, 6.5),
    5: (8.5, 20.8),
    6: (np.nan, np.nan),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    experiments = [1] if options.quick else list(PUBLISHED)
    n_seeds = 1 if options.quick else options.seeds
    engines = {"structure": (embedded, True), "no structure": (embedded, False)}
    if julia_is_installed():
        engines["PySR here"] = (pysr, False)
    for engine, structure in engines.values():
        seconds_to_target(4, 0, engine(), structure)  # compiles the engine
    table = []
    for experiment in experiments:
        elsewhere = float(np.median(PUBLISHED[experiment]))
        row: dict[str, Any] = {"experiment": experiment, "PySR elsewhere": in_words(elsewhere)}
        for name, (engine, structure) in engines.items():
            found = [seconds_to_target(experiment, seed, engine(), structure) for seed in range(n_seeds)]
            reached = [seconds for seconds in found if np.isfinite(seconds)]
            row |= {
                f"{name}: reached": len(reached),
                name: in_words(float(np.median(reached)) if reached else np.nan),
                f"{name}: worst": in_words(max(reached, default=np.nan)),
                f"PySR to {name}": round(elsewhere / float(np.median(reached)), 1)
                if reached and np.isfinite(elsewhere)
                else "",
            }
        table.append(row)
    note = (
        "Seconds until a search returns, which a callback ends at the first epoch with a candidate of "
        f"1 - |cos| < {TARGET:g}, where no small formula has ended it before: {N_ROWS} rows of "
        "exact directions near the boundary, `+ - * / square exp sin`, complexity at most 30, two threads, "
        f"{n_seeds} seeds, with and without the discovery of structure, which counts; compilation is apart.  "
        "*PySR elsewhere*: the mean of two runs of PySR 1.5.10 on another machine of two cores, which did "
        f"not reach the target in {LONGEST:g} s on experiment 6; a ratio to it compares two machines.  Where "
        "Julia is installed PySR runs here, in the same run."
    )
    frame = pd.DataFrame(table)
    publish("race", frame, note, keep=not options.quick)
    print("median ratio over experiments 1 to 5:", pd.to_numeric(frame["PySR to structure"][:5]).median())


def in_words(seconds: float) -> float | str:
    return round(seconds, 2) if np.isfinite(seconds) else f"not in {LONGEST:g} s"


def embedded() -> Engine:
    return EvolutionEngine(n_jobs=2, max_time=LONGEST, callback=lambda state: state.best_loss < TARGET)


def pysr() -> Engine:
    return PySREngine(n_jobs=2, max_time=LONGEST, early_stop_condition=TARGET)


def seconds_to_target(experiment: int, seed: int, engine: Engine, structure: bool) -> float:
    X, directions = wetzel(experiment).rows(N_ROWS, seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        front = search_directions(X, directions, engine=engine, structure=structure, random_state=seed)
    seconds = time.perf_counter() - start
    return seconds if front[-1].loss < TARGET else np.nan


if __name__ == "__main__":
    main()

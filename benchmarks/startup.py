"""What importing costs, and what the compiled code on disk saves.

python -m benchmarks.startup [--quick]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

import pandas as pd

from benchmarks._tables import publish

LIBRARIES = "import sklearn.neural_network, sympy, numba, pandas"
SEARCH = """
import numpy as np
from skinterpret.search import EvolutionEngine, search_directions
X, D = np.random.default_rng(0).normal(size=(2, 256, 2))  # no small formula fits noise
search_directions(X, D, engine=EvolutionEngine(max_evals=1000, epoch_evals=100), random_state=0)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one run each, and nothing is written")
    options = parser.parse_args()
    repeats = 1 if options.quick else 9
    statements = [LIBRARIES, "import skinterpret", "from skinterpret import SymbolicSurrogate"]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        times = {statement: [] for statement in statements}
        for _ in range(repeats):  # in turn, so that a busy moment hits all alike
            for statement in statements:
                times[statement].append(seconds(statement, environment))
        rows = [(statement, pd.Series(found).median()) for statement, found in times.items()]
        rows.append(("a small search, first process", seconds(SEARCH, environment)))
        rows.append(("a small search, second process", seconds(SEARCH, environment)))
    table = pd.DataFrame(rows, columns=["what a new process does", "seconds"])
    table["ratio to the libraries"] = (table["seconds"] / table["seconds"][0]).round(2)
    table["seconds"] = table["seconds"].round(2)
    note = (
        f"Whole processes, start of the interpreter included; imports are medians of {repeats} "
        "alternating runs.  The first search compiles the engine, the second finds it on disk."
    )
    publish("startup", table, note, keep=not options.quick)


def seconds(code: str, environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()

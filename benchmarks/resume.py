"""Kill a search at random moments, resume it, and compare with the uninterrupted one.

python -m benchmarks.resume [--kills 20] [--quick]
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._tables import publish
from benchmarks.problems import wetzel
from skinterpret.search import EvolutionEngine, search_directions

SEARCH = "from benchmarks.resume import search; print('ready', flush=True); search({path!r}, {max_evals})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    kills, max_evals = (1, 60_000) if options.quick else (options.kills, 1_000_000)
    search(None, 2_000)  # compiles the engine
    start = time.perf_counter()
    expected = search(None, max_evals)
    seconds = time.perf_counter() - start
    rng = np.random.default_rng(0)
    runs = [kill_and_resume(expected, max_evals, rng.uniform(0, seconds)) for _ in range(kills)]
    note = (
        f"A search of {max_evals:,} evaluations on experiment 4 ({seconds:.1f} s uninterrupted) in a process "
        "of its own, killed (SIGKILL) at a random moment and started again with the same checkpoint."
    )
    publish("resume", pd.DataFrame(runs), note, keep=not options.quick)
    print(sum(run["same front"] for run in runs), "of", len(runs), "end with the uninterrupted front")


def search(path: str | None, max_evals: int) -> list[tuple[str, float]]:
    X, directions = wetzel(4).rows(256, 0)
    directions = directions + 0.05 * np.random.default_rng(0).normal(size=X.shape)
    engine = EvolutionEngine(max_evals=max_evals, patience=10**6, n_jobs=-1, checkpoint=path)
    front = search_directions(X, directions, engine=engine, structure=False, random_state=0)
    return [(str(candidate.expression), candidate.loss) for candidate in front]


def kill_and_resume(expected: Any, max_evals: int, delay: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "search.npz")
        code = SEARCH.format(path=path, max_evals=max_evals)
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        finished = process.poll() is not None
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        written = Path(path).exists()
        same = search(path, max_evals) == expected
    return {
        "killed after (s)": round(delay, 2),
        "finished before": finished,
        "checkpoint written": written,
        "same front": same,
    }


if __name__ == "__main__":
    main()

"""Kill a search at random moments, resume it, and compare with the uninterrupted one.

python -m benchmarks.resume [--kills 20] [--quick]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._tables import publish
from benchmarks.problems import wetzel
from skinterpret.search import EvolutionEngine, search_directions

SEARCH = """
from benchmarks.resume import search
print('ready', flush=True)
search({path!r}, {experiment}, {structure}, {max_evals})
"""
Case = tuple[int, bool]  # experiment, and whether structure is looked for
CASES: list[Case] = [(4, False), (4, True), (5, False), (6, True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    kills, max_evals = (1, 60_000) if options.quick else (options.kills, 3_000_000)
    cases = CASES[: kills if options.quick else None]
    search(None, *cases[0], 2_000)  # compiles the engine
    whole = {case: uninterrupted(case, max_evals) for case in cases}
    rng = np.random.default_rng(0)
    runs = [kill_and_resume(*whole[case], case, max_evals, rng) for case in islice(cycle(cases), kills)]
    note = (
        f"Searches of {max_evals:,} evaluations with noisy directions, each in a process of its own that is "
        "killed (SIGKILL) at a random moment, and then started again with the same checkpoint.  Before the "
        "first epoch has ended no checkpoint is written, and the search begins anew."
    )
    publish("resume", pd.DataFrame(runs), note, keep=not options.quick)
    print(sum(run["same front"] for run in runs), "of", len(runs), "end with the uninterrupted front")


def uninterrupted(case: Case, max_evals: int) -> tuple[Any, float]:
    start = time.perf_counter()
    front = search(None, *case, max_evals)
    return front, time.perf_counter() - start


def search(path: str | None, experiment: int, structure: bool, max_evals: int) -> list[tuple[str, float]]:
    X, directions = wetzel(experiment).rows(256, 0)
    directions = directions + 0.05 * np.random.default_rng(0).normal(size=X.shape)
    engine = EvolutionEngine(max_evals=max_evals, patience=10**6, n_jobs=-1, checkpoint=path)
    front = search_directions(X, directions, engine=engine, structure=structure, random_state=0)
    return [(str(candidate.expression), candidate.loss) for candidate in front]


def kill_and_resume(
    expected: Any, seconds: float, case: Case, max_evals: int, rng: np.random.Generator
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "search.npz")
        code = SEARCH.format(path=path, experiment=case[0], structure=case[1], max_evals=max_evals)
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        delay = rng.uniform(0, seconds)
        time.sleep(delay)
        finished = process.poll() is not None
        process.kill()  # does nothing to one that has ended
        process.communicate()
        written = Path(path).exists()
        same = search(path, *case, max_evals) == expected
    return {
        "experiment": case[0],
        "structure": case[1],
        "uninterrupted (s)": round(seconds, 1),
        "killed after (s)": round(delay, 2),
        "finished before": finished,
        "checkpoint written": written,
        "same front": same,
    }


if __name__ == "__main__":
    main()

"""How the time of a fit grows with rows, inputs, complexity and threads.

python -m benchmarks.scaling [--quick]
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._tables import publish
from skinterpret import SymbolicSurrogate
from skinterpret.search import EvolutionEngine

ROWS = (1_000, 10_000, 100_000, 1_000_000)
INPUTS = (2, 5, 10, 30, 100)
COMPLEXITIES = (10, 20, 30, 60)
JOBS = (1, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    evals = 4_000 if options.quick else 500_000
    fit(*network(500, 2), max_evals=2_000)  # compiles the engine
    cases: list[dict[str, Any]] = []
    if options.quick:
        cases.append(measure("rows", 500, *network(500, 2), max_evals=evals))
    else:
        trained = network(10_000, 5)
        for n_rows in ROWS:
            rows = np.random.default_rng(1).uniform(-1, 1, (n_rows, 5))
            cases.append(measure("rows", n_rows, trained[0], rows, max_evals=evals))
        for n_inputs in INPUTS:
            cases.append(measure("inputs", n_inputs, *network(20_000, n_inputs), max_evals=evals))
        for complexity in COMPLEXITIES:
            cases.append(
                measure("complexity", complexity, *trained, max_evals=evals, max_complexity=complexity)
            )
        for n_jobs in JOBS:
            cases.append(measure("n_jobs", n_jobs, *trained, max_evals=evals, n_jobs=n_jobs))
    note = (
        "`SymbolicSurrogate.fit` on a trained and frozen tanh (60, 60) network that was trained on "
        "`x0**2 + 2*x1**2 > 0.7`; all other inputs are irrelevant.  One thing changes at a time; otherwise "
        f"10,000 rows, 5 inputs, complexity 30, `n_jobs=-1`.  The search always takes {evals:,} evaluations."
    )
    publish("scaling", pd.DataFrame(cases), note, keep=not options.quick)


def network(n_rows: int, n_inputs: int) -> tuple[Any, Any]:
    X = np.random.default_rng(0).uniform(-1, 1, (n_rows, n_inputs))
    y = X[:, 0] ** 2 + 2 * X[:, 1] ** 2 > 0.7
    model = make_pipeline(StandardScaler(), MLPClassifier((60, 60), activation="tanh", random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, y), X


def measure(what: str, value: int, model: Any, X: Any, **settings: Any) -> dict[str, Any]:
    start = time.perf_counter()
    surrogate = fit(model, X, **settings)
    total = time.perf_counter() - start
    return {
        "what": what,
        "value": value,
        "fit (s)": round(total, 2),
        "search (s)": round(surrogate.front_.seconds, 2),
        "irrelevant inputs found": len(surrogate.structure_.irrelevant),
        "rule": str(surrogate.decision_rule_),
        "fidelity": round(surrogate.score(X[:10_000]), 4),
    }


def fit(model: Any, X: Any, **settings: Any) -> SymbolicSurrogate:
    engine = EvolutionEngine(**({"n_jobs": -1, "patience": 10**6} | settings))
    return SymbolicSurrogate(FrozenEstimator(model), engine=engine, random_state=0).fit(X)


if __name__ == "__main__":
    main()

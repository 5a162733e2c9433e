"""Which formulas of the Feynman lectures, turned into decisions, are read out of scikit-learn's networks.

python -m benchmarks.lectures [--equations I.12.2 I.27.6] [--seeds 3] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from benchmarks.problems import FEYNMAN, feynman
from benchmarks.verdicts import alignment_loss, is_concept, is_decision, is_exact, shell_rows
from skinterpret import SymbolicSurrogate, alignment_score
from skinterpret.base import default_network
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.search import EvolutionEngine

NOISE = 0.01  # of the formula's value, as in the experiments


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--equations", nargs="+", choices=list(FEYNMAN), default=list(FEYNMAN))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    runs = []
    for equation in options.equations[: 1 if options.quick else None]:
        for seed in range(1 if options.quick else options.seeds):
            runs.append(recover(equation, seed, quick=options.quick))
            print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    note = (
        "Rules read out of the default network, trained on 8,000 rows that are uniform in the box of the "
        "formula; the class is whether the formula, with normal noise of 1 % of its value, exceeds its "
        "median (I.13.12, whose median is 0: its upper quartile); two inputs do not matter.  *inputs*: the "
        "rule has exactly those that do; *concept*, *exact*, *decision* and the losses are those of table "
        "recovery.  Fidelity and accuracy on 2,000 fresh rows.  Recovered as concept or "
        f"decision: {int((table['concept'] | table['decision']).sum())} of {len(table)}."
    )
    publish("lectures", table, note, keep=not options.quick)


def recover(equation: str, seed: int, *, quick: bool) -> dict[str, Any]:
    problem = feynman(equation)
    n_samples = 600 if quick else 10_000
    split = int(0.8 * n_samples)
    rng = np.random.default_rng(seed)
    names = problem.feature_names
    X = pd.DataFrame(rng.uniform(*problem.box.T, (n_samples, len(names))), columns=names)
    noisy = problem.truth(X.to_numpy()) * (1 + NOISE * rng.normal(size=n_samples))
    y = (noisy > problem.threshold).astype(int)
    engine = EvolutionEngine(n_jobs=-1, **({"max_evals": 4_000} if quick else {}))
    surrogate = SymbolicSurrogate(default_network(), engine=engine, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", NoClosedFormWarning)
        surrogate.fit(X[:split], y[:split])
    formula = surrogate.formula_
    rows = shell_rows(surrogate.network_, problem.box)
    gradient = surrogate.network_.gradient(rows)

    def positive(rows: Any) -> Any:
        return surrogate.predict(pd.DataFrame(rows, columns=names)) == 1

    return {
        "equation": equation,
        "seed": seed,
        "rule": str(surrogate.decision_rule_),
        "inputs": set(formula.variables) == set(problem.truth.variables),
        "concept": is_concept(formula, problem.truth, rows),
        "exact": is_exact(formula, problem.truth, rows),
        "decision": is_decision(positive, formula, problem.truth, problem.threshold, problem.box),
        "1-|cos| to truth": f"{alignment_loss(formula, problem.truth, rows):.1e}",
        "loss of rule": f"{1 - alignment_score(gradient, formula.gradient(rows)):.1e}",
        "loss of truth": f"{1 - alignment_score(gradient, problem.truth.gradient(rows)):.1e}",
        "verdict": surrogate.trust_.verdict,
        "complexity": formula.complexity,
        "of truth": problem.truth.complexity,
        "fidelity": round(surrogate.score(X[split:]), 4),
        "network accuracy": round(float(surrogate.estimator_.score(X[split:], y[split:])), 4),
        "search (s)": round(surrogate.front_.seconds, 1),
    }


if __name__ == "__main__":
    main()

"""Which experiments are recovered from networks that scikit-learn trained.

python -m benchmarks.recovery [--experiments 1 2 3] [--seeds 5] [--engine evolution | pysr] [--quick]
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from benchmarks.verdicts import alignment_loss, is_concept, is_decision, shell_rows
from skinterpret import SymbolicSurrogate, alignment_score
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.expressions import Expression
from skinterpret.search import Engine, EvolutionEngine, PySREngine

PYSR_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=list(range(1, 9)))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--engine", choices=list(ENGINES), default="evolution")
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    recover(1, 0, engine=options.engine, quick=True)  # compiles the engine, which is not what is timed here
    runs = []
    for experiment in options.experiments:
        for seed in range(1 if options.quick else options.seeds):
            runs.append(recover(experiment, seed, engine=options.engine, quick=options.quick))
            print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    note = (
        "Rules read out of `MLPClassifier((60, 60), activation='tanh', max_iter=500)` behind a "
        "`StandardScaler`, trained on 8,000 rows of each experiment (wide box).  *Concept*: gradient "
        "parallel to the truth's within 1 - |cos| <= 1e-6 on 10,000 fresh shell rows; *decision*: "
        "same class on 99.9 % of a million fresh rows outside the 1 % noise band; both with at most "
        "1.5 times the truth's complexity.  Losses are 1 - |mean cos| to the network's directions. "
        "Seconds are those of the search alone, compilation apart."
    )
    if options.engine == "pysr":
        note += f" PySR searches for at most {PYSR_SECONDS} s a run, and does not tell its evaluations."
    name = "recovery" if options.engine == "evolution" else f"recovery_{options.engine}"
    publish(name, table, note, keep=not options.quick)
    print(summary(table).to_string())


def evolution(quick: bool) -> Engine:
    return EvolutionEngine(n_jobs=-1, **({"max_evals": 4_000} if quick else {}))


def pysr(quick: bool) -> Engine:
    if quick:
        return PySREngine(n_jobs=-1, niterations=1, populations=2)
    return PySREngine(n_jobs=-1, max_time=PYSR_SECONDS, niterations=10_000)


ENGINES = {"evolution": evolution, "pysr": pysr}


def recover(experiment: int, seed: int, *, engine: str, quick: bool) -> dict[str, Any]:
    n_samples = 600 if quick else 10_000
    data = make_wetzel(experiment, n_samples, random_state=seed, as_frame=True)
    split = int(0.8 * n_samples)
    surrogate = SymbolicSurrogate(default_network(), engine=ENGINES[engine](quick), random_state=seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        surrogate.fit(data.data[:split], data.target[:split])
    total = time.perf_counter() - start
    test, labels = data.data[split:], data.target[split:]
    network = surrogate.network_
    truth = Expression.parse(data.formula, data.feature_names)
    formula = surrogate.formula_
    rows = shell_rows(network, data.box)
    gradient = network.gradient(rows)

    def positive(X: Any) -> Any:
        frame = pd.DataFrame(X, columns=data.feature_names)
        return surrogate.predict(frame) == surrogate.classes_[1]

    has_decision = data.threshold is not None
    return {
        "experiment": experiment,
        "seed": seed,
        "rule": str(surrogate.decision_rule_),
        "concept": is_concept(formula, truth, rows),
        "decision": has_decision and is_decision(positive, formula, truth, data.threshold, data.box),
        "1-|cos| to truth": f"{alignment_loss(formula, truth, rows):.1e}",
        "loss of rule": f"{1 - alignment_score(gradient, formula.gradient(rows)):.1e}",
        "loss of truth": f"{1 - alignment_score(gradient, truth.gradient(rows)):.1e}",
        "complexity": formula.complexity,
        "of truth": truth.complexity,
        "fidelity": round(surrogate.score(test), 4),
        "network accuracy": round(float(surrogate.estimator_.score(test, labels)), 4),
        "evaluations": surrogate.front_.evaluations or "not told",
        "search (s)": round(surrogate.front_.seconds, 1),
        "fit (s)": round(total, 1),
    }


def summary(table: pd.DataFrame) -> pd.DataFrame:
    recovered = table.assign(recovered=table["concept"] | table["decision"])
    return recovered.groupby("experiment").agg(
        recovered=("recovered", "sum"),
        concepts=("concept", "sum"),
        decisions=("decision", "sum"),
        runs=("seed", "size"),
        fidelity=("fidelity", "median"),
        seconds=("search (s)", "median"),
    )


if __name__ == "__main__":
    main()

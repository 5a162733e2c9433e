"""Which experiments are recovered from networks that scikit-learn trained.

python -m benchmarks.recovery [--experiments 1 2 3] [--seeds 5] [--engine evolution | pysr]
                               [--first-seed 10] [--no-structure] [--quick]
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from benchmarks.verdicts import (
    MOST_COMPLEX,
    alignment_loss,
    is_concept,
    is_decision,
    is_exact,
    is_function_of_both,
    is_sum,
    shell_rows,
)
from skinterpret import SymbolicSurrogate, alignment_score
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import Expression
from skinterpret.search import Engine, EvolutionEngine, PySREngine
from skinterpret.surrogates.selection import choose

PYSR_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=list(range(1, 9)))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--engine", choices=list(ENGINES), default="evolution")
    parser.add_argument("--no-structure", action="store_true", help="search without discovery of structure")
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    recover(
        1, 0, engine=options.engine, structure=True, quick=True
    )  # compiles the engine, which is not what is timed here
    runs = []
    for experiment in options.experiments:
        for seed in range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds)):
            runs.append(
                recover(
                    experiment,
                    seed,
                    engine=options.engine,
                    structure=not options.no_structure,
                    quick=options.quick,
                )
            )
            print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    note = (
        "Rules read out of `MLPClassifier((60, 60), activation='tanh', max_iter=500)` behind a "
        "`StandardScaler`, trained on 8,000 rows of each experiment (wide box).  *Concept*: gradient "
        "parallel to the truth's within 1 - |cos| <= 1e-6 on 10,000 fresh shell rows; *decision*: "
        "same class on 99.9 % of a million fresh rows outside the 1 % noise band; both with at most "
        "1.5 times the truth's complexity; *exact*: parallel within 1e-12, so with the truth's own "
        "constants; *sum*: where labels follow from two rules, parallel within 1e-6 to a sum of their two "
        "left-hand sides, each with a weight of its own; *both*: a function of the two left-hand sides "
        "alone, which rises with both, with at most 1.5 times the complexity of their sum.  Losses are "
        "1 - |mean cos| to the network's directions; *rival*: the candidate of another concept that the "
        "default selection would take next. "
        "Seconds are those of the search alone, compilation apart."
    )
    if options.engine == "pysr":
        note += f" PySR searches for at most {PYSR_SECONDS} s a run, and does not tell its evaluations."
    if options.no_structure:
        note += " Without discovery of structure."
    name = "recovery" if options.engine == "evolution" else f"recovery_{options.engine}"
    name += "_no_structure" * options.no_structure
    name += f"_from_seed_{options.first_seed}" if options.first_seed else ""
    publish(name, table, note, keep=not options.quick)
    print(summary(table).to_string())


def evolution(quick: bool) -> Engine:
    return EvolutionEngine(n_jobs=-1, **({"max_evals": 4_000} if quick else {}))


def pysr(quick: bool) -> Engine:
    if quick:
        return PySREngine(n_jobs=-1, niterations=1, populations=2)
    return PySREngine(n_jobs=-1, max_time=PYSR_SECONDS, niterations=10_000)


ENGINES = {"evolution": evolution, "pysr": pysr}


def fit_experiment(
    experiment: int, seed: int, engine: Engine, *, quick: bool, structure: bool = True
) -> tuple[Any, SymbolicSurrogate, float]:
    """Give data, surrogate and seconds of the fit; the last fifth of the rows is left for tests."""
    n_samples = 600 if quick else 10_000
    data = make_wetzel(experiment, n_samples, random_state=seed, as_frame=True)
    split = int(0.8 * n_samples)
    surrogate = SymbolicSurrogate(default_network(), engine=engine, structure=structure, random_state=seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", NoClosedFormWarning)
        surrogate.fit(data.data[:split], data.target[:split])
    return data, surrogate, time.perf_counter() - start


def recover(experiment: int, seed: int, *, engine: str, structure: bool, quick: bool) -> dict[str, Any]:
    data, surrogate, total = fit_experiment(
        experiment, seed, ENGINES[engine](quick), quick=quick, structure=structure
    )
    split = int(0.8 * len(data.data))
    test, labels = data.data[split:], data.target[split:]
    network = surrogate.network_
    truth = Expression.parse(data.formula, data.feature_names)
    formula = surrogate.formula_
    parts = [Expression.parse(text, data.feature_names) for text, _ in data.rules]
    short = formula.complexity <= MOST_COMPLEX * truth.complexity
    rows = shell_rows(network, data.box)
    gradient = network.gradient(rows)
    rival = nearest_rival(surrogate, rows)

    def positive(X: Any) -> Any:
        frame = pd.DataFrame(X, columns=data.feature_names)
        return surrogate.predict(frame) == surrogate.classes_[1]

    has_decision = data.threshold is not None
    return {
        "experiment": experiment,
        "seed": seed,
        "rule": str(surrogate.decision_rule_),
        "concept": is_concept(formula, truth, rows),
        "exact": is_exact(formula, truth, rows),
        "sum": len(parts) == 2 and short and is_sum(formula, parts, rows),
        "both": len(parts) == 2 and short and is_function_of_both(formula, parts, rows),
        "decision": has_decision and is_decision(positive, formula, truth, data.threshold, data.box),
        "1-|cos| to truth": f"{alignment_loss(formula, truth, rows):.1e}",
        "loss of rule": f"{1 - alignment_score(gradient, formula.gradient(rows)):.1e}",
        "rival": "" if rival is None else rival.to_text(data.feature_names),
        "loss of rival": ""
        if rival is None
        else f"{1 - alignment_score(gradient, rival.gradient(rows)):.1e}",
        "loss of truth": f"{1 - alignment_score(gradient, truth.gradient(rows)):.1e}",
        "verdict": surrogate.trust_.verdict,
        "stability": surrogate.trust_.stability,
        "complexity": formula.complexity,
        "of truth": truth.complexity,
        "fidelity": round(surrogate.score(test), 4),
        "network accuracy": round(float(surrogate.estimator_.score(test, labels)), 4),
        "evaluations": surrogate.front_.evaluations or "not told",
        "search (s)": round(surrogate.front_.seconds, 1),
        "fit (s)": round(total, 1),
    }


def nearest_rival(surrogate: SymbolicSurrogate, rows: Any) -> Expression | None:
    """Find the candidate of another concept that the knee would choose next."""
    table = surrogate.equations_
    others = table[[not is_same(e, surrogate.formula_, rows) for e in table["expression"]]]
    if others.empty:
        return None
    expression = others["expression"].iloc[choose(others, "knee", surrogate.trust_.n_rows)]
    return expression.with_constants([float(f"{value:.3g}") for value in expression.constant_values])


def is_same(first: Expression, second: Expression, rows: Any) -> bool:
    return alignment_loss(first, second, rows) < 1e-3


def summary(table: pd.DataFrame) -> pd.DataFrame:
    recovered = table.assign(recovered=table["concept"] | table["decision"] | table["sum"])
    return recovered.groupby("experiment").agg(
        recovered=("recovered", "sum"),
        concepts=("concept", "sum"),
        exact=("exact", "sum"),
        sums=("sum", "sum"),
        of_both=("both", "sum"),
        decisions=("decision", "sum"),
        trusted=("verdict", lambda verdicts: (verdicts != "no closed form found").sum()),
        runs=("seed", "size"),
        fidelity=("fidelity", "median"),
        seconds=("search (s)", "median"),
    )


if __name__ == "__main__":
    main()

"""Which experiments are recovered from networks that scikit-learn trained.

python -m benchmarks.recovery [--experiments 1 2 3] [--seeds 5] [--engine evolution | pysr] [--quick]
                               [--first-seed 10] [--no-structure] [--published-boxes]
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from benchmarks.problems import Problem, wetzel
from benchmarks.verdicts import (
    MOST_COMPLEX,
    alignment_loss,
    judge,
    shell_rows,
)
from skinterpret import SymbolicSurrogate, alignment_score
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import Expression
from skinterpret.search import Engine, EvolutionEngine, PySREngine
from skinterpret.surrogates.judging.selection import choose
from skinterpret.surrogates.reading.units import decimal_scale

PYSR_SECONDS = 120
HIT = 1e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=list(range(1, 9)))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--engine", choices=list(ENGINES), default="evolution")
    parser.add_argument("--no-structure", action="store_true", help="search without discovery of structure")
    parser.add_argument("--published-boxes", action="store_true", help="experiments 2 and 3 on these as well")
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    # compiles the engine, which is not what is timed here
    recover(1, 0, "wide", engine=options.engine, structure=True, quick=True)
    cases = [(experiment, "wide") for experiment in options.experiments]
    cases += [(2, "published"), (3, "published")] if options.published_boxes else []
    runs = []
    for experiment, box in cases:
        for seed in range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds)):
            runs.append(
                recover(
                    experiment,
                    seed,
                    box,
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
        "default selection would take next. *Hit*: the first candidate at most 1.5 times as long as the "
        f"truth that has 1 - |cos| <= {HIT:g} to it, its constants being the search's own and not yet round. "
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
    by_experiment = "The runs of the table above, by experiment: counts, and medians unless said otherwise."
    publish(f"{name}_summary", summary(table), by_experiment, keep=not options.quick)


def evolution(quick: bool) -> Engine:
    return EvolutionEngine(n_jobs=-1, **({"max_evals": 4_000} if quick else {}))


def pysr(quick: bool) -> Engine:
    if quick:
        return PySREngine(n_jobs=-1, niterations=1, populations=2)
    return PySREngine(n_jobs=-1, max_time=PYSR_SECONDS, niterations=10_000)


ENGINES = {"evolution": evolution, "pysr": pysr}


def fit_experiment(
    experiment: int,
    seed: int,
    engine: Engine,
    *,
    quick: bool,
    structure: bool = True,
    box: str = "wide",
    network: Any = None,
    smoothing: float | None = None,
    n_train: int = 8_000,
) -> tuple[Any, SymbolicSurrogate, float]:
    """Give data, surrogate and seconds of the fit; the rows after those for training are left for tests."""
    split, n_test = (480, 120) if quick else (n_train, 2_000)
    data = make_wetzel(experiment, split + n_test, box=box, random_state=seed, as_frame=True)
    surrogate = SymbolicSurrogate(
        default_network() if network is None else network,
        engine=engine,
        structure=structure,
        smoothing=smoothing,
        random_state=seed,
    )
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", NoClosedFormWarning)
        surrogate.fit(data.data[:split], data.target[:split])
    return data, surrogate, time.perf_counter() - start


def recover(
    experiment: int, seed: int, box: str, *, engine: str, structure: bool, quick: bool
) -> dict[str, Any]:
    search = ENGINES[engine](quick)
    if engine == "evolution":
        search.set_params(callback=FirstHit(wetzel(experiment, box)))
    data, surrogate, total = fit_experiment(
        experiment, seed, search, quick=quick, structure=structure, box=box
    )
    split = int(0.8 * len(data.data))
    test, labels = data.data[split:], data.target[split:]
    network = surrogate.network_
    truth = Expression.parse(data.formula, data.feature_names)
    formula = surrogate.formula_
    rows = shell_rows(network, data.box)
    gradient = network.gradient(rows)
    rival = nearest_rival(surrogate, rows)
    return {
        "experiment": wetzel(experiment, box).name,
        "seed": seed,
        "rule": str(surrogate.decision_rule_),
        **judge(surrogate, data, rows),
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
        **first_hit(surrogate.engine_),
        "search (s)": round(surrogate.front_.seconds, 1),
        "fit (s)": round(total, 1),
    }


class FirstHit:
    """Callback of a search that remembers when a candidate was first the truth, but for its constants."""

    def __init__(self, problem: Problem) -> None:
        self.truth = problem.truth
        self.rows = problem.rows(500, seed=0)[0]
        # the search sees inputs in units of powers of ten
        self.scale = decimal_scale(problem.box.T)
        self.evaluations: int | None = None
        self.seconds = float("nan")

    def __call__(self, state: Any) -> None:
        """Look at the front after an epoch, until the truth is there."""
        if self.evaluations is None and any(map(self._is_truth, state.front())):
            self.evaluations, self.seconds = state.evaluations, state.seconds

    def _is_truth(self, candidate: Any) -> bool:
        if candidate.complexity > MOST_COMPLEX * self.truth.complexity:
            return False
        gradient = candidate.expression.gradient(self.rows / self.scale)
        return 1 - alignment_score(gradient, self.truth.gradient(self.rows) * self.scale) <= HIT


def first_hit(engine: Engine) -> dict[str, Any]:
    found = getattr(engine, "callback", None)
    if found is None or found.evaluations is None:
        return {"evaluations to hit": "", "to hit (s)": ""}
    return {"evaluations to hit": found.evaluations, "to hit (s)": round(found.seconds, 2)}


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
    hits = table[["evaluations to hit", "to hit (s)"]].apply(pd.to_numeric)
    recovered = table.assign(recovered=table["concept"] | table["decision"] | table["sum"], **hits)
    return (
        recovered.groupby("experiment")
        .agg(
            recovered=("recovered", "sum"),
            concepts=("concept", "sum"),
            exact=("exact", "sum"),
            sums=("sum", "sum"),
            of_both=("both", "sum"),
            decisions=("decision", "sum"),
            trusted=("verdict", lambda verdicts: (verdicts != "no closed form found").sum()),
            runs=("seed", "size"),
            fidelity=("fidelity", "median"),
            evaluations_to_hit=("evaluations to hit", "median"),
            seconds_to_hit=("to hit (s)", "median"),
            worst_to_hit=("to hit (s)", "max"),
            seconds=("search (s)", "median"),
            worst=("search (s)", "max"),
            fit_seconds=("fit (s)", "median"),
        )
        .round(4)
        .reset_index()
    )


if __name__ == "__main__":
    main()

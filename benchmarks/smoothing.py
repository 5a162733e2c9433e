"""Whether averaging the gradients of ReLU networks over a small neighbourhood recovers more experiments.

python -m benchmarks.smoothing [--networks default shallow] [--experiments 1 2 3] [--seeds 3]
                               [--smoothing 0.1 0.2] [--only] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from dataclasses import dataclass
from typing import Any

import pandas as pd

from benchmarks._tables import RESULTS, publish
from benchmarks.recovery import evolution, fit_experiment
from benchmarks.verdicts import judge, shell_rows
from skinterpret import alignment_score
from skinterpret.base import default_network
from skinterpret.exceptions import UnreadableNetworkWarning
from skinterpret.expressions import Expression
from skinterpret.network import smooth

NONE = "none"
VERDICT_OF_NONE = "no closed form found"
RUN = ["network", "experiment", "seed", "smoothing"]
TEXTS = dict.fromkeys(("smoothing", "loss of rule", "loss of truth"), str)
FAILED = 0.9  # of accuracy: a network below has not learned the experiment, and none can read it there


@dataclass(frozen=True)
class Case:
    """A kind of ReLU network, and the rows that it is trained on."""

    hidden: tuple[int, ...]
    solver: str
    n_train: int

    def __str__(self) -> str:
        return f"{self.hidden}, {self.solver}, {self.n_train:,} rows"

    def network(self) -> Any:
        """Give such a network, not trained."""
        return default_network().set_params(
            mlpclassifier__activation="relu",
            mlpclassifier__hidden_layer_sizes=self.hidden,
            mlpclassifier__solver=self.solver,
        )


CASES = {
    "default": Case((60, 60), "adam", 8_000),
    "shallow": Case((10,), "lbfgs", 1_000),
    "coarse": Case((10, 10), "lbfgs", 500),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--only", action="store_true", help="other runs stay as they are in the kept table")
    parser.add_argument("--experiments", type=int, nargs="+", default=list(range(1, 7)))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--smoothing", type=float, nargs="+", default=[0.1, 0.2], help="beside none")
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    # compiles the engine, which is not what is timed here
    recover(CASES["default"], 1, 0, None, quick=True)
    experiments, seeds = (
        (options.experiments[:1], 1) if options.quick else (options.experiments, options.seeds)
    )
    runs = []
    for name in options.networks:
        for experiment in experiments:
            for seed in range(seeds):
                for smoothing in (None, *options.smoothing):
                    runs.append(recover(CASES[name], experiment, seed, smoothing, quick=options.quick))
                    print(*runs[-1].values(), sep="  ", flush=True)
    table = beside_kept(pd.DataFrame(runs)) if options.only else pd.DataFrame(runs)
    publish("smoothing", table, note(table), keep=not options.quick)


def beside_kept(table: pd.DataFrame) -> pd.DataFrame:
    """Put these runs in the place of their like in the kept table, beside all others."""
    kept = pd.read_csv(RESULTS / "smoothing.csv", comment="#", dtype=TEXTS)
    whole = pd.concat([kept, table]).drop_duplicates(RUN, keep="last")
    order = [str(case) for case in CASES.values()]
    rank = whole["network"].map(order.index)
    by_run = whole.assign(rank=rank, width=whole["smoothing"].replace(NONE, "0").astype(float))
    return by_run.sort_values(["rank", "experiment", "seed", "width"])[table.columns]


def note(table: pd.DataFrame) -> str:
    """Tell what the table holds, and count what each smoothing recovers from each kind of network."""
    sound = table[table["network accuracy"] >= FAILED]
    return (
        "Rules read out of ReLU networks behind a `StandardScaler`, `MLPClassifier(hidden_layer_sizes, "
        "activation='relu', solver=solver, max_iter=500)` trained on so many rows; search and judgement "
        "(*concept*, *exact*, *decision*) are those of `benchmarks.recovery`, whose networks have tanh "
        "units, and each network is read with every smoothing.  *smoothness*: `trust_.smoothness`, of the "
        "directions that are matched; *loss of rule* and *loss of truth*: 1 - |mean cos| to these "
        "directions, so to the averaged ones where there is smoothing, on 10,000 fresh shell rows.  "
        "Fidelity is that to the network itself, on 2,000 fresh rows.  *Recovered*: as concept or as "
        f"decision.  Networks with an accuracy below {FAILED} on the fresh rows are not counted here: "
        f"{(table['network accuracy'] < FAILED).sum()} of {len(table)} runs.  "
        + "  ".join(counts_of_network(name, runs) for name, runs in sound.groupby("network", sort=False))
    )


def counts_of_network(network: str, runs: pd.DataFrame) -> str:
    """Tell in sentences what each smoothing recovers from one kind of network, and what it changes."""
    of_each = dict(list(runs.groupby("smoothing", sort=False)))
    told = [counts(name, of_one) for name, of_one in of_each.items()]
    told += [
        changes(name, of_each[NONE], of_one)
        for name, of_one in of_each.items()
        if name != NONE and NONE in of_each
    ]
    return f"**{network}**.  {'  '.join(told)}"


def counts(smoothing: str, runs: pd.DataFrame) -> str:
    """Tell what one smoothing recovers."""
    trusted = (runs["verdict"] != VERDICT_OF_NONE).sum()
    of_truth = pd.to_numeric(runs["loss of truth"]).median()
    return (
        f"Smoothing {smoothing}: {recovered(runs).sum()} of {len(runs)} recovered, "
        f"{runs['concept'].sum()} as concepts and {runs['decision'].sum()} as decisions, "
        f"{trusted} trusted; medians: smoothness {runs['smoothness'].median():.3f}, "
        f"loss of the truth {of_truth:.1e}, fidelity {runs['fidelity'].median():.4f}, "
        f"fit {runs['fit (s)'].median():.1f} s."
    )


def changes(smoothing: str, without: pd.DataFrame, smoothed: pd.DataFrame) -> str:
    """Tell which networks are recovered with smoothing alone, and which without it alone."""
    before, after = (runs.set_index(["experiment", "seed"]) for runs in (without, smoothed))
    gained = recovered(after) & ~recovered(before)
    lost = recovered(before) & ~recovered(after)
    nearer = pd.to_numeric(after["loss of truth"]) < pd.to_numeric(before["loss of truth"])
    return (
        f"With {smoothing} directions are nearer to the truth's in {nearer.sum()} of {len(after)}; "
        f"recovered with it alone: {listed(gained)}, and without it alone: {listed(lost)}."
    )


def recovered(runs: pd.DataFrame) -> pd.Series:
    return runs["concept"] | runs["decision"]


def listed(chosen: pd.Series) -> str:
    """Name experiments with the number of their networks."""
    of_each = chosen.groupby("experiment").sum()
    return ", ".join(f"{n} of experiment {e}" for e, n in of_each[of_each > 0].items()) or "none"


def recover(
    case: Case, experiment: int, seed: int, smoothing: float | None, *, quick: bool
) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableNetworkWarning)
        data, surrogate, total = fit_experiment(
            experiment,
            seed,
            evolution(quick),
            quick=quick,
            network=case.network(),
            smoothing=smoothing,
            n_train=case.n_train,
        )
    split = 480 if quick else case.n_train
    test, labels = data.data[split:], data.target[split:]
    rows = shell_rows(surrogate.network_, data.box)
    gradient = gradients(surrogate.network_, smoothing, data.data[:split])(rows)
    truth = Expression.parse(data.formula, data.feature_names)
    verdicts = judge(surrogate, data, rows)
    return {
        "network": str(case),
        "experiment": experiment,
        "seed": seed,
        "smoothing": NONE if smoothing is None else f"{smoothing:g}",
        "rule": str(surrogate.decision_rule_),
        **{name: verdicts[name] for name in ("concept", "exact", "decision")},
        "verdict": surrogate.trust_.verdict,
        "smoothness": round(surrogate.trust_.smoothness, 3),
        "loss of rule": loss(surrogate.formula_, gradient, rows),
        "loss of truth": loss(truth, gradient, rows),
        "fidelity": round(surrogate.score(test), 4),
        "network accuracy": round(float(surrogate.estimator_.score(test, labels)), 4),
        "search (s)": round(surrogate.front_.seconds, 1),
        "fit (s)": round(total, 1),
    }


def gradients(network: Any, smoothing: float | None, train: Any) -> Any:
    """Give the gradients that are matched, as a function of rows."""
    if smoothing is None:
        return network.gradient
    return smooth(network, smoothing * train.to_numpy().std(axis=0)).gradient


def loss(formula: Expression, gradient: Any, rows: Any) -> str:
    return f"{1 - alignment_score(gradient, formula.gradient(rows)):.1e}"


if __name__ == "__main__":
    main()

"""Whether averaging the gradients of ReLU networks over a small neighbourhood recovers more experiments.

python -m benchmarks.smoothing [--experiments 1 2 3] [--seeds 3] [--smoothing 0.1 0.2] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import pandas as pd

from benchmarks._tables import publish
from benchmarks.recovery import evolution, fit_experiment
from benchmarks.verdicts import judge, shell_rows
from skinterpret import alignment_score
from skinterpret.base import default_network
from skinterpret.exceptions import UnreadableNetworkWarning
from skinterpret.expressions import Expression
from skinterpret.network import smooth

NONE = "none"
VERDICT_OF_NONE = "no closed form found"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=list(range(1, 7)))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--smoothing", type=float, nargs="+", default=[0.1, 0.2], help="beside none")
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    # compiles the engine, which is not what is timed here
    recover(1, 0, None, quick=True)
    experiments, seeds = (
        (options.experiments[:1], 1) if options.quick else (options.experiments, options.seeds)
    )
    runs = []
    for experiment in experiments:
        for seed in range(seeds):
            for smoothing in (None, *options.smoothing):
                runs.append(recover(experiment, seed, smoothing, quick=options.quick))
                print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    note = (
        "Rules read out of `MLPClassifier((60, 60), activation='relu', max_iter=500)` behind a "
        "`StandardScaler`; rows, search and judgement (*concept*, *exact*, *decision*) are those of "
        "`benchmarks.recovery`, whose networks have tanh units, and each network is read with every "
        "smoothing.  *smoothness*: `trust_.smoothness`, of the directions that are matched; *loss of rule* "
        "and *loss of truth*: 1 - |mean cos| to these directions, so to the averaged ones where there is "
        "smoothing, on 10,000 fresh shell rows.  Fidelity is that to the network itself, on fresh rows.  "
        + " ".join(counts(name, of_one) for name, of_one in table.groupby("smoothing", sort=False))
    )
    publish("smoothing", table, note, keep=not options.quick)


def recover(experiment: int, seed: int, smoothing: float | None, *, quick: bool) -> dict[str, Any]:
    network = default_network().set_params(mlpclassifier__activation="relu")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableNetworkWarning)
        data, surrogate, total = fit_experiment(
            experiment, seed, evolution(quick), quick=quick, network=network, smoothing=smoothing
        )
    split = int(0.8 * len(data.data))
    test, labels = data.data[split:], data.target[split:]
    rows = shell_rows(surrogate.network_, data.box)
    gradient = gradients(surrogate.network_, smoothing, data.data[:split])(rows)
    truth = Expression.parse(data.formula, data.feature_names)
    verdicts = judge(surrogate, data, rows)
    return {
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


def counts(smoothing: str, runs: pd.DataFrame) -> str:
    """Tell in a sentence what one smoothing recovers."""
    recovered = (runs["concept"] | runs["decision"]).sum()
    trusted = (runs["verdict"] != VERDICT_OF_NONE).sum()
    of_truth = pd.to_numeric(runs["loss of truth"]).median()
    return (
        f"Smoothing {smoothing}: {recovered} of {len(runs)} recovered, {runs['concept'].sum()} as concepts "
        f"and {runs['decision'].sum()} as decisions, {trusted} trusted; medians: loss of the truth "
        f"{of_truth:.1e}, fidelity {runs['fidelity'].median():.4f}, fit {runs['fit (s)'].median():.1f} s."
    )


if __name__ == "__main__":
    main()

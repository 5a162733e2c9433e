"""Whether the printed rule has the truth's own constants.

python -m benchmarks.answers [--experiments 1 2 3] [--seeds 5] [--quick]
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._tables import publish
from benchmarks.recovery import evolution, fit_experiment
from benchmarks.verdicts import draw, is_concept, is_exact, shell_rows
from skinterpret.expressions import Expression


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=list(range(1, 7)))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    runs = []
    for experiment in options.experiments:
        for seed in range(1 if options.quick else options.seeds):
            runs.append(examine(experiment, seed, quick=options.quick))
            print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    recovered = table["exact"] | table["parallel"]
    note = (
        "Rules of the networks of `benchmarks.recovery`.  *parallel*: the concept is the truth's within "
        "1 - |cos| <= 1e-3, whatever its constants; *exact*: within 1e-12, so with the truth's own "
        "constants, the threshold apart; *other class*: share of 100,000 fresh rows of the box that rule "
        "and truth put into different classes, threshold and all (labels have 1 % noise).  *trusted*: the "
        "verdict is not "
        f'"no closed form found".  Exact: {int(table["exact"].sum())} of {int(recovered.sum())} that are '
        f"parallel or exact; of these {int((table['exact'] & (table['other class'] == 0)).sum())} put no row "
        "into another class, so that their threshold is the truth's as well (a network has one of its own).  "
        f"Of all {len(table)} rules {int((table['other class'] == 0).sum())} put no row into another class.  "
        f"Trusted: {int(table['trusted'].sum())} of {len(table)}.  How often intervals hold the truth is the "
        "table `coverage`."
    )
    publish("answers", table, note, keep=not options.quick)


def examine(experiment: int, seed: int, *, quick: bool) -> dict[str, Any]:
    data, surrogate, _ = fit_experiment(experiment, seed, evolution(quick), quick=quick)
    truth = Expression.parse(data.formula, data.feature_names)
    rows = shell_rows(surrogate.network_, data.box)
    fresh = draw(data.box, 100_000, seed=3)
    positive = surrogate.predict(pd.DataFrame(fresh, columns=data.feature_names)) == surrogate.classes_[1]
    return {
        "experiment": experiment,
        "seed": seed,
        "rule": str(surrogate.decision_rule_),
        "parallel": is_concept(surrogate.formula_, truth, rows, parallel=1e-3),
        "exact": is_exact(surrogate.formula_, truth, rows),
        "other class": float(np.mean(positive != (truth(fresh) > data.threshold))),
        "trusted": surrogate.trust_.verdict != "no closed form found",
        "verdict": surrogate.trust_.verdict,
    }


if __name__ == "__main__":
    main()

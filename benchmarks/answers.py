"""Whether the printed rule has the truth's own constants, and whether its intervals hold them.

python -m benchmarks.answers [--experiments 1 2 3] [--seeds 5] [--quick]
"""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from benchmarks._tables import publish
from benchmarks.recovery import evolution, fit_experiment
from benchmarks.verdicts import is_concept, is_exact, shell_rows
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
    held, constants = int(table["held"].sum()), int(table["constants"].sum())
    note = (
        "Rules of `benchmarks.recovery`.  *parallel*: the concept is the truth's within 1 - |cos| <= 1e-3, "
        "whatever its constants; *exact*: within 1e-12, so with the truth's own constants.  *constants*: "
        "those of the exact rules that were fitted and snapped; *held*: those whose 95 % interval, which "
        'knows nothing of the snapping, holds the true value.  *trusted*: the verdict is not "no closed '
        f'form found".  Exact: {int(table["exact"].sum())} of {int(recovered.sum())}; intervals that '
        f"hold the truth: {held} of {constants}; trusted: {int(table['trusted'].sum())} of {len(table)}."
    )
    publish("answers", table, note, keep=not options.quick)


def examine(experiment: int, seed: int, *, quick: bool) -> dict[str, Any]:
    data, surrogate, _ = fit_experiment(experiment, seed, evolution(quick), quick=quick)
    truth = Expression.parse(data.formula, data.feature_names)
    rows = shell_rows(surrogate.network_, data.box)
    exact = is_exact(surrogate.formula_, truth, rows)
    coefficients = surrogate.coefficients_.drop(index="threshold")
    fitted = coefficients[coefficients["low"] < coefficients["high"]]
    held = (fitted["low"] <= fitted["value"]) & (fitted["value"] <= fitted["high"])
    return {
        "experiment": experiment,
        "seed": seed,
        "rule": str(surrogate.decision_rule_),
        "parallel": is_concept(surrogate.formula_, truth, rows, parallel=1e-3),
        "exact": exact,
        "constants": len(fitted) if exact else 0,
        "held": int(held.sum()) if exact else 0,
        "trusted": surrogate.trust_.verdict != "no closed form found",
        "verdict": surrogate.trust_.verdict,
    }


if __name__ == "__main__":
    main()

"""How often the intervals of fitted constants hold the true ones.

python -m benchmarks.coverage [--experiments 1 2 3] [--seeds 10] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.network import as_network
from skinterpret.surrogates.constants import ConstantFit
from skinterpret.surrogates.figures import agreement_of_neighbours
from skinterpret.surrogates.judgement import Judge
from skinterpret.surrogates.units import decimal_scale

# the truth of each experiment with a constant wherever there may be one; the factor of the first term
# belongs to the link
FORMS = {
    1: "x1**2 + 2.0*x2**2",
    2: "x1**2 + 3.0*x1*x2 + 2.0*x2**2",
    3: "x1**2 + 1.001*sin(1.001*x2 + 1.001*x3)",
    4: f"exp(1.001*x1 + -1.001*x2) + {-np.pi}*x3",
    5: "x1*exp(-0.5*x2**2 + -0.5*x3**2)",
}
TRUE = {1: [2], 2: [3, 2], 3: [1, 1, 1], 4: [1, -1, -np.pi], 5: [-0.5, -0.5]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=list(FORMS))
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    runs = []
    for experiment in options.experiments[: 1 if options.quick else None]:
        for seed in range(1 if options.quick else options.seeds):
            runs += measure(experiment, seed, 600 if options.quick else 10_000)
            print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    summary = table.groupby("experiment").agg(
        constants=("held", "size"), held=("held", "sum"), relative_width=("width", "median")
    )
    note = (
        "Constants of the true formulas, fitted to the directions of `MLPClassifier((60, 60), "
        "activation='tanh', max_iter=500)` behind a `StandardScaler`, trained on 8,000 rows of each "
        f"experiment, {options.seeds} seeds.  *held*: constants whose 95 % interval holds the true value; "
        "*relative_width*: median width of the intervals as a share of the constant.  In all: "
        f"{int(table['held'].sum())} of {len(table)}, {table['held'].mean():.1%}."
    )
    publish("coverage", summary.reset_index(), note, keep=not options.quick)


def measure(experiment: int, seed: int, n_samples: int) -> list[dict[str, Any]]:
    """Fit the constants of the truth to one network, a row each."""
    data = make_wetzel(experiment, n_samples, random_state=seed)
    split = int(0.8 * n_samples)
    model = default_network().set_params(mlpclassifier__random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(data.data[:split], data.target[:split])
    network, scale = as_network(model), decimal_scale(data.data)
    sample = sample_directions(network, data.data[:split], scale=scale, random_state=seed)
    weight = np.maximum(agreement_of_neighbours(sample.X / scale, sample.directions), 0)
    judge = Judge(network, sample, scale, data.data[split:], None, weight)
    fit = ConstantFit(judge, seed)
    best = fit.refit(Expression.parse(FORMS[experiment], data.feature_names))
    low, high = fit.intervals(best)
    return [
        {
            "experiment": experiment,
            "seed": seed,
            "constant": true,
            "fitted": fitted,
            "low": bounds[0],
            "high": bounds[1],
            "held": bounds[0] <= true <= bounds[1],
            "width": (bounds[1] - bounds[0]) / abs(true),
        }
        for true, fitted, bounds in zip(
            TRUE[experiment], best.constant_values, zip(low, high, strict=True), strict=True
        )
    ]


if __name__ == "__main__":
    main()

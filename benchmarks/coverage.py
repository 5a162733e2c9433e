"""How often the intervals of fitted constants hold the true ones.

python -m benchmarks.coverage [--seeds 10] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from skinterpret import make_readable_network
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.network import as_network
from skinterpret.surrogates.judging.judgement import Judge
from skinterpret.surrogates.judging.readability import measure_readability
from skinterpret.surrogates.reading.constants import ConstantFit
from skinterpret.surrogates.reading.units import decimal_scale


class Case(NamedTuple):
    """A true formula with a constant wherever there may be one; its scale belongs to the link."""

    rule: str
    formula: str
    true: tuple[float, ...]
    rows: Callable[[int, int], Any]  # (n_samples, seed): inputs and labels
    n_samples: int = 10_000
    networks: tuple[str, ...] = ("default", "readable")


def experiment(number: int) -> Callable[[int, int], Any]:
    def rows(n_samples: int, seed: int) -> Any:
        data = make_wetzel(number, n_samples, random_state=seed)
        return data.data, data.target

    return rows


def straight(n_samples: int, seed: int) -> Any:
    X = np.random.default_rng(seed).uniform(-1, 1, (n_samples, 2))
    return X, X[:, 0] + 1.7 * X[:, 1] > 0.3


CASES = [
    Case("experiment 1", "x0**2 + 2.0*x1**2", (2,), experiment(1)),
    Case("experiment 2", "x0**2 + 3.0*x0*x1 + 2.0*x1**2", (3, 2), experiment(2)),
    Case("experiment 3", "x0**2 + 1.001*sin(1.001*x1 + 1.001*x2)", (1, 1, 1), experiment(3)),
    Case("experiment 4", f"exp(1.001*x0 + -1.001*x1) + {-np.pi}*x2", (1, -1, -np.pi), experiment(4)),
    Case("experiment 5", "x0*exp(-0.5*x1**2 + -0.5*x2**2)", (-0.5, -0.5), experiment(5)),
    Case("x0 + 1.7*x1 > 0.3", "x0 + 1.7*x1", (1.7,), straight),
    Case("x0 + 1.7*x1 > 0.3", "x0 + 1.7*x1", (1.7,), straight, 300),
]
NETWORKS = {
    "default": lambda seed: default_network().set_params(mlpclassifier__random_state=seed),
    "readable": lambda seed: make_readable_network(random_state=seed),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    runs = []
    for case in CASES[: 1 if options.quick else None]:
        if options.quick:
            case = case._replace(n_samples=600, networks=("default",))
        for network in case.networks:
            for seed in range(1 if options.quick else options.seeds):
                runs += measure(case, network, seed)
                print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    summary = table.groupby(["rule", "rows", "network"], sort=False).agg(
        constants=("held", "size"), held=("held", "sum"), relative_width=("width", "median")
    )
    note = (
        "Constants of the true formulas, fitted to the directions of networks that were trained on 80 % of "
        "the rows: the default one, and that of `make_readable_network`; "
        f"{options.seeds} seeds.  *held*: constants whose 95 % interval holds the true value; "
        "*relative_width*: median width of the intervals as a share of the constant.  In all: "
        f"{int(table['held'].sum())} of {len(table)}, {table['held'].mean():.1%}."
    )
    publish("coverage", summary.round(3).reset_index(), note, keep=not options.quick)


def measure(case: Case, network_name: str, seed: int) -> list[dict[str, Any]]:
    """Fit the constants of the truth to one network, a row each."""
    X, y = case.rows(case.n_samples, seed)
    split = int(0.8 * len(X))
    model = NETWORKS[network_name](seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X[:split], y[:split])
    network, scale = as_network(model), decimal_scale(X)
    sample = sample_directions(network, X[:split], scale=scale, random_state=seed)
    readability = measure_readability(network, X[:split], None, sample, scale, None, has_boundary=True)
    judge = Judge(network, sample, scale, X[split:], None, readability.weight, X[:split])
    fit = ConstantFit(judge, seed)
    best = fit.refit(Expression.parse(case.formula))
    low, high = fit.intervals(best)
    return [
        {
            "rule": case.rule,
            "rows": len(X),
            "network": network_name,
            "seed": seed,
            "constant": true,
            "fitted": fitted,
            "low": bounds[0],
            "high": bounds[1],
            "held": bounds[0] <= true <= bounds[1],
            "width": (bounds[1] - bounds[0]) / abs(true),
        }
        for true, fitted, bounds in zip(
            case.true, best.constant_values, zip(low, high, strict=True), strict=True
        )
    ]


if __name__ == "__main__":
    main()

"""Whether formulas of values are trusted where there is one, and not where a network learned noise.

python -m benchmarks.value_trust [--seeds 20] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from skinterpret import SymbolicSurrogateRegressor
from skinterpret.base import default_regression_network
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine

ROWS = (40, 150, 600, 3000)
INPUTS = (1, 2, 3, 6, 12)
FORMULAS = {
    "exp(-(x0**2 + 2*x1**2))": 2,
    "(x0 + 2)*(x1 + 3)": 3,
    "sin(2*x0 + x1)": 2,
    "3*x0 - 2*x1 + 1": 5,
    "(x0 + 2)/(x1 + 2)": 2,
    "x0**2 + sin(2*(x1 + x2))": 3,
}
NOISE = (0.0, 0.3)  # of the spread of the values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="networks trained on noise")
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    cases = [*noise_cases(1 if options.quick else options.seeds), *formula_cases()]
    runs = []
    for seed, case in enumerate(cases[:2] if options.quick else cases):
        runs.append(explain(seed, case, quick=options.quick))
        print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    trusted = table["verdict"] != "no closed form found"
    noise = table["truth"] == "noise"
    note = (
        "Formulas of regressors with tanh and with ReLU units (60, 60), read with y.  Noise: standard normal "
        f"targets; confident verdicts: {(trusted & noise).sum()} of {noise.sum()}.  Formulas: 1,500 rows, "
        f"with and without noise of 0.3 of their spread; confident: {(trusted & ~noise).sum()} of "
        f"{(~noise).sum()}.  *fidelity* is R² to the network, *R² to y* on rows that the network has seen."
    )
    publish("value_trust", table, note, keep=not options.quick)


def noise_cases(n_seeds: int) -> Iterator[dict[str, Any]]:
    for seed in range(n_seeds):
        rng = np.random.default_rng(seed)
        n_rows = ROWS[seed % 4]
        yield {
            "truth": "noise",
            "X": rng.normal(size=(n_rows, INPUTS[seed % 5])),
            "y": rng.normal(size=n_rows),
            "activation": "tanh",
            # a third of them trained to the end
            "solver": "lbfgs" if seed % 3 == 2 else "adam",
            "smoothing": None,
        }


def formula_cases() -> Iterator[dict[str, Any]]:
    for text, n_inputs in FORMULAS.items():
        for noise in NOISE:
            rng = np.random.default_rng(0)
            X = rng.uniform(-1, 1, (1500, n_inputs))
            y = Expression.parse(text)(X)
            y = y + noise * y.std() * rng.normal(size=len(y))
            for activation, smoothing in (("tanh", None), ("relu", None), ("relu", 0.2)):
                yield {
                    "truth": text,
                    "X": X,
                    "y": y,
                    "activation": activation,
                    "solver": "adam",
                    "smoothing": smoothing,
                }


def explain(seed: int, case: dict[str, Any], *, quick: bool) -> dict[str, Any]:
    network = default_regression_network()
    network[-1].set_params(activation=case["activation"], solver=case["solver"])
    engine = EvolutionEngine(max_evals=2_000 if quick else 40_000)
    surrogate = SymbolicSurrogateRegressor(
        network, smoothing=case["smoothing"], engine=engine, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", NoClosedFormWarning)
        surrogate.fit(case["X"], case["y"])
    trust = surrogate.trust_
    return {
        "truth": case["truth"],
        "rows": case["X"].shape[0],
        "inputs": case["X"].shape[1],
        "activation": case["activation"],
        "solver": case["solver"],
        "smoothing": case["smoothing"] or "",
        "verdict": trust.verdict,
        "fidelity": round(trust.fidelity, 3),
        "alignment": round(trust.alignment, 3),
        "stability": round(trust.stability, 2),
        "smoothness": round(trust.smoothness, 3),
        "network's R² to y": round(trust.network_r2, 3),
        "formula's R² to y": round(trust.formula_r2, 3),
        "concept": surrogate.concept_.with_constants(
            [float(f"{value:.4g}") for value in surrogate.concept_.constant_values]
        ).to_text(),
    }


if __name__ == "__main__":
    main()

"""Whether a network that learned nothing gets a confident rule: random labels as a control.

python -m benchmarks.trust [--seeds 20] [--small 40] [--quick]

The other side, how many recoverable networks are trusted, is the column `verdict` of
`benchmarks.recovery`.
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from benchmarks._tables import publish
from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.exceptions import NoClosedFormWarning, UnreadableNetworkWarning
from skinterpret.search import EvolutionEngine

ROWS = (300, 1000, 5000)
FEW_ROWS = (40, 60, 100)
NETWORKS = {"default": default_network, "readable": make_readable_network}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--small", type=int, default=40, help="small tables, with readable networks")
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    runs = []
    for seed in range(1 if options.quick else options.seeds):
        runs.append(explain_noise(seed, *noise(seed, quick=options.quick), "default", quick=options.quick))
        print(*runs[-1].values(), sep="  ", flush=True)
    for seed in range(0 if options.quick else options.small):
        runs.append(explain_noise(seed, *small_noise(seed), "readable", quick=False))
        print(*runs[-1].values(), sep="  ", flush=True)
    table = pd.DataFrame(runs)
    confident = int((table["verdict"] != "no closed form found").sum())
    blind = int(table["confident without labels"].sum())
    note = (
        "Networks trained on random labels.  The default network: even seeds have the inputs of an "
        "experiment, odd seeds 2 to 16 standard normal ones.  That of `make_readable_network`: 40 to 100 "
        "rows of two standard normal inputs.  *right*: share of the rows that the more frequent class gets "
        "wrong and the rule gets right; nan where it gets none wrong.  "
        f"Confident verdicts: {confident} of {len(table)}; {blind} if the labels had been kept from `fit`, "
        "which then cannot weigh them."
    )
    publish("trust", table, note, keep=not options.quick)


def noise(seed: int, *, quick: bool) -> Any:
    rng = np.random.default_rng(seed)
    n_rows = 200 if quick else ROWS[seed % 3]
    if seed % 2 == 0:
        X = make_wetzel(1 + seed // 2 % 6, n_rows, random_state=seed).data
    else:
        X = rng.normal(size=(n_rows, 2 + 2 * (seed // 2 % 8)))
    return X, rng.integers(0, 2, len(X))


def small_noise(seed: int) -> Any:
    rng = np.random.default_rng(1000 + seed)
    X = rng.normal(size=(FEW_ROWS[seed % 3], 2))
    return X, rng.integers(0, 2, len(X))


def explain_noise(seed: int, X: Any, labels: Any, network: str, *, quick: bool) -> dict[str, Any]:
    engine = EvolutionEngine(n_jobs=-1, **({"max_evals": 4_000} if quick else {}))
    surrogate = SymbolicSurrogate(NETWORKS[network](), engine=engine, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", NoClosedFormWarning)
        warnings.simplefilter("ignore", UnreadableNetworkWarning)
        surrogate.fit(X, labels)
    trust = surrogate.trust_
    return {
        "network": network,
        "seed": seed,
        "rows": len(X),
        "inputs": X.shape[1],
        "network accuracy": round(float(surrogate.estimator_.score(X, labels)), 3),
        "verdict": trust.verdict,
        "confident without labels": not without_labels(trust),
        "fidelity": round(trust.fidelity, 3),
        "right": round(share_right(trust.fidelity, trust.majority), 3),
        "alignment": round(trust.alignment, 3),
        "discrimination": round(trust.discrimination, 3),
        "stability": round(trust.stability, 2),
        "label evidence": round(trust.label_evidence, 1),
        "smoothness": round(trust.smoothness, 3),
        "complexity": surrogate.formula_.complexity,
    }


def without_labels(trust: Any) -> list[str]:
    """List what would still speak against the rule if labels had not been given."""
    return [reason for reason in trust.reasons if not reason.startswith("Of so few labels")]


def share_right(fidelity: float, majority: float) -> float:
    """Of the rows that the more frequent class gets wrong; NaN where there are none."""
    return 1 - (1 - fidelity) / (1 - majority) if majority < 1 else np.nan


if __name__ == "__main__":
    main()

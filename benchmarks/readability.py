"""Which networks are readable: accuracy against the truth of their directions.

python -m benchmarks.readability [--seeds 3] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._tables import publish
from skinterpret import alignment_score
from skinterpret.datasets import make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.network import as_network, smooth

EXPERIMENTS = (1, 3, 6)
# name, settings of MLPClassifier, smoothing in standard deviations
SETTINGS: list[tuple[str, dict[str, Any], float | None]] = [
    ("tanh (the default network)", {}, None),
    ("tanh, alpha=1e-2", {"alpha": 1e-2}, None),
    ("tanh, alpha=1e-1", {"alpha": 1e-1}, None),
    ("tanh, early_stopping", {"early_stopping": True}, None),
    ("tanh, smoothing=0.2", {}, 0.2),
    ("logistic", {"activation": "logistic"}, None),
    ("relu", {"activation": "relu"}, None),
    ("relu, smoothing=0.2", {"activation": "relu"}, 0.2),
    ("relu, smoothing=0.4", {"activation": "relu"}, 0.4),
    ("tanh, lbfgs", {"solver": "lbfgs"}, None),
    ("tanh, lbfgs, alpha=1", {"solver": "lbfgs", "alpha": 1.0, "max_iter": 5_000}, None),
    ("tanh, lbfgs, smoothing=0.2", {"solver": "lbfgs"}, 0.2),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    experiments, seeds = ((1,), 1) if options.quick else (EXPERIMENTS, options.seeds)
    runs = []
    for name, settings, smoothing in SETTINGS[:: 7 if options.quick else 1]:
        for experiment in experiments:
            measured = [
                measure(experiment, seed, settings, smoothing, 500 if options.quick else 5_000)
                for seed in range(seeds)
            ]
            runs.append(
                {"network": name, "experiment": experiment, **pd.DataFrame(measured).median().round(4)}
            )
            print(*runs[-1].values(), sep="  ", flush=True)
    note = (
        "`MLPClassifier((60, 60), max_iter=500)` (5,000 for lbfgs with alpha=1, as `make_readable_network` "
        "has it) behind a `StandardScaler`, trained on 5,000 rows of an "
        f"experiment with these settings; medians of {seeds} seeds.  *accuracy*: on 5,000 fresh rows; "
        "*smoothness*: mean cosine between the directions of neighbours in the shell, which is "
        "what `trust_.smoothness` holds; *error*: 1 - mean |cos| between the network's directions and "
        "the truth's gradient over the shell."
    )
    publish("readability", pd.DataFrame(runs), note, keep=not options.quick)


def measure(
    experiment: int, seed: int, settings: dict[str, Any], smoothing: float | None, n_rows: int
) -> dict[str, float]:
    data = make_wetzel(experiment, 2 * n_rows, random_state=seed)
    train, test = slice(None, n_rows), slice(n_rows, None)
    perceptron = MLPClassifier(
        (60, 60), **{"activation": "tanh", "max_iter": 500, **settings}, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = make_pipeline(StandardScaler(), perceptron).fit(data.data[train], data.target[train])
    network: Any = as_network(model)
    scale = data.data.std(axis=0)
    if smoothing is not None:
        network = smooth(network, smoothing * scale)
    sample = sample_directions(network, data.data[train], scale=scale, random_state=seed)
    truth = Expression.parse(data.formula, data.feature_names).gradient(sample.X) * scale
    nearest = cKDTree(sample.X / scale).query(sample.X / scale, k=6)[1][:, 1:]
    cosines = np.einsum("ij,ikj->ik", sample.directions, sample.directions[nearest])
    return {
        "accuracy": float(model.score(data.data[test], data.target[test])),
        "smoothness": float(cosines.mean()),
        "error": 1 - alignment_score(truth, sample.directions),
    }


if __name__ == "__main__":
    main()

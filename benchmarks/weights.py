"""Whether it helps to weight directions by how reliable they are.

python -m benchmarks.weights [--seeds 2] [--quick]
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
from skinterpret.network import as_network
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.surrogates.judging.figures import agreement_of_neighbours

EXPERIMENTS = (1, 3, 4, 5, 6)
NETWORKS: dict[str, dict[str, Any]] = {
    "lbfgs": {"solver": "lbfgs"},
    "early_stopping": {"early_stopping": True},
    "relu": {"activation": "relu"},
}
FOUND = 1e-3  # of 1 - mean |cos| to the truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    networks, experiments = (["relu"], (1,)) if options.quick else (list(NETWORKS), EXPERIMENTS)
    runs = []
    for name in networks:
        for experiment in experiments:
            for seed in range(1 if options.quick else options.seeds):
                measured = measure(experiment, seed, NETWORKS[name], 500 if options.quick else 5_000)
                runs += [{"network": name, "experiment": experiment, **row} for row in measured]
                print(name, experiment, seed, *measured, flush=True)
    table = pd.DataFrame(runs)
    found = table.assign(found=table["nearest"] < FOUND).groupby(["network", "weights"], sort=False)
    summary = found.agg(
        searches=("found", "size"), found=("found", "sum"), error_of_directions=("error", "median")
    ).reset_index()
    note = (
        "Networks that are hard to read: `MLPClassifier((60, 60), max_iter=300)` so trained on 5,000 "
        f"rows of experiments {', '.join(map(str, EXPERIMENTS))}.  Weights: *gradient*, the length of the "
        "gradient; *agreement*, its mean cosine with its neighbours', which is what `SymbolicSurrogate` "
        "takes; *planes*, the inverse of how far a direction is from the plane that its neighbours' "
        "directions lay through its row.  *error of directions*: weighted mean of 1 - |cos| to the truth's "
        f"gradient, median; *found*: searches with a candidate within {FOUND:g} of the truth's concept."
    )
    publish("weights", summary.round(4), note, keep=not options.quick)


def measure(experiment: int, seed: int, settings: dict[str, Any], n_rows: int) -> list[dict[str, Any]]:
    data = make_wetzel(experiment, n_rows, random_state=seed)
    perceptron = MLPClassifier(
        (60, 60), **{"activation": "tanh", "max_iter": 300, **settings}, random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = as_network(make_pipeline(StandardScaler(), perceptron).fit(data.data, data.target))
    sample = sample_directions(network, data.data, n_rows=512, random_state=seed)
    truth = Expression.parse(data.formula, data.feature_names).gradient(sample.X)
    weights = {
        "none": np.ones(len(sample)),
        "gradient": np.linalg.norm(network.gradient(sample.X), axis=1),
        "agreement": np.maximum(agreement_of_neighbours(sample.X, sample.directions), 0),
        "planes": distance_to_planes(sample.X, sample.directions),
    }
    engine = EvolutionEngine(n_jobs=2)
    runs = []
    for name, weight in weights.items():
        front = search_directions(
            sample.X, sample.directions, engine=engine, sample_weight=weight, random_state=seed
        )
        nearest = min(1 - alignment_score(truth, found.expression.gradient(sample.X)) for found in front)
        error = 1 - alignment_score(truth, sample.directions, sample_weight=weight)
        runs.append({"weights": name, "error": error, "nearest": nearest})
    return runs


def distance_to_planes(X: Any, directions: Any) -> Any:
    """Inverse of the distance between each direction and what its neighbours let expect there."""
    n_neighbours = min(2 * X.shape[1] + 6, 24)
    nearest = cKDTree(X).query(X, k=n_neighbours)[1][:, 1:]
    steps = X[nearest] - X[:, None]
    ones = np.ones((*nearest.shape, 1))
    expected = (np.linalg.pinv(np.concatenate([ones, steps], axis=2)) @ directions[nearest])[:, 0]
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    off = 1 - np.abs(np.einsum("ij,ij->i", expected, directions))
    return 1 / (off + np.median(off) + 1e-6)


if __name__ == "__main__":
    main()

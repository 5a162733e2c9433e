"""Whether second derivatives tell which pairs of inputs enter through one function of the two.

python -m benchmarks.mixed_derivatives [--experiments 3 4 5 6 7 8] [--seeds 2] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score

from benchmarks._tables import publish
from benchmarks.problems import wetzel
from skinterpret import make_readable_network
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.network import as_network
from skinterpret.search.structure.parts import make_quantities
from skinterpret.search.structure.separability import ratio_figures, ratio_is_alone

Array = NDArray[np.float64]

STATISTICS = ("mixed derivatives", "scatter", "dependence")
TRULY_ALONE = (
    1e-4  # largest turn of the truth's ratio, in radians a standard deviation, by finite differences
)
STEP = 1e-5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="+", default=[3, 4, 5, 6, 7, 8])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    if options.quick:
        options.experiments, options.seeds = options.experiments[:1], 1
    runs: list[dict[str, Any]] = []
    for experiment in options.experiments:
        for seed in range(options.seeds):
            for kind, network in networks(seed, quick=options.quick).items():
                found = pairs(experiment, seed, network, quick=options.quick)
                print(
                    experiment,
                    seed,
                    kind,
                    *(f"{pair['mixed derivatives']:.2f}" for pair in found),
                    flush=True,
                )
                runs += [{"experiment": experiment, "seed": seed, "network": kind, **pair} for pair in found]
    table = pd.DataFrame(runs)
    note = (
        "All pairs of inputs of the experiments with more than two, on networks trained on 8,000 rows.  "
        "*Mixed derivatives*: the largest over the other inputs k of the median over the rows of "
        "|f_ik f_j - f_i f_jk| / (|f_ik f_j| + |f_i f_jk|), from `DenseNetwork.hessian`.  *Scatter* and "
        "*dependence*: the two figures of today's ratio test, from directions alone.  *AUC*: how well each "
        "tells pairs that do not enter through one function of the two in the truth from those that do; "
        "*passing* counts only pairs that pass the ratio test, which are all that a search is spent on.  "
        "*Skipped*: shares of the false pairs, and of the passing ones among them, above the largest figure "
        f"of a true pair.  *First*: networks in which the pair with the lowest figure is a true one.  "
        f"{options.seeds} seeds."
    )
    publish("mixed_derivatives", summary(table), note, keep=not options.quick)


def networks(seed: int, *, quick: bool) -> dict[str, BaseEstimator]:
    """Untrained networks: the default one, and one that is smooth."""
    rough, smooth = default_network(), make_readable_network(random_state=seed)
    rough[-1].set_params(random_state=seed)
    if quick:
        rough[-1].set_params(max_iter=20)
        smooth[-1].set_params(max_iter=20)
    return {"default": rough, "readable": smooth}


def pairs(experiment: int, seed: int, model: BaseEstimator, *, quick: bool) -> list[dict[str, Any]]:
    """Figures of all pairs of inputs, from one network."""
    n_samples = 600 if quick else 10_000
    data = make_wetzel(experiment, n_samples, random_state=seed)
    split = int(0.8 * n_samples)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = as_network(model.fit(data.data[:split], data.target[:split]))
    sample = sample_directions(network, data.data[:split], random_state=seed)
    gradient, hessian = network.gradient(sample.X), network.hessian(sample.X)
    truth = wetzel(experiment).truth
    true_gradient, true_hessian = truth.gradient(sample.X), second_differences(truth, sample.X)
    inputs = range(sample.X.shape[1])
    quantities = make_quantities([Expression.variable(j) for j in inputs], sample.X, sample.directions)
    found = []
    for i, j in combinations(inputs, 2):
        others = [k for k in inputs if k not in (i, j)]
        scatter, dependence = ratio_figures(quantities[i], quantities[j], [quantities[k] for k in others])
        turn = largest_turn(i, j, others, true_gradient, true_hessian)
        found.append(
            {
                "pair": (i, j),
                "true": bool(turn * sample.X.std() < TRULY_ALONE),
                "passing": ratio_is_alone(scatter, dependence),
                "mixed derivatives": disagreement(i, j, others, gradient, hessian),
                "scatter": scatter,
                "dependence": dependence,
            }
        )
    return found


def disagreement(i: int, j: int, others: list[int], gradient: Array, hessian: Array) -> float:
    """How far the ratio of two derivatives turns with other inputs: 0 where it does not, 1 at most."""
    figures = []
    for k in others:
        first, second = hessian[:, i, k] * gradient[:, j], gradient[:, i] * hessian[:, j, k]
        size = np.maximum(np.abs(first) + np.abs(second), np.finfo(float).tiny)
        figures.append(float(np.median(np.abs(first - second) / size)))
    return max(figures)


def largest_turn(i: int, j: int, others: list[int], gradient: Array, hessian: Array) -> float:
    """Root-mean-square derivative of the angle between two derivatives, by other inputs."""
    square = gradient[:, i] ** 2 + gradient[:, j] ** 2
    turns = [(hessian[:, i, k] * gradient[:, j] - gradient[:, i] * hessian[:, j, k]) / square for k in others]
    return float(max(np.sqrt(np.average(turn**2, weights=square)) for turn in turns))


def second_differences(truth: Expression, X: Array) -> Array:
    """Second derivatives of a formula."""
    shifts = STEP * np.eye(X.shape[1])
    columns = [(truth.gradient(X + shift) - truth.gradient(X - shift)) / (2 * STEP) for shift in shifts]
    return np.stack(columns, axis=2)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for kind, found in table.groupby("network", sort=False):
        passing = found[found["passing"]]
        for statistic in STATISTICS:
            first = found.loc[found.groupby(["experiment", "seed"])[statistic].idxmin(), "true"]
            # only where there is a pair to be found
            has_one = found.groupby(["experiment", "seed"])["true"].any().to_numpy()
            rows.append(
                {
                    "network": kind,
                    "figure": statistic,
                    "pairs": len(found),
                    "true": int(found["true"].sum()),
                    "AUC": auc(found, statistic),
                    "passing": len(passing),
                    "true among them": int(passing["true"].sum()),
                    "AUC passing": auc(passing, statistic),
                    "skipped": skipped(found, found, statistic),
                    "skipped passing": skipped(passing, found, statistic),
                    "first": f"{first.to_numpy()[has_one].sum()} of {has_one.sum()}",
                }
            )
    return pd.DataFrame(rows)


def auc(found: pd.DataFrame, statistic: str) -> float:
    if found["true"].nunique() < 2:
        return np.nan
    return round(float(roc_auc_score(~found["true"], found[statistic])), 3)


def skipped(some: pd.DataFrame, found: pd.DataFrame, statistic: str) -> str:
    """Count the false pairs that lie above every true one."""
    limit = found.loc[found["true"], statistic].max()
    false = some.loc[~some["true"], statistic]
    return f"{int((false > limit).sum())} of {len(false)}"


if __name__ == "__main__":
    main()

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
from skinterpret.search import discover_structure
from skinterpret.search.structure.parts import make_quantities
from skinterpret.search.structure.separability import ENTANGLED, entanglement, ratio_figures
from skinterpret.search.structure.turning import STEADY, TURNING, Turns
from skinterpret.surrogates.reading.bends import second_derivatives_of
from skinterpret.surrogates.reading.units import Units

Array = NDArray[np.float64]

FIGURES = ("turn", "scatter", "dependence")
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
                print(experiment, seed, kind, *(f"{pair['turn']:.2f}" for pair in found), flush=True)
                runs += [{"experiment": experiment, "seed": seed, "network": kind, **pair} for pair in found]
    note = (
        "All pairs of inputs of the experiments with more than two, on networks trained on 8,000 rows; a "
        "pair is true if it enters through one function of the two in the truth.  *Turn*: how far the ratio "
        "of two derivatives turns with another input, from second derivatives of the network: the median "
        "over the rows, in radians a standard deviation of the input, for the input that turns it most.  "
        "*Scatter* and *dependence*: the figures of the test that sees directions alone.  *AUC*: how well "
        "each figure tells the pairs.  *Passing*: pairs for whose function a search is made, by the test on "
        f"directions, and by the turn where that is below {STEADY} or above {TURNING} and directions "
        "elsewhere.  *Told*: pairs that end up in `structure_` as joined by a function of their own, which "
        f"must hold on rows that were held back; sets of more inputs are not counted.  {options.seeds} seeds."
    )
    publish("mixed_derivatives", summary(pd.DataFrame(runs)), note, keep=not options.quick)


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
    units = Units.of(data.data[:split])
    sample = sample_directions(network, data.data[:split], scale=units.scale, random_state=seed)
    rows, differentiate = units.rows(sample.X), second_derivatives_of(network, None, units)
    truth = wetzel(experiment).truth
    true_gradient, true_hessian = truth.gradient(sample.X), second_differences(truth, sample.X)
    inputs = range(rows.shape[1])
    quantities = make_quantities([Expression.variable(j) for j in inputs], rows, sample.directions)
    turns = Turns(rows, sample.directions, differentiate)
    told = {
        name: {
            finding.inputs
            for finding in discover_structure(
                rows, sample.directions, second_derivatives=second, random_state=seed
            ).findings
            if finding.part is not None
        }
        for name, second in (("directions", None), ("second derivatives", differentiate))
    }
    found = []
    for pair in combinations(inputs, 2):
        chosen = [quantities[k] for k in pair]
        others = [quantity for quantity in quantities if quantity not in chosen]
        scatter, dependence = ratio_figures(*chosen, others)
        turn = turns.largest(*chosen, others)
        passing = entanglement(tuple(chosen), others) < ENTANGLED
        beside = [k for k in inputs if k not in pair]
        truly = largest_turn(*pair, beside, true_gradient, true_hessian) * sample.X.std() < TRULY_ALONE
        found.append(
            {
                "pair": pair,
                "true": bool(truly),
                "turn": turn,
                "scatter": scatter,
                "dependence": dependence,
                "passing by directions": passing,
                "passing by second derivatives": turn < STEADY or (turn <= TURNING and passing),
                **{f"told by {name}": pair in sets for name, sets in told.items()},
            }
        )
    return found


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
        true, false = found[found["true"]], found[~found["true"]]
        for by in ("directions", "second derivatives"):
            rows.append(
                {
                    "network": kind,
                    **{f"AUC {figure}": auc(found, figure) for figure in FIGURES},
                    "test": by,
                    "true pairs": len(true),
                    "true passing": int(true[f"passing by {by}"].sum()),
                    "true told": int(true[f"told by {by}"].sum()),
                    "false pairs": len(false),
                    "false passing": int(false[f"passing by {by}"].sum()),
                    "false told": int(false[f"told by {by}"].sum()),
                }
            )
    return pd.DataFrame(rows)


def auc(found: pd.DataFrame, figure: str) -> float:
    if found["true"].nunique() < 2:
        return np.nan
    return round(float(roc_auc_score(~found["true"], found[figure])), 3)


if __name__ == "__main__":
    main()

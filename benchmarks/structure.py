"""How much noise directions may have before structure is no longer found in them.

python -m benchmarks.structure [--seeds 5] [--quick]
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pandas as pd

from benchmarks._tables import publish
from skinterpret.expressions import Expression
from skinterpret.search import Finding, discover_structure

N_ROWS = 400
BOX = (0.3, 2.0)
NOISE = (0.0, 0.01, 0.02, 0.03, 0.05, 0.08)
TRUE = 1e-3  # share of the squared slopes by its inputs that a true finding may leave on exact gradients
# what is looked for, the formula, and the inputs that enter together
CASES = {
    "combination": ("sin(x0 - x1) + x2**2*x3", {0, 1}),
    "combination, weak rest": ("(x0 + x1 + x2 + x3)**2 + x4*x5", {0, 1, 2, 3}),
    "combination of all": ("sin(x0 + 2*x1 - x2)", {0, 1, 2}),
    "pair": ("x0*x1 + x2**2 + exp(x2*x3)", {0, 1}),
    "group of three": ("x0*x1 + x1*x2 + x2*x0 + x3*x4", {0, 1, 2}),
    "two groups of three": ("(x0*x1 + x1*x2 + x2*x0)*(x3*x4 + x4*x5 + x5*x3)", {0, 1, 2}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    runs = []
    for name in list(CASES)[: 1 if options.quick else None]:
        for noise in NOISE[: 1 if options.quick else None]:
            for seed in range(1 if options.quick else options.seeds):
                runs.append(look(name, noise, seed))
    columns = {"found": "sum", "seed": "size", "false findings": "sum"}
    groups = pd.DataFrame(runs).groupby(["what", "formula", "noise"], sort=False).agg(columns)
    table = groups.rename(columns={"seed": "runs"}).reset_index()
    note = (
        f"{N_ROWS} rows, uniform from {BOX[0]} to {BOX[1]}, with unit gradients of the formula and normal "
        "noise on each of their components, of this standard deviation.  *found*: of the inputs that enter "
        f"together it is told by what function, and this leaves at most {TRUE:g} of the squared slopes by "
        "them on exact gradients; *false findings*: those that leave more."
    )
    publish("structure", table, note, keep=not options.quick)


def look(name: str, noise: float, seed: int) -> dict[str, Any]:
    formula, together = CASES[name]
    truth = Expression.parse(formula)
    rng = np.random.default_rng(seed)
    X = rng.uniform(*BOX, (N_ROWS, 1 + max(truth.variables)))
    exact = truth.gradient(X)
    directions = exact / np.linalg.norm(exact, axis=1, keepdims=True)
    structure = discover_structure(X, directions + noise * rng.normal(size=X.shape), random_state=seed)
    told = [finding for finding in structure.findings if finding.part is not None]
    true = [finding for finding in told if left_by(finding, X, exact) <= TRUE]
    return {
        "what": name,
        "formula": formula,
        "noise": noise,
        "seed": seed,
        "found": any(set(finding.part.variables) == together for finding in true if finding.part),
        "false findings": len(told) - len(true),
    }


def left_by(finding: Finding, X: Any, exact: Any) -> float:
    """Share of the squared slopes by the inputs of a part that is across its gradient."""
    assert finding.part is not None
    inputs = list(finding.part.variables)
    slopes, gradient = exact[:, inputs], finding.part.gradient(X)[:, inputs]
    along = np.sum(slopes * gradient, axis=1) ** 2 / np.sum(gradient**2, axis=1)
    return float(1 - np.sum(along) / np.sum(slopes**2))


if __name__ == "__main__":
    main()

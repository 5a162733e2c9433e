"""What symbolic classification finds where either of two rules tells the labels, and what networks compute.

python -m benchmarks.labels [--seeds 50] [--quick]
"""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks._tables import publish
from benchmarks.verdicts import MOST_COMPLEX, draw, is_function_of_both, is_sum
from skinterpret import SymbolicClassifier
from skinterpret.datasets import make_wetzel
from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine

NEARLY = 1e-3
OF_OTHERS = 10  # data sets; the first variant, whose rates are quoted, has all
SHORT = {"max_complexity": 20, "max_evals": 100_000}


class Variant(NamedTuple):
    """How labels are searched on."""

    settings: dict[str, Any]
    engine: dict[str, Any] = SHORT
    n_samples: int = 8_000


VARIANTS = {
    "best": Variant({}),
    "accuracy": Variant({"selection": "accuracy"}),
    "best, hinge loss": Variant({"loss": "hinge"}),
    "best, 3,000 rows": Variant({}, n_samples=3_000),
    "best, default engine": Variant({}, {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    runs = []
    for experiment in (7, 8):
        for seed in range(1 if options.quick else options.seeds):
            for variant in VARIANTS if seed < OF_OTHERS else ("best",):
                runs.append(classify(experiment, seed, variant, quick=options.quick))
                print(*runs[-1].values(), sep="  ", flush=True)
    note = (
        "`SymbolicClassifier` on the labels of 8,000 rows of the experiments in which either of two rules "
        "tells them, the rows of table recovery, in which networks are read out.  *one*: number of the rule "
        "of whose left-hand side alone it found a function: 1 - |cos| is below 1e-3 on average over 10,000 "
        "fresh rows of the box; "
        "*sum*: parallel within 1e-6 to a sum of both left-hand sides with weights of its own; *both*: a "
        "function of the two alone, which rises with both.  *variant*: how it chose among its candidates, of "
        "which `best` is its default, and what else differs from a search by logistic loss with "
        f"{SHORT['max_evals']:,} evaluations and a complexity of at most {SHORT['max_complexity']}; all "
        f"but the first have {OF_OTHERS} data sets."
    )
    table = pd.DataFrame(runs)
    publish("labels", table, note, keep=not options.quick)
    by_experiment = "The runs of the table above: counts, and the median accuracy."
    publish("labels_summary", summary(table), by_experiment, keep=not options.quick)


def classify(experiment: int, seed: int, name: str, *, quick: bool) -> dict[str, Any]:
    n_samples = 600 if quick else 10_000
    data = make_wetzel(experiment, n_samples, random_state=seed, as_frame=True)
    split = int(0.8 * n_samples)
    variant = VARIANTS[name]
    engine = EvolutionEngine(**variant.engine | ({"max_evals": 2_000} if quick else {}))
    classifier = SymbolicClassifier(engine=engine, random_state=seed, **variant.settings)
    n_seen = min(split, variant.n_samples)
    classifier.fit(data.data[:n_seen], data.target[:n_seen])
    formula = classifier.formula_
    parts = [Expression.parse(text, data.feature_names) for text, _ in data.rules]
    rows = draw(data.box, 10_000, seed=1)
    alone = [number for number, part in enumerate(parts, 1) if is_function_of(formula, part, rows)]
    truth = Expression.parse(data.formula, data.feature_names)
    short = formula.complexity <= MOST_COMPLEX * truth.complexity
    return {
        "experiment": experiment,
        "seed": seed,
        "variant": name,
        "rule": str(classifier.decision_rule_),
        "one": "".join(map(str, alone)),
        "sum": short and is_sum(formula, parts, rows),
        "both": short and is_function_of_both(formula, parts, rows),
        "complexity": formula.complexity,
        "of sum": truth.complexity,
        "accuracy": round(float(classifier.score(data.data[split:], data.target[split:])), 4),
    }


def is_function_of(formula: Expression, part: Expression, rows: Any) -> bool:
    """Have gradients that are parallel to those of a part, in one sense or the other."""
    ours, theirs = formula.gradient(rows), part.gradient(rows)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines = np.divide(np.sum(ours * theirs, axis=1), lengths, out=np.zeros(len(rows)), where=lengths > 0)
    return bool(1 - np.abs(cosines).mean() <= NEARLY)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    counted = table.assign(one=table["one"] != "")
    columns = {"one": "sum", "sum": "sum", "both": "sum", "seed": "size", "accuracy": "median"}
    groups = counted.groupby(["experiment", "variant"], sort=False).agg(columns)
    return groups.rename(columns={"seed": "runs"}).reset_index()


if __name__ == "__main__":
    main()

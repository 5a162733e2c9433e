"""What each way of choosing among the candidates of one search makes the answer.

python -m benchmarks.selections [--experiments 1 2 3] [--seeds 5] [--first-seed 10] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from benchmarks._tables import publish
from benchmarks.recovery import evolution, fit_experiment
from benchmarks.verdicts import judge, shell_rows
from skinterpret import SymbolicSurrogate, complexity_score
from skinterpret.base import default_network
from skinterpret.datasets import make_gene_regulation
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.surrogates.judging.selection import DEFAULT, RULES

EITHER_RULE = (7, 8)
TABLES: dict[str, Callable[..., Any]] = {
    "breast cancer": load_breast_cancer,
    "wine": load_wine,
    "iris": load_iris,
}
MOST_GENES = 2  # networks; a search among 15 inputs takes five times as long as others
VERDICT_OF_NONE = "no closed form found"
RECOVERED = {"concepts": "concept", "sums": "sum", "decisions": "decision"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--experiments", type=int, nargs="*", default=list(range(1, 9)))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds))
    runs = []
    for run in every_run(options.experiments, seeds, quick=options.quick):
        runs.append(run)
        print(*run.values(), sep="  ", flush=True)
    name = "selections" + (f"_from_seed_{options.first_seed}" if options.first_seed else "")
    keep = not options.quick
    table = pd.DataFrame(runs)
    note = (
        "Each network is searched once, then `select` is called with each name.  The experiments are those "
        "of `benchmarks.recovery`, with its networks and its judgement: *concepts*, *sums* (of the two rules "
        "of 7 and 8, each of which tells the labels alone) and *decisions*.  The other data have the default "
        "network, trained on four fifths of the rows.  Fidelity (a mean, and its standard error over the "
        "runs) is that to the network on the rows that neither has seen; *to knee*: the mean difference to "
        f"the default, `{DEFAULT}`, of the same network, and its standard error.  Complexity is that of "
        "`complexity_score`, which adds up the rules of three classes; it and *inputs* are medians.  "
        f'*trusted*: in how many runs no rule has the verdict "{VERDICT_OF_NONE}".'
    )
    publish(name, summary(table), note, keep=keep)
    publish(f"{name}_runs", table, "The runs of which the other table gives counts and means.", keep=keep)


def every_run(experiments: list[int], seeds: range, *, quick: bool) -> Iterator[dict[str, Any]]:
    for experiment in experiments:
        for seed in seeds:
            yield from of_experiment(experiment, seed, quick=quick)
    for name in TABLES:
        for seed in seeds:
            yield from of_table(name, seed, quick=quick)
    for seed in seeds[:MOST_GENES]:
        yield from of_genes(seed, quick=quick)


def of_experiment(experiment: int, seed: int, *, quick: bool) -> Iterator[dict[str, Any]]:
    data, surrogate, _ = fit_experiment(experiment, seed, evolution(quick), quick=quick)
    rows = shell_rows(surrogate.network_, data.box)
    group = "experiments 7 and 8" if experiment in EITHER_RULE else "experiments 1 to 6"
    known: dict[str, dict[str, bool]] = {}  # selections often agree, and a million rows are judged
    for run in each_selection(surrogate, data.data[int(0.8 * len(data.data)) :]):
        if run["rule"] not in known:
            known[run["rule"]] = judge(surrogate, data, rows)
        verdicts = {column: known[run["rule"]][verdict] for column, verdict in RECOVERED.items()}
        yield {"data": group, "name": f"experiment {experiment}", "seed": seed, **run, **verdicts}


def of_table(name: str, seed: int, *, quick: bool) -> Iterator[dict[str, Any]]:
    data = TABLES[name](as_frame=True)
    train, test, labels, _ = train_test_split(
        data.data, data.target, test_size=0.2, stratify=data.target, random_state=seed
    )
    for run in each_selection(fit(train, labels, seed, quick=quick), test):
        yield {"data": name, "name": name, "seed": seed, **run}


def of_genes(seed: int, *, quick: bool) -> Iterator[dict[str, Any]]:
    n_samples = 800 if quick else 10_000
    data = make_gene_regulation(n_samples, random_state=seed, as_frame=True)
    split = int(0.8 * n_samples)
    surrogate = fit(data.data[:split], data.target[:split], seed, quick=quick)
    for run in each_selection(surrogate, data.data[split:]):
        yield {"data": "gene regulation", "name": "gene regulation", "seed": seed, **run}


def fit(X: Any, y: Any, seed: int, *, quick: bool) -> SymbolicSurrogate:
    surrogate = SymbolicSurrogate(default_network(), engine=evolution(quick), random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", NoClosedFormWarning)
        return surrogate.fit(X, y)


def each_selection(surrogate: SymbolicSurrogate, test: Any) -> Iterator[dict[str, Any]]:
    """Select by each name in turn, and tell what it has chosen while it is the answer."""
    for selection in RULES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoClosedFormWarning)
            surrogate.select(selection)
        trust = by_class(surrogate.trust_)
        yield {
            "selection": selection,
            "fidelity": round(surrogate.score(test), 4),
            "complexity": complexity_score(surrogate),
            "inputs": len({j for formula in by_class(surrogate.formula_) for j in formula.variables}),
            "trusted": all(each.verdict != VERDICT_OF_NONE for each in trust),
            "rule": str(surrogate.decision_rule_),
        }


def by_class(found: Any) -> list[Any]:
    return list(found.values()) if isinstance(found, dict) else [found]


def summary(table: pd.DataFrame) -> pd.DataFrame:
    knee = table[table["selection"] == DEFAULT].set_index(["name", "seed"])["fidelity"]
    own = pd.MultiIndex.from_frame(table[["name", "seed"]])
    table = table.assign(difference=table["fidelity"].to_numpy() - knee.loc[own].to_numpy())
    grouped = table.groupby(["data", "selection"], sort=False)
    counts = [column for column in RECOVERED if column in table]
    found = grouped.agg(
        runs=("seed", "size"),
        **{column: (column, count) for column in counts},
        fidelity=("fidelity", "mean"),
        error=("fidelity", standard_error),
        to_knee=("difference", "mean"),
        its_error=("difference", standard_error),
        complexity=("complexity", "median"),
        inputs=("inputs", "median"),
        trusted=("trusted", "sum"),
    )
    return found.round(4).reset_index().rename(columns={"to_knee": "to knee", "its_error": "its error"})


def count(verdicts: Any) -> Any:
    """Count what holds; data without a known truth have nothing to count."""
    return "" if verdicts.isna().all() else int(verdicts.sum())


def standard_error(values: Any) -> float:
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")


if __name__ == "__main__":
    main()

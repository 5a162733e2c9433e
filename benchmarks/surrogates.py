"""Rule, tree, additive probe, pruned network, label search and linear model beside each other.

python -m benchmarks.surrogates [--data iris wine ...] [--quick]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._tables import publish
from skinterpret import (
    OneHotProbe,
    PrunedSurrogate,
    SymbolicClassifier,
    SymbolicSurrogate,
    TreeSurrogate,
    compare_surrogates,
)
from skinterpret.base import default_network
from skinterpret.comparison import EqualComplexity
from skinterpret.datasets import make_gene_regulation, make_wetzel
from skinterpret.exceptions import NoClosedFormWarning, UnfaithfulProbeWarning, UnfaithfulTreeWarning
from skinterpret.search import EvolutionEngine


def wetzel(experiment: int) -> Callable[[], Any]:
    def load() -> Any:
        data = make_wetzel(experiment, 3_000, random_state=0)
        return data.data, data.target

    return load


def genes() -> Any:
    data = make_gene_regulation(n_samples=3_000, random_state=0)
    return data.data, data.target


def breast_cancer() -> Any:
    return load_breast_cancer(return_X_y=True)


def readable_network(*first: Any) -> Any:
    perceptron = MLPClassifier((60, 60), activation="tanh", alpha=1.0, max_iter=500)
    return make_pipeline(*first, StandardScaler(), perceptron)


DATA: dict[str, Callable[[], Any]] = {
    "iris": lambda: load_iris(return_X_y=True),
    "wine": lambda: load_wine(return_X_y=True),
    "breast cancer": breast_cancer,
    "breast cancer, alpha=1": breast_cancer,
    "breast cancer, alpha=1, 5 best inputs": breast_cancer,
    "gene regulation": genes,
    **{f"experiment {number}": wetzel(number) for number in range(1, 9)},
}

# networks that are not the default one
NETWORKS: dict[str, Callable[[], Any]] = {
    "breast cancer, alpha=1": readable_network,
    "breast cancer, alpha=1, 5 best inputs": lambda: readable_network(SelectKBest(k=5)),
}


# synthetic rows of the unrestricted tree; with the 30 inputs of breast cancer 40,000 take minutes a fit
MOST_ROWS, ROWS_OF_MANY_INPUTS, FEW_INPUTS = 40_000, 5_000, 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", choices=list(DATA), default=list(DATA))
    parser.add_argument("--quick", action="store_true", help="toy size, and nothing is written")
    options = parser.parse_args()
    tables = []
    names = options.data[: 1 if options.quick else None]
    for name in names:
        tables.append(compare(name, quick=options.quick))
        if len(names) > 1:  # one table is printed when it is published
            print(tables[-1].to_string(index=False), flush=True)
    note = (
        "Five folds; a network is trained once a fold (the default one, unless the name says otherwise: "
        "its penalty on weights, and a `SelectKBest` before it), and all surrogates are judged on the same "
        "held-out rows: means, and the standard error of the fidelity.  *to symbolic*: difference of the "
        "fidelity to that of the symbolic rule in the same fold, a mean, and its standard error.  "
        "Complexity is on the scale of `complexity_score`.  *inputs*: how many the rule uses, a median.  "
        "Trees are those of the highest fidelity on rows held out of their training, the whole tree among "
        "them where they are not restricted; they draw at most 5,000 synthetic rows, the unrestricted one "
        f"{MOST_ROWS:,} where there are no more than {FEW_INPUTS} inputs.  The complexity of the additive "
        "probe is that of a table of the values that it has probed, although it is judged at any value.  "
        "*pruned network*: the fewest parameters with which it is as faithful as with all, within a standard "
        "error; the probe has the mean as its baseline.  *symbolic classification*: a search on the "
        "network's classes, without its gradients.  Searches take "
        "300,000 evaluations a rule.  Experiments and gene regulation: 3,000 rows."
    )
    table = pd.concat(tables)
    publish(
        "surrogates",
        table,
        f"{note}  {against_the_tree(table)}  {ahead_of_the_rule(table)}",
        keep=not options.quick,
    )


def against_the_tree(table: pd.DataFrame) -> str:
    """Say where the rule is not clearly more faithful than the unrestricted tree."""
    trees = table[table["surrogate"] == "tree, unrestricted"].set_index("data")
    ahead, error = trees["to symbolic"], trees["its error"]
    groups = {
        "behind it": ahead > 2 * error,
        "within two standard errors of it": ahead.abs() <= 2 * error,
    }
    words = [f"{where} on {', '.join(trees.index[held])}" for where, held in groups.items() if held.any()]
    rest = f"The rule is more faithful than the unrestricted tree on {int((ahead < -2 * error).sum())} tables"
    return "; ".join([rest, *words]) + "."


def ahead_of_the_rule(table: pd.DataFrame) -> str:
    """Name every surrogate that is clearly more faithful than the rule, and where."""
    ahead = table[table["to symbolic"] > 2 * table["its error"]]
    if ahead.empty:
        return "No surrogate is more faithful than the rule by more than two standard errors."
    places = [
        f"{surrogate} on {', '.join(rows['data'])}"
        for surrogate, rows in ahead.groupby("surrogate", sort=False)
    ]
    return f"More faithful than the rule by more than two standard errors: {'; '.join(places)}."


def compare(name: str, *, quick: bool) -> pd.DataFrame:
    X, y = DATA[name]()
    engine = EvolutionEngine(n_jobs=-1, **({"max_evals": 2_000} if quick else {"max_evals": 300_000}))
    few_inputs = np.shape(X)[1] <= FEW_INPUTS
    most = MOST_ROWS if few_inputs and not quick else ROWS_OF_MANY_INPUTS
    order = np.random.default_rng(0).permutation(len(X))
    surrogates: dict[str, Any] = {
        "symbolic": SymbolicSurrogate(engine=engine),
        "tree, at most the rule's complexity": EqualComplexity(
            TreeSurrogate(selection="best", n_resamples=2), to="symbolic"
        ),
        "tree, unrestricted": TreeSurrogate(selection="best", n_resamples=2, n_synthetic=most),
        "additive (probe)": OneHotProbe(baseline="mean"),
        "pruned network": PrunedSurrogate(),
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000)),
        "symbolic classification": SymbolicClassifier(engine=engine),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", NoClosedFormWarning)
        warnings.simplefilter("ignore", UnfaithfulProbeWarning)
        warnings.simplefilter("ignore", UnfaithfulTreeWarning)
        found = compare_surrogates(
            NETWORKS.get(name, default_network)(),
            np.asarray(X)[order],
            np.asarray(y)[order],
            surrogates,
            random_state=0,
        )
    means = found.folds.groupby("surrogate", sort=False)[
        ["fidelity", "accuracy", "alignment", "complexity", "fit_seconds"]
    ].mean()
    fidelity = found.summary["fidelity"].loc[means.index].round(3)
    inputs = [n_inputs(fold["symbolic"]) for fold in found.estimators]
    return pd.DataFrame(
        {
            "data": name,
            "surrogate": means.index,
            "fidelity": means["fidelity"].round(3).to_numpy(),
            "error": fidelity["standard_error"].to_numpy(),
            "to symbolic": fidelity["difference"].to_numpy(),
            "its error": fidelity["difference_error"].to_numpy(),
            "accuracy": means["accuracy"].round(3).to_numpy(),
            "of network": round(float(found.network["accuracy"].mean()), 3),
            "alignment": means["alignment"].round(3).to_numpy(),
            "complexity": means["complexity"].round(0).to_numpy(),
            "inputs": [np.median(inputs) if surrogate == "symbolic" else "" for surrogate in means.index],
            "seconds": means["fit_seconds"].round(1).to_numpy(),
        }
    )


def n_inputs(surrogate: SymbolicSurrogate) -> int:
    formulas = surrogate.formula_ if isinstance(surrogate.formula_, dict) else {0: surrogate.formula_}
    return len({j for formula in formulas.values() for j in formula.variables})


if __name__ == "__main__":
    main()

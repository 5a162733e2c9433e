"""What the commands do: read, call the estimators, print."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skinterpret.base import default_network
from skinterpret.cli.tables import (
    categorical_columns,
    load_model,
    read_table,
    rule_inputs,
    split_target,
)
from skinterpret.comparison import EqualComplexity, compare_surrogates
from skinterpret.datasets import make_wetzel
from skinterpret.probes import OneHotProbe
from skinterpret.report import compared, write_report
from skinterpret.report.page import check_installed
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates import PrunedSurrogate, SymbolicSurrogate, TreeSurrogate, load_rule

MOST_EPOCHS = 2_000  # training ends long before on most tables; small ones need more than scikit-learn's 200
SHOWN_COLUMNS = ["complexity", "loss", "fidelity", "formula"]


def demo(options: argparse.Namespace) -> None:
    """Explain a network that is trained on experiment 1.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    data = make_wetzel(1, random_state=options.seed, as_frame=True)
    _explain(data.data, data.target, default_network(), EvolutionEngine(), options, "experiment 1")


def explain(options: argparse.Namespace) -> None:
    """Explain a network on a table.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    X, y, network = _inputs(options)
    engine = EvolutionEngine(max_complexity=options.max_complexity)
    _explain(X, y, network, engine, options, options.file)


def probe(options: argparse.Namespace) -> None:
    """Print what single values make of a network's answer.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    X, y, network = _inputs(options)
    fitted = OneHotProbe(network, baseline="mean", random_state=options.seed).fit(X, y)
    print("The network on one value at a time; all others at their mean or most frequent category\n")
    print(fitted.probe_table_.round(3).to_string())
    print("\nWhich values stand for which class\n")
    print(fitted.class_drivers_.round(3).to_string())
    print(f"\nFidelity of the sum of single inputs on these rows: {fitted.score(X):.3f}")


def compare(options: argparse.Namespace) -> None:
    """Print the cross-validated figures of several surrogates.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    table = read_table(options.file)
    X, y = split_target(table, options.target, options.file)
    engine = EvolutionEngine(max_time=options.max_time, n_jobs=options.n_jobs)
    surrogates = {
        "rule": SymbolicSurrogate(engine=engine),
        "tree of that length": EqualComplexity(TreeSurrogate(), to="rule"),
        "tree": TreeSurrogate(),
        "sum of single inputs": OneHotProbe(baseline="mean"),
        "pruned network": PrunedSurrogate(n_steps=12),
    }
    found = compare_surrogates(
        _network_for(X, categorical_columns(X)), X, y, surrogates, cv=options.folds, random_state=options.seed
    )
    print(
        f"Accuracy of the network {found.network['accuracy'].mean():.3f}, means over {options.folds} folds\n"
    )
    print(found.folds.groupby("surrogate", sort=False).mean().drop(columns="fold").round(3).to_string())


def predict(options: argparse.Namespace) -> None:
    """Print the class of each row, by a rule from a file.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    rule = load_rule(options.rule)
    table = read_table(options.file)
    names = list(getattr(rule, "feature_names_in_", table.columns))
    used = sorted({j for formula in rule.formulas for j in formula.variables})
    X = rule_inputs(table, names, [names[j] for j in used], options.file)
    pd.Series(rule.predict(X), name="prediction").to_csv(sys.stdout, index=False)


def _inputs(options: argparse.Namespace) -> tuple[pd.DataFrame, pd.Series, Any]:
    """Read inputs and labels, and the network: a trained one, or one to train."""
    table = read_table(options.file)
    X, y = split_target(table, options.target, options.file)
    words = categorical_columns(X)
    if options.estimator is None:
        return X, y, _network_for(X, words)
    model = load_model(options.estimator, trust_pickle=options.trust_pickle)
    names = getattr(model, "feature_names_in_", None)
    if names is not None:
        missing = [name for name in names if name not in X]
        if missing:
            raise ValueError(f"{options.file} has no column {missing[0]!r}, on which the model was trained.")
        X = X[list(names)]
    return X, y, FrozenEstimator(model)


def _network_for(X: pd.DataFrame, words: list[str]) -> Any:
    network = default_network()
    network[-1].set_params(max_iter=MOST_EPOCHS)
    if not words:
        return network
    numbers = [name for name in X.columns if name not in words]
    first = make_column_transformer((OneHotEncoder(), words), (StandardScaler(), numbers))
    return make_pipeline(first, network[-1])


def _explain(
    X: pd.DataFrame, y: Any, network: Any, engine: EvolutionEngine, options: argparse.Namespace, source: str
) -> None:
    _check_outputs(options)
    engine.set_params(max_time=options.max_time, n_jobs=options.n_jobs, verbose=0 if options.quiet else 1)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.2, stratify=y, random_state=options.seed
    )
    if not isinstance(network, FrozenEstimator):
        print(f"Training a network on {len(X_train):,} rows with {X.shape[1]} inputs …", flush=True)
    surrogate = SymbolicSurrogate(
        network, engine=engine, n_searches=options.searches, random_state=options.seed
    ).fit(X_train, y_train)
    several = len(surrogate.classes_) > 2
    structures = surrogate.structure_ if several else {surrogate.classes_[1]: surrogate.structure_}
    for name, structure in structures.items():
        if structure.findings:
            of = f" of {name}" if several else ""
            print(f"\nWhat the network's directions{of} tell\n\n{structure}")
    print("\nCandidates (→ the chosen one: the knee of loss against complexity)\n")
    print(_front(surrogate.equations_, several))
    network_accuracy = surrogate.estimator_.score(X_test, y_test)
    rule_accuracy = (surrogate.predict(X_test) == y_test).mean()
    print(f"\nOn {len(X_test):,} rows that the search has not seen:")
    print(f"  accuracy of the network  {network_accuracy:.3f}")
    print(f"  accuracy of the rule     {rule_accuracy:.3f}")
    print(f"  fidelity of the rule     {surrogate.score(X_test):.3f}\n")
    if options.json:
        surrogate.to_json(options.json)
        print(f"The rule is in {options.json}.")
    if options.report:
        beside = compared(surrogate, X_test, y_test, X_train)
        write_report(surrogate, X_test, y_test, options.report, data_name=source, comparison=beside)
        print(f"The report is in {options.report}.")
    surrogate.summary()
    rules = surrogate.decision_rule_ if several else {surrogate.classes_[1]: surrogate.decision_rule_}
    for name, rule in rules.items():
        print(f"{name} where  {rule}")


def _check_outputs(options: argparse.Namespace) -> None:
    """Refuse, before the search and not after it, what could not be written."""
    if options.report:
        check_installed()
    for path in filter(None, [options.report, options.json]):
        if not Path(path).parent.is_dir():
            raise ValueError(f"{path} cannot be written: there is no directory {str(Path(path).parent)!r}.")


def _front(equations: pd.DataFrame, several: bool) -> str:
    front = equations[SHOWN_COLUMNS].copy()
    front["loss"] = front["loss"].map("{:.1e}".format)
    front["fidelity"] = front["fidelity"].map("{:.3f}".format)
    front.insert(0, "", equations["chosen"].map({True: "→", False: ""}))
    if several:
        front.insert(0, "class", front.index.get_level_values("class"))
    return str(front.to_string(index=False, justify="left", max_colwidth=80))

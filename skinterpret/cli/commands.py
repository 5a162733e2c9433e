"""What the commands do: read, call the estimators, print."""

from __future__ import annotations

import argparse
import shlex
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.frozen import FrozenEstimator

from skinterpret._gaps import refuse_gaps
from skinterpret._spelling import columns_named, did_you_mean, mended
from skinterpret.base import default_network
from skinterpret.cli.columns import or_leave_out
from skinterpret.cli.comparing import compare_folds
from skinterpret.cli.explaining import explain_table
from skinterpret.cli.models import check_answers, check_model, check_network, load_model
from skinterpret.cli.networks import untrained_network
from skinterpret.cli.probing import print_probe
from skinterpret.cli.reading import READERS, read_table, refuse_lists
from skinterpret.cli.rule_cautions import cautions
from skinterpret.cli.tables import check_folds, constant_columns, split_target
from skinterpret.cli.terminal import write_data
from skinterpret.cli.text_columns import categorical_columns, refuse_mistaken_numbers
from skinterpret.datasets import make_wetzel
from skinterpret.probes import OneHotProbe
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates import load_rule
from skinterpret.surrogates.rules.rule_inputs import rule_inputs


def demo(options: argparse.Namespace) -> int:
    """Explain a network that is trained on experiment 1.

    Parameters
    ----------
    options : Namespace
        What the command line said.

    Returns
    -------
    int
        With what the command ends, as `explain_table` gives it.
    """
    data = make_wetzel(1, random_state=options.seed, as_frame=True)
    return explain_table(
        data.data, data.target, default_network(), EvolutionEngine(), options, "experiment 1"
    )


def explain(options: argparse.Namespace) -> int:
    """Explain a network on a table.

    Parameters
    ----------
    options : Namespace
        What the command line said.

    Returns
    -------
    int
        With what the command ends, as `explain_table` gives it.
    """
    X, y, network = _inputs(options)
    engine = EvolutionEngine(max_complexity=options.max_complexity)
    return explain_table(X, y, network, engine, options, options.file)


def probe(options: argparse.Namespace) -> None:
    """Print what single values make of a network's answer.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    X, y, network = _inputs(options)
    fitted = OneHotProbe(network, baseline="mean", random_state=options.seed).fit(X, y)
    who = "The network" if isinstance(network, FrozenEstimator) else "A network trained for this"
    print(f"{who}, on one value at a time; all others at their mean or most frequent category")
    print(f"over the {len(X):,} rows of {options.file}\n")
    print_probe(fitted, X, options.top)
    print(f"\nFidelity of the sum of single inputs on these rows: {fitted.score(X):.3f}")
    if not isinstance(network, FrozenEstimator):
        accuracy = fitted.estimator_.score(X, y)
        print(f"Accuracy of the network on these rows, on which it was trained: {accuracy:.3f}")


def compare(options: argparse.Namespace) -> None:
    """Print the cross-validated figures of several surrogates.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    X, y, network = _inputs(options)
    check_folds(y, options.folds)
    if isinstance(network, FrozenEstimator):
        check_network(network, options.estimator)
    found = compare_folds(X, y, network, options)
    seen = ", which may know the rows," if isinstance(network, FrozenEstimator) else ""
    accuracy = found.network["accuracy"].mean()
    print(f"Accuracy of the network{seen} {accuracy:.3f}, means over {options.folds} folds\n")
    print(found.folds.groupby("surrogate", sort=False).mean().drop(columns="fold").round(3).to_string())


def predict(options: argparse.Namespace) -> None:
    """Print the class of each row, by a rule from a file.

    Parameters
    ----------
    options : Namespace
        What the command line said.
    """
    rule = _rule(options)
    table = read_table(options.file)
    refuse_lists(table, options.file)
    X = rule_inputs(table, rule, options.file)
    for sentence in cautions(rule, X):
        print(f"skinterpret: {sentence}", file=sys.stderr)
    write_data(pd.Series(rule.predict(X), name="prediction").to_csv(index=False))


def _rule(options: argparse.Namespace) -> Any:
    """Read the rule; where it is none, name the file, and ask for the other order where that would do."""
    try:
        return load_rule(options.rule)
    except ValueError as error:
        if Path(options.rule).suffix.lower() in READERS and Path(options.file).suffix.lower() == ".json":
            words = shlex.join(["skinterpret", "predict", options.file, options.rule])
            raise ValueError(f"{options.rule} is no rule; give the rule first: {words}") from None
        raise ValueError(
            f"{options.rule} holds no rule that can be read ({str(error).rstrip('.')}); give a file that "
            "`explain --json` wrote."
        ) from None


def _inputs(options: argparse.Namespace) -> tuple[pd.DataFrame, pd.Series, Any]:
    """Read inputs and labels, and the network: a trained one, or one to train."""
    table = read_table(options.file)
    X, y = split_target(table, options.target, options.file, options.columns, options.drop)
    if options.estimator is not None:
        return _inputs_of_model(table, X, y, options)
    refuse_gaps(X, or_leave_out)
    refuse_mistaken_numbers(X)
    X = _without_constants(X)
    return X, y, untrained_network(X, categorical_columns(X))


def _inputs_of_model(
    table: pd.DataFrame, X: pd.DataFrame, y: pd.Series, options: argparse.Namespace
) -> tuple[pd.DataFrame, pd.Series, Any]:
    """Choose the columns on which a trained network was trained, where it tells; all of them are needed."""
    model = load_model(options.estimator, trust_pickle=options.trust_pickle)
    check_model(model, options.estimator)
    names = getattr(model, "feature_names_in_", None)
    may_drop = names is None
    if names is not None:
        _refuse_missing(table, X, list(names), options)
        X = X[list(names)]
    refuse_gaps(X, partial(or_leave_out, may_drop=may_drop))
    try:
        check_answers(model, X, y, options.estimator)
    except ValueError:
        refuse_mistaken_numbers(X, may_drop)  # which names the cell that it stumbled over
        raise
    categorical_columns(X, may_drop)
    _say_constants(constant_columns(X), "so that nothing can be said of other values.")
    return X, y, FrozenEstimator(model)


def _refuse_missing(
    table: pd.DataFrame, X: pd.DataFrame, names: list[str], options: argparse.Namespace
) -> None:
    """Say which inputs of a trained network are not there, and whether they were left out or never were."""
    if options.target in names:
        raise ValueError(
            f"Column {options.target!r} is one of the inputs on which the model in {options.estimator} was "
            "trained; give as --target the column with the classes that it tells."
        )
    missing = [name for name in names if name not in X]
    absent = [name for name in missing if name not in table]
    if absent:
        raise ValueError(
            f"{options.file} has no {columns_named(absent)}, on which the model was trained"
            f"{mended(did_you_mean(absent[0], X.columns))}"
        )
    if missing:
        option, mend = ("--columns", "name it too") if options.drop is None else ("--drop", "keep it")
        raise ValueError(
            f"{option} leaves out {columns_named(missing)}, on which the model in {options.estimator} was "
            f"trained; {mend if len(missing) == 1 else mend.replace('it', 'them')}."
        )


def _without_constants(X: pd.DataFrame) -> pd.DataFrame:
    """Leave columns out that never vary: a network to train would give them weights by chance."""
    names = constant_columns(X)
    _say_constants(names, "so that nothing can be learned from that; left out.")
    return X.drop(columns=names)


def _say_constants(names: list[str], then: str) -> None:
    if names:
        hold = "holds" if len(names) == 1 else "hold"
        print(f"skinterpret: {columns_named(names)} {hold} one value in all rows, {then}", file=sys.stderr)

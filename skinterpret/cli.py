"""`skinterpret demo` and `skinterpret explain FILE.csv --target COLUMN`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import pandas as pd
from sklearn.model_selection import train_test_split

from skinterpret import __version__
from skinterpret.base import default_network
from skinterpret.datasets import make_wetzel
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates import SymbolicSurrogate

SHOWN_COLUMNS = ["complexity", "loss", "fidelity", "formula"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, default=None
        Words after the program's name; `None` means those of the process.

    Returns
    -------
    int
        0 when a rule was found, 2 when the input cannot be used.
    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (OSError, TypeError, ValueError) as error:
        print(f"skinterpret: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="skinterpret", description="Read a decision rule out of a trained neural network."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="train a network on x1² + 2·x2² > 1 and read the rule out")
    demo.set_defaults(run=_demo)

    explain = commands.add_parser("explain", help="train a network on a table and read its rule out")
    explain.add_argument("file", help="CSV file with a header line")
    explain.add_argument("--target", required=True, metavar="COLUMN", help="column with two classes")
    explain.add_argument(
        "--max-complexity", type=int, default=30, metavar="N", help="of the rule (default: 30)"
    )
    explain.set_defaults(run=_explain)

    for command in (demo, explain):
        command.add_argument(
            "--max-time", type=float, metavar="SECONDS", help="limit of the search (default: none)"
        )
        command.add_argument(
            "--n-jobs", type=int, default=-1, metavar="N", help="threads (default: all cores)"
        )
        command.add_argument("--seed", type=int, default=0, help="random seed (default: 0)")
        command.add_argument("--quiet", action="store_true", help="show no progress")
    return parser


def _demo(options: argparse.Namespace) -> None:
    data = make_wetzel(1, random_state=options.seed, as_frame=True)
    _explain_table(data.data, data.target, EvolutionEngine(), options)


def _explain(options: argparse.Namespace) -> None:
    table = pd.read_csv(options.file)
    if options.target not in table:
        raise ValueError(
            f"{options.file} has no column {options.target!r}; choose --target from: "
            f"{', '.join(map(str, table.columns))}."
        )
    X = table.drop(columns=options.target)
    _refuse_unusable_columns(X)
    if table[options.target].isna().any():
        raise ValueError(f"Column {options.target!r} has missing values; drop the rows without a class.")
    engine = EvolutionEngine(max_complexity=options.max_complexity)
    _explain_table(X, table[options.target], engine, options)


def _refuse_unusable_columns(X: pd.DataFrame) -> None:
    words = list(X.select_dtypes(exclude="number").columns)
    if words:
        raise ValueError(f"Column {words[0]!r} does not hold numbers; encode it or leave it out of the file.")
    gaps = list(X.columns[X.isna().any()])
    if gaps:
        raise ValueError(f"Column {gaps[0]!r} has missing values; fill them or drop those rows.")


def _explain_table(X: pd.DataFrame, y: Any, engine: EvolutionEngine, options: argparse.Namespace) -> None:
    engine.set_params(max_time=options.max_time, n_jobs=options.n_jobs, verbose=0 if options.quiet else 1)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=0.2, stratify=y, random_state=options.seed
    )
    print(f"Training a network on {len(X_train):,} rows with {X.shape[1]} inputs …", flush=True)
    surrogate = SymbolicSurrogate(default_network(), engine=engine, random_state=options.seed)
    surrogate.fit(X_train, y_train)
    network_accuracy = surrogate.estimator_.score(X_test, y_test)
    rule_accuracy = (surrogate.predict(X_test) == y_test).mean()
    front = surrogate.equations_[SHOWN_COLUMNS].copy()
    front["loss"] = front["loss"].map("{:.1e}".format)
    front["fidelity"] = front["fidelity"].map("{:.3f}".format)
    front.insert(0, "", surrogate.equations_["chosen"].map({True: "→", False: ""}))
    if surrogate.structure_.findings:
        print(f"\nWhat the network's directions tell\n\n{surrogate.structure_}")
    print("\nCandidates (→ the chosen one: the knee of loss against complexity)\n")
    print(front.to_string(index=False, justify="left", max_colwidth=80))
    print(f"\nOn {len(X_test):,} rows that neither network nor rule has seen:")
    print(f"  accuracy of the network  {network_accuracy:.3f}")
    print(f"  accuracy of the rule     {rule_accuracy:.3f}")
    print(f"  fidelity of the rule     {surrogate.score(X_test):.3f}")
    print(f"\n{surrogate.classes_[1]} where  {surrogate.decision_rule_}")

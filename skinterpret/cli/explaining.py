"""`skinterpret explain` and `demo`: train, search, print, write."""

from __future__ import annotations

import argparse
import hashlib
import sys
import warnings
from typing import Any

import pandas as pd
from sklearn.frozen import FrozenEstimator

from skinterpret.cli.models import check_network
from skinterpret.cli.networks import train
from skinterpret.cli.outputs import check_outputs
from skinterpret.cli.printing import (
    print_candidates,
    print_rules,
    print_structure,
    print_verdict,
)
from skinterpret.cli.splitting import Split, split_rows
from skinterpret.cli.time_limit import TimeLimit
from skinterpret.report import compared, write_report
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates import SymbolicSurrogate
from skinterpret.surrogates.answers.agreement import agreement
from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM
from skinterpret.surrogates.reading.searching import INTERRUPTED

NO_RULE = 3  # how the command ends where nothing that it wrote is to be relied on


def explain_table(
    X: pd.DataFrame, y: Any, network: Any, engine: EvolutionEngine, options: argparse.Namespace, data: str
) -> int:
    """Read the rule of a network out, print it, and write what is asked for.

    The rule is saved and printed before the page is made, so that whatever goes wrong there costs no search.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,)
        Classes.
    network : estimator
        The network to train; one in a `FrozenEstimator` is used as it is.
    engine : EvolutionEngine
        What is to search.
    options : Namespace
        What the command line said.
    data : str
        Where the rows come from.

    Returns
    -------
    int
        0, or `NO_RULE` where no closed form was found, of more than two classes for one of them or more.
    """
    read = [getattr(options, name, None) for name in ("file", "estimator")]
    check_outputs({"--report": options.report, "--json": options.json}, read)
    trained_before = isinstance(network, FrozenEstimator)
    if trained_before:
        check_network(network, options.estimator)
    split = split_rows(X, y, options.seed, may_drop=not trained_before)
    X_train, X_test, y_train, y_test = split.X_train, split.X_test, split.y_train, split.y_test
    if trained_before:
        words = f"as it is in {options.estimator} ({_checksum(options.estimator)})"
    else:
        columns = "1 column" if X.shape[1] == 1 else f"{X.shape[1]} columns"
        _progress(options, f"Training a network on {len(X_train):,} rows with {columns} …")
        training = train(network, X_train, y_train, options.seed)
        network, words = FrozenEstimator(training.network), training.words
        print(f"Network: {words}, on {len(X_train):,} rows", flush=True)
        if split.n_moved:
            print(f"  {split.n_moved} of them with a category that otherwise only test rows would have")
    surrogate = _searched(network, engine, X_train, y_train, options)
    if options.json:
        _save(surrogate, options.json)
        print(f"The rule is in {options.json}.")
    _progress(options, "Writing the candidates as rules …")
    _print_all(surrogate, X_test, y_test)
    if options.report:
        if not options.quiet:
            print("Writing the report …", file=sys.stderr, flush=True)
        write_report(
            surrogate,
            X_test,
            y_test,
            options.report,
            data_name=f"{data} ({len(X):,} rows)",
            comparison=compared(surrogate, X_test, y_test, X_train),
            rows=_test_rows(trained_before, options),
            run=_run(options, split, words, surrogate),
        )
        print(f"The report is in {options.report}.", file=sys.stderr)
    return NO_RULE if any(trust.verdict == NO_CLOSED_FORM for trust in surrogate._trust) else 0


def _searched(
    network: Any, engine: EvolutionEngine, X: pd.DataFrame, y: Any, options: argparse.Namespace
) -> SymbolicSurrogate:
    n_classes = len(network.classes_)
    n_searches = (1 if n_classes == 2 else n_classes) * options.searches
    engine.set_params(n_jobs=options.n_jobs, verbose=0 if options.quiet else 1)
    each = "" if n_searches == 1 else f" ({n_searches} searches, one after the other)"
    if options.max_time is None:
        limit = "Each" if n_searches > 1 else "It"
        limit += (
            " ends when nothing better turns up, mostly within a few minutes; --max-time limits that, "
            "and Ctrl-C takes the best so far."
        )
    else:
        limit = f"At most {options.max_time:g} s, a little more where the first steps take longer."
        # the callback shares the time among searches; the engine's own limit bounds what comes before each
        engine.set_params(callback=TimeLimit(options.max_time, n_searches), max_time=options.max_time)
    what = f"the rule of each class{each}" if n_searches > 1 else "the rule"
    _progress(options, f"Searching for {what} …\n  {limit}")
    engine.prepare()  # what is compiled once is not to take up the time
    surrogate = SymbolicSurrogate(
        network, engine=engine, n_searches=options.searches, random_state=options.seed
    )
    with warnings.catch_warnings():
        # told below
        warnings.filterwarnings("ignore", r"(The|.*: the) search was stopped \(max_time reached\)")
        surrogate.fit(X, y)
    if _is_cut_short(surrogate, options):  # no progress, but something to know of the rule
        print(
            f"The {options.max_time:g} s were over before the search had ended by itself; give a longer "
            "--max-time.",
            file=sys.stderr,
            flush=True,
        )
    return surrogate


def _is_cut_short(surrogate: SymbolicSurrogate, options: argparse.Namespace) -> bool:
    """Whether a search ended because its time was over."""
    if options.max_time is None:
        return False
    return surrogate.engine_.callback.has_ended_a_search or any(
        "max_time" in reading.front.stop_reason for reading in surrogate._readings
    )


def is_interrupted(surrogate: SymbolicSurrogate) -> bool:
    """Tell whether Ctrl-C ended a search.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.

    Returns
    -------
    bool
        Whether it did.
    """
    return any(INTERRUPTED in reading.front.stop_reason for reading in surrogate._readings)


def _save(surrogate: SymbolicSurrogate, path: str) -> None:
    """Save the rule; what ended its search was the time limit where the callback did, which is a means."""
    rule, reasons = surrogate.to_rule(), [reading.front.stop_reason for reading in surrogate._readings]
    rule.stop_reasons = [reason.replace("callback", "max_time reached") for reason in reasons]
    rule.to_json(path)


def _print_all(surrogate: SymbolicSurrogate, X: pd.DataFrame, y: Any) -> None:
    print_structure(surrogate)
    print_candidates(surrogate)
    print_verdict(surrogate)
    print(f"\nOn {len(X):,} rows that the search has not seen:")
    found = agreement(surrogate.predict(X), surrogate.network_labels(X), y)
    print(f"  accuracy of the network  {found.network_accuracy:.3f}")
    print(f"  accuracy of the rule     {found.rule_accuracy:.3f}")
    print(f"  fidelity of the rule     {found.fidelity:.3f}")
    print_rules(surrogate)
    sys.stdout.flush()


def _test_rows(trained_before: bool, options: argparse.Namespace) -> str:
    if trained_before:
        return (
            "test rows, which the search has not seen; whether the network was trained on them, "
            f"{options.estimator} does not say"
        )
    return "test rows, which neither the network's training nor the search has seen"


def _run(
    options: argparse.Namespace, split: Split, network: str, surrogate: SymbolicSurrogate
) -> dict[str, str]:
    """All that a reader needs to run the command again."""
    n_rows = len(split.X_train) + len(split.X_test)
    if options.command == "demo":
        rows = f"make_wetzel(1, random_state={options.seed}), {n_rows:,} rows"
    else:
        rows = f"{options.file}, {n_rows:,} rows ({_checksum(options.file)})"
    told = {
        "Command": options.command_line,
        "Rows": rows,
        "Split": split.words,
        "Seed": f"{options.seed}, of split, training and search",
        "Network": network,
    }
    if options.max_time is not None:
        told["Time limit"] = f"{options.max_time:g} s for all searches, " + (
            "which were over before the search had ended by itself; what is found by then depends on the "
            "machine, so that another run may end with another rule"
            if _is_cut_short(surrogate, options)
            else "which were not used up; on a slower machine they may be, and the rule another one"
        )
    if is_interrupted(surrogate):
        told["Search"] = (
            "interrupted by Ctrl-C; the rule is the best until then, and another run may end with another"
        )
    return told


def _checksum(path: str) -> str:
    with open(path, "rb") as file:
        return f"SHA-256 {hashlib.file_digest(file, 'sha256').hexdigest()}"


def _progress(options: argparse.Namespace, sentence: str) -> None:
    if not options.quiet:
        print(sentence, flush=True)

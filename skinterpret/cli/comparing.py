"""`skinterpret compare`: one fold after the other, with a line for each and one limit of time for all."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections import Counter
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from skinterpret.cli.time_limit import TimeLimit
from skinterpret.comparison import Comparison, EqualComplexity, compare_surrogates
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.probes import OneHotProbe
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates import PrunedSurrogate, SymbolicSurrogate, TreeSurrogate
from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM


def compare_folds(X: pd.DataFrame, y: pd.Series, network: Any, options: argparse.Namespace) -> Comparison:
    """Compare the rule with other surrogates, fold by fold.

    What the search of one fold leaves of the time, or takes too much, is for those of the next ones.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Inputs.
    y : Series of shape (n_samples,)
        Classes.
    network : estimator
        The network, trained in each fold unless it is frozen.
    options : Namespace
        What the command line said.

    Returns
    -------
    Comparison
        The figures of all folds.
    """
    rng = np.random.RandomState(options.seed)  # one for all folds, so that each has a seed of its own
    left = options.max_time
    found, remarks = [], []
    for fold, rows in enumerate(StratifiedKFold(options.folds).split(X, y)):
        share = None if left is None else max(left, 0.0) / (options.folds - fold)
        surrogates = _surrogates(share, y.nunique(), options.n_jobs)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoClosedFormWarning)  # told with its fold
            one = compare_surrogates(network, X, y, surrogates, cv=[rows], random_state=rng)
        found.append(one)
        rule = one.folds.set_index("surrogate").loc["rule"]
        remarks.append(_remarks(one.estimators[0]["rule"]))
        if left is not None:
            left -= rule["fit_seconds"]
        if not options.quiet:
            print(
                f"fold {fold + 1} of {options.folds}: the rule was found in {rule['fit_seconds']:.0f} s, its "
                f"fidelity is {'; '.join([format(rule['fidelity'], '.3f'), *remarks[-1]])}",
                file=sys.stderr,
                flush=True,
            )
    for remark, times in Counter(chain.from_iterable(remarks)).items():
        print(f"skinterpret: in {times} of {options.folds} folds {remark}", file=sys.stderr)
    return _together(found)


def _remarks(rule: SymbolicSurrogate) -> list[str]:
    """Say what is to be known of the rule of a fold, beside its figures."""
    limit = rule.engine_.callback
    trust = rule.trust_.values() if isinstance(rule.trust_, dict) else [rule.trust_]
    said = {
        "the time was over before the search had ended by itself": limit and limit.has_ended_a_search,
        "no closed form was found, so that the rule is not to be relied on": any(
            each.verdict == NO_CLOSED_FORM for each in trust
        ),
    }
    return [remark for remark, holds in said.items() if holds]


def _surrogates(seconds: float | None, n_classes: int, n_jobs: int) -> dict[str, Any]:
    limit = None if seconds is None else TimeLimit(seconds, 1 if n_classes == 2 else n_classes)
    return {
        "rule": SymbolicSurrogate(engine=EvolutionEngine(callback=limit, n_jobs=n_jobs)),
        "tree of that length": EqualComplexity(TreeSurrogate(selection="best"), to="rule"),
        "tree": TreeSurrogate(),
        "sum of single inputs": OneHotProbe(baseline="mean"),
        "pruned network": PrunedSurrogate(n_steps=12),
    }


def _together(found: list[Comparison]) -> Comparison:
    return Comparison(
        pd.concat([one.folds.assign(fold=fold) for fold, one in enumerate(found)], ignore_index=True),
        pd.concat([one.network.assign(fold=fold) for fold, one in enumerate(found)], ignore_index=True),
        [estimators for one in found for estimators in one.estimators],
    )

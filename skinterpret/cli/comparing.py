"""`skinterpret compare`: one fold after the other, with a line for each and one limit of time for all."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold

from skinterpret.cli.time_limit import TimeLimit
from skinterpret.comparison import Comparison, EqualComplexity, compare_surrogates
from skinterpret.probes import OneHotProbe
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates import PrunedSurrogate, SymbolicSurrogate, TreeSurrogate


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
    found = []
    for fold, rows in enumerate(StratifiedKFold(options.folds).split(X, y)):
        share = None if left is None else max(left, 0.0) / (options.folds - fold)
        surrogates = _surrogates(share, y.nunique(), options.n_jobs)
        one = compare_surrogates(network, X, y, surrogates, cv=[rows], random_state=rng)
        found.append(one)
        rule = one.folds.set_index("surrogate").loc["rule"]
        if left is not None:
            left -= rule["fit_seconds"]
        if not options.quiet:
            print(
                f"fold {fold + 1} of {options.folds}: the rule was found in {rule['fit_seconds']:.0f} s, its "
                f"fidelity is {rule['fidelity']:.3f}",
                file=sys.stderr,
                flush=True,
            )
    return _together(found)


def _surrogates(seconds: float | None, n_classes: int, n_jobs: int) -> dict[str, Any]:
    limit = None if seconds is None else TimeLimit(seconds, 1 if n_classes == 2 else n_classes)
    return {
        "rule": SymbolicSurrogate(engine=EvolutionEngine(callback=limit, n_jobs=n_jobs)),
        "tree of that length": EqualComplexity(TreeSurrogate(), to="rule"),
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

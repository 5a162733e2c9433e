"""Machine code before the clock starts: the first search on a machine compiles, which takes a minute."""

from __future__ import annotations

from functools import cache

import numpy as np

from skinterpret.expressions.kernels.judging import AnyRows
from skinterpret.expressions.kernels.labels import make_labelled_rows
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.expressions.operators import find_operators
from skinterpret.search.evolution.enumeration import enumerate_programs
from skinterpret.search.evolution.islands import Task, make_island, run_epoch
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.watch import Watch

ENUMERATED = 100  # the least at which constants are fitted as well


@cache
def compile_search(on_labels: bool = False) -> None:
    """Compile all kernels that a search runs through, or read them from the disk, by the shortest search.

    Parameters
    ----------
    on_labels : bool, default=False
        Whether the search is one on labels.
    """
    X = np.linspace(-1, 1, 8).reshape(4, 2)
    rows: AnyRows = make_rows(X, np.ones((4, 2)))
    if on_labels:
        rows = make_labelled_rows(X, np.arange(4) > 1, None, "logistic")
    binary = np.array(find_operators(["add", "mul"]), dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    grammar = Grammar(
        none, none.astype(float), binary, np.arange(1.0, 3.0), np.arange(1.0, 3.0), np.array([1, 1]), 7, 8
    )
    watch = Watch()
    enumerate_programs(rows, grammar, ENUMERATED, watch=watch)
    if watch.interrupted:  # there is nothing yet that a search could return
        raise KeyboardInterrupt
    run_epoch(Task(rows, grammar, make_island(10, grammar), 0, 0, 0, 1, np.inf))

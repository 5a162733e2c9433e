"""Kernels do not count references to arrays; what they make must be given back all the same."""

import numpy as np
from numba.core.runtime import _nrt_python, rtsys

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine


def test_a_search_leaves_no_array_behind():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    noisy = X * [2, 4] + 0.1 * rng.normal(size=X.shape)
    directions = noisy / np.linalg.norm(noisy, axis=1, keepdims=True)
    weight = np.ones(len(X))
    engine = EvolutionEngine(max_evals=3_000, epoch_evals=1_000, n_jobs=1)
    parts = [Expression.parse("x0 - x1")]
    counted = _nrt_python.memsys_stats_enabled()
    _nrt_python.memsys_enable_stats()
    try:
        before = rtsys.get_allocation_stats()
        engine.search(X, directions, weight, 0, parts=parts, metric=np.array([[1.0, 0.3], [0.3, 1.0]]))
        engine.search_labels(X, np.abs(X).sum(axis=1) > 1, weight, 0)
        after = rtsys.get_allocation_stats()
    finally:
        if not counted:
            _nrt_python.memsys_disable_stats()
    assert after.alloc > before.alloc
    assert after.alloc - before.alloc == after.free - before.free

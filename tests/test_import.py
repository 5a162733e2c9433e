"""What `import skinterpret` costs and what it leaves alone."""

import subprocess
import sys

import pytest

import skinterpret


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_nothing_is_compiled_and_pysr_is_left_alone():
    code = """
import sys
from numba.core import event
with event.install_recorder("numba:compile") as recorder:
    import skinterpret
print(len(recorder.buffer), "pysr" in sys.modules, "juliacall" in sys.modules)
"""
    assert run(code).split() == ["0", "False", "False"]


def test_public_names_are_those_that_are_listed():
    code = "import skinterpret; print(all(hasattr(skinterpret, n) for n in skinterpret.__all__))"
    assert run(code).strip() == "True"


def test_heavy_libraries_wait_until_a_name_is_used():
    code = """
import sys
import skinterpret
before = [name in sys.modules for name in ("numba", "sympy", "pandas")]
skinterpret.SymbolicSurrogate
print(any(before), "numba" in sys.modules)
"""
    assert run(code).split() == ["False", "True"]


def test_compiled_code_is_reused_by_the_next_process():
    code = """
import warnings
import numpy as np
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.search.evolution.epoch import evolve
X, directions = np.random.default_rng(0).normal(size=(2, 64, 2))  # no small formula fits noise
engine = EvolutionEngine(max_evals=2000, epoch_evals=500)
search_directions(X, directions, engine=engine, random_state=0)
print(sum(evolve.stats.cache_hits.values()), sum(evolve.stats.cache_misses.values()))
"""
    run(code)  # compiles, unless an earlier run has left its code on disk
    hits, misses = map(int, run(code).split())
    assert (hits, misses) == (1, 0)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = skinterpret.no_such_name

"""What only real PySR can show; skipped where Julia is not installed."""

import importlib.util
import inspect
import pickle
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator

from benchmarks.problems import wetzel
from benchmarks.verdicts import is_concept
from skinterpret import SymbolicSurrogate
from skinterpret.search import PySREngine, search_directions
from skinterpret.search.pysr.equations import read_equation
from skinterpret.search.pysr.installed import find_pysr

pytestmark = [pytest.mark.julia, pytest.mark.filterwarnings("default")]

METHODS = ("objective", "template")
SMALL = {"niterations": 2, "populations": 2, "population_size": 20, "ncycles_per_iteration": 50}


def stops_on_request():
    """Whether this PySR asks Julia to stop on Ctrl-C, as it does from version 2.1 on."""
    return importlib.util.find_spec("pysr.interrupt") is not None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("experiment", [1, 2, 3])
def test_concepts_are_recovered_from_exact_directions(experiment, method):
    problem = wetzel(experiment)
    X, directions = problem.rows(256, 0)
    engine = PySREngine(["+", "-", "*", "square", "sin"], method=method, max_time=300, niterations=1000)
    front = search_directions(X, directions, engine=engine, structure=False, random_state=0)
    best = next(candidate for candidate in front if candidate.loss <= 1.01 * front[-1].loss + 1e-12)
    fresh, _ = problem.rows(2_000, 1)
    assert is_concept(best.expression, problem.truth, fresh)
    assert front.stop_reason == "target_loss reached"


@pytest.mark.parametrize("batching", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_the_loss_in_julia_is_ours(tmp_path, method, batching):
    X, directions = wetzel(3).rows(200, 0)
    weight = np.random.default_rng(0).uniform(0, 1, 200)
    engine = PySREngine(
        ["+", "-", "*", "square", "sin"],
        method=method,
        batching=batching,
        output_directory=str(tmp_path),
        run_id="search",
        **SMALL,
    )
    search_directions(X, directions, engine=engine, structure=False, sample_weight=weight, random_state=0)
    hall = pd.read_csv(tmp_path / "search" / "hall_of_fame.csv")
    hall = hall[np.isfinite(hall["Loss"])]
    assert len(hall) > 1
    for equation, loss in zip(hall["Equation"], hall["Loss"], strict=True):
        gradient = read_equation(equation).gradient(X)
        cosine = np.einsum("ij,ij->i", gradient, directions) / np.linalg.norm(gradient, axis=1)
        assert loss == pytest.approx(1 - abs(np.average(cosine, weights=weight)), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_a_serial_search_repeats_exactly(method):
    X, directions = wetzel(3).rows(100, 0)
    engine = PySREngine(method=method, **SMALL)
    fronts = [
        search_directions(X, directions, engine=engine, structure=False, random_state=seed)
        for seed in (3, 3, 4)
    ]
    rows = [[(str(candidate.expression), candidate.loss) for candidate in front] for front in fronts]
    assert rows[0] == rows[1]
    assert rows[0] != rows[2]


@pytest.mark.parametrize("method", METHODS)
def test_a_surrogate_works_pickles_and_clones(ellipse, ellipse_network, method):
    engine = PySREngine(["+", "-", "*", "square"], method=method, n_jobs=-1, max_time=120)
    surrogate = SymbolicSurrogate(FrozenEstimator(ellipse_network), engine=engine, random_state=0)
    surrogate.fit(ellipse.data)
    assert surrogate.score(ellipse.data) > 0.98
    assert {str(symbol) for symbol in surrogate.expression_.free_symbols} == {"x1", "x2"}
    copy = pickle.loads(pickle.dumps(surrogate))
    np.testing.assert_array_equal(copy.predict(ellipse.data), surrogate.predict(ellipse.data))
    np.testing.assert_array_equal(copy.transform(ellipse.data), surrogate.transform(ellipse.data))
    assert clone(surrogate).get_params()["engine__method"] == method


def test_a_function_of_the_user_is_searched_with():
    X = np.random.default_rng(0).uniform(0.3, 2, (100, 2))
    gradient = np.column_stack([4 * X[:, 0] ** 3, np.ones(100)])
    engine = PySREngine(
        ["+", "*", "quart(x) = x^4"], extra_sympy_mappings={"quart": lambda x: x**4}, max_time=120
    )
    front = search_directions(X, gradient, engine=engine, structure=False, random_state=0)
    assert front[-1].loss < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_a_time_limit_ends_the_search_with_the_best_so_far(method):
    X, directions = np.random.default_rng(0).normal(size=(2, 200, 2))  # no formula fits noise
    engine = PySREngine(method=method, max_time=2, niterations=10**6)
    with pytest.warns(ConvergenceWarning, match="max_time reached"):
        front = search_directions(X, directions, engine=engine, structure=False, random_state=0)
    assert len(front) > 0


@pytest.mark.parametrize("method", METHODS)
def test_a_search_whose_operators_all_count_1_starts(method):
    X, directions = wetzel(1).rows(100, 0)
    front = search_directions(
        X, directions, engine=PySREngine(["+", "*"], method=method, **SMALL), structure=False, random_state=0
    )
    assert len(front) > 0


@pytest.mark.parametrize("method", METHODS)
def test_julia_counts_as_we_do(tmp_path, method):
    X = np.random.default_rng(0).uniform(0.3, 2, (100, 2))
    gradient = np.column_stack([1 / X[:, 0], 2 / np.sqrt(X[:, 1])])  # of what both functions occur in
    engine = PySREngine(
        ["+", "*", "log", "sqrt"], method=method, output_directory=str(tmp_path), run_id="search", **SMALL
    )
    search_directions(X, gradient, engine=engine, structure=False, random_state=0)
    hall = pd.read_csv(tmp_path / "search" / "hall_of_fame.csv")
    assert hall["Equation"].str.contains("log|sqrt").any()
    assert [read_equation(equation).complexity for equation in hall["Equation"]] == list(hall["Complexity"])


@pytest.mark.parametrize("method", METHODS)
def test_options_that_name_inputs_work_where_inputs_are_left_out(method):
    if "guesses" not in find_pysr().options:
        pytest.skip("this PySR takes no guesses")
    X = np.random.default_rng(0).uniform(0.3, 2, (100, 3))
    gradient = np.column_stack([np.zeros(100), X[:, 2], X[:, 1]])
    engine = PySREngine(
        ["+", "*"], method=method, guesses=["x1 * x2"], complexity_of_variables=[9, 1, 1], **SMALL
    )
    front = search_directions(X, gradient, engine=engine, random_state=0)
    assert front[-1].loss < 1e-9


def test_ctrl_c_ends_the_search_with_the_best_so_far(tmp_path):
    if not stops_on_request():
        pytest.skip("before PySR 2.1 Ctrl-C tears Julia out of its work, and may end the process")
    code = f"""
import warnings
import numpy as np
from skinterpret.search import PySREngine, search_directions
X, directions = np.random.default_rng(0).normal(size=(2, 200, 2))
engine = PySREngine(niterations=10**6, output_directory={str(tmp_path)!r}, run_id="search")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    front = search_directions(X, directions, engine=engine, structure=False, random_state=0)
print(front.stop_reason, len(front) > 0, any("interrupted" in str(w.message) for w in caught))
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    while process.poll() is None and not (tmp_path / "search" / "hall_of_fame.csv").exists():
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=300)
    assert printed.splitlines()[-1] == "interrupted True True"


def test_worker_processes_search_with_the_template():
    X, directions = wetzel(1).rows(100, 0)
    engine = PySREngine(["+", "*"], parallelism="multiprocessing", procs=2, **SMALL)
    with pytest.warns(UserWarning, match="method='template' is used instead"):
        front = search_directions(X, directions, engine=engine, structure=False, random_state=0)
    assert len(front) > 0


def test_options_read_from_the_source_text_are_those_of_the_class():
    import pysr

    parameters = inspect.signature(pysr.PySRRegressor.__init__).parameters.values()
    expected = {p.name for p in parameters if p.kind is not p.VAR_KEYWORD and p.name != "self"}
    assert find_pysr().options == expected

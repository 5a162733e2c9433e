"""Ctrl-C ends whatever runs, and all that would follow; the best so far comes back with one warning."""

import os
import signal
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator

from skinterpret import SymbolicClassifier, SymbolicSurrogate, make_readable_network
from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, discover_structure, search_directions
from skinterpret.search.engine import Engine
from skinterpret.search.evolution import engine as evolution
from skinterpret.search.evolution import enumeration
from skinterpret.search.evolution.preparation import compile_search
from skinterpret.search.structure import discovery, separability

X = np.random.default_rng(0).uniform(0.3, 2, (200, 4))
GRADIENT = Expression.parse("x0**1.7*x1 + sin(x2/x3 + 0.3*x2)/(x3 + 0.7)").gradient(X)


@pytest.fixture
def press(monkeypatch):
    """Let Ctrl-C be pressed at a call of a function."""

    compile_search()

    def arrange(module, name, call):
        function, calls = getattr(module, name), []

        def interrupted(*arguments, **settings):
            calls.append(name)
            if len(calls) == call:
                os.kill(os.getpid(), signal.SIGINT)
            return function(*arguments, **settings)

        monkeypatch.setattr(module, name, interrupted)
        return calls

    return arrange


def search(structure=True, **settings):
    engine = EvolutionEngine(**({"max_evals": 100_000} | settings))
    with pytest.warns(ConvergenceWarning, match="stopped \\(interrupted\\)") as heard:
        front = search_directions(X, GRADIENT, engine=engine, structure=structure, random_state=0)
    assert [(one.category, one.filename) for one in heard] == [(ConvergenceWarning, __file__)]
    return front


@pytest.mark.parametrize(
    ("module", "name", "call"),
    [(enumeration, "_judged", 2), (enumeration, "_judged", 1), (separability, "ratio_figures", 1)],
)
def test_in_the_search_for_structure_it_ends_the_search_as_well(press, module, name, call):
    press(module, name, call)
    front = search(callback=pytest.fail)
    assert front.stop_reason == "interrupted"
    assert 0 < front.evaluations < 3_000
    assert front[-1].complexity > 1


def test_what_was_found_of_the_structure_is_used(press):
    rows = np.random.default_rng(0).uniform(0.3, 2, (200, 4))
    gradient = Expression.parse("x2*exp((x0 - x1)**2) + 0*x3").gradient(rows)
    press(discovery, "make_quantities", 1)
    with pytest.warns(ConvergenceWarning, match="search for structure"):
        structure = discover_structure(
            rows, gradient / np.linalg.norm(gradient, axis=1, keepdims=True), random_state=0
        )
    assert structure.stop_reason == "interrupted"
    assert structure.irrelevant == (3,)
    assert [str(part) for part in structure.parts] == ["x0 - x1"]


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("call", [1, 2, 4])
def test_while_small_formulas_are_tried_it_returns_the_best_of_them(press, call, n_jobs):
    press(enumeration, "_judged", call)
    front = search(structure=False, n_jobs=n_jobs, callback=pytest.fail)
    assert front.stop_reason == "interrupted"
    assert len(front) > 0


def test_while_programs_grow_it_returns_the_best_so_far(press):
    press(evolution, "small_programs", 1)
    front = search(structure=False, patience=4, n_islands=2, population_size=20, operators=["+"])
    assert front.stop_reason == "interrupted"


def test_other_engines_are_not_started_after_it(press):
    class Other(Engine):
        def validate(self):
            pass

        def search(self, X, directions, sample_weight, seed, parts=()):
            pytest.fail("the engine was started")

    press(separability, "ratio_figures", 1)
    with pytest.warns(ConvergenceWarning, match="interrupted"):
        front = search_directions(X, GRADIENT, engine=Other(), random_state=0)
    assert front.stop_reason == "interrupted"


def test_a_warm_start_after_it_makes_the_whole_search(press):
    engine = EvolutionEngine(max_evals=20_000, n_islands=2, population_size=20, warm_start=True)
    press(enumeration, "_judged", 2)
    fronts = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(2):
            fronts.append(search_directions(X, GRADIENT, engine=engine, random_state=0))
    expected = search_directions(
        X,
        GRADIENT,
        engine=EvolutionEngine(max_evals=20_000, n_islands=2, population_size=20),
        random_state=0,
    )
    assert [c.loss for c in fronts[1]] == [c.loss for c in expected]


def interrupt(state):
    EPOCHS.append(state.epoch)
    raise KeyboardInterrupt


EPOCHS: list[int] = []


@pytest.mark.parametrize("n_searches", [1, 2])
def test_of_several_classes_the_rest_gets_short_searches(n_searches):
    data = load_iris()
    network = FrozenEstimator(make_readable_network((8,), random_state=0).fit(data.data, data.target))
    engine = EvolutionEngine(n_islands=2, population_size=20, epoch_evals=500, callback=interrupt)
    surrogate = SymbolicSurrogate(
        network, engine=engine, structure=False, n_searches=n_searches, random_state=0
    )
    EPOCHS.clear()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        surrogate.fit(data.data)
    assert EPOCHS == [1]
    assert {front.stop_reason for front in surrogate.front_.values()} == {"interrupted"}
    assert [one.filename for one in heard if one.category is ConvergenceWarning] == [__file__]


def test_of_several_rules_for_labels_the_rest_gets_short_searches():
    data = load_iris()
    engine = EvolutionEngine(n_islands=2, population_size=20, epoch_evals=500, callback=interrupt)
    EPOCHS.clear()
    with pytest.warns(ConvergenceWarning, match="interrupted") as heard:
        SymbolicClassifier(engine=engine, random_state=0).fit(data.data, data.target)
    assert EPOCHS == [1]
    assert len([one for one in heard if one.category is ConvergenceWarning]) == 1

"""`EvolutionEngine`: settings, stops and the same front however it is computed."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.search.evolution.epoch import evolve
from skinterpret.search.watch import Watch

X = np.random.default_rng(0).uniform(0.3, 2, (100, 3))
GRADIENT = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 0.7)").gradient(X)  # takes long to find


def search(random_state=0, **settings):
    settings = {"max_evals": 12_000, "n_islands": 3, "population_size": 50, "epoch_evals": 1000} | settings
    return search_directions(X, GRADIENT, engine=EvolutionEngine(**settings), random_state=random_state)


def rows(front):
    return [(str(candidate.expression), candidate.loss) for candidate in front]


@pytest.fixture(scope="module")
def front():
    return search()


@pytest.mark.parametrize("n_jobs", [2, -1])
def test_the_front_does_not_depend_on_n_jobs(front, n_jobs):
    assert rows(search(n_jobs=n_jobs)) == rows(front)


def test_worker_processes_give_the_same_front(front):
    with parallel_config(backend="loky"):
        assert rows(search(n_jobs=2)) == rows(front)


def test_another_seed_searches_elsewhere(front):
    assert rows(search(random_state=1)) != rows(front)


def test_it_stops_at_max_evals(front):
    assert front.stop_reason == "max_evals reached"
    assert 9_000 <= front.evaluations < 15_100  # a quarter may go to structure, and an epoch is completed


def test_it_stops_at_the_target_loss():
    front = search(target_loss=0.5, max_evals=10**9)
    assert front.stop_reason == "target_loss reached"


def test_it_stops_when_nothing_improves():
    front = search(operators=["+"], max_complexity=3, max_evals=10**9, patience=2)
    assert front.stop_reason == "no progress"


def test_at_the_time_limit_it_warns_and_returns_the_best_so_far():
    with pytest.warns(ConvergenceWarning, match="max_time reached.*evaluations.*longer max_time"):
        front = search(max_time=1e-3, max_evals=10**9, target_loss=0.0)
    assert len(front) > 0


def test_ctrl_c_returns_the_best_so_far():
    def interrupt(state):
        if state.epoch == 2:
            raise KeyboardInterrupt

    with pytest.warns(ConvergenceWarning, match="interrupted.*in 2 epochs"):
        front = search(callback=interrupt)
    assert len(front) > 0


@pytest.mark.parametrize("kept", [False, True])
def test_it_says_what_a_search_that_goes_on_needs(tmp_path, kept):
    def interrupt(state):
        raise KeyboardInterrupt

    settings = {"checkpoint": tmp_path / "search.npz"} if kept else {}
    advised = "go on from there with" if kept else "to be able to go on, set"
    with pytest.warns(ConvergenceWarning, match=f"returned: {advised} warm_start=True or a checkpoint"):
        search(callback=interrupt, **settings)
    watch = Watch()
    watch.note("max_time reached", 1000, 2, kept=kept)
    with pytest.warns(ConvergenceWarning, match=f"longer max_time[,;] (or )?{advised} warm_start=True"):
        watch.warn()


@pytest.mark.parametrize("answer", [np.array([True, False]), pd.DataFrame({"a": [1]})])
def test_a_callback_that_answers_neither_true_nor_false_is_refused(answer):
    kind = type(answer).__name__
    with pytest.raises(TypeError, match=f"callback returned a value of type {kind}.*return one truth value"):
        search(callback=lambda state: answer)


def test_a_callback_may_answer_in_numpy():
    assert search(callback=lambda state: np.bool_(True)).stop_reason == "callback"


def test_progress_is_printed_on_request(capsys):
    search(verbose=2, max_evals=3000)
    printed = capsys.readouterr().err
    assert "evaluations" in printed
    assert "x0" in printed
    search(max_evals=3000)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"operators": ["+", "gamma"]}, "Unknown operator 'gamma'"),
        ({"operators": []}, "No operators"),
        ({"max_time": -1.0}, "max_time"),
        ({"max_complexity": 0}, "max_complexity"),
        ({"max_evals": 0}, "max_evals"),
        ({"n_islands": 0}, "n_islands"),
        ({"patience": 0}, "patience"),
        ({"callback": 3}, "callback"),
    ],
)
def test_unusable_settings_are_refused_by_name(settings, message):
    with pytest.raises(ValueError, match=message):
        search(**settings)


def test_parameters_survive_clone():
    engine = EvolutionEngine(operators=["+", "tanh"], max_time=3.0)
    assert clone(engine).get_params() == engine.get_params()


def test_formulas_use_the_allowed_operators_alone():
    text = " ".join(formula for formula, _ in rows(search(operators=["+", "*"])))
    assert not any(word in text for word in ("sin", "exp", "/", "-("))


def test_a_target_without_a_point_is_compiled_for_no_more_than_one_with_it():
    X = np.random.default_rng(0).uniform(0.3, 2, (60, 2))
    directions = np.random.default_rng(1).normal(size=X.shape)
    compiled = []
    for target_loss in (0.0, 0):
        engine = EvolutionEngine(max_evals=500, n_islands=1, population_size=10, target_loss=target_loss)
        search_directions(X, directions, engine=engine, structure=False, random_state=0)
        compiled.append(len(evolve.signatures))
    assert compiled[0] == compiled[1] > 0

"""Time and evaluations of a call, the search for structure included."""

import re
import warnings
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, Finding, Structure, discover_structure, search_directions
from skinterpret.search import watch as watch_module
from skinterpret.search.evolution import engine as evolution
from skinterpret.search.evolution import enumeration
from skinterpret.search.evolution.preparation import compile_search

X = np.random.default_rng(0).uniform(0.3, 2, (200, 4))
GRADIENT = Expression.parse("x0**1.7*x1 + sin(x2/x3 + 0.3*x2)/(x3 + 0.7)").gradient(X)


@pytest.fixture
def clock(monkeypatch):
    compile_search()
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(watch_module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


@pytest.fixture
def slow(monkeypatch, clock):
    """Let each look at some programs last for a second."""
    judge = enumeration._judged

    def judged(*arguments):
        clock.now += 1
        return judge(*arguments)

    monkeypatch.setattr(enumeration, "_judged", judged)


def search(**settings):
    structure = settings.pop("structure", True)
    engine = EvolutionEngine(**settings)
    return search_directions(X, GRADIENT, engine=engine, structure=structure, random_state=0)


@pytest.mark.parametrize("structure", [False, True])
@pytest.mark.parametrize("seconds", [1, 4])
def test_the_trial_of_small_formulas_ends_with_the_time(slow, clock, seconds, structure):
    with pytest.warns(ConvergenceWarning, match="max_time reached.*: give a longer max_time") as heard:
        front = search(max_time=seconds, structure=structure, callback=pytest.fail)
    assert "warm_start" not in str(heard[0].message)  # no epoch is done, from which it could go on
    assert len(front) > 0
    assert clock.now - 100 <= seconds + 1


def test_the_search_for_structure_ends_with_its_time(slow, clock):
    units = GRADIENT / np.linalg.norm(GRADIENT, axis=1, keepdims=True)
    structure = discover_structure(X, units, max_time=3, random_state=0)
    assert structure.stop_reason == "max_time reached"
    assert clock.now - 100 <= 4


def test_it_ends_after_a_quarter_of_the_time_of_the_call(slow, clock):
    first_epoch = []

    def stop(state):
        first_epoch.append(clock.now - 100)
        return True

    search(max_time=40, callback=stop, max_evals=100_000)
    assert first_epoch[0] < 30


def test_compilation_does_not_count(clock, monkeypatch):
    @cache
    def compile_slowly():
        clock.now += 1000

    monkeypatch.setattr(evolution, "compile_search", compile_slowly)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        front = search(max_time=10, max_evals=5_000)
    assert front.stop_reason == "max_evals reached"


def test_a_target_that_was_reached_is_not_called_a_stop_for_time(clock):
    def tick(state):
        clock.now += 1000

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        front = search(max_time=10, target_loss=0.1, callback=tick, structure=False)
    assert front.stop_reason == "target_loss reached"


@pytest.mark.parametrize("max_evals", [10, 2_000, 20_000, 60_000])
def test_the_budget_holds_for_the_whole_call(monkeypatch, max_evals):
    used = []
    search_within = EvolutionEngine.search_within

    def counted(self, *arguments):
        front = search_within(self, *arguments)
        used.append(front.evaluations)
        return front

    monkeypatch.setattr(EvolutionEngine, "search_within", counted)
    search(max_evals=max_evals, patience=10**6)
    assert sum(used) <= 1.25 * max_evals + 100  # an epoch is completed


NOISY = (
    GRADIENT + 0.1 * np.random.default_rng(1).normal(size=X.shape) * np.linalg.norm(GRADIENT, axis=1)[:, None]
)


@pytest.mark.parametrize("max_evals", [5_000, 20_000, 60_000])
def test_a_search_that_has_come_to_a_halt_keeps_to_the_budget(max_evals):
    engine = EvolutionEngine(max_evals=max_evals, patience=4, n_islands=2)
    front = search_directions(X, NOISY, engine=engine, structure=False, random_state=0)
    assert front.evaluations <= 1.25 * max_evals + 100


def test_growth_is_left_out_where_it_cannot_be_afforded(monkeypatch):
    grown = []
    grow = evolution.grow
    monkeypatch.setattr(evolution, "grow", lambda *arguments: grown.append(1) or grow(*arguments))
    numbers = []
    for max_evals in (12_000, 40_000, 10**6):
        grown.clear()
        engine = EvolutionEngine(
            max_evals=max_evals, patience=4, n_islands=2, max_complexity=12, epoch_evals=500
        )
        search_directions(X, NOISY, engine=engine, structure=False, random_state=0)
        numbers.append(len(grown))
    assert numbers[0] < numbers[1] < numbers[2]


@pytest.mark.parametrize("max_evals", [20_000, 40_000])
def test_the_budget_of_the_search_for_structure_is_hardly_passed(max_evals):
    rows = np.random.default_rng(0).uniform(-1, 1, (256, 3))
    directions = Expression.parse("exp(x0 - x1) - 3.14159*x2").gradient(rows)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions += 0.05 * np.random.default_rng(1).normal(size=directions.shape)
    structure = discover_structure(rows, directions, max_evals=max_evals, random_state=0)
    assert max_evals / 2 < structure.evaluations <= 1.25 * max_evals


def test_the_search_for_structure_counts(monkeypatch):
    alone = []
    search_within = EvolutionEngine.search_within

    def counted(self, *arguments):
        front = search_within(self, *arguments)
        alone.append(front.evaluations)
        return front

    monkeypatch.setattr(EvolutionEngine, "search_within", counted)
    front = search(max_evals=60_000)
    assert len(alone) > 1
    assert front.evaluations == sum(alone)


def test_the_warning_counts_it_too():
    with pytest.warns(ConvergenceWarning, match="stopped") as heard:
        front = search(max_evals=10**7, callback=interrupt_in_epoch(2))
    assert f"after {front.evaluations:,} evaluations" in str(heard[0].message)


def interrupt_in_epoch(number):
    def callback(state):
        if state.epoch == number:
            raise KeyboardInterrupt

    return callback


def test_inputs_left_out_in_error_do_not_double_the_budget():
    wrong = Structure(4, (Finding("irrelevant_inputs", (3,), None, 0.01),))
    gradient = Expression.parse("x0**2 + x1*x2 + 0.02*x3").gradient(X)
    engine = EvolutionEngine(max_evals=40_000, population_size=200, patience=10**6, target_loss=0.0)
    front = search_directions(X, gradient, engine=engine, structure=wrong, random_state=0)
    assert 3 in front[-1].expression.variables
    assert front.evaluations <= (1 + 0.5) * 40_000 + 2 * 10_000 + 100  # two epochs are completed


def test_progress_begins_with_the_structure(capsys):
    search(verbose=1, max_evals=20_000)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("looking for structure in 4 inputs")
    assert lines[1].startswith("trying all small formulas")
    assert lines[2].startswith("epoch 1, ")


def test_a_line_of_progress_is_never_cut_off_in_the_middle_of_a_loss(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "91")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    search(verbose=1, max_evals=60_000, structure=False, n_islands=2)
    shown = capsys.readouterr().err
    assert "loss by complexity" in shown
    for line in shown.replace("\r", "\n").splitlines():
        for loss in line.rstrip().split(": ")[1:]:
            assert re.fullmatch(r"\d(\.\d)?e[-+]\d\d( \d+)?", loss)

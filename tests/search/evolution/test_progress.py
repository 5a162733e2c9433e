"""The line of progress: whole entries on every terminal, and the time that is left at most."""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.search.evolution import progress
from skinterpret.search.evolution.population import make_members
from skinterpret.search.evolution.state import SearchState
from skinterpret.search.watch import Watch

X = np.random.default_rng(0).uniform(0.3, 2, (100, 3))


@pytest.fixture
def state():
    fame = make_members(20, 21)
    fame.losses[[1, 5, 9, 13, 17]] = 0.5, 0.2, 0.05, 0.01, 0.001
    return SearchState([], fame, epoch=7, evaluations=10_000)


@pytest.fixture
def shown(monkeypatch, capsys, state):
    """Give what a terminal of so many columns shows."""

    def show(columns, max_evals=10**7, watch=None, limit=None):
        monkeypatch.delenv("COLUMNS", raising=False)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        monkeypatch.setattr("sys.stderr.fileno", lambda: 2)
        monkeypatch.setattr(os, "get_terminal_size", lambda descriptor: os.terminal_size((columns, 24)))
        times = iter([0.0, 100.0])
        monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(times)))
        with progress.Progress(1, max_evals, watch=watch, limit=limit) as line:
            line.report(state)
        return capsys.readouterr().err.replace("\r", "\n").strip().splitlines()[-1].rstrip()

    return show


@pytest.mark.parametrize("columns", range(10, 140, 3))
def test_entries_are_whole_on_every_terminal(shown, columns):
    line = shown(columns)
    assert len(line) < columns
    assert line.startswith("epoch 7")
    for entry in line.split(", ")[1:]:
        assert entry.endswith(("/s", " left", ": 1.0e-03", ": 1e-03", "best loss 1.0e-03"))


def test_fifty_columns_have_room_for_the_best_loss(shown):
    assert shown(50) == "epoch 7, at most 27:45:00 left, best loss 1.0e-03"


def test_eighty_columns_have_room_for_the_best_losses_by_complexity(shown):
    assert shown(80) == "epoch 7, 100/s, at most 27:45:00 left, loss by complexity 13: 1e-02 17: 1e-03"


def test_where_the_line_is_short_the_steepest_step_is_told(shown, state):
    state.fame.losses[5] = 0.15
    assert shown(80).endswith("loss by complexity 13: 1e-02 17: 1e-03")
    state.fame.losses[5] = 0.011
    assert shown(80).endswith("loss by complexity 5: 1e-02 17: 1e-03")


def test_the_end_of_the_front_is_told_though_it_is_hardly_better(shown, state):
    state.fame.losses[19] = 0.0009
    assert shown(200).endswith(" 17: 1.0e-03 19: 9.0e-04")


def test_a_log_tells_the_time_left_too(capsys, state):
    progress.Progress(1, 20_000).report(state)
    (line,) = capsys.readouterr().err.splitlines()
    assert "10,000 evaluations, " in line
    assert " left, best loss by complexity " in line


@pytest.mark.parametrize(("verbose", "epochs"), [(1, [1, 6, 11, 12]), (2, list(range(1, 13)))])
def test_a_log_has_a_line_every_few_seconds_and_the_last(monkeypatch, capsys, state, verbose, epochs):
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: clock.now))
    monkeypatch.setattr(SearchState, "front", lambda _: [])
    with progress.Progress(verbose, 10**7) as line:
        for second in range(1, 13):
            clock.now, state.epoch = float(second), second
            line.report(state)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("epoch")]
    assert [int(line.split()[1].rstrip(",")) for line in lines] == epochs


def test_a_last_line_that_was_printed_is_not_printed_again(capsys, state):
    with progress.Progress(1, 20_000) as line:
        line.report(state)
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_terminal_that_reports_no_columns_has_eighty(shown):
    assert shown(0) == shown(80)


def test_the_time_left_is_that_of_the_budget_that_ends_first(shown):
    assert "at most 02:30 left" in shown(200, max_evals=25_000)
    assert "at most 00:0" in shown(200, watch=Watch(seconds=4))
    assert "at most 02:30 left" in shown(200, max_evals=25_000, watch=Watch(seconds=1000))
    assert "at most 00:07 left" in shown(200, limit=SimpleNamespace(seconds_left=7.0))
    assert "at most 00:00" in shown(200, watch=Watch(seconds=0), limit=SimpleNamespace(seconds_left=7.0))
    assert "at most 02:30 left" in shown(200, max_evals=25_000, limit=len)


def test_a_small_formula_that_reaches_the_target_is_told_of(capsys):
    gradient = Expression.parse("x0 + x1*x2").gradient(X)
    search_directions(X, gradient, engine=EvolutionEngine(verbose=1), structure=False, random_state=0)
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("the search ends with a small formula, of loss ")
    assert last.endswith("(target_loss reached).")


def test_so_is_a_search_that_had_ended_before(capsys, tmp_path):
    gradient = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 0.7)").gradient(X)
    engine = EvolutionEngine(checkpoint=tmp_path / "c.npz", max_evals=20_000, verbose=1)
    for _ in range(2):
        search_directions(X, gradient, engine=engine, structure=False, random_state=0)
    assert capsys.readouterr().err.splitlines()[-1].startswith("nothing is left to do after ")


SEARCH = """
import numpy as np
from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, search_directions

X = np.random.default_rng(0).uniform(0.3, 2, (100, 3))
gradient = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 0.7)").gradient(X)
engine = EvolutionEngine(max_evals=30_000, verbose=1)
search_directions(X, gradient, engine=engine, structure=False, random_state=0)
"""


def test_a_terminal_without_a_size_shows_the_line():
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals on Windows")
    reader, terminal = pty.openpty()  # of 0 rows and 0 columns
    subprocess.run([sys.executable, "-c", SEARCH], stderr=terminal, check=True)
    os.close(terminal)
    shown = os.read(reader, 10_000).decode()
    os.close(reader)
    assert ", loss by complexity " in shown

"""One limit of time for several searches."""

import re
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.frozen import FrozenEstimator

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.cli import time_limit
from skinterpret.cli.time_limit import TimeLimit
from skinterpret.search import EvolutionEngine, search_directions


@pytest.fixture
def clock(monkeypatch):
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(time_limit, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def epochs_until_stopped(limit, clock, seconds_an_epoch, n_epochs):
    """Run a search of so many epochs and say after how many the limit ends it."""
    for epoch in range(1, n_epochs + 1):
        clock.now += seconds_an_epoch
        if limit(SimpleNamespace(epoch=epoch)):
            return epoch
    return n_epochs


def test_each_of_several_searches_has_its_share(clock):
    limit = TimeLimit(30, 3)
    assert [epochs_until_stopped(limit, clock, 1, 100) for _ in range(3)] == [10, 10, 10]
    assert clock.now == 130
    assert limit.has_ended_a_search


def test_what_a_search_leaves_over_is_for_the_next(clock):
    limit = TimeLimit(30, 3)
    assert epochs_until_stopped(limit, clock, 1, 4) == 4
    assert not limit.has_ended_a_search
    assert epochs_until_stopped(limit, clock, 1, 100) == 16
    assert epochs_until_stopped(limit, clock, 1, 100) == 10


def test_the_time_left_is_that_of_the_search_that_runs(clock):
    limit = TimeLimit(30, 3)
    assert limit.seconds_left == 10
    assert epochs_until_stopped(limit, clock, 1, 4) == 4
    assert limit.seconds_left == 6
    limit(SimpleNamespace(epoch=1))
    assert limit.seconds_left == 16
    assert epochs_until_stopped(limit, clock, 50, 4) == 1
    assert limit.seconds_left == 0


def test_progress_tells_no_more_time_than_the_limit_leaves(capsys):
    rng = np.random.default_rng(0)
    X, gradient = rng.uniform(0.3, 2, (100, 3)), rng.normal(size=(100, 3))
    EvolutionEngine().prepare()  # which may take longer than the limit
    engine = EvolutionEngine(verbose=1, max_evals=10**9, callback=TimeLimit(3, 1), patience=1000)
    search_directions(X, gradient, engine=engine, structure=False, random_state=0)
    told = re.findall(r"at most ([\d:]+) left", capsys.readouterr().err)
    assert len(told) >= 2
    assert set(told) <= {"00:03", "00:02", "00:01", "00:00"}
    assert told[-1] == "00:00"


def test_a_search_too_many_ends_with_its_first_epoch(clock):
    limit = TimeLimit(10, 1)
    assert epochs_until_stopped(limit, clock, 1, 100) == 10
    assert epochs_until_stopped(limit, clock, 1, 100) == 1


def test_no_time_is_left_after_all_classes_together(clock):
    data = load_iris()
    network = FrozenEstimator(make_readable_network((8,), random_state=0).fit(data.data, data.target))
    limit = TimeLimit(6, 3)

    def tick(state):
        clock.now += 1
        return limit(state)

    engine = EvolutionEngine(n_islands=2, population_size=20, epoch_evals=500, callback=tick)
    surrogate = SymbolicSurrogate(network, engine=engine, structure=False, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        surrogate.fit(data.data)
    assert clock.now - 100 == 6


def test_an_engine_with_a_limit_can_be_cloned(clock):
    engine = EvolutionEngine(callback=TimeLimit(60, 2))
    assert repr(clone(engine)) == repr(engine) == "EvolutionEngine(callback=TimeLimit(60, 2))"

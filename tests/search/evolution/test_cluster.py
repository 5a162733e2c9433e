"""The same front on a cluster of processes, a worker's death included."""

import os
import signal

import numpy as np
import pytest
from joblib import parallel_config

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, search_directions

distributed = pytest.importorskip("distributed")

X = np.random.default_rng(0).uniform(0.3, 2, (100, 3))
GRADIENT = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 0.7)").gradient(X)


def search(**settings):
    engine = EvolutionEngine(max_evals=20_000, n_islands=4, population_size=50, epoch_evals=1000, **settings)
    front = search_directions(X, GRADIENT, engine=engine, structure=False, random_state=0)
    return [(str(candidate.expression), candidate.loss) for candidate in front]


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.mark.filterwarnings("default")
def test_two_worker_processes_give_the_front_of_this_one(client):
    alone = search()
    with parallel_config(backend="dask"):
        assert search() == alone


@pytest.mark.filterwarnings("default")
def test_a_worker_that_is_killed_changes_nothing(client):
    alone = search()
    victims = list(client.run(os.getpid).values())

    def kill_one(state):
        if state.epoch == 1:
            os.kill(victims[0], signal.SIGKILL)

    with parallel_config(backend="dask"):
        assert search(callback=kill_one) == alone

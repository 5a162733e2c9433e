"""The blocks of the page on clusters end with the front of threads, each on a cluster on this machine."""

import contextlib
import os
import shutil
import sys

import numpy as np
import pytest
from joblib.parallel import get_active_backend
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.search import EvolutionEngine

from .blocks import blocks_of

BLOCKS = blocks_of("how_to/clusters")
ADDRESS = "tcp://scheduler:8786"

pytestmark = pytest.mark.filterwarnings("default")  # of the clusters' own


@contextlib.contextmanager
def dask():
    """Start two worker processes; give what the page says, with their address."""
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield {ADDRESS: cluster.scheduler_address}


@contextlib.contextmanager
def ray():
    """Start Ray with two workers, which `register_ray` would start with all cores."""
    ray = pytest.importorskip("ray", reason="Ray is not installed, and no extra of this package")
    ray.init(num_cpus=2, include_dashboard=False)
    try:
        yield {}
    finally:
        ray.shutdown()


@contextlib.contextmanager
def spark():
    """Start a session with two executors on this machine, which `register_spark` finds."""
    pytest.importorskip("joblibspark", reason="joblibspark is not installed, and no extra of this package")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed, and no extra of this package")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)  # workers would take the first python3 of the path
        session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", False).getOrCreate()
        try:
            yield {}
        finally:
            session.stop()


CLUSTERS = {"dask": dask, "ray": ray, "spark": spark}  # by the name of the backend


@pytest.fixture(scope="module")
def data():
    X = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    return X, (X[:, 0] ** 2 + X[:, 1] > 0.2).astype(int)


@pytest.fixture(scope="module")
def surrogate(data):
    network = make_readable_network((10,), random_state=0).fit(*data)
    engine = EvolutionEngine(max_evals=8_000, n_islands=4, population_size=50, epoch_evals=1000)
    return SymbolicSurrogate(FrozenEstimator(network), engine=engine, random_state=0)


@pytest.fixture(scope="module")
def by_threads(surrogate, data):
    return found_by(clone(surrogate).fit(*data))


def jobs_in_use():
    """Name joblib's backend, and how many tasks it runs at once."""
    backend, n_jobs = get_active_backend()
    return type(backend).__name__, backend.effective_n_jobs(n_jobs)


def found_by(surrogate):
    """Candidates with losses to the last bit, and the rule."""
    table = surrogate.equations_
    return table["formula"].tolist(), table["loss"].tolist(), str(surrogate.decision_rule_)


@pytest.mark.parametrize("block", BLOCKS, ids=list(CLUSTERS))
def test_a_cluster_ends_with_the_front_of_threads(block, surrogate, data, by_threads):
    ((name, cluster),) = [(name, start) for name, start in CLUSTERS.items() if f'"{name}"' in block.text]
    with cluster() as words, contextlib.ExitStack() as stack:
        text = block.text
        for said, here in words.items():
            assert said in text
            text = text.replace(said, here)
        used = []
        watched = clone(surrogate).set_params(engine__callback=lambda state: used.append(jobs_in_use()))
        space = {"surrogate": watched, "X": data[0], "y": data[1]}
        exec(text, space)
        if "client" in space:
            stack.enter_context(space["client"])
        assert found_by(space["surrogate"]) == by_threads
    assert used
    assert all(name in backend.lower() and n_jobs > 1 for backend, n_jobs in used)

"""Networks and data that many tests share; each is trained once."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import settings
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate
from skinterpret.datasets import make_wetzel
from skinterpret.search import EvolutionEngine

from .search.pysr.selection import why_julia_cannot_be_used


@pytest.hookimpl(trylast=True)  # after what the command line has deselected
def pytest_collection_modifyitems(items):
    """Leave out what needs Julia where PySR cannot be imported; finding it out starts no download."""
    marked = [item for item in items if item.get_closest_marker("julia") is not None]
    reason = why_julia_cannot_be_used() if marked else ""
    for item in marked if reason else []:
        item.add_marker(pytest.mark.skip(reason=reason))


# the same examples in every run, so that a red run tells of the change and not of luck;
# `--hypothesis-profile=default` looks for new ones
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def same_draws(request):
    """Let a test draw the same whatever ran before it in the same process."""
    np.random.seed(0)  # noqa: NPY002 - what networks without a random_state draw from
    if hasattr(request.module, "RNG"):
        request.module.RNG = np.random.default_rng(0)


@pytest.fixture(scope="session")
def ellipse():
    """Experiment 1: x1**2 + 2*x2**2 > 1, with column names."""
    return make_wetzel(1, n_samples=8000, random_state=1, as_frame=True)


@pytest.fixture(scope="session")
def ellipse_network(ellipse):
    network = make_pipeline(
        StandardScaler(),
        MLPClassifier((60, 60), activation="tanh", max_iter=500, random_state=0),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(ellipse.data, ellipse.target)


@pytest.fixture(scope="session")
def ellipse_surrogate(ellipse, ellipse_network):
    surrogate = SymbolicSurrogate(FrozenEstimator(ellipse_network), random_state=0)
    return surrogate.fit(ellipse.data)


@pytest.fixture(scope="session")
def quick_engine():
    """An engine that stops long before it is good."""
    return EvolutionEngine(max_evals=2_000, n_islands=2, population_size=20, epoch_evals=500)

"""`OneHotProbe` as its users meet it."""

from __future__ import annotations

import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import OneHotProbe


def small_probe(**parameters):
    network = MLPClassifier((8,), max_iter=30, learning_rate_init=0.02, random_state=0)
    return OneHotProbe(make_pipeline(StandardScaler(), network), random_state=0, **parameters)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([small_probe(), small_probe(baseline="mean", interactions="pairs")])
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)

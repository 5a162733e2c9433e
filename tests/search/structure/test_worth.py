"""No structure is told of what is merely straight or weak, as networks of small noisy tables are."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.directions import sample_directions
from skinterpret.network import as_network
from skinterpret.search import discover_structure
from skinterpret.search.structure.worth import left_by_straight_line


@pytest.mark.parametrize("seed", [0, 2, 4])
def test_noise_inputs_of_small_noisy_tables_are_in_no_part(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(120, 6))
    y = X[:, 0] + 0.8 * X[:, 1] ** 2 - X[:, 2] + 0.5 * rng.normal(size=len(X)) > 0
    model = MLPClassifier((20,), activation="tanh", max_iter=400, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = as_network(make_pipeline(StandardScaler(), model).fit(X, y))
    sample = sample_directions(network, X, random_state=seed)
    found = discover_structure(
        sample.X, sample.directions, hypotheses=["linear_invariances", "separability"], random_state=seed
    )
    assert not any({3, 4, 5} & set(finding.inputs) for finding in found.findings)


def test_a_straight_line_leaves_nothing_of_a_linear_function():
    assert left_by_straight_line(np.tile([[0.6, 0.8]], (50, 1))) == pytest.approx(0, abs=1e-12)
    assert left_by_straight_line(np.eye(3)) == pytest.approx(2 / 3)

"""What a console and a notebook show of public objects; more of it is in their docstrings."""

import inspect

import numpy as np
import pandas as pd
import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skinterpret
from skinterpret.comparison import Comparison
from skinterpret.expressions import OPERATORS
from skinterpret.network import as_network, smooth
from skinterpret.search import EvolutionEngine, search_directions

CLASSES = [name for name in skinterpret.__all__ if inspect.isclass(getattr(skinterpret, name))]


@pytest.fixture(scope="module")
def network():
    X = np.random.default_rng(0).normal(size=(60, 3))
    model = MLPClassifier((7, 5), activation="tanh", solver="lbfgs", random_state=0)
    return as_network(make_pipeline(StandardScaler(), model).fit(X, np.where(X[:, 0] > 0, "up", "down")))


@pytest.mark.parametrize("name", CLASSES)
def test_a_notebook_shows_scikit_learns_diagram(name):
    html = getattr(skinterpret, name)()._repr_html_()
    assert "sk-top-container" in html
    assert name in html


def test_a_network_is_shown_by_its_layers_and_classes_not_by_its_weights(network):
    expected = "3 inputs -> ScaleMap -> 7 tanh -> 5 tanh -> 1 output, classes ['down', 'up']"
    assert repr(network) == f"DenseNetwork({expected})"
    assert repr(smooth(network, 0.1)) == f"SmoothedNetwork(DenseNetwork({expected}), 64 neighbours)"


def test_a_comparison_is_shown_as_means_over_the_folds():
    figures = {"accuracy": 0.5, "alignment": np.nan, "complexity": 3.0, "fit_seconds": 1.0}
    rows = [
        {"fold": fold, "surrogate": name, "fidelity": fidelity, **figures}
        for name, fidelities in {"second": (0.5, 0.7), "first": (0.9, 1.0)}.items()
        for fold, fidelity in enumerate(fidelities)
    ]
    lines = repr(Comparison(pd.DataFrame(rows), pd.DataFrame(), [])).splitlines()
    assert lines[0] == "Comparison of 2 surrogates on 2 folds, means:"
    assert [line.split()[:2] for line in lines[2:]] == [["second", "0.60"], ["first", "0.95"]]


def test_a_front_is_shown_as_a_table_with_its_reason_to_stop(quick_engine):
    X, directions = np.random.default_rng(0).normal(size=(2, 64, 2))
    front = search_directions(X, directions, engine=quick_engine, random_state=0)
    title, _, *rows = repr(front).splitlines()
    assert title.endswith(front.stop_reason)
    assert [row.split(maxsplit=2)[2] for row in rows] == [str(candidate.expression) for candidate in front]


def test_the_state_of_a_search_is_shown_in_a_line_without_its_populations():
    shown = []
    limits = {"max_evals": 5000, "epoch_evals": 200}
    engine = EvolutionEngine(callback=lambda state: shown.append(repr(state)), **limits)
    X, directions = np.random.default_rng(0).normal(size=(2, 64, 2))
    search_directions(X, directions, engine=engine, random_state=0)
    assert shown[0].startswith("SearchState(epoch=1, evaluations=")
    assert max(map(len, shown)) < 200


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_an_operator_is_shown_without_its_functions(operator):
    assert operator.name in repr(operator)
    assert "0x" not in repr(operator)


def test_trust_is_shown_in_a_line(ellipse_surrogate):
    shown = repr(ellipse_surrogate.trust_)
    assert shown.startswith("Trust(verdict='concept', fidelity=0.99")
    assert "\n" not in shown

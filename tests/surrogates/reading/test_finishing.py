"""A search is not lost to a Ctrl-C that comes while its findings are judged."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate, SymbolicSurrogateRegressor, make_readable_network
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates.reading import latents, searching, values
from skinterpret.surrogates.reading.finishing import finished

X = np.random.default_rng(0).uniform(19, 21, (400, 3))  # far from zero, where searches are centred
LABELS = (X[:, 0] - 20) ** 2 + X[:, 1] > 20.5
ENGINE = EvolutionEngine(max_evals=5_000, n_islands=2, population_size=20, epoch_evals=500)


@pytest.fixture(scope="module")
def network():
    return FrozenEstimator(make_readable_network((8,), random_state=0).fit(X, LABELS))


@pytest.fixture
def press(monkeypatch):
    """Let Ctrl-C be pressed at the first calls of a function."""

    def arrange(module, name, times):
        function, calls = getattr(module, name), []

        def interrupted(*arguments, **settings):
            calls.append(name)
            if len(calls) <= times:
                raise KeyboardInterrupt
            return function(*arguments, **settings)

        monkeypatch.setattr(module, name, interrupted)

    return arrange


@pytest.mark.parametrize(
    ("module", "name"), [(latents, "_judged"), (latents, "tidy"), (searching, "without_centre")]
)
def test_the_rule_is_that_of_a_search_that_was_left_alone(network, press, module, name):
    expected = SymbolicSurrogate(network, engine=ENGINE, random_state=0).fit(X, LABELS)
    press(module, name, 1)
    with pytest.warns(ConvergenceWarning, match="The search was over when Ctrl-C came"):
        surrogate = SymbolicSurrogate(network, engine=ENGINE, random_state=0).fit(X, LABELS)
    assert surrogate.decision_rule_ == expected.decision_rule_
    assert surrogate.trust_.verdict == expected.trust_.verdict


def test_a_formula_of_values_is_not_lost_either(press):
    target = (X[:, 0] - 20) ** 2 + X[:, 1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(8,), random_state=0)).fit(
            X, target
        )
    press(values, "_judged", 1)
    surrogate = SymbolicSurrogateRegressor(FrozenEstimator(network), engine=ENGINE, random_state=0)
    with pytest.warns(ConvergenceWarning, match="The search was over when Ctrl-C came"):
        surrogate.fit(X)
    assert surrogate.front_.stop_reason == "interrupted"


def test_no_other_search_follows(press):
    label = (X[:, 0] > 20.3).astype(int) + (X[:, 1] > 20)
    epochs = []
    engine = ENGINE.branch("").set_params(callback=lambda state: epochs.append(state.epoch))
    frozen = FrozenEstimator(make_readable_network((8,), random_state=0).fit(X, label))
    press(latents, "_judged", 1)
    with pytest.warns(ConvergenceWarning, match="The search was over when Ctrl-C came"):
        surrogate = SymbolicSurrogate(frozen, engine=engine, random_state=0).fit(X)
    assert {front.stop_reason for front in surrogate.front_.values()} == {"interrupted"}
    assert epochs.count(1) <= 1


def test_the_second_ctrl_c_gives_it_up(network, press):
    press(latents, "_judged", 2)
    with pytest.warns(ConvergenceWarning), pytest.raises(KeyboardInterrupt):
        SymbolicSurrogate(network, engine=ENGINE, random_state=0).fit(X, LABELS)


def test_other_errors_are_not_tried_again():
    calls = []

    def judge(given):
        calls.append(given)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        finished(judge, "first", "second")
    assert calls == ["first"]

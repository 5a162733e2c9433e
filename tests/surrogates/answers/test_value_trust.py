"""What is said of how far the formula of a value may be trusted."""

from __future__ import annotations

import copy
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogateRegressor, load_rule
from skinterpret.directions import Directions
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.expressions import Expression
from skinterpret.expressions.plain import to_plain
from skinterpret.inner_product import mapped
from skinterpret.metrics import alignment_score
from skinterpret.network import as_network
from skinterpret.search import EvolutionEngine
from skinterpret.surrogates.answers.value_trust import assess_values
from skinterpret.surrogates.reading.values import ValueAnswer, ValueJudge


def lbfgs_network(X, y, **settings):
    settings = {"hidden_layer_sizes": (20,), "activation": "tanh", "max_iter": 400, **settings}
    network = make_pipeline(StandardScaler(), MLPRegressor(solver="lbfgs", random_state=0, **settings))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return FrozenEstimator(network.fit(X, y))


@pytest.fixture(scope="module")
def engine():
    return EvolutionEngine(max_evals=20_000, n_islands=2, max_complexity=12)


@pytest.fixture(scope="module")
def data():
    X = pd.DataFrame(np.random.default_rng(0).uniform(-1, 1, (1500, 2)), columns=["u", "v"])
    noise = 0.05 * np.random.default_rng(1).normal(size=(2, 1500))
    y = np.column_stack([np.exp(-(X["u"] ** 2 + 2 * X["v"] ** 2)), 3 * X["u"] - 2 * X["v"]])
    return X, y + noise.T


@pytest.fixture(scope="module")
def network(data):
    return lbfgs_network(*data)


@pytest.fixture(scope="module")
def surrogate(data, network, engine):
    """Two outputs, compared with what they were trained on."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", NoClosedFormWarning)
        return SymbolicSurrogateRegressor(network, engine=engine, random_state=0).fit(*data)


def read_noise(seed, engine):
    """Read a network that was trained on random targets."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(400, 1 + seed))
    y = rng.normal(size=400)
    network = lbfgs_network(X, y, max_iter=150) if seed % 2 else noise_network_by_adam(X, y)
    with pytest.warns(NoClosedFormWarning, match="No closed form found for 'output'"):
        return SymbolicSurrogateRegressor(network, engine=engine, random_state=0).fit(X, y)


def noise_network_by_adam(X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return FrozenEstimator(MLPRegressor(hidden_layer_sizes=(30,), random_state=0).fit(X, y))


def test_formulas_that_say_what_the_network_computes_are_concepts(surrogate):
    for trust in surrogate.trust_:
        assert trust.verdict == "concept"
        assert trust.reasons == ()
        assert trust.alignment > 0.99
        assert trust.stability > 0.8
        assert trust.smoothness > 0.95


def test_figures_are_what_they_are_called(data, network, surrogate):
    X, y = data
    theirs, ours = network.predict(X), surrogate.predict(X)
    for k, trust in enumerate(surrogate.trust_):
        assert trust.fidelity_low < trust.fidelity < trust.fidelity_high <= 1
        assert trust.fidelity == pytest.approx(r2_score(theirs[:, k], ours[:, k]), abs=0.005)
        assert trust.error == pytest.approx(np.sqrt(np.mean((theirs[:, k] - ours[:, k]) ** 2)), rel=0.3)
        assert trust.network_r2 == pytest.approx(r2_score(y[:, k], theirs[:, k]), abs=0.02)
        assert trust.formula_r2 == pytest.approx(r2_score(y[:, k], ours[:, k]), abs=0.02)
        assert list(trust.region.index) == ["u", "v"]
        assert (trust.region["low"] < -0.95).all()
        assert (trust.region["high"] > 0.95).all()
        assert trust.n_rows == 450


@pytest.mark.parametrize("seed", range(5))
def test_a_network_of_random_targets_has_no_closed_form(seed, engine):
    surrogate = read_noise(seed, engine)
    assert surrogate.trust_.verdict == "no closed form found"
    assert surrogate.trust_.reasons


def test_a_network_that_hardly_follows_y_is_not_explained(engine):
    """Its plane is easy to read, and means nothing."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(600, 2)), rng.normal(size=600)
    network = lbfgs_network(X, y, alpha=300.0)
    with pytest.warns(NoClosedFormWarning, match="hardly follows y"):
        trust = SymbolicSurrogateRegressor(network, engine=engine, random_state=0).fit(X, y).trust_
    assert trust.network_r2 < 0.1
    assert trust.fidelity > 0.9


def test_without_y_nothing_is_said_of_y(data, network, engine):
    surrogate = SymbolicSurrogateRegressor(network, target=1, engine=engine, random_state=0).fit(data[0])
    assert np.isnan(surrogate.trust_.network_r2)
    assert np.isnan(surrogate.trust_.formula_r2)
    assert surrogate.trust_.verdict == "concept"
    assert "Not compared with y" in str(surrogate.trust_)


def test_an_output_explained_alone_is_compared_with_its_own_column(data, network, engine):
    X, y = data
    surrogate = SymbolicSurrogateRegressor(network, target=1, engine=engine, random_state=0).fit(X, y)
    expected = r2_score(y[:, 1], network.predict(X)[:, 1])
    assert surrogate.trust_.network_r2 == pytest.approx(expected, abs=0.01)


def test_hidden_units_are_not_compared_with_y(data, network, engine):
    surrogate = SymbolicSurrogateRegressor(
        network, target=("hidden", 0, 1), engine=engine, random_state=0
    ).fit(*data)
    assert np.isnan(surrogate.trust_.network_r2)
    assert surrogate.trust_.verdict == "concept"  # a plane, whatever it is good for


def test_a_formula_with_other_gradients_has_the_values_only(surrogate):
    """The network's directions turned by up to 40 degrees, its values as they are."""
    reading, answer = surrogate._readings[1], surrogate._answers[1]
    sample, judge = reading.judge._sample, reading.judge
    angle = np.radians(np.random.default_rng(0).uniform(-40, 40, len(sample)))
    x, y = sample.directions.T
    turned = np.column_stack([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y])
    turned_judge = ValueJudge(
        Directions(sample.X, turned, sample.latent, sample.artificial),
        judge.weight,
        judge.scale,
        judge.rows,
        judge.values,
    )
    turned_reading = replace(
        reading, judge=turned_judge, readability=replace(reading.readability, smoothness=0.8)
    )
    trust = assess_values(turned_reading, answer, "knee", None, ["u", "v"], seed=0)
    assert trust.verdict == "values only"
    assert trust.alignment == pytest.approx(np.cos(angle).mean(), abs=0.02)
    assert trust.fidelity == surrogate.trust_[1].fidelity
    assert "jump between neighbours" in str(trust)


def test_smoothing_makes_no_concept_of_what_the_network_itself_is_not(engine):
    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    network = MLPRegressor(hidden_layer_sizes=(6,), solver="lbfgs", max_iter=2000, random_state=0)
    network.fit(X, X[:, 0] ** 2 + 2 * X[:, 1] ** 2)
    surrogate = SymbolicSurrogateRegressor(
        FrozenEstimator(network), smoothing=0.4, engine=engine, random_state=0
    ).fit(X)
    trust, judge = surrogate.trust_, surrogate._readings[0].judge
    own = mapped(as_network(network).gradient(judge._sample.X) * judge.scale, judge.metric)
    assert trust.alignment_unsmoothed == pytest.approx(
        alignment_score(own, judge._gradient(surrogate.formula_), sample_weight=judge.weight)
    )
    assert trust.alignment > 0.95 > trust.alignment_unsmoothed
    assert trust.verdict == "values only"
    assert "averaged over neighbourhoods of 0.4 standard deviations" in str(trust)
    assert f"to the network as it is alignment is {trust.alignment_unsmoothed:.4f}" in str(trust)


def test_without_smoothing_there_is_one_alignment(surrogate):
    trust = surrogate.trust_[0]
    assert trust.alignment_unsmoothed == trust.alignment
    assert "averaged over" not in str(trust)


def test_targets_that_are_not_the_networks_are_refused_before_the_search(data, network, monkeypatch):
    def search(*arguments, **keywords):
        raise AssertionError("the search started")

    monkeypatch.setattr(EvolutionEngine, "search", search)
    with pytest.raises(ValueError, match=r"y has 1 column\(s\), but the trained network has 2 output\(s\)"):
        SymbolicSurrogateRegressor(network).fit(data[0], data[1][:, 0])


def test_another_choice_gets_its_own_verdict(surrogate):
    other = pickle.loads(pickle.dumps(surrogate))
    with pytest.warns(NoClosedFormWarning, match="'output 0'"):
        other.select(1)
    assert other.trust_[0].verdict == "no closed form found"
    assert other.trust_[0].fidelity < surrogate.trust_[0].fidelity


def test_any_selection_has_a_stability(surrogate):
    last = copy.copy(surrogate).select(lambda table: len(table) - 1)
    assert [trust.stability for trust in last.trust_] == [1.0, 1.0]
    assert 0 <= copy.copy(surrogate).select("accuracy").trust_[0].stability <= 1


def test_the_summary_says_formula_and_verdict(surrogate, capsys):
    surrogate.summary()
    text = capsys.readouterr().out
    for k in range(2):
        assert f"output {k} =  {to_plain(surrogate.expression_[k])}" in text
        assert f"T = {surrogate.concept_expression_[k]}" in text
        assert str(surrogate.trust_[k]) in text
    assert text.count("Verdict: concept.") == 2


def test_a_pickle_says_the_same(surrogate):
    twin = pickle.loads(pickle.dumps(surrogate))
    assert [str(trust) for trust in twin.trust_] == [str(trust) for trust in surrogate.trust_]


def test_the_saved_rule_is_the_formula_that_was_judged(data, surrogate, tmp_path):
    surrogate.to_json(tmp_path / "rule.json")
    X = data[0]
    theirs = surrogate.network_values(X)
    for k, trust in enumerate(surrogate.trust_):
        saved = load_rule(tmp_path / "rule.json").predict(X)[:, k]
        assert r2_score(theirs[:, k], saved) == pytest.approx(trust.fidelity, abs=0.005)


def test_relu_networks_are_read_better_when_smoothed(engine):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (1500, 2))
    network = lbfgs_network(X, X[:, 0] ** 2 + 2 * X[:, 1] ** 2, activation="relu")
    rough, smooth = (
        SymbolicSurrogateRegressor(network, smoothing=smoothing, engine=engine, random_state=0).fit(X)
        for smoothing in (None, 0.3)
    )
    assert smooth.trust_.smoothness > rough.trust_.smoothness
    assert smooth.trust_.alignment > rough.trust_.alignment
    np.testing.assert_allclose(smooth.network_values(X), rough.network_values(X))


def test_a_smoothing_that_is_none_is_refused(data, network):
    with pytest.raises(ValueError, match="smoothing"):
        SymbolicSurrogateRegressor(network, smoothing=0.0).fit(*data)


def test_a_concept_may_have_a_link_that_rises_and_falls(engine):
    """Gradients of a wave's phase point against its own in every other half of it."""
    X = np.random.default_rng(0).uniform(-1, 1, (1500, 2))
    phase, wave = Expression.parse("2*x0 + x1"), Expression.parse("sin(2*x0 + x1)")
    surrogate = SymbolicSurrogateRegressor(
        lbfgs_network(X, wave(X)), structure=False, engine=engine, random_state=0
    ).fit(X)
    reading = surrogate._readings[0]
    trust = assess_values(reading, ValueAnswer(0, phase, wave, 0.0), "knee", None, ["u", "v"], seed=0)
    assert trust.alignment > 0.99 > reading.judge.alignment(phase)

"""`SymbolicSurrogate` as its users meet it."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sympy
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import SymbolicClassifier, SymbolicSurrogate
from skinterpret.metrics import fidelity_scorer
from skinterpret.search import EvolutionEngine


def small_surrogate(**parameters):
    settings = {"max_evals": 500, "n_islands": 1, "population_size": 20, "epoch_evals": 250}
    return SymbolicSurrogate(
        make_pipeline(
            StandardScaler(), MLPClassifier((8,), max_iter=30, learning_rate_init=0.02, random_state=0)
        ),
        engine=EvolutionEngine(**settings),
        n_directions=64,
        random_state=0,
        **parameters,
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([small_surrogate()])
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


def test_the_rule_is_the_one_that_labelled_the_data(ellipse_surrogate):
    x1, x2 = sympy.symbols("x1 x2")
    polynomial = sympy.Poly(ellipse_surrogate.expression_, x1, x2)
    assert set(polynomial.monoms()) == {(2, 0), (0, 2)}
    ratio = polynomial.coeff_monomial(x2**2) / polynomial.coeff_monomial(x1**2)
    assert float(ratio) == pytest.approx(2, rel=0.05)


def test_the_rule_decides_as_predict_does(ellipse, ellipse_surrogate):
    rule = ellipse_surrogate.decision_rule_
    decide = sympy.lambdify(sympy.symbols("x1 x2"), rule.lhs, "numpy")
    values = decide(*ellipse.data.to_numpy().T)
    above = values > ellipse_surrogate.threshold_
    expected = above if isinstance(rule, sympy.StrictGreaterThan) else ~above
    np.testing.assert_array_equal(ellipse_surrogate.predict(ellipse.data) == 1, expected)
    assert float(rule.rhs) == pytest.approx(ellipse_surrogate.threshold_, rel=1e-3)


def test_score_is_agreement_with_the_network_and_ignores_labels(ellipse, ellipse_network, ellipse_surrogate):
    agreement = np.mean(ellipse_surrogate.predict(ellipse.data) == ellipse_network.predict(ellipse.data))
    assert ellipse_surrogate.score(ellipse.data) == agreement
    assert ellipse_surrogate.score(ellipse.data, 1 - ellipse.target) == agreement
    assert agreement > 0.98


def test_probabilities_rise_with_the_log_odds_and_agree_with_the_network(
    ellipse, ellipse_network, ellipse_surrogate
):
    probability = ellipse_surrogate.predict_proba(ellipse.data)
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    odds = ellipse_surrogate.decision_function(ellipse.data)
    assert (np.diff(probability[np.argsort(odds), 1]) >= 0).all()
    assert np.mean(np.abs(probability - ellipse_network.predict_proba(ellipse.data))) < 0.05


def test_transform_gives_the_left_hand_side(ellipse, ellipse_surrogate):
    values = ellipse_surrogate.transform(ellipse.data)
    decide = sympy.lambdify(sympy.symbols("x1 x2"), ellipse_surrogate.expression_, "numpy")
    np.testing.assert_allclose(values[:, 0], decide(*ellipse.data.to_numpy().T))


def test_equations_hold_the_front_with_one_choice(ellipse_surrogate):
    table = ellipse_surrogate.equations_
    assert table["complexity"].is_monotonic_increasing
    assert table["loss"].is_monotonic_decreasing
    assert table["chosen"].sum() == 1
    assert table["fidelity"].between(0, 1).all()
    assert table.loc[table["chosen"], "fidelity"].item() >= table["fidelity"].max() - 0.02


def test_another_candidate_can_be_chosen_without_a_new_search(ellipse, ellipse_surrogate):
    surrogate = pickle.loads(pickle.dumps(ellipse_surrogate))
    rule = surrogate.decision_rule_
    surrogate.select(1)
    assert surrogate.formula_.complexity < ellipse_surrogate.formula_.complexity
    assert surrogate.equations_["complexity"][surrogate.equations_["chosen"]].item() == 1
    assert surrogate.score(ellipse.data) < ellipse_surrogate.score(ellipse.data)
    assert surrogate.select("knee").decision_rule_ == rule


def test_what_is_picked_by_hand_keeps_its_terms_and_earns_no_trust_by_it(ellipse_surrogate):
    surrogate = pickle.loads(pickle.dumps(ellipse_surrogate))
    default = surrogate.trust_
    position = int(surrogate.equations_["chosen"].to_numpy().nonzero()[0][0])
    surrogate.select(lambda table: position)
    assert surrogate.trust_.stability == default.stability
    surrogate.select(1)
    assert surrogate.trust_.stability == 0  # no resample chooses it
    assert surrogate.trust_.verdict == "no closed form found"
    assert "Only 0.00 of the resamples choose this concept, less than 0.5." in surrogate.trust_.reasons
    longest = len(surrogate.equations_) - 1
    surrogate.select(lambda table: longest)
    picked = surrogate.equations_["expression"][longest]
    assert surrogate.formula_.variables == picked.variables
    assert surrogate.trust_.fidelity == pytest.approx(surrogate.equations_["fidelity"][longest], abs=0.01)


def test_a_summary_without_labels_says_what_is_not_known(ellipse_surrogate, capsys):
    ellipse_surrogate.summary()
    assert "Without labels it is not known whether the network learned" in capsys.readouterr().out


def test_its_source_text_decides_as_it_does(ellipse, ellipse_surrogate):
    space = {}
    exec(ellipse_surrogate.to_code("python"), space)
    rows = ellipse.data.to_numpy()[:50]
    values = [space["formula"](*row) for row in rows]
    np.testing.assert_allclose(values, ellipse_surrogate.decision_function(ellipse.data[:50]), rtol=1e-9)
    assert ellipse_surrogate.to_latex().startswith("x_{1}^{2} + 2 x_{2}^{2}")


def test_an_unknown_choice_is_refused(ellipse_surrogate):
    with pytest.raises(ValueError, match="selection.*{'accuracy', 'best', 'knee', 'one_standard_error'}"):
        ellipse_surrogate.select("simplest")


def test_names_of_any_kind_appear_in_the_rule(ellipse, ellipse_network, quick_engine):
    names = ["petal length (cm)", "2nd"]
    data = ellipse.data.set_axis(names, axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network = clone(ellipse_network).set_params(mlpclassifier__max_iter=20)
        network.fit(data, ellipse.target)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0)
    surrogate.fit(data)
    assert {str(symbol) for symbol in surrogate.expression_.free_symbols} <= set(names)
    assert surrogate.equations_["formula"].str.contains("`2nd`|`petal", regex=True).any()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_same_seed_gives_the_same_rule_for_every_n_jobs(ellipse, ellipse_network):
    rules = []
    for n_jobs in (1, 2):
        engine = EvolutionEngine(max_evals=30_000, n_islands=3, n_jobs=n_jobs)
        surrogate = SymbolicSurrogate(FrozenEstimator(ellipse_network), engine=engine, random_state=3)
        surrogate.fit(ellipse.data)
        rules.append((str(surrogate.decision_rule_), surrogate.equations_.to_json()))
    assert rules[0] == rules[1]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_works_in_a_grid_search_over_engine_settings_inside_a_pipeline(ellipse):
    X, y = ellipse.data[:400], ellipse.target[:400]
    search = GridSearchCV(
        make_pipeline(StandardScaler(), small_surrogate()),
        {"symbolicsurrogate__engine__max_complexity": [3, 12]},
        cv=2,
    )
    search.fit(X, y)
    assert search.best_estimator_[-1].equations_["complexity"].max() <= 12
    narrow = search.best_estimator_.set_params(symbolicsurrogate__engine__max_complexity=3)
    assert narrow.fit(X, y)[-1].equations_["complexity"].max() <= 3


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fidelity_and_accuracy_are_cross_validated_side_by_side(ellipse):
    scores = cross_validate(
        small_surrogate(),
        ellipse.data[:400],
        ellipse.target[:400],
        cv=2,
        scoring={"fidelity": fidelity_scorer, "accuracy": "accuracy"},
        return_estimator=True,
    )
    for key in ("test_fidelity", "test_accuracy"):
        assert np.logical_and(scores[key] >= 0, scores[key] <= 1).all()
    assert len({str(est.estimator_) for est in scores["estimator"]}) == 1


def test_clone_forgets_what_was_fitted_and_keeps_the_settings(ellipse_surrogate):
    copy = clone(ellipse_surrogate)
    assert not hasattr(copy, "expression_")
    assert copy.get_params()["engine"] == ellipse_surrogate.get_params()["engine"]
    with pytest.raises(NotFittedError):
        copy.predict(np.zeros((1, 2)))


def test_a_pickle_predicts_as_the_original(ellipse, ellipse_surrogate):
    copy = pickle.loads(pickle.dumps(ellipse_surrogate))
    np.testing.assert_array_equal(
        copy.decision_function(ellipse.data), ellipse_surrogate.decision_function(ellipse.data)
    )
    assert copy.decision_rule_ == ellipse_surrogate.decision_rule_


def test_transform_answers_in_pandas_when_asked(ellipse, ellipse_network, quick_engine):
    surrogate = SymbolicSurrogate(
        FrozenEstimator(ellipse_network), engine=quick_engine, random_state=0
    ).set_output(transform="pandas")
    values = surrogate.fit(ellipse.data).transform(ellipse.data)
    assert isinstance(values, pd.DataFrame)
    assert list(values.columns) == list(surrogate.get_feature_names_out())


def test_a_frozen_network_is_used_as_it_is(ellipse, ellipse_network, ellipse_surrogate):
    np.testing.assert_array_equal(
        ellipse_surrogate.estimator_.predict(ellipse.data), ellipse_network.predict(ellipse.data)
    )


def test_the_given_network_stays_untrained(ellipse):
    network = MLPClassifier((4,), max_iter=5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        small_surrogate().set_params(estimator=network).fit(ellipse.data[:200], ellipse.target[:200])
    assert not hasattr(network, "coefs_")


class TestBadInputIsRefusedBeforeWorkStarts:
    """Each with one sentence that says what to do."""

    @pytest.fixture
    def data(self, ellipse):
        return ellipse.data.to_numpy()[:60].copy(), ellipse.target.to_numpy()[:60].copy()

    @pytest.fixture(autouse=True)
    def no_search(self, monkeypatch):
        def search(*arguments, **keywords):
            raise AssertionError("the search started")

        monkeypatch.setattr(EvolutionEngine, "search", search)

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_gaps_and_infinities(self, data, value):
        X, y = data
        X[3, 1] = value
        with pytest.raises(ValueError, match="NaN|infinity"):
            small_surrogate().fit(X, y)

    def test_one_class(self, data):
        with pytest.raises(ValueError, match="one class only"):
            small_surrogate().fit(data[0], np.ones(60))

    def test_wrong_number_of_features_for_a_trained_network(self, data, ellipse_network):
        surrogate = SymbolicSurrogate(FrozenEstimator(ellipse_network))
        with pytest.raises(ValueError, match="3 features.* expects 2"):
            surrogate.fit(np.column_stack([data[0], data[0][:, 0]]))

    def test_wrong_number_of_features_for_prediction(self, ellipse_surrogate):
        with pytest.raises(ValueError, match="feature"):
            ellipse_surrogate.predict(pd.DataFrame(np.zeros((2, 3)), columns=["x1", "x2", "x3"]))

    def test_an_estimator_that_is_no_network(self, data):
        with pytest.raises(TypeError, match="RandomForestClassifier"):
            SymbolicSurrogate(RandomForestClassifier()).fit(*data)

    def test_a_step_that_cannot_be_read(self, data):
        network = make_pipeline(KBinsDiscretizer(), MLPClassifier())
        with pytest.raises(TypeError, match="kbinsdiscretizer"):
            SymbolicSurrogate(network).fit(*data)

    def test_a_regressor(self, data):
        with pytest.raises((TypeError, ValueError), match="[Rr]egress"):
            SymbolicSurrogate(MLPRegressor()).fit(*data)

    def test_a_frozen_network_that_is_not_trained(self, data):
        with pytest.raises(NotFittedError):
            SymbolicSurrogate(FrozenEstimator(MLPClassifier())).fit(data[0])

    def test_no_labels_for_an_untrained_network(self, data):
        with pytest.raises(ValueError, match="requires y"):
            small_surrogate().fit(data[0])

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            ({"engine__operators": ["+", "gamma"]}, "'gamma'.*choose operators from"),
            ({"engine__max_time": -1.0}, "max_time"),
            ({"engine__max_complexity": 0}, "max_complexity"),
            ({"delta": 0.7}, "delta"),
            ({"validation_fraction": 1.5}, "validation_fraction"),
            ({"random_state": "one"}, "random_state"),
        ],
    )
    def test_settings(self, data, setting, message):
        surrogate = small_surrogate()
        surrogate.set_params(**setting)
        with pytest.raises(ValueError, match=message):
            surrogate.fit(*data)


@pytest.mark.parametrize("estimator", [SymbolicSurrogate, SymbolicClassifier])
def test_the_rule_as_it_is_printed_decides_as_the_estimator_does(estimator, quick_engine):
    # four digits of a date in seconds say nothing
    seconds = 1.7e9 + np.random.default_rng(0).uniform(0, 1e6, 600)
    X = pd.DataFrame({"seconds": seconds.round()})
    fitted = estimator(engine=quick_engine, random_state=0).fit(X, X["seconds"] > 1.7005e9)
    rule = sympy.sympify(str(fitted.decision_rule_), {"seconds": sympy.Symbol("seconds")})
    holds = sympy.lambdify(sympy.Symbol("seconds"), rule)(X["seconds"].to_numpy())
    np.testing.assert_array_equal(holds, fitted.predict(X))
    assert 0.4 < np.mean(holds) < 0.6

"""`SymbolicSurrogateRegressor` as its users meet it."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sympy
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_validate
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import SymbolicSurrogateRegressor
from skinterpret.metrics import fidelity_scorer
from skinterpret.report import write_report
from skinterpret.search import EvolutionEngine


def small_surrogate(**parameters):
    settings = {"max_evals": 300, "n_islands": 1, "population_size": 20, "epoch_evals": 150}
    network = MLPRegressor(hidden_layer_sizes=(8,), max_iter=30, learning_rate_init=0.02, random_state=0)
    return SymbolicSurrogateRegressor(
        make_pipeline(StandardScaler(), network),
        engine=EvolutionEngine(max_complexity=2, **settings),
        n_directions=64,
        structure=False,
        random_state=0,
        **parameters,
    )


def trained(X, y):
    network = MLPRegressor(
        hidden_layer_sizes=(40, 40),
        activation="tanh",
        learning_rate_init=3e-3,
        max_iter=300,
        tol=1e-6,
        random_state=0,
    )
    model = make_pipeline(StandardScaler(), network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return FrozenEstimator(model.fit(X, y))


@pytest.fixture(scope="module")
def engine():
    return EvolutionEngine(max_evals=60_000, n_islands=4, max_complexity=15)


@pytest.fixture(scope="module")
def table():
    rows = np.random.default_rng(0).uniform(-1, 1, (1500, 2))
    return pd.DataFrame(rows, columns=["u", "speed (m/s)"])


@pytest.fixture(scope="module")
def two_values(table):
    """A falling function of an ellipse, and a product squared."""
    u, v = table.to_numpy().T
    return np.column_stack([np.exp(-(u**2 + 2 * v**2)), 4 * (u * v) ** 2 + 1])


@pytest.fixture(scope="module")
def network(table, two_values):
    return trained(table, two_values)


@pytest.fixture(scope="module")
def surrogate(table, network, engine):
    return SymbolicSurrogateRegressor(network, engine=engine, random_state=0).fit(table)


@pytest.fixture(scope="module")
def single(table, network, engine):
    return SymbolicSurrogateRegressor(network, target=0, engine=engine, random_state=0).fit(table)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([small_surrogate()])
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


def test_both_concepts_are_found(surrogate):
    u, v = sympy.Symbol("u"), sympy.Symbol("speed (m/s)")
    ellipse, product = surrogate.concept_expression_
    polynomial = sympy.Poly(ellipse, u, v)
    assert set(polynomial.monoms()) == {(2, 0), (0, 2)}
    ratio = polynomial.coeff_monomial(v**2) / polynomial.coeff_monomial(u**2)
    assert float(ratio) == pytest.approx(2, rel=0.05)
    assert product.free_symbols == {u, v}
    assert sympy.simplify(product / (u * v) ** 2).is_number


def test_the_formulas_give_the_values_of_the_network(table, network, surrogate):
    assert surrogate.n_outputs_ == 2
    values = surrogate.predict(table)
    assert values.shape == (1500, 2)
    theirs = network.predict(table)
    for k in range(2):
        unexplained = np.mean((values[:, k] - theirs[:, k]) ** 2) / theirs[:, k].var()
        assert unexplained < 0.01
    assert surrogate.score(table) > 0.99
    fresh = np.random.default_rng(5).uniform(-1, 1, (500, 2))
    assert surrogate.score(pd.DataFrame(fresh, columns=table.columns)) > 0.99


def test_score_ignores_labels(table, surrogate):
    assert surrogate.score(table, np.zeros((1500, 2))) == surrogate.score(table)


def test_the_formula_is_the_link_of_the_concept(table, surrogate):
    concepts = surrogate.transform(table)
    for k, (link, formula) in enumerate(zip(surrogate.link_, surrogate.formula_, strict=True)):
        np.testing.assert_allclose(link(concepts[:, k]), formula(table.to_numpy()), rtol=1e-6, atol=1e-9)
        symbols = [sympy.Symbol(name) for name in table.columns]
        written = sympy.lambdify(symbols, surrogate.expression_[k])
        np.testing.assert_allclose(written(*table.to_numpy().T), surrogate.predict(table)[:, k], rtol=1e-9)
        np.testing.assert_allclose(
            sympy.lambdify(sympy.Symbol("T"), link.to_sympy())(concepts[:, k]),
            link(concepts[:, k]),
            rtol=1e-9,
        )


def test_the_front_has_an_output_as_its_first_level(surrogate, single):
    chosen = surrogate.equations_[surrogate.equations_["chosen"]]
    assert list(chosen.index.get_level_values("output")) == [0, 1]
    assert single.equations_["complexity"].is_monotonic_increasing
    assert single.equations_["fidelity"].max() <= 1
    assert {"alignment", "link", "formula"} <= set(single.equations_.columns)
    assert len(surrogate.structure_) == len(surrogate.front_) == 2


def test_each_of_several_searches_has_a_checkpoint_of_its_own(table, network, tmp_path):
    engine = EvolutionEngine(max_evals=4_000, n_islands=2, checkpoint=tmp_path / "search.npz")
    surrogate = SymbolicSurrogateRegressor(network, engine=engine, n_searches=2, random_state=0).fit(table)
    assert {path.name for path in tmp_path.iterdir()} >= {f"search-{n}-{k}.npz" for n in "12" for k in "12"}
    for trust in surrogate.trust_:
        assert trust.repeatability in (0, 0.5, 1)
        assert "Repeatability" in str(trust)


def test_one_output_is_explained_alone(table, network, single):
    assert single.n_outputs_ == 1
    assert single.predict(table).shape == (1500,)
    np.testing.assert_allclose(single.network_values(table), network.predict(table)[:, 0])
    assert single.score(table) > 0.99


def test_another_candidate_can_be_chosen_without_a_new_search(table, single):
    other = pickle.loads(pickle.dumps(single))
    other.select(1)
    assert other.concept_.complexity < single.concept_.complexity
    assert other.score(table) < single.score(table)
    assert other.select("knee").expression_ == single.expression_
    position = other.select(lambda table: len(table) - 1).equations_["chosen"].to_numpy().argmax()
    assert position == len(other.equations_) - 1
    with pytest.raises(ValueError, match="selection"):
        other.select("simplest")


def test_another_candidate_can_be_chosen_for_one_output_alone(table, surrogate, single):
    other = pickle.loads(pickle.dumps(surrogate))
    fidelity = other.trust_[0].fidelity
    other.select({1: 1})
    assert other.concept_[0] == surrogate.concept_[0]
    assert other.concept_[1].complexity < surrogate.concept_[1].complexity
    chosen = other.equations_[other.equations_["chosen"]]
    assert chosen["complexity"].loc[1].item() == other.equations_["complexity"].loc[1].min()
    np.testing.assert_array_equal(other.predict(table)[:, 0], surrogate.predict(table)[:, 0])
    assert other.trust_[0].fidelity == fidelity
    assert other.trust_[1].fidelity < surrogate.trust_[1].fidelity
    other.select({0: 1})
    assert other.concept_[1].complexity < surrogate.concept_[1].complexity  # as it was left
    assert other.select({0: "knee", 1: "knee"}).expression_ == surrogate.expression_
    assert pickle.loads(pickle.dumps(single)).select({0: 1}).concept_.complexity < single.concept_.complexity
    with pytest.raises(
        ValueError, match=r"\[3, 2\] does not say what each is for; give a dict: \{0: 3, 1: 2\}\."
    ):
        other.select([3, 2])
    with pytest.raises(ValueError, match=r"names 2, which has no formula; choose from: \[0, 1\]"):
        other.select({2: 1})
    with pytest.raises(ValueError, match="'selection' parameter"):
        other.select({0: "simplest"})


def test_the_front_holds_concepts_without_constant_terms(surrogate):
    for expression in surrogate.equations_["expression"]:
        formula = expression.to_sympy()
        assert formula.as_independent(*formula.free_symbols, as_Add=True)[0] == 0


def test_its_source_text_calculates_as_it_does(table, single):
    space = {}
    exec(single.to_code("python"), space)
    values = [space["formula"](*row) for row in table.to_numpy()[:20]]
    np.testing.assert_allclose(values, single.predict(table[:20]), rtol=1e-9)
    assert r"\text{speed (m/s)}" in single.to_latex() or "speed" in single.to_latex()
    assert single._repr_latex_() == f"${single.to_latex()}$"


def test_a_pickle_predicts_as_the_original(table, surrogate):
    copy = pickle.loads(pickle.dumps(surrogate))
    np.testing.assert_array_equal(copy.predict(table), surrogate.predict(table))
    assert copy.expression_ == surrogate.expression_


def test_clone_forgets_what_was_fitted(single):
    copy = clone(single)
    with pytest.raises(NotFittedError):
        copy.predict(np.zeros((1, 2)))
    with pytest.raises(NotFittedError):
        copy.to_latex()


def test_transform_answers_in_pandas_when_asked(table, single):
    values = pickle.loads(pickle.dumps(single)).set_output(transform="pandas").transform(table)
    assert isinstance(values, pd.DataFrame)
    assert list(values.columns) == list(single.get_feature_names_out())


def test_the_same_seed_gives_the_same_formula(table, network):
    engine = EvolutionEngine(max_evals=3_000, n_islands=2, max_complexity=8)
    formulas = [
        SymbolicSurrogateRegressor(
            network, target=0, engine=clone(engine).set_params(n_jobs=n), random_state=1
        )
        .fit(table)
        .expression_
        for n in (1, 2)
    ]
    assert formulas[0] == formulas[1]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fidelity_and_r2_are_cross_validated_side_by_side(table, two_values):
    scoring = {"fidelity": fidelity_scorer, "r2": "r2"}
    scores = cross_validate(small_surrogate(), table[:300], two_values[:300, 0], cv=2, scoring=scoring)
    assert (scores["test_fidelity"] <= 1).all()
    assert (scores["test_r2"] <= 1).all()


class TestHiddenUnits:
    def test_a_unit_of_the_first_layer_is_a_plane(self, table, network, engine):
        target = ("hidden", 0, 3)
        surrogate = SymbolicSurrogateRegressor(network, target=target, engine=engine, random_state=0).fit(
            table
        )
        assert surrogate.network_values(table).shape == (1500,)
        assert surrogate.score(table) > 0.999
        assert surrogate.link_.family == "affine"

    def test_the_network_may_be_a_classifier(self, table, two_values, quick_engine):
        labels = np.where(two_values[:, 0] > 0.5, "in", "out")
        network = MLPClassifier((5,), random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            surrogate = SymbolicSurrogateRegressor(
                network, target=("hidden", 0, 1), engine=quick_engine, random_state=0
            ).fit(table, labels)
        assert surrogate.score(table) > 0.99
        np.testing.assert_allclose(
            surrogate.network_values(table), surrogate.network_.latent(table, ("hidden", 0, 1))
        )

    @pytest.mark.parametrize("target", [2, "first", ("hidden", 5, 0), ("hidden", 0, 99)])
    def test_an_unknown_target_is_refused(self, table, network, target):
        with pytest.raises(ValueError, match="target"):
            SymbolicSurrogateRegressor(network, target=target).fit(table)


class TestBadInputIsRefusedBeforeWorkStarts:
    @pytest.fixture(autouse=True)
    def no_search(self, monkeypatch):
        def search(*arguments, **keywords):
            raise AssertionError("the search started")

        monkeypatch.setattr(EvolutionEngine, "search", search)

    def test_a_classifier(self, table, two_values):
        with pytest.raises(ValueError, match="classifier"):
            SymbolicSurrogateRegressor(MLPClassifier()).fit(table, two_values[:, 0] > 0.5)

    def test_one_value(self, table):
        with pytest.raises(ValueError, match="one value only"):
            small_surrogate().fit(table, np.ones(1500))

    def test_no_values_for_an_untrained_network(self, table):
        with pytest.raises(ValueError, match="requires y"):
            small_surrogate().fit(table)

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            ({"engine__operators": ["gamma"]}, "'gamma'"),
            ({"selection": "simplest"}, "selection"),
            ({"validation_fraction": 0}, "validation_fraction"),
            ({"structure": ["odd"]}, "odd"),
        ],
    )
    def test_settings(self, table, two_values, setting, message):
        with pytest.raises(ValueError, match=message):
            small_surrogate().set_params(**setting).fit(table, two_values)


def test_counts_are_explained_as_means(table):
    """With `loss="poisson"` the latent is a logarithm; the formula is that of the mean itself."""
    if "loss" not in MLPRegressor().get_params():
        pytest.skip("this scikit-learn has no Poisson loss")
    mean = np.exp(table["u"] - table["speed (m/s)"]).to_numpy()
    network = MLPRegressor(
        loss="poisson",
        hidden_layer_sizes=(10,),
        activation="tanh",
        solver="lbfgs",
        max_iter=100,
        random_state=0,
    )
    engine = EvolutionEngine(max_evals=2_000, n_islands=2, max_complexity=6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        surrogate = SymbolicSurrogateRegressor(network, engine=engine, random_state=0).fit(table, mean)
    np.testing.assert_allclose(surrogate.predict(table), mean, rtol=0.1)
    assert surrogate.score(table) > 0.99


def test_without_a_network_the_default_one_is_trained(monkeypatch):
    X = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    quick = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=300)
    monkeypatch.setattr(SymbolicSurrogateRegressor, "_default_network", lambda self: quick)
    engine = EvolutionEngine(max_evals=2000, epoch_evals=500, n_islands=1)
    surrogate = SymbolicSurrogateRegressor(engine=engine, random_state=0).fit(X, X[:, 0] + 2 * X[:, 1])
    assert surrogate.estimator_.hidden_layer_sizes == (8,)


def test_there_is_no_report_on_values(single):
    with pytest.raises(TypeError, match=r"to_code\(\) and to_latex\(\) give its text"):
        write_report(single, np.zeros((4, 2)))

"""`PrunedSurrogate` and `PrunedSurrogateRegressor` as their users meet them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sympy
from sklearn.datasets import load_iris
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import PrunedSurrogate, PrunedSurrogateRegressor, complexity_score

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def quick_network(kind, **parameters):
    return make_pipeline(
        StandardScaler(), kind(hidden_layer_sizes=(6,), max_iter=30, random_state=0, **parameters)
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks(
    [
        PrunedSurrogate(
            quick_network(MLPClassifier, learning_rate_init=0.02),
            refit_steps=3,
            n_steps=4,
            random_state=0,
        ),
        PrunedSurrogateRegressor(quick_network(MLPRegressor), refit=False, random_state=0),
    ]
)
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def pruned(ellipse, ellipse_network):
    surrogate = PrunedSurrogate(FrozenEstimator(ellipse_network), refit=False, random_state=0)
    return surrogate.fit(ellipse.data, ellipse.target)


@pytest.fixture(scope="module")
def refitted(ellipse, ellipse_network):
    surrogate = PrunedSurrogate(FrozenEstimator(ellipse_network), n_steps=15, selection=0.97, random_state=0)
    return surrogate.fit(ellipse.data[:2000], ellipse.target[:2000])


@pytest.fixture(scope="module")
def iris_surrogate():
    X, y = load_iris(return_X_y=True, as_frame=True)
    network = make_pipeline(
        StandardScaler(), MLPClassifier((6,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
    )
    labels = np.array(["setosa", "versicolor", "virginica"])[y]
    return X, PrunedSurrogate(network, selection=0.95, random_state=0).fit(X, labels)


def test_the_path_begins_with_the_whole_network_and_falls(pruned):
    path = pruned.path_
    n_parameters = sum(w.size for w in (*pruned.network_.weights, *pruned.network_.biases))
    assert path["n_parameters"][0] == n_parameters
    assert path["n_parameters"].is_monotonic_decreasing
    assert path["complexity"].is_monotonic_decreasing
    assert path["fidelity"][0] == 1
    assert path["fidelity"].iloc[-1] < 0.9
    assert path["accuracy"].between(0, 1).all()


@pytest.mark.parametrize("n_steps", [2, 5, 200])
def test_the_path_is_at_most_as_long_as_asked_for_and_shorter_for_a_small_network(n_steps):
    X, y = load_iris(return_X_y=True)
    network = FrozenEstimator(MLPClassifier((2,), max_iter=30, random_state=0).fit(X, y))
    path = PrunedSurrogate(network, n_steps=n_steps, refit=False, random_state=0).fit(X).path_
    assert len(path) <= n_steps
    assert len(path) <= path["n_parameters"][0]
    assert path["n_parameters"].is_unique


def test_the_choice_is_the_smallest_network_within_one_standard_error_of_the_best(pruned):
    path = pruned.path_
    chosen = path.index[path["chosen"]].item()
    best = path.loc[path["fidelity"].idxmax()]
    good = path["fidelity"] >= best["fidelity"] - best["standard_error"]
    assert good[chosen]
    assert not good[chosen + 1 :].any()
    assert pruned.n_parameters_ < path["n_parameters"][0]


def test_the_standard_error_that_counts_is_that_of_the_best_and_not_of_the_candidate(pruned):
    surrogate = pickle.loads(pickle.dumps(pruned))
    few = surrogate.path_.iloc[:3].assign(fidelity=[0.99, 0.95, 0.90], standard_error=[0.03, 0.02, 0.2])
    surrogate.path_ = few.reset_index(drop=True)
    assert surrogate.select("one_standard_error").path_["chosen"].tolist() == [True, False, False]
    surrogate.path_.loc[0, "standard_error"] = 0.05
    assert surrogate.select("one_standard_error").path_["chosen"].tolist() == [False, True, False]


def test_a_perfect_score_concedes_one_row(pruned):
    n_held_back = round(0.3 * 8000)
    assert pruned.path_["fidelity"][0] == 1
    assert 1 < n_held_back * pruned.path_["standard_error"][0] < 2


def test_a_smaller_network_that_misses_one_row_is_chosen_before_a_perfect_one(pruned):
    surrogate = pickle.loads(pickle.dumps(pruned))
    missed = np.array([0, 1, 2]) / round(0.3 * 8000)
    surrogate.path_ = surrogate.path_.iloc[[0, 0, 0]].assign(fidelity=1 - missed).reset_index(drop=True)
    assert surrogate.select("one_standard_error").path_["chosen"].tolist() == [False, True, False]


def test_score_is_agreement_with_the_network(ellipse, ellipse_network, pruned):
    agreement = np.mean(pruned.predict(ellipse.data) == ellipse_network.predict(ellipse.data))
    assert pruned.score(ellipse.data, 1 - ellipse.target) == agreement
    assert agreement > 0.99


def test_the_first_order_effect_keeps_decisions_longer_than_magnitude(ellipse, ellipse_network, pruned):
    other = PrunedSurrogate(
        FrozenEstimator(ellipse_network), criterion="magnitude", refit=False, random_state=0
    )
    other.fit(ellipse.data, ellipse.target)
    assert pruned.n_parameters_ < other.n_parameters_


def test_refitting_leaves_far_fewer_parameters(pruned, refitted, ellipse):
    plain = pickle.loads(pickle.dumps(pruned)).select(0.97)
    assert refitted.n_parameters_ < plain.n_parameters_ / 2
    assert refitted.score(ellipse.data[2000:]) > 0.95


def test_probabilities_and_log_odds_are_those_of_the_pruned_network(ellipse, pruned):
    probability = pruned.predict_proba(ellipse.data)
    np.testing.assert_allclose(probability, pruned.pruned_network_.predict_proba(ellipse.data))
    odds = pruned.decision_function(ellipse.data)
    np.testing.assert_allclose(np.log(probability[:, 1] / probability[:, 0]), odds, rtol=1e-6, atol=1e-6)


def test_the_formula_is_the_pruned_network_in_raw_units(ellipse, refitted):
    expression = refitted.expression_
    assert {str(symbol) for symbol in expression.free_symbols} == {"x1", "x2"}
    decide = sympy.lambdify(sympy.symbols("x1 x2"), expression, "numpy")
    latent = refitted.pruned_network_.latent(ellipse.data)
    np.testing.assert_allclose(decide(*ellipse.data.to_numpy().T), latent, rtol=1e-9, atol=1e-9)
    assert "tanh" in refitted.to_latex()


def test_each_class_has_a_formula_with_the_names_of_the_inputs(iris_surrogate):
    X, surrogate = iris_surrogate
    symbols = [sympy.Symbol(name) for name in X.columns]
    odds = surrogate.decision_function(X)
    assert list(surrogate.expression_) == ["setosa", "versicolor", "virginica"]
    for k, expression in enumerate(surrogate.expression_.values()):
        ours = sympy.lambdify(symbols, expression, "numpy")(*X.to_numpy().T)
        np.testing.assert_allclose(np.broadcast_to(ours, len(X)), odds[:, k], rtol=1e-9, atol=1e-9)
    assert set(surrogate.to_latex()) == set(surrogate.classes_)


def test_a_formula_that_takes_long_is_refused(pruned):
    large = pickle.loads(pickle.dumps(pruned)).select(10_000)
    with pytest.raises(ValueError, match="take a smaller one by select"):
        large.to_sympy(max_parameters=100)
    large.n_parameters_ = 5001
    assert not hasattr(large, "expression_")
    with pytest.raises(AttributeError, match=r"to_sympy\(max_parameters=5001\)"):
        large.expression_  # noqa: B018


def test_other_networks_of_the_path_can_be_chosen(pruned):
    surrogate = pickle.loads(pickle.dumps(pruned))
    for n_parameters in surrogate.path_["n_parameters"][::5]:
        surrogate.select(int(n_parameters))
        assert surrogate.n_parameters_ == n_parameters
        assert surrogate.complexity_ == complexity_score(surrogate.pruned_network_)
    with pytest.raises(ValueError, match="selection"):
        surrogate.select("smallest")


@pytest.mark.parametrize("selection", [0, 0.0, -1, True])
def test_no_parameters_at_all_are_no_choice(ellipse, ellipse_network, selection):
    with pytest.raises(ValueError, match="selection"):
        PrunedSurrogate(FrozenEstimator(ellipse_network), selection=selection).fit(ellipse.data)


def test_without_labels_there_is_no_accuracy(ellipse, ellipse_network):
    surrogate = PrunedSurrogate(FrozenEstimator(ellipse_network), n_steps=3, random_state=0).fit(ellipse.data)
    assert "accuracy" not in surrogate.path_


def test_a_regressor_keeps_what_its_values_need():
    X = np.random.default_rng(0).uniform(-1, 1, (400, 5))
    y = np.tanh(2 * X[:, 0] - X[:, 3])
    network = MLPRegressor(
        hidden_layer_sizes=(8,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0
    )
    surrogate = PrunedSurrogateRegressor(network, random_state=0).fit(X, y)
    assert surrogate.score(X) > 0.98
    assert {str(symbol) for symbol in surrogate.expression_.free_symbols} == {"x0", "x3"}
    assert surrogate.path_["r2"].max() > 0.98
    decide = sympy.lambdify(sympy.symbols("x0 x3"), surrogate.expression_, "numpy")
    np.testing.assert_allclose(decide(X[:, 0], X[:, 3]), surrogate.predict(X), rtol=1e-9, atol=1e-9)


def test_several_values_have_a_formula_each():
    X = np.random.default_rng(0).uniform(-1, 1, (200, 3))
    network = MLPRegressor(hidden_layer_sizes=(5,), solver="lbfgs", max_iter=300, random_state=0)
    surrogate = PrunedSurrogateRegressor(network, random_state=0).fit(X, X[:, :2])
    assert list(surrogate.expression_) == [0, 1]
    assert surrogate.predict(X).shape == (200, 2)

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import skinterpret
from skinterpret import (
    OneHotProbe,
    PrunedSurrogate,
    TreeSurrogate,
    alignment_score,
    complexity_score,
    fidelity_score,
    metrics,
)
from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_scorer, complexity_scorer, fidelity_scorer
from skinterpret.network import as_network

GRADIENT = np.random.default_rng(0).normal(size=(40, 3))


def test_fidelity_is_the_share_of_equal_classes():
    assert fidelity_score(["a", "b", "b", "a"], ["a", "b", "a", "a"]) == 0.75
    assert fidelity_score([0, 1], [0, 0], sample_weight=[3, 1]) == 0.75


def test_values_have_no_fidelity_of_classes():
    with pytest.raises(
        ValueError, match="compares classes, but these are values, whose fidelity is R²; take"
    ):
        fidelity_score([0.5, 1.2, 3.3], [0.5, 1.2, 3.3])


@given(st.floats(1e-6, 1e6), st.sampled_from([-1, 1]))
def test_alignment_ignores_length_and_common_sign(factor, sign):
    lengths = np.random.default_rng(1).uniform(0.1, 10, (40, 1))
    assert alignment_score(GRADIENT, sign * factor * lengths * GRADIENT) == pytest.approx(1)


def test_signs_that_differ_between_rows_are_no_alignment():
    signs = np.where(np.arange(40) % 2, 1, -1)[:, None]
    assert alignment_score(GRADIENT, signs * GRADIENT) < 1e-12


def test_rows_without_direction_count_as_perpendicular():
    other = GRADIENT.copy()
    other[:10] = 0
    other[10:20] = np.nan
    assert alignment_score(GRADIENT, other) == pytest.approx(0.5)


@pytest.mark.parametrize("length", [1e-320, 1e-200, 1e200])
def test_a_gradient_whose_length_no_float_holds_counts_as_perpendicular(length):
    theirs = GRADIENT.copy()
    theirs[0] *= length
    rest = (len(GRADIENT) - 1) / len(GRADIENT)
    assert alignment_score(GRADIENT, theirs) == pytest.approx(rest)


def test_alignment_is_weighted():
    other = np.cross(GRADIENT, np.roll(GRADIENT, 1, axis=1))  # perpendicular
    other[0] = GRADIENT[0]
    weight = np.r_[1.0, np.full(39, 1 / 39)]
    assert alignment_score(GRADIENT, other, sample_weight=weight) == pytest.approx(0.5)


def test_a_formula_a_split_and_a_sum_that_say_the_same_count_the_same():
    X, y = np.array([[0.0], [1.0]]), [0, 1]
    rule = SimpleNamespace(formula_=Expression.parse("x0"))  # x0 > c
    tree = DecisionTreeClassifier().fit(X, y)
    assert complexity_score(rule) == complexity_score(tree) == 4
    # a coefficient and a product more
    assert complexity_score(LogisticRegression().fit(X, y)) == 4 + 3


def test_the_complexity_of_sums_is_that_of_their_expression():
    X = np.random.default_rng(0).normal(size=(30, 3))
    linear = LinearRegression().fit(X, X @ [1.5, -2.5, 0.5] + 1)
    written = Expression.parse("1.5*x0 + 2.5*x1 + 0.5*x2 + 1.1")
    assert complexity_score(linear) == written.complexity
    assert complexity_score(make_pipeline(StandardScaler(), linear.fit(X, X[:, 0]))) == written.complexity
    linear.coef_[1] = 0
    assert complexity_score(linear) == Expression.parse("1.5*x0 + 0.5*x2 + 1.1").complexity


def test_values_in_leaves_count_and_labels_do_not():
    X = np.arange(8.0)[:, None]
    tree = DecisionTreeRegressor().fit(X, X[:, 0])
    assert complexity_score(tree) == 7 * 4 + 8 * 2
    assert complexity_score(DecisionTreeClassifier().fit(X, X[:, 0])) == 7 * 4


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_units_without_use_do_not_count():
    model = MLPRegressor(hidden_layer_sizes=(3,), activation="tanh", max_iter=5).fit(GRADIENT, GRADIENT[:, 0])
    one = Expression.parse("1.5*tanh(1.5*x0 + 2.5*x1 + 0.5*x2 + 1.1) + 1.1").complexity
    more = Expression.parse("1.5*tanh(1.5*x0 + 2.5*x1 + 0.5*x2 + 1.1)").complexity + 1
    # three more for the names of the units in the last sum
    assert complexity_score(model) == complexity_score(as_network(model)) == one + 2 * more + 3
    model.coefs_[1][1:] = 0
    assert complexity_score(as_network(model)) == one + 1


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("n_classes", "n_margins"), [(2, 1), (3, 3)])
def test_a_probe_counts_the_values_that_it_looks_up(n_classes, n_margins):
    X = np.random.default_rng(0).integers(0, 3, (90, 3)).astype(float)
    network = MLPClassifier((4,), activation="tanh", max_iter=20, random_state=0)
    network.fit(X, np.arange(90) % n_classes)
    network.coefs_[0][2] = 0  # the third input adds nothing, whatever its value
    probe = OneHotProbe(FrozenEstimator(network)).fit(X)  # zeros, the baseline, add nothing either
    looked_up = 2 * 1 + 4 * 3  # two inputs; four values, each with a comparison and its constant
    one_sum = 4 * 2 + 1 + 3  # what each value adds; one sum; the offset
    assert complexity_score(probe) == looked_up + n_margins * one_sum


def test_the_scorer_of_complexity_prefers_what_is_short(ellipse):
    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0), {"max_depth": [4, 1, 2]}, scoring=complexity_scorer, cv=2
    ).fit(ellipse.data, ellipse.target)
    assert search.best_params_ == {"max_depth": 1}
    assert search.best_score_ == -complexity_score(search.best_estimator_) == -4
    with pytest.raises(TypeError, match="DummyClassifier"):
        complexity_scorer(DummyClassifier().fit([[0.0]], [1]))


def test_what_is_of_unknown_kind_has_no_complexity():
    with pytest.raises(TypeError, match="DummyClassifier"):
        complexity_score(DummyClassifier().fit([[0.0]], [1]))


def test_what_is_not_fitted_has_no_complexity_yet():
    with pytest.raises(NotFittedError):
        complexity_score(TreeSurrogate())


@pytest.mark.parametrize("scorer", [fidelity_scorer, alignment_scorer])
def test_scorers_refuse_what_stands_in_for_no_network(scorer, ellipse):
    model = LogisticRegression().fit(ellipse.data, ellipse.target)
    with pytest.raises(TypeError, match="LogisticRegression stands in for no network"):
        scorer(model, ellipse.data)


def test_gradients_by_other_inputs_are_not_compared():
    with pytest.raises(ValueError, match="2 and 3 inputs"):
        alignment_score(np.ones((4, 2)), np.ones((4, 3)))


def test_the_scorer_of_alignment_works_on_a_surrogate_behind_a_scaler(ellipse, ellipse_network):
    X, y = ellipse.data[:500], ellipse.target[:500]
    network = MLPClassifier((6,), solver="lbfgs", max_iter=200, random_state=0)
    model = make_pipeline(StandardScaler(), PrunedSurrogate(network, n_steps=5, selection=10_000)).fit(X, y)
    assert alignment_scorer(model, X, y) == pytest.approx(1)
    short = PrunedSurrogate(FrozenEstimator(ellipse_network), n_steps=5, selection=1).fit(X)
    assert alignment_scorer(short, X) < 0.9


@pytest.mark.parametrize("kind", ["fidelity", "alignment", "complexity"])
def test_scorers_stand_beside_the_scores_at_the_door(kind):
    assert getattr(skinterpret, f"{kind}_scorer") is getattr(metrics, f"{kind}_scorer")
    assert f"{kind}_scorer" in skinterpret.__all__

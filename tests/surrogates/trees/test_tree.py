"""`TreeSurrogate` and `TreeSurrogateRegressor` as their users meet them."""

from __future__ import annotations

import pickle
import re
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, export_text
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import TreeSurrogate, TreeSurrogateRegressor, complexity_score
from skinterpret._sklearn import pruned
from skinterpret.exceptions import UnfaithfulTreeWarning
from skinterpret.metrics import fidelity_scorer
from skinterpret.surrogates.trees.base_tree import fit_lengths
from skinterpret.surrogates.trees.rules import list_rules

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

QUICK = {"n_synthetic": 100, "cv": 2, "n_resamples": 2, "random_state": 0}


def quick_network(kind, **parameters):
    return make_pipeline(
        StandardScaler(), kind(hidden_layer_sizes=(6,), max_iter=30, random_state=0, **parameters)
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.filterwarnings("ignore::skinterpret.exceptions.UnfaithfulTreeWarning")  # of few rows of noise
@parametrize_with_checks(
    [
        TreeSurrogate(quick_network(MLPClassifier, learning_rate_init=0.02), **QUICK),
        TreeSurrogateRegressor(quick_network(MLPRegressor), **QUICK | {"n_synthetic": 1000}),
    ]
)
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def tree_surrogate(ellipse, ellipse_network):
    surrogate = TreeSurrogate(FrozenEstimator(ellipse_network), n_resamples=3, random_state=0)
    return surrogate.fit(ellipse.data[:1000])


@pytest.fixture(scope="module")
def saddle():
    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    network = MLPRegressor(
        hidden_layer_sizes=(10,), solver="lbfgs", activation="tanh", max_iter=1000, random_state=0
    )
    return X, network.fit(X, X[:, 0] * X[:, 1])


def test_score_is_agreement_with_the_network(ellipse, ellipse_network, tree_surrogate):
    rows = ellipse.data[1000:]
    agreement = np.mean(tree_surrogate.predict(rows) == ellipse_network.predict(rows))
    assert tree_surrogate.score(rows, 1 - ellipse.target[1000:]) == agreement
    assert agreement > 0.94


def test_rows_that_the_network_answers_make_up_for_few_of_ones_own(ellipse, ellipse_network):
    scores = [
        TreeSurrogate(
            FrozenEstimator(ellipse_network), n_synthetic=n, selection="best", n_resamples=2, random_state=0
        )
        .fit(ellipse.data[:150])
        .score(ellipse.data[1000:])
        for n in (0, 5000)
    ]
    assert scores[1] > scores[0] + 0.02


def test_leaves_are_filled_and_the_rows_that_it_took_are_counted(ellipse, ellipse_network):
    def drawn(**settings):
        surrogate = TreeSurrogate(FrozenEstimator(ellipse_network), **QUICK | settings)
        return surrogate.fit(ellipse.data[:300]).n_synthetic_

    assert drawn() == 100  # all that are allowed
    assert drawn(min_samples_node=1) == 0
    few = {"min_samples_node": 40, "max_leaf_nodes": 12}  # of 300 rows, and two times as many
    assert 20 < drawn(**few, n_synthetic=2000) <= 40 * 12


def test_every_row_obeys_exactly_one_rule_and_gets_its_answer(ellipse, tree_surrogate):
    rows = ellipse.data[1000:3000]
    obeyed = np.array([_obeys(rows, rule) for rule in tree_surrogate.rules_["rule"]])
    # bounds are written with four digits, so a row right at one may fall to the wrong side
    sure = obeyed.sum(axis=0) == 1
    assert sure.mean() > 0.99
    answers = tree_surrogate.rules_["answer"].to_numpy()[obeyed.argmax(axis=0)]
    assert np.mean(answers[sure] == tree_surrogate.predict(rows)[sure]) > 0.999
    assert tree_surrogate.rules_["share"].sum() == pytest.approx(1)
    assert tree_surrogate.rules_["share"].is_monotonic_decreasing


def test_shares_are_of_training_rows_and_not_of_synthetic_ones(ellipse, ellipse_network):
    rows = ellipse.data[:1000]
    surrogate = TreeSurrogate(FrozenEstimator(ellipse_network), **QUICK | {"n_synthetic": 3000}).fit(rows)
    for complexity in surrogate.pruned_trees_["complexity"][1:]:
        surrogate.select(int(complexity))
        leaves = surrogate.tree_.apply(rows.to_numpy())
        expected = np.unique(leaves, return_counts=True)[1] / len(rows)
        shares = surrogate.rules_["share"].to_numpy()
        np.testing.assert_array_equal(shares[shares > 0], np.sort(expected)[::-1])
        for rule, share in zip(surrogate.rules_["rule"], shares, strict=True):
            # bounds are written with four digits, so a row right at one may fall to the wrong side
            assert _obeys(rows, rule).mean() == pytest.approx(share, abs=0.003)


def _obeys(rows, rule):
    masks = []
    for condition in rule.split(" and "):
        if " < " in condition:
            low, _, condition = condition.partition(" < ")
            masks.append(rows[condition.split(" ")[0]] > float(low))
        name, sign, bound = condition.split(" ")
        masks.append(rows[name] <= float(bound) if sign == "<=" else rows[name] > float(bound))
    return np.logical_and.reduce(masks)


def test_the_choice_is_the_simplest_within_one_standard_error_of_the_best(tree_surrogate):
    table = tree_surrogate.pruned_trees_
    assert table["complexity"].is_monotonic_increasing
    best = table.loc[table["fidelity"].idxmax()]
    enough = table[table["fidelity"] >= best["fidelity"] - best["standard_error"]]
    assert table.index[table["chosen"]].tolist() == [enough.index[0]]
    assert tree_surrogate.tree_ is table["tree"][enough.index[0]]


def test_a_perfect_tree_concedes_one_row():
    X = np.arange(200.0)[:, None]
    network = FrozenEstimator(MLPClassifier((4,), solver="lbfgs", random_state=0).fit(X / 100, X[:, 0] > 100))
    table = TreeSurrogate(network, random_state=0).fit(X / 100).pruned_trees_
    perfect = table[table["fidelity"] == 1]
    assert len(perfect)
    assert (200 * perfect["standard_error"]).between(1, 2).all()


def test_fidelity_of_the_table_is_that_on_rows_that_were_held_out(ellipse, tree_surrogate):
    table = tree_surrogate.pruned_trees_
    fresh = [
        np.mean(
            tree.predict(ellipse.data[1000:].to_numpy()) == tree_surrogate.network_labels(ellipse.data[1000:])
        )
        for tree in table["tree"]
    ]
    # trees of folds are pruned at the same price, which is not quite the same size
    np.testing.assert_allclose(table["fidelity"], fresh, atol=0.05)
    np.testing.assert_allclose(
        table["fidelity"][table["chosen"]], np.array(fresh)[table["chosen"]], atol=0.02
    )


def test_pruned_trees_can_be_chosen_afterwards_and_are_nested_in_size(ellipse, tree_surrogate):
    surrogate = pickle.loads(pickle.dumps(tree_surrogate))
    sizes = [surrogate.select(int(c)).tree_.get_n_leaves() for c in surrogate.pruned_trees_["complexity"]]
    assert sizes == surrogate.pruned_trees_["n_leaves"].tolist()
    assert surrogate.pruned_trees_["chosen"].sum() == 1
    assert surrogate.select("best").score(ellipse.data) >= surrogate.select(0).score(ellipse.data)
    with pytest.raises(ValueError, match="selection"):
        surrogate.select("largest")


def test_lengths_that_are_fitted_together_are_as_if_fitted_one_by_one(ellipse, ellipse_network):
    surrogate = TreeSurrogate(
        FrozenEstimator(ellipse_network), n_synthetic=500, n_resamples=2, random_state=0
    )
    X = ellipse.data[:300]
    for length, fitted in zip((8, None), fit_lengths(surrogate, X, (8, None)), strict=True):
        alone = clone(surrogate).set_params(max_complexity=length).fit(X)
        pd.testing.assert_frame_equal(
            fitted.pruned_trees_.drop(columns="tree"), alone.pruned_trees_.drop(columns="tree")
        )
        assert fitted.export_text() == alone.export_text()


def test_trees_are_pruned_as_scikit_learn_prunes_them(saddle):
    X, network = saddle
    answers = network.predict(X)
    full = DecisionTreeRegressor(random_state=0).fit(X, answers)
    for alpha in (1e-4, 1e-3):
        wanted = DecisionTreeRegressor(random_state=0, ccp_alpha=alpha).fit(X, answers)
        shorter = pruned(full, alpha)
        assert export_text(shorter) == export_text(wanted)
        assert shorter.get_n_leaves() < full.get_n_leaves()
    assert full.ccp_alpha == 0


def test_the_text_speaks_of_categories_as_the_rules_do():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a <= b": rng.uniform(size=300), "c": rng.choice(["c", "is > d"], 300)})
    first = make_column_transformer((OneHotEncoder(), ["c"]), remainder="passthrough")
    network = make_pipeline(first, MLPClassifier((8,), solver="lbfgs", max_iter=1000, random_state=0))
    surrogate = TreeSurrogate(network, n_synthetic=200, random_state=0, selection=8)
    text = surrogate.fit(X, (X["c"] == "c") & (X["a <= b"] > 0.5)).export_text(decimals=1)
    splits = re.findall(r"--- (.*)\n", re.sub(r".*class: .*\n", "", text))
    of_categories = [split for split in splits if split.startswith("c is ")]
    assert of_categories
    assert "c_" not in text
    assert [split for split in of_categories if not surrogate.rules_["rule"].str.contains(split).any()] == []
    assert [
        split for split in splits if not re.fullmatch(r"c is (not )?(c|is > d)|a <= b (<=|> ) 0.5", split)
    ] == []


def test_complexity_is_held_below_its_limit(ellipse, ellipse_network):
    limited = TreeSurrogate(FrozenEstimator(ellipse_network), max_complexity=21, **QUICK).fit(ellipse.data)
    assert limited.complexity_ <= 21
    assert limited.complexity_ == complexity_score(limited) == 4 * (limited.tree_.get_n_leaves() - 1)
    with pytest.warns(UnfaithfulTreeWarning):
        nothing = limited.set_params(max_complexity=0).fit(ellipse.data)
    assert nothing.rules_["rule"].tolist() == ["always"]


@pytest.mark.filterwarnings("ignore:The tree is no more faithful")  # of one split
@pytest.mark.parametrize("limit", [4, 9, 12, 21])
def test_a_limit_of_complexity_is_used_up_where_it_pays(limit):
    """Pruning the whole tree of x0*x1 > 0 goes from four leaves to one, since no first split gains."""
    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    network = MLPClassifier((20,), solver="lbfgs", max_iter=1000, random_state=0)
    settings = QUICK | {"n_synthetic": 2000}  # no tree of four leaves is perfect on so many
    surrogate = TreeSurrogate(network, max_complexity=limit, selection=10**6, **settings)
    surrogate.fit(X, X[:, 0] * X[:, 1] > 0)
    assert limit - 4 < surrogate.complexity_ <= limit


def test_a_limit_holds_for_trees_of_values_too():
    X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    network = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=1000, random_state=0)
    surrogate = TreeSurrogateRegressor(network, max_complexity=20, selection=10**6, **QUICK)
    surrogate.fit(X, X[:, 0] ** 3 + X[:, 1])
    assert 20 - 6 < surrogate.complexity_ <= 20


def test_limits_of_the_tree_are_those_of_scikit_learn(ellipse, ellipse_network):
    surrogate = TreeSurrogate(
        FrozenEstimator(ellipse_network), max_depth=3, max_leaf_nodes=5, selection="best", **QUICK
    )
    surrogate.fit(ellipse.data)
    assert surrogate.pruned_trees_["n_leaves"].max() <= 5
    assert surrogate.pruned_trees_["depth"].max() <= 3


def test_shorter_trees_are_steadier_and_stability_tells_how_much(tree_surrogate):
    table = tree_surrogate.pruned_trees_
    assert table["stability"][1:].between(0, 1).all()
    assert tree_surrogate.stability_ == table["stability"][table["chosen"]].item()
    assert 0.85 < tree_surrogate.stability_ < 1


def test_the_agreement_of_trees_without_splits_is_no_stability(tree_surrogate):
    table = tree_surrogate.pruned_trees_
    assert table["n_leaves"][0] == 1
    assert table["stability"].isna().tolist() == [True] + [False] * (len(table) - 1)


@pytest.mark.parametrize(
    ("data", "network"),
    [
        (load_diabetes, MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=300, random_state=0)),
        (load_breast_cancer, MLPClassifier((8,), max_iter=50, random_state=0)),
    ],
)
def test_synthetic_rows_make_no_tree_worse_than_a_constant(data, network):
    X, y = data(return_X_y=True, as_frame=True)
    kind = TreeSurrogateRegressor if isinstance(network, MLPRegressor) else TreeSurrogate
    fitted = make_pipeline(StandardScaler(), network).fit(X[::2], y[::2])
    settings = {"n_synthetic": 2000, "cv": 2, "n_resamples": 2, "selection": "best", "random_state": 0}
    surrogate = kind(FrozenEstimator(fitted), **settings).fit(X[::2])
    table = surrogate.pruned_trees_
    assert (table["fidelity"] >= table["fidelity"][0] - 0.02).all()
    answers = fitted.predict(X[::2])
    constant = answers.mean() if kind is TreeSurrogateRegressor else np.median(answers)
    np.testing.assert_allclose(surrogate.select(0).predict(X), constant)


def test_more_synthetic_rows_make_a_tree_more_faithful_where_inputs_depend_on_each_other():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    network = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=300, random_state=0)
    fitted = FrozenEstimator(make_pipeline(StandardScaler(), network).fit(X[::2], y[::2]))
    scores = [
        TreeSurrogateRegressor(fitted, **QUICK | {"n_synthetic": n, "selection": "best"})
        .fit(X[::2])
        .score(X[1::2])
        for n in (0, 3000)
    ]
    assert scores[1] > scores[0] + 0.05


def test_a_tree_without_a_split_warns_with_cause_and_mend(saddle):
    X, network = saddle
    frozen = FrozenEstimator(network)
    with pytest.warns(UnfaithfulTreeWarning, match=r"no split.*max_complexity=0"):
        assert np.isnan(TreeSurrogateRegressor(frozen, **QUICK | {"max_complexity": 0}).fit(X).stability_)
    with pytest.warns(UnfaithfulTreeWarning, match=r"no split.*held-out rows; pass more rows"):
        TreeSurrogateRegressor(frozen, **QUICK | {"n_synthetic": 0}).fit(X[:8])
    constant = MLPRegressor(hidden_layer_sizes=(), max_iter=2000, solver="lbfgs").fit(X, np.ones(len(X)))
    constant.coefs_[0][:] = 0
    with pytest.warns(UnfaithfulTreeWarning, match="as the network itself does"):
        TreeSurrogateRegressor(FrozenEstimator(constant), **QUICK).fit(X)


def test_a_tree_no_better_than_a_constant_warns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 20))
    network = MLPClassifier((50,), solver="lbfgs", max_iter=500, random_state=0)
    network.fit(X, np.arange(40) % 8 == 0)
    settings = QUICK | {"n_synthetic": 0, "selection": 40}
    with pytest.warns(UnfaithfulTreeWarning, match=r"no more faithful to the network than a constant.*0\.\d"):
        TreeSurrogate(FrozenEstimator(network), **settings).fit(X)


def test_a_faithful_tree_does_not_warn(ellipse, ellipse_network):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnfaithfulTreeWarning)
        TreeSurrogate(FrozenEstimator(ellipse_network), **QUICK).fit(ellipse.data[:500])


def test_the_text_is_cut_off_at_a_depth_as_that_of_scikit_learn(tree_surrogate):
    whole, cut = (tree_surrogate.export_text(decimals=7, max_depth=depth) for depth in (None, 1))
    assert "truncated branch" in cut
    assert len(cut.splitlines()) < len(whole.splitlines())
    assert cut == export_text(tree_surrogate.tree_, feature_names=["x1", "x2"], decimals=7, max_depth=1)
    with pytest.raises(ValueError, match="max_depth"):
        tree_surrogate.export_text(max_depth=0)


def test_text_carries_the_names_of_the_inputs_and_the_classes():
    X, y = load_iris(return_X_y=True, as_frame=True)
    labels = np.array(["setosa", "versicolor", "virginica"])[y]
    network = MLPClassifier((8,), solver="lbfgs", max_iter=2000, random_state=0)
    surrogate = TreeSurrogate(network, **QUICK).fit(X, labels)
    text = surrogate.export_text(decimals=1)
    assert "petal" in text
    assert "class: setosa" in text
    assert set(surrogate.rules_["answer"]) == set(labels)
    assert surrogate.feature_importances_[2:].sum() > 0.8
    np.testing.assert_array_equal(surrogate.predict(X), labels_of_most_probable(surrogate, X))


def labels_of_most_probable(surrogate, X):
    return surrogate.classes_[surrogate.predict_proba(X).argmax(axis=1)]


def test_splits_on_one_path_never_read_alike_in_the_text():
    X = np.linspace(0.5, 0.505, 200)[:, None]
    tree = DecisionTreeClassifier(random_state=0).fit(X, (X[:, 0] > 0.501) & (X[:, 0] < 0.504))
    surrogate = TreeSurrogate()
    surrogate.tree_, surrogate.encoder_, surrogate.n_features_in_ = tree, None, 1
    lines = [line.strip("| -") for line in surrogate.export_text(decimals=1).splitlines()]
    conditions = [line for line in lines if "class" not in line]
    assert len(conditions) == len(set(conditions)) == 4
    assert "0.501" in surrogate.export_text(decimals=1)
    assert "0.50099" in surrogate.export_text(decimals=5)


def test_a_class_that_the_network_never_gives_has_no_probability():
    X, y = load_iris(return_X_y=True)
    network = MLPClassifier((4,), max_iter=1, random_state=0).fit(X, y)
    never = np.setdiff1d([0, 1, 2], network.predict(X))
    surrogate = TreeSurrogate(FrozenEstimator(network), **QUICK | {"n_synthetic": 0}).fit(X)
    assert len(never)
    assert surrogate.predict_proba(X)[:, never].max() == 0
    np.testing.assert_allclose(surrogate.predict_proba(X).sum(axis=1), 1)


def test_the_same_seed_gives_the_same_trees(ellipse, ellipse_network):
    tables = [
        TreeSurrogate(FrozenEstimator(ellipse_network), **QUICK).fit(ellipse.data[:300]).pruned_trees_
        for _ in range(2)
    ]
    assert tables[0].drop(columns="tree").equals(tables[1].drop(columns="tree"))


def test_works_in_a_grid_search_by_fidelity_inside_a_pipeline(ellipse):
    X, y = ellipse.data[:300], ellipse.target[:300]
    surrogate = TreeSurrogate(quick_network(MLPClassifier), **QUICK)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), surrogate),
        {"treesurrogate__max_leaf_nodes": [2, 20]},
        scoring=fidelity_scorer,
        cv=2,
    )
    assert 0 <= search.fit(X, y).best_score_ <= 1


def test_values_of_a_regressor_are_followed_by_a_tree(saddle):
    X, network = saddle
    surrogate = TreeSurrogateRegressor(
        FrozenEstimator(network), n_synthetic=3000, cv=3, n_resamples=2, random_state=0
    ).fit(X)
    fresh = np.random.default_rng(1).uniform(-1, 1, (1000, 2))
    assert surrogate.score(fresh) > 0.95
    held_out = surrogate.pruned_trees_.loc[surrogate.pruned_trees_["chosen"], "fidelity"].item()
    assert surrogate.score(fresh) == pytest.approx(held_out, abs=0.03)
    leaves = surrogate.tree_.get_n_leaves()
    assert surrogate.complexity_ == 4 * (leaves - 1) + 2 * leaves
    assert 0 < surrogate.stability_ < 1


def test_several_outputs_are_followed_at_once(saddle):
    X, _ = saddle
    network = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=300, random_state=0)
    surrogate = TreeSurrogateRegressor(network, **QUICK).fit(X, np.column_stack([X[:, 0], X @ [1, 2]]))
    assert surrogate.predict(X).shape == (600, 2)
    assert surrogate.score(X) > 0.9


def test_a_network_of_the_wrong_kind_is_refused(ellipse):
    with pytest.raises(ValueError, match="TreeSurrogate explains a classifier"):
        TreeSurrogate(MLPRegressor()).fit(ellipse.data, ellipse.target)
    with pytest.raises(ValueError, match="TreeSurrogateRegressor explains a regressor"):
        TreeSurrogateRegressor(MLPClassifier()).fit(ellipse.data, ellipse.target)
    with pytest.raises(TypeError, match="DecisionTreeClassifier"):
        TreeSurrogate(DecisionTreeClassifier()).fit(ellipse.data, ellipse.target)


def test_bounds_of_dates_in_seconds_have_the_digits_that_count():
    X = pd.DataFrame({"seconds": 1.7e9 + np.arange(200) * 5000.0})
    network = MLPClassifier((4,), solver="lbfgs", random_state=0)
    y = X["seconds"] > 1.7005e9
    tree = TreeSurrogate(make_pipeline(StandardScaler(), network), n_synthetic=100, n_resamples=2, cv=2).fit(
        X, y
    )
    (bound,) = {float(rule.split()[-1]) for rule in tree.rules_["rule"]}
    np.testing.assert_array_equal(X["seconds"] > bound, tree.predict(X))


@pytest.mark.parametrize("scale", [1.0, 1e-9])
def test_what_rounding_leaves_of_a_leaf_s_impurity_is_none(scale):
    tree = SimpleNamespace(
        children_left=np.array([1, -1, -1]),
        children_right=np.array([2, -1, -1]),
        feature=np.array([0, -2, -2]),
        threshold=np.array([0.5, -2.0, -2.0]),
        impurity=scale * np.array([0.5, 4e-15, 0.1]),
        node_count=3,
    )
    table = list_rules(tree, ["a"], ["no", "", "yes"], np.array([1.0, 0.6, 0.4]))
    assert table["impurity"].tolist() == [0.0, 0.1 * scale]

"""The comparison of surrogates: one network a fold, the same rows for all."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skinterpret import (
    OneHotProbe,
    PrunedSurrogate,
    PrunedSurrogateRegressor,
    SymbolicClassifier,
    SymbolicSurrogate,
    TreeSurrogate,
    TreeSurrogateRegressor,
    alignment_score,
    compare_surrogates,
    complexity_score,
)
from skinterpret import comparison as comparison_module
from skinterpret.base import default_network
from skinterpret.comparison import EqualComplexity, _default_surrogates
from skinterpret.metrics import alignment_of
from skinterpret.network import as_network
from skinterpret.search import EvolutionEngine

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
FIGURES = ["fidelity", "accuracy", "alignment", "complexity", "fit_seconds"]


def quick_tree(**parameters):
    return TreeSurrogate(n_synthetic=200, n_resamples=2, cv=3, **parameters)


@pytest.fixture(scope="module")
def rows(ellipse):
    return ellipse.data[:600], ellipse.target[:600]


@pytest.fixture(scope="module")
def comparison(rows, quick_engine):
    network = make_pipeline(
        StandardScaler(), MLPClassifier((12,), activation="tanh", solver="lbfgs", max_iter=300)
    )
    surrogates = {
        "symbolic": SymbolicSurrogate(engine=quick_engine, structure=False, n_directions=64),
        "tree": quick_tree(),
        "short tree": EqualComplexity(quick_tree(), to="symbolic"),
        "pruned": PrunedSurrogate(n_steps=8, refit_steps=20),
        "direct": SymbolicClassifier(engine=EvolutionEngine(max_complexity=5, max_evals=2000)),
        "linear": make_pipeline(StandardScaler(), LogisticRegression()),
    }
    return compare_surrogates(network, *rows, surrogates, cv=3, random_state=0)


def test_there_is_a_row_for_each_fold_and_surrogate(comparison):
    names = ["symbolic", "tree", "short tree", "pruned", "direct", "linear"]
    assert comparison.folds.columns.tolist() == ["fold", "surrogate", *FIGURES]
    assert comparison.folds["surrogate"].tolist() == names * 3
    assert comparison.folds["fold"].tolist() == [fold for fold in range(3) for _ in names]
    assert comparison.network["accuracy"].min() > 0.9
    assert comparison.folds.drop(columns="alignment").notna().all(axis=None)


def test_figures_are_those_on_the_rows_held_out(comparison, rows):
    X, y = rows
    folds = StratifiedKFold(3).split(X, y)
    for fold, (_, test) in enumerate(folds):
        fitted = comparison.estimators[fold]
        network = fitted["symbolic"].estimator_
        for name, surrogate in fitted.items():
            folds_rows = comparison.folds[comparison.folds["fold"] == fold]
            row = folds_rows[folds_rows["surrogate"] == name].iloc[0]
            predicted = surrogate.predict(X.iloc[test])
            assert row["fidelity"] == np.mean(predicted == network.predict(X.iloc[test]))
            assert row["accuracy"] == np.mean(predicted == y.iloc[test])
            assert row["complexity"] == complexity_score(surrogate)


def test_all_surrogates_of_a_fold_get_the_same_network_and_folds_get_others(comparison):
    weights = []
    for fitted in comparison.estimators:
        networks = [fitted[name].network_ for name in ("symbolic", "tree", "short tree", "pruned")]
        for network in networks[1:]:
            np.testing.assert_array_equal(network.weights[0], networks[0].weights[0])
        weights.append(networks[0].weights[0])
    assert not np.array_equal(weights[0], weights[1])


def test_a_surrogate_can_be_held_to_the_length_of_another(comparison):
    table = comparison.folds.pivot(index="fold", columns="surrogate", values="complexity")
    assert (table["short tree"] <= table["symbolic"]).all()
    assert (table["tree"] > table["short tree"]).any()


def test_alignment_is_there_where_there_is_a_gradient(comparison):
    table = comparison.folds.pivot(index="fold", columns="surrogate", values="alignment")
    assert table[["tree", "short tree"]].isna().all(axis=None)
    assert table[["symbolic", "pruned", "direct", "linear"]].notna().all(axis=None)
    assert table["pruned"].min() > 0.9
    assert table["linear"].max() < 0.5  # the gradients of an ellipse point everywhere


def test_groups_stay_together_where_the_splitter_takes_them(rows):
    X, y = rows
    groups = np.arange(len(X)) // 50
    tests = []

    class Remembering(GroupKFold):
        def split(self, X, y=None, groups=None):
            for train, test in super().split(X, y, groups):
                tests.append(test)
                yield train, test

    network = MLPClassifier((4,), max_iter=50, random_state=0)
    surrogates = {"nothing": DummyClassifier()}
    found = compare_surrogates(network, X, y, surrogates, groups=groups, cv=Remembering(3))
    assert len(found.estimators) == 3
    assert sorted(np.concatenate([np.unique(groups[test]) for test in tests])) == list(range(12))
    with pytest.raises(ValueError, match="groups"):
        compare_surrogates(network, X, y, surrogates, cv=GroupKFold(3))


def test_the_summary_pairs_folds(comparison):
    summary = comparison.summary
    table = comparison.folds.pivot(index="fold", columns="surrogate", values="fidelity")
    assert summary.index.tolist() == ["symbolic", "tree", "short tree", "pruned", "direct", "linear"]
    assert summary.loc["tree", ("fidelity", "mean")] == pytest.approx(table["tree"].mean())
    difference = table["tree"] - table["symbolic"]
    assert summary.loc["tree", ("fidelity", "difference")] == pytest.approx(difference.mean())
    error = difference.std(ddof=1) / np.sqrt(3)
    assert summary.loc["tree", ("fidelity", "difference_error")] == pytest.approx(error)
    assert summary.loc["symbolic", ("fidelity", "difference")] == 0


def test_the_alignment_of_a_linear_model_is_that_of_its_coefficients(rows):
    X, y = rows
    network = MLPClassifier((6,), solver="lbfgs", max_iter=200, random_state=0).fit(X, y)
    found = compare_surrogates(FrozenEstimator(network), X, y, {"linear": LogisticRegression()}, cv=2)
    test = next(StratifiedKFold(2).split(X, y))[1]
    read = as_network(network)
    shell = test[np.abs(read.latent(X.iloc[test])) < np.log(9999)]
    coefficients = np.tile(found.estimators[0]["linear"].coef_, (len(shell), 1))
    scale = X.iloc[test].to_numpy().std(axis=0)  # units do not matter
    expected = alignment_score(read.gradient(X.iloc[shell]) * scale, coefficients * scale)
    assert found.folds["alignment"][0] == pytest.approx(expected, rel=1e-6)


def test_the_alignment_of_a_linear_model_of_three_classes_is_that_of_its_log_odds():
    X, y = load_iris(return_X_y=True)
    network = MLPClassifier((), solver="lbfgs", alpha=1.0, max_iter=2000)  # itself a linear model
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(X, y)
    trained = network.fit(X, y)
    found = alignment_of(linear, as_network(trained), X)
    assert 0.8 < found < 1
    copied = LogisticRegression().fit(X, y)
    copied.coef_, copied.intercept_ = trained.coefs_[0].T, trained.intercepts_[0]
    assert alignment_of(copied, as_network(trained), X) == pytest.approx(1)


def test_scores_of_one_class_against_the_rest_each_have_no_alignment():
    X, y = load_iris(return_X_y=True)
    network = as_network(MLPClassifier((3,), solver="lbfgs", max_iter=500, random_state=0).fit(X, y))
    assert np.isnan(alignment_of(RidgeClassifier().fit(X, y), network, X))
    two = LogisticRegression(max_iter=1000).fit(X[y > 0], y[y > 0])
    assert np.isnan(alignment_of(two, network, X))


def test_engines_are_compiled_before_the_clock_starts(rows, monkeypatch):
    """The clock stands still while the engine is compiled, here for a second."""
    compiled = []

    def compile_slowly(on_labels):
        compiled.append(on_labels)
        time.sleep(1)

    monkeypatch.setattr(comparison_module, "compile_search", compile_slowly)
    engine = EvolutionEngine(max_complexity=3, max_evals=500)
    surrogates = {"tree": quick_tree(), "direct": SymbolicClassifier(engine=engine)}
    network = FrozenEstimator(MLPClassifier((3,), solver="lbfgs", random_state=0).fit(*rows))
    SymbolicClassifier(engine=engine, random_state=0).fit(*rows)  # compiled in earnest
    start = time.perf_counter()
    found = compare_surrogates(network, *rows, surrogates, cv=2, random_state=0)
    assert compiled == [True, True]
    assert found.folds["fit_seconds"].sum() < time.perf_counter() - start - 2


def test_alignment_counts_inputs_that_rise_together_as_nearly_one():
    X = np.random.default_rng(0).normal(size=(600, 2))
    X[:, 1] = X[:, 0] + 0.1 * X[:, 1]
    network = MLPClassifier((6,), solver="lbfgs", alpha=1.0, random_state=0).fit(X, X.sum(axis=1) > 0)
    one_of_them = LogisticRegression().fit(X, X.sum(axis=1) > 0)
    one_of_them.coef_ = np.array([[1.0, 0.0]])
    plain = alignment_score(as_network(network).gradient(X), np.tile([1.0, 0.0], (600, 1)))
    assert plain < 0.8
    assert alignment_of(one_of_them, as_network(network), X) > 0.95


@pytest.mark.filterwarnings("ignore::skinterpret.exceptions.UnfaithfulTreeWarning")
def test_the_same_seed_gives_the_same_figures_for_every_n_jobs(rows):
    X, y = rows
    network = MLPClassifier((5,), max_iter=50)
    with parallel_config("threading"):  # starting processes takes longer than the work
        tables = [
            compare_surrogates(network, X, y, {"tree": quick_tree()}, cv=2, n_jobs=n, random_state=1).folds
            for n in (1, 2)
        ]
    assert tables[0].drop(columns="fit_seconds").equals(tables[1].drop(columns="fit_seconds"))


def test_values_are_compared_by_their_variance():
    X = np.random.default_rng(0).uniform(-1, 1, (200, 3))
    network = MLPRegressor(hidden_layer_sizes=(6,), activation="tanh", solver="lbfgs", max_iter=300)
    surrogates = {
        "tree": TreeSurrogateRegressor(n_synthetic=200, n_resamples=2, cv=2),
        "pruned": PrunedSurrogateRegressor(n_steps=6),
        "linear": LinearRegression(),
    }
    found = compare_surrogates(network, X, X @ [1, 2, 0], surrogates, cv=2, random_state=0)
    assert found.folds["fidelity"].between(0, 1).all()
    figures = ["fidelity", "r2", *FIGURES[2:]]  # as in path_ of a pruned network
    assert found.folds.columns.tolist() == ["fold", "surrogate", *figures]
    assert found.summary.columns.get_level_values(0).unique().tolist() == figures
    assert "r2" in found.network
    assert "r2" in found.estimators[0]["pruned"].path_
    assert "r2" in repr(found)
    assert found.folds.query("surrogate == 'linear'")["alignment"].min() > 0.99


def test_more_than_two_classes_are_aligned_class_by_class():
    X, y = load_iris(return_X_y=True)
    network = MLPClassifier((6,), solver="lbfgs", max_iter=300)
    surrogates = {"pruned": PrunedSurrogate(n_steps=4), "linear": LogisticRegression(max_iter=1000)}
    found = compare_surrogates(network, X, y, surrogates, cv=2, random_state=0)
    table = found.folds.pivot(index="fold", columns="surrogate", values="alignment")
    assert table["linear"].between(0, 1).all()
    assert table["pruned"].between(0, 1).all()


def test_a_surrogate_of_unknown_kind_has_no_complexity(rows):
    network = MLPClassifier((4,), max_iter=20)
    found = compare_surrogates(network, *rows, {"none": DummyClassifier()}, cv=2, random_state=0)
    assert found.folds[["complexity", "alignment"]].isna().all(axis=None)


def test_a_probe_is_compared_by_its_complexity_too(rows):
    network = MLPClassifier((4,), max_iter=20)
    found = compare_surrogates(network, *rows, {"additive": OneHotProbe()}, cv=2, random_state=0)
    expected = [complexity_score(fitted["additive"]) for fitted in found.estimators]
    assert found.folds["complexity"].tolist() == expected


@pytest.mark.parametrize(
    "surrogate",
    [PrunedSurrogate(), make_pipeline(StandardScaler(), quick_tree())],
    ids=["pruned", "pipeline"],
)
def test_what_knows_no_limit_cannot_be_held_to_a_length(surrogate, rows):
    named = {"tree": quick_tree(), "short": EqualComplexity(surrogate, to="tree")}
    with pytest.raises(ValueError, match=f"'short' is a {type(surrogate).__name__}, which has no parameter"):
        compare_surrogates(MLPClassifier(), *rows, named)
    with pytest.raises(TypeError, match="'short' is a str, which predicts nothing"):
        compare_surrogates(
            MLPClassifier(), *rows, {"tree": quick_tree(), "short": EqualComplexity("tree", to="tree")}
        )


def test_the_page_on_comparisons_names_all_that_are_compared_by_default():
    page = (Path(__file__).parents[1] / "docs" / "how_to" / "comparators.rst").read_text()
    paragraph = next(part for part in page.split("\n\n") if "Without ``surrogates``" in part)
    names = {type(one).__name__ for one in _default_surrogates(default_network()).values()}
    names -= {"EqualComplexity", "Pipeline", "TreeSurrogate"}  # in words: trees, logistic regression
    assert names == {"SymbolicSurrogate", "OneHotProbe", "PrunedSurrogate"}
    assert all(f"``{name}``" in paragraph for name in names)


def test_the_common_network_takes_the_place_of_a_surrogates_own(rows, ellipse_network):
    common = FrozenEstimator(ellipse_network)
    surrogates = {"tree": quick_tree(estimator=MLPClassifier((2,), max_iter=1))}
    compared = compare_surrogates(common, *rows, surrogates, cv=2, random_state=0)
    for fitted in compared.estimators:
        np.testing.assert_array_equal(
            fitted["tree"].network_.weights[0], as_network(ellipse_network).weights[0]
        )


def test_the_tree_beside_the_rule_is_the_most_faithful_within_the_limit(ellipse, ellipse_network):
    held = _default_surrogates(ellipse_network)["TreeSurrogate, at most as complex"]
    assert held.to == "SymbolicSurrogate"
    quick = {"n_synthetic": 200, "n_resamples": 2, "random_state": 0}
    tree = held.surrogate.set_params(
        estimator=FrozenEstimator(ellipse_network), max_complexity=26, **quick
    ).fit(ellipse.data[:300])
    table = tree.pruned_trees_
    best = table.loc[table["complexity"] <= 26, "fidelity"].max()
    assert table.loc[table["chosen"], "fidelity"].item() == best
    assert tree.complexity_ <= 26
    assert tree.complexity_ > tree.select("one_standard_error").complexity_  # which concedes fidelity


def test_a_comparator_that_refuses_the_rows_is_named():
    X = pd.DataFrame({"colour": ["red", "green", "blue"] * 20, "size": np.arange(60.0)})
    encoder = make_column_transformer((OneHotEncoder(), ["colour"]), remainder=StandardScaler())
    network = make_pipeline(encoder, MLPClassifier((3,), max_iter=50, random_state=0))
    surrogates = {"nothing": DummyClassifier(), "line": LogisticRegression()}
    with pytest.raises(ValueError, match="'line', a LogisticRegression, .*could not convert") as error:
        compare_surrogates(network, X, X["colour"] == "red", surrogates, cv=2)
    assert isinstance(error.value.__cause__, ValueError)


def test_an_invalid_parameter_is_told_by_the_name_of_the_surrogate_and_in_its_own_words(rows):
    network = MLPClassifier((3,), max_iter=20)
    with pytest.raises(ValueError, match="parameter of TreeSurrogate must be an int") as error:
        compare_surrogates(network, *rows, {"tree": quick_tree(max_depth="deep")}, cv=2)
    assert str(error.value).startswith("'tree' cannot be fitted: The 'max_depth' parameter")
    assert "pipeline" not in str(error.value)


@pytest.mark.parametrize(
    ("network", "of_labels", "message"),
    [
        (
            MLPClassifier(),
            False,
            "y is continuous, but the network tells classes; pass labels, or a regressor.",
        ),
        (None, False, "y is continuous, but the network tells classes; pass labels, or a regressor."),
        (
            MLPRegressor(),
            True,
            "y holds labels, but the network gives values; pass numbers, or a classifier.",
        ),
    ],
)
def test_targets_of_the_other_kind_are_refused_in_a_sentence(rows, network, of_labels, message):
    X, y = rows
    with pytest.raises(ValueError, match="but the network") as error:
        compare_surrogates(network, X, np.where(y, "in", "out") if of_labels else X.iloc[:, 0])
    assert str(error.value) == message


@pytest.mark.parametrize(
    "network", [None, MLPClassifier((3,)), make_pipeline(StandardScaler(), MLPClassifier())]
)
def test_categories_without_an_encoder_are_refused_with_the_encoder_that_is_missing(network):
    X = pd.DataFrame({"colour": ["red", "green", "blue"] * 20, "size": np.arange(60.0)})
    y = X["colour"] == "red"
    asked = [
        lambda: compare_surrogates(network, X, y),
        lambda: OneHotProbe(network).fit(X, y),
        lambda: OneHotProbe(network, baseline="median").fit(X, y),
        lambda: TreeSurrogate(network).fit(X, y),
        lambda: OneHotProbe(network).fit(X.to_numpy(), y),
    ]
    for k, ask in enumerate(asked):
        with pytest.raises(ValueError, match="nothing before the network makes numbers of them") as error:
            ask()
        columns = "[0]" if k == 4 else "['colour']"
        assert f"OneHotEncoder(), {columns})" in str(error.value)
        assert "baseline" not in str(error.value)


def test_columns_of_words_that_are_dropped_before_the_network_are_none_of_its_business():
    X = pd.DataFrame({"name": ["a", "b", "c"] * 20, "size": np.arange(60.0)})
    network = make_pipeline(make_column_transformer((StandardScaler(), ["size"])), MLPClassifier((3,)))
    probe = OneHotProbe(network, baseline="median", random_state=0).fit(X, X["size"] > 30)
    assert set(probe.class_drivers_["feature"]) == {"size"}


class NeverTrained(MLPClassifier):
    def fit(self, X, y):
        raise AssertionError("It is trained before the surrogates were looked at.")


@pytest.mark.parametrize(
    ("surrogate", "message"),
    [
        (
            LinearRegression(),
            "'a' is a LinearRegression, which gives values, but the network tells classes; pass",
        ),
        (TreeSurrogate, r"'a' is the class TreeSurrogate itself; pass one made of it, TreeSurrogate\(\)"),
        (as_network, "'a' is a function, which predicts nothing"),
    ],
)
def test_what_is_no_surrogate_of_the_network_is_named_before_any_training(rows, surrogate, message):
    with pytest.raises((TypeError, ValueError), match=message):
        compare_surrogates(NeverTrained(), *rows, {"a": surrogate})


def test_classifiers_do_not_stand_in_for_networks_of_values(rows):
    with pytest.raises(
        ValueError, match="'a' is a TreeSurrogate, which tells classes, but the network gives"
    ):
        compare_surrogates(MLPRegressor(), rows[0], rows[0].iloc[:, 0], {"a": TreeSurrogate()})


def test_labels_that_the_trained_network_does_not_tell_are_refused(rows):
    X, y = rows
    trained = FrozenEstimator(MLPClassifier((3,), solver="lbfgs", random_state=0).fit(X, y))
    names = np.where(y, "in", "out")
    message = "y holds 'in', 'out', but the trained network tells .*; pass the labels it was trained on"
    with pytest.raises(ValueError, match=message):
        compare_surrogates(trained, X, names)
    with pytest.raises(ValueError, match=message):
        PrunedSurrogate(trained).fit(X, names)


def test_what_cannot_be_compared_is_refused_before_any_training(rows):
    with pytest.raises(ValueError, match="surrogates is empty"):
        compare_surrogates(MLPClassifier(), *rows, {})
    with pytest.raises(ValueError, match="does not come before it"):
        compare_surrogates(MLPClassifier(), *rows, {"a": EqualComplexity(quick_tree(), to="b")})
    with pytest.raises(TypeError, match="DummyClassifier"):
        compare_surrogates(DummyClassifier(), *rows)

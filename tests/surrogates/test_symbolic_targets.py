"""`SymbolicSurrogate` on more than two classes, on one of them, and on hidden units."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sympy
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.datasets import make_wetzel
from skinterpret.search import EvolutionEngine


@pytest.fixture(scope="module")
def iris():
    data = load_iris(as_frame=True)
    return data.data, data.target_names[data.target]


@pytest.fixture(scope="module")
def network(iris):
    model = make_pipeline(StandardScaler(), MLPClassifier((20,), activation="tanh", random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return FrozenEstimator(model.fit(*iris))


@pytest.fixture(scope="module")
def three_rules(iris, network, quick_engine):
    return SymbolicSurrogate(network, engine=quick_engine, random_state=0).fit(iris[0])


def test_each_class_has_a_rule_of_its_own(iris, three_rules):
    assert list(three_rules.decision_rule_) == ["setosa", "versicolor", "virginica"]
    for name, rule in three_rules.decision_rule_.items():
        assert isinstance(rule, sympy.core.relational.Relational)
        assert rule.lhs == three_rules.expression_[name]
        assert {str(symbol) for symbol in rule.free_symbols} <= set(iris[0].columns)
    assert set(three_rules.to_latex()) == set(three_rules.to_code("sql")) == set(three_rules.threshold_)


def test_the_structure_of_each_class_is_printed_below_its_name(three_rules):
    structures = three_rules.structure_
    blocks = str(structures).split("\n\n")
    assert blocks == [f"{name}:\n{structure}" for name, structure in structures.items()]
    assert len(blocks) == 3
    again = pickle.loads(pickle.dumps(structures))
    assert isinstance(again, dict)
    assert again == structures
    assert str(again) == str(structures)


def test_it_agrees_with_the_network_on_most_rows(iris, three_rules):
    assert three_rules.score(iris[0]) > 0.9


def test_the_summary_ends_with_all_classes_on_held_back_rows(iris, network, quick_engine, capsys):
    X, y = iris
    surrogate = SymbolicSurrogate(network, engine=quick_engine, random_state=0).fit(X, y)
    surrogate.summary()
    last = capsys.readouterr().out.splitlines()[-1]
    held_back = surrogate._readings[0].judge.X
    rows = pd.DataFrame(held_back, columns=X.columns)
    label_of = dict(zip(map(tuple, X.to_numpy()), y, strict=True))  # equal flowers have equal labels
    labels = np.array([label_of[tuple(row)] for row in held_back])
    rules, own = surrogate.predict(rows), network.predict(rows)
    assert len(rows) == surrogate.trust_["setosa"].n_rows < len(X)
    assert last == (
        f"All classes together: fidelity {surrogate.score(rows):.3f}, accuracy of the rules "
        f"{np.mean(rules == labels):.3f}, of the network {np.mean(own == labels):.3f}, on {len(rows)} rows "
        "held back from the search."
    )


def test_without_labels_the_summary_of_all_classes_tells_fidelity_alone(three_rules, capsys):
    three_rules.summary()
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("All classes together: fidelity ")
    assert "accuracy" not in last
    assert "nan" not in last


def test_the_class_with_the_largest_log_odds_is_predicted(iris, three_rules):
    odds = three_rules.decision_function(iris[0])
    assert odds.shape == (150, 3)
    np.testing.assert_array_equal(three_rules.predict(iris[0]), three_rules.classes_[odds.argmax(axis=1)])
    probability = three_rules.predict_proba(iris[0])
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    np.testing.assert_array_equal(probability.argmax(axis=1), odds.argmax(axis=1))


def test_transform_and_table_have_all_classes(iris, three_rules):
    values = three_rules.set_output(transform="pandas").transform(iris[0])
    assert isinstance(values, pd.DataFrame)
    assert values.shape == (150, 3)
    chosen = three_rules.equations_[three_rules.equations_["chosen"]]
    assert list(chosen.index.get_level_values("class")) == ["setosa", "versicolor", "virginica"]


def test_one_class_against_the_rest(iris, network, quick_engine):
    surrogate = SymbolicSurrogate(network, target="setosa", engine=quick_engine, random_state=0)
    surrogate.fit(iris[0])
    np.testing.assert_array_equal(surrogate.classes_, [False, True])
    expected = network.predict(iris[0]) == "setosa"
    assert np.mean(surrogate.network_labels(iris[0]) == expected) > 0.99
    assert np.mean(surrogate.predict(iris[0]) == expected) > 0.95


def test_a_unit_of_the_first_layer_is_a_plane(iris, network, quick_engine):
    surrogate = SymbolicSurrogate(network, target=("hidden", 0, 3), engine=quick_engine, random_state=0)
    surrogate.fit(iris[0])
    assert surrogate.equations_["alignment"].max() > 0.98
    assert surrogate.score(iris[0]) > 0.9


def test_a_unit_is_known_from_few_rows_as_it_was_fitted_to_no_labels(quick_engine):
    X, fresh = (np.random.default_rng(seed).uniform(-1, 1, (n, 3)) for seed, n in [(0, 150), (1, 20_000)])
    network = make_readable_network((8,), random_state=0).fit(X, X[:, 0] + 1.7 * X[:, 1] > 0.3)
    surrogate = SymbolicSurrogate(
        FrozenEstimator(network), target=("hidden", 0, 0), engine=quick_engine, random_state=0
    ).fit(X)
    assert surrogate.score(fresh) > 0.98
    judge = surrogate._readings[0].judge
    assert not judge.sampling_errors(surrogate.formula_).any()  # there are no labels
    # of what is known exactly no more digits are shown than anyone can check
    assert max(len(repr(value)) for value in surrogate.coefficients_["value"]) <= 9


def test_smoothing_makes_a_relu_network_readable(quick_engine):
    X, y = make_wetzel(1, n_samples=3000, random_state=0, return_X_y=True)
    relu = MLPClassifier((30,), max_iter=2000, random_state=0).fit(X, y)
    rough, smooth = (
        SymbolicSurrogate(
            FrozenEstimator(relu), smoothing=smoothing, engine=quick_engine, random_state=0
        ).fit(X)
        for smoothing in (None, 0.3)
    )
    assert smooth.trust_.smoothness > rough.trust_.smoothness
    assert smooth.equations_["alignment"].max() > rough.equations_["alignment"].max()


@pytest.mark.parametrize("target", ["tulip", ("hidden", 3, 0), ("hidden", 0, 20)])
def test_an_unknown_target_is_refused(iris, network, target):
    with pytest.raises(ValueError, match="target"):
        SymbolicSurrogate(network, target=target).fit(iris[0])


@pytest.mark.parametrize(
    ("load", "reduce", "least"),
    [(load_wine, None, 0.8), (load_digits, PCA(6, random_state=0), 0.7)],
    ids=["wine", "digits"],
)
def test_tables_with_more_classes_get_a_rule_a_class(load, reduce, least, quick_engine):
    X, y = load(return_X_y=True)
    X = X if reduce is None else reduce.fit_transform(X)
    perceptron = MLPClassifier((20,), activation="tanh", alpha=1, max_iter=1000, random_state=0)
    network = make_pipeline(StandardScaler(), perceptron).fit(X[::2], y[::2])
    surrogate = SymbolicSurrogate(
        FrozenEstimator(network), engine=quick_engine, structure=False, random_state=0
    ).fit(X[::2])
    assert list(surrogate.decision_rule_) == list(range(y.max() + 1))
    # half a second of search for each class; nine digits in ten would be wrong by chance
    assert surrogate.score(X[1::2]) > least
    assert surrogate.predict_proba(X[1::2]).shape == (len(X[1::2]), y.max() + 1)


def test_each_class_has_a_checkpoint_of_its_own(iris, network, quick_engine, tmp_path, three_rules):
    engine = clone(quick_engine).set_params(checkpoint=tmp_path / "search.npz")
    surrogate = SymbolicSurrogate(network, engine=engine, random_state=0)
    first = surrogate.fit(iris[0]).decision_rule_
    assert {"search-1.npz", "search-2.npz", "search-3.npz"} <= {path.name for path in tmp_path.iterdir()}
    assert first == three_rules.decision_rule_
    assert surrogate.fit(iris[0]).decision_rule_ == first


def test_another_candidate_can_be_selected_for_one_class_alone(three_rules):
    surrogate = copy.copy(three_rules).select("knee")
    before = dict(surrogate.formula_)
    table = surrogate.equations_.loc["virginica"]
    surrogate.select({"virginica": int(table["complexity"].iloc[0])})
    after = surrogate.formula_
    assert surrogate.equations_.loc["virginica"]["chosen"].tolist() == [True] + [False] * (len(table) - 1)
    assert {name: after[name] for name in before if name != "virginica"} == {
        name: before[name] for name in before if name != "virginica"
    }
    with pytest.raises(ValueError, match="names 'rose', which has no formula"):
        surrogate.select({"rose": 3})
    with pytest.raises(ValueError, match="'selection' parameter"):
        surrogate.select({"setosa": "simplest"})


def test_a_straight_network_keeps_its_own_coefficients():
    X = pd.DataFrame(np.random.default_rng(0).uniform(0, 2, (300, 3)), columns=list("abc"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = MLPClassifier((), max_iter=1).fit(X, X["a"] > 1)
    network.coefs_ = [4 * np.array([[1.27], [-1.0], [3.37]])]
    network.intercepts_ = [np.array([-6.0])]
    surrogate = SymbolicSurrogate(
        FrozenEstimator(network), engine=EvolutionEngine(max_evals=30_000), random_state=0
    ).fit(X)
    assert str(surrogate.decision_rule_) == "1.27*a - b + 3.37*c > 1.5"
    assert surrogate.score(X) == 1

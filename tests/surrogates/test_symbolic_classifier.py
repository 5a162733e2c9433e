"""`SymbolicClassifier` as its users meet it."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from skinterpret import SymbolicClassifier, complexity_score
from skinterpret.datasets import make_wetzel
from skinterpret.search import EvolutionEngine, PySREngine

QUICK = {
    "engine": EvolutionEngine(
        max_complexity=4, max_evals=600, n_islands=1, population_size=20, epoch_evals=200
    ),
    "max_samples": 60,
    "random_state": 0,
}


def small(max_complexity=7, **settings):
    return EvolutionEngine(
        max_complexity=max_complexity, max_evals=6000, epoch_evals=1000, n_islands=2, **settings
    )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([SymbolicClassifier(**QUICK)])
def test_scikit_learn_finds_nothing_to_object_to(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    ("experiment", "rules"), [(7, ("x1*x2", "x3*x4")), (8, ("x1*x2 + x3", "sin(x2*x3)"))]
)
@pytest.mark.parametrize("loss", ["logistic", "hinge"])
def test_of_two_rules_that_tell_the_labels_it_finds_one(experiment, rules, loss):
    data = make_wetzel(experiment, n_samples=2000, random_state=0, as_frame=True)
    classifier = SymbolicClassifier(engine=small(), loss=loss, max_samples=150, random_state=0)
    classifier.fit(data.data, data.target)
    ours = classifier.formula_.gradient(data.data)
    alignments = [_alignment(ours, _gradient(rule, data.data)) for rule in (*rules, " + ".join(rules))]
    assert max(alignments[:2]) > 0.99
    assert alignments[2] < 0.95  # not what a network encodes
    assert classifier.score(data.data, data.target) > 0.98


def test_searches_that_were_stopped_and_checkpoints_of_no_use_are_told_by_class(tmp_path):
    X, y = load_iris(return_X_y=True, as_frame=True)
    y = y.map({0: "a", 1: "b", 2: "c"})
    with pytest.warns(ConvergenceWarning) as heard:
        SymbolicClassifier(engine=small(max_time=1e-6), random_state=0).fit(X, y)
    starts = [str(one.message).partition(" (")[0] for one in heard]
    assert starts == [f"class {label}: the search was stopped" for label in "abc"]
    (tmp_path / "c-2.npz").write_bytes(b"my precious")
    with pytest.raises(ValueError, match="c-2.npz' is damaged"):
        SymbolicClassifier(engine=small(checkpoint=tmp_path / "c.npz"), random_state=0).fit(X, y)
    assert [path.name for path in tmp_path.iterdir()] == ["c-2.npz"]


def _gradient(formula, rows):
    expression = sympy.sympify(formula)
    symbols = [sympy.Symbol(name) for name in rows.columns]
    parts = [
        sympy.lambdify(symbols, expression.diff(symbol), "numpy")(*rows.to_numpy().T) for symbol in symbols
    ]
    return np.column_stack([np.broadcast_to(part, len(rows)) for part in parts])


def _alignment(one, other):
    cosine = np.sum(one * other, axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    return abs(np.mean(cosine))


def test_the_rule_decides_as_predict_does(ellipse):
    classifier = SymbolicClassifier(engine=small(5), random_state=0)
    classifier.fit(ellipse.data[:500], ellipse.target[:500])
    rule = classifier.decision_rule_
    values = sympy.lambdify(sympy.symbols("x1 x2"), rule.lhs, "numpy")(*ellipse.data.to_numpy().T)
    above = values > classifier.threshold_
    expected = above if isinstance(rule, sympy.StrictGreaterThan) else ~above
    np.testing.assert_array_equal(classifier.predict(ellipse.data) == 1, expected)
    assert complexity_score(classifier) == classifier.formula_.complexity + 3
    assert classifier.equations_["chosen"].sum() == 1


def test_units_of_the_inputs_do_not_matter(ellipse):
    settings = {"engine": small(5), "random_state": 0}
    X, y = ellipse.data[:500].to_numpy(), ellipse.target[:500]
    plain = SymbolicClassifier(**settings).fit(X, y)
    scaled = SymbolicClassifier(**settings).fit(X * [1e4, 1e-3], y)
    np.testing.assert_array_equal(plain.predict(X), scaled.predict(X * [1e4, 1e-3]))


def test_more_than_two_classes_get_a_rule_each():
    X, y = load_iris(return_X_y=True, as_frame=True)
    classifier = SymbolicClassifier(**QUICK).fit(X, y)
    assert list(classifier.decision_rule_) == [0, 1, 2]
    assert classifier.equations_.index.get_level_values("class").unique().tolist() == [0, 1, 2]
    assert classifier.score(X, y) > 0.9


def test_an_unknown_operator_is_refused(ellipse):
    classifier = SymbolicClassifier(engine=EvolutionEngine(operators=["+", "sinus"]))
    with pytest.raises(ValueError, match="sinus"):
        classifier.fit(ellipse.data, ellipse.target)


def test_an_engine_that_cannot_search_on_labels_is_refused(ellipse):
    with pytest.raises(ValueError, match="use EvolutionEngine"):
        SymbolicClassifier(engine=PySREngine()).fit(ellipse.data, ellipse.target)


def test_settings_of_the_engine_are_parameters_of_a_grid(ellipse):
    X, y = ellipse.data[:300], ellipse.target[:300]
    grid = {"engine__max_complexity": [1, 5], "engine__max_evals": [1000]}
    classifier = SymbolicClassifier(engine=small(), random_state=0)
    search = GridSearchCV(classifier, grid, cv=2).fit(X, y)
    assert search.best_params_ == {"engine__max_complexity": 5, "engine__max_evals": 1000}
    assert search.best_estimator_.engine_.max_evals == 1000
    assert search.best_estimator_.front_.evaluations >= 1000


def test_more_than_two_classes_have_a_checkpoint_each(tmp_path):
    X, y = load_iris(return_X_y=True)
    engine = clone(QUICK["engine"]).set_params(checkpoint=tmp_path / "search.npz")
    first = SymbolicClassifier(**{**QUICK, "engine": engine}).fit(X, y)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"search-{k}.npz" for k in (1, 2, 3)]
    again = SymbolicClassifier(**{**QUICK, "engine": engine}).fit(X, y)
    assert again.equations_["formula"].tolist() == first.equations_["formula"].tolist()


def test_a_class_that_no_row_of_the_search_has_leaves_a_rule_that_predicts():
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.repeat(["rare", "usual"], [1, 59])
    assert SymbolicClassifier(**QUICK).fit(X, y).predict(X).shape == (60,)

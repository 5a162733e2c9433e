"""Every view of a network that takes categories: the same frame for all, and names that fit."""

from __future__ import annotations

import math
import re
import sqlite3
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skinterpret import (
    NeuronProbe,
    OneHotProbe,
    PrunedSurrogate,
    SymbolicSurrogate,
    TreeSurrogate,
    compare_surrogates,
)
from skinterpret.expressions.code import LANGUAGES
from skinterpret.metrics import alignment_scorer, fidelity_scorer
from skinterpret.surrogates import ClassificationRule
from tests.expressions.spreadsheet import excel


@pytest.fixture(scope="module")
def patients():
    rng = np.random.default_rng(0)
    # the numbers stand before the categories, and behind them once they are encoded
    return pd.DataFrame({"age": rng.uniform(20, 90, 400), "site": rng.choice(["A", "B", "C"], 400)})


@pytest.fixture(scope="module")
def pipeline(patients):
    """Only the age decides."""
    first = make_column_transformer((OneHotEncoder(), ["site"]), (StandardScaler(), ["age"]))
    network = make_pipeline(first, MLPClassifier((8,), solver="lbfgs", alpha=0.1, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(patients, patients["age"] > 55)


@pytest.fixture(scope="module")
def network(pipeline):
    return FrozenEstimator(pipeline)


def views(network, engine):
    return {
        "rule": SymbolicSurrogate(network, engine=engine, random_state=0),
        "tree": TreeSurrogate(network, n_synthetic=200, cv=2, n_resamples=2, random_state=0),
        "pruned": PrunedSurrogate(network, n_steps=5, random_state=0),
        "additive": OneHotProbe(network, random_state=0),
    }


@pytest.mark.parametrize("name", ["rule", "tree", "pruned", "additive"])
def test_what_was_fitted_to_a_frame_predicts_it(name, network, patients, quick_engine):
    view = views(network, quick_engine)[name].fit(patients)
    assert view.score(patients) > 0.9
    assert fidelity_scorer(view, patients) == view.score(patients)
    alignment = alignment_scorer(view, patients)
    assert np.isnan(alignment) if name in ("tree", "additive") else 0 <= alignment <= 1
    assert len(view.predict(patients.iloc[:3])) == 3


def test_importances_of_a_tree_belong_to_the_raw_columns(network, patients, quick_engine):
    tree = views(network, quick_engine)["tree"].fit(patients)
    importances = dict(zip(tree.feature_names_in_, tree.feature_importances_, strict=True))
    assert importances["age"] > 0.9
    assert sum(importances.values()) == pytest.approx(1)
    assert "age" in tree.rules_["rule"].iloc[0]


def test_neurons_name_the_columns_that_the_network_gets(network, patients):
    probe = NeuronProbe(network, random_state=0).fit(patients)
    assert list(probe.inputs_.columns) == ["site=A", "site=B", "site=C", "age"]
    strength = probe.inputs_.abs().mean()
    assert strength["age"] > 5 * strength.drop("age").max()
    assert probe.transform(patients).shape == (400, 8)
    path = probe.path(patients.iloc[[0]])
    total = path.loc[path["kind"] != "unit", "relevance"].sum()
    encoded = probe.encoder_.transform(patients.iloc[[0]])
    assert total == pytest.approx(probe.network_.latent(encoded)[0], abs=1e-10)


def test_they_are_compared_on_the_same_rows(pipeline, patients, quick_engine):
    surrogates = views(None, quick_engine)
    comparison = compare_surrogates(
        pipeline, patients, patients["age"] > 55, surrogates, cv=2, random_state=0
    )
    means = comparison.folds.groupby("surrogate")[["fidelity", "alignment"]].mean()
    assert (means["fidelity"] > 0.85).all()
    assert means["alignment"].notna().to_dict() == {
        "additive": False, "pruned": True, "rule": True, "tree": False
    }  # fmt: skip


def test_labels_are_asked_for_where_the_network_is_not_trained(pipeline, patients):
    with pytest.raises(ValueError, match="requires y to be passed"):
        OneHotProbe(pipeline).fit(patients)


def test_the_formula_of_a_pruned_network_is_written_in_indicators(network, patients):
    pruned = PrunedSurrogate(network, n_steps=5, random_state=0).fit(patients)
    formula = pruned.expression_
    names = {symbol.name for symbol in formula.free_symbols}
    assert names <= {"site_B", "site_C", "age"}
    encoded = pruned.encoder_.transform(patients.iloc[:5])
    for row, latent in zip(encoded, pruned.pruned_network_.latent(encoded), strict=True):
        values = dict(zip(pruned.encoder_.names, row, strict=True))
        assert float(formula.subs(values)) == pytest.approx(latent, rel=1e-9)


def _obeyed(rule, frame):
    """Rows that a reader would count, who has nothing but the rule and the raw table."""
    held = np.ones(len(frame), dtype=bool)
    for condition in rule.split(" and "):
        column, words = condition.split(" is ") if " is " in condition else (condition, None)
        if words is None:
            held &= frame.eval(condition).to_numpy()
        elif words.startswith("neither "):
            held &= ~frame[column].isin(re.split(", | nor ", words.removeprefix("neither "))).to_numpy()
        elif words.startswith("not "):
            held &= (frame[column] != words.removeprefix("not ")).to_numpy()
        else:
            held &= (frame[column] == words).to_numpy()
    return held


def test_the_rule_of_a_surrogate_asks_the_raw_table_for_its_categories(patients, quick_engine):
    first = make_column_transformer((OneHotEncoder(), ["site"]), (StandardScaler(), ["age"]))
    network = make_pipeline(first, MLPClassifier((8,), solver="lbfgs", alpha=0.1, random_state=0))
    y = (patients["site"] == "B") & (patients["age"] > 40)
    surrogate = SymbolicSurrogate(network, engine=quick_engine, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        surrogate.fit(patients, y).select(lambda table: table["fidelity"].argmax())
    code = surrogate.to_code("sql")
    with sqlite3.connect(":memory:") as database:
        for name, function in [("POWER", pow), ("EXP", math.exp), ("SIN", math.sin)]:
            database.create_function(name, -1, function)
        patients.to_sql("rows", database)
        values = [value for (value,) in database.execute(f'SELECT {code} FROM rows ORDER BY "index"')]
    assert "site" in code
    wanted = surrogate.decision_function(patients)
    np.testing.assert_allclose(values, wanted, rtol=1e-9)
    rows = list(patients.itertuples(index=False))
    space = {}
    exec(surrogate.to_code("python"), space)
    np.testing.assert_allclose([space["formula"](*row) for row in rows], wanted, rtol=1e-9)
    sheet = surrogate.to_code("excel")
    np.testing.assert_allclose([excel(sheet, row) for row in rows], wanted, rtol=1e-9)
    columns = [patients[name] for name in patients]
    np.testing.assert_allclose(surrogate.to_numpy()(*columns), wanted, rtol=1e-9)
    # and without its network it takes the same table
    rule = ClassificationRule.from_json(surrogate.to_json())
    np.testing.assert_array_equal(rule.predict(patients), surrogate.predict(patients))
    for language in LANGUAGES:
        assert rule.to_code(language) == surrogate.to_code(language)


@pytest.mark.parametrize(
    "settings",
    [{}, {"drop": "first"}, {"handle_unknown": "ignore"}, {"feature_name_combiner": "{}|{}".format}],
)
def test_rules_of_a_tree_speak_of_categories(settings):
    rng = np.random.default_rng(0)
    rows = {"type of site": rng.choice(list("ABCDE"), 500), "age": rng.uniform(20, 90, 500)}
    rows = pd.DataFrame({**rows, "sex": pd.Categorical(rng.choice(["f", "m"], 500))})
    ill = (rows["type of site"].isin(["A", "D"]) & (rows["age"] > 50)) | (
        (rows["type of site"] == "C") & (rows["sex"] == "m")
    )
    first = make_column_transformer(
        (OneHotEncoder(**settings), ["type of site", "sex"]), remainder="passthrough"
    )
    network = make_pipeline(first, StandardScaler(), MLPClassifier((8,), max_iter=500, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.set_params(mlpclassifier__solver="lbfgs").fit(rows, ill)
    quick = {"n_synthetic": 300, "cv": 2, "n_resamples": 2, "random_state": 0}
    tree = TreeSurrogate(FrozenEstimator(network), selection="best", **quick).fit(rows)
    obeyed = np.array([_obeyed(rule, rows) for rule in tree.rules_["rule"]])
    assert (obeyed.sum(axis=0) == 1).all()
    np.testing.assert_allclose(obeyed.mean(axis=1), tree.rules_["share"])
    np.testing.assert_array_equal(tree.rules_["answer"].to_numpy()[obeyed.argmax(axis=0)], tree.predict(rows))
    words = " and ".join(tree.rules_["rule"])
    assert " is not " in words
    assert re.search("type of site is [A-E]", words)

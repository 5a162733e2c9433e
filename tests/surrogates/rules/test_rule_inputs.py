"""Inputs of a rule in a table of raw rows."""

import io
import re

import numpy as np
import pandas as pd
import pytest

from skinterpret.cli import main
from skinterpret.expressions import Expression
from skinterpret.surrogates import ClassificationRule, RegressionRule
from skinterpret.surrogates.rules.rule_inputs import rule_inputs

#: the name of one column begins with that of another
SITES = {"site": {"A": None, "B": 0}, "site_a": {"B": None, "C": 1}}


def rule_in(formula, names, categories=None):
    return ClassificationRule(
        [Expression.parse(formula)],
        [0.5],
        [5.0],
        [0, 1],
        n_features=len(names),
        feature_names=names,
        categories=categories,
    )


@pytest.fixture
def sites():
    return pd.DataFrame({"site": ["A", "B", "A", "B"], "site_a": ["B", "B", "C", "C"]})


@pytest.mark.parametrize(("formula", "expected"), [("x0", [0, 1, 0, 1]), ("x1", [0, 0, 1, 1])])
def test_an_indicator_is_of_the_column_that_the_rule_names(sites, tmp_path, capsys, formula, expected):
    rule_in(formula, ["site_B", "site_a_C"], SITES).to_json(tmp_path / "rule.json")
    sites.to_csv(tmp_path / "table.csv", index=False)
    assert main(["predict", str(tmp_path / "rule.json"), str(tmp_path / "table.csv")]) == 0
    said = pd.read_csv(io.StringIO(capsys.readouterr().out))["prediction"]
    assert said.tolist() == expected


def test_where_the_rule_does_not_tell_one_column_is_taken_and_two_are_refused(sites):
    rule = rule_in("x1", ["site_B", "site_a_C"])
    assert rule_inputs(sites[["site_a"]], rule, "t.csv")["site_a_C"].tolist() == [0, 0, 1, 1]
    with pytest.raises(ValueError, match=r"category of column 'site' or of 'site_a' of t\.csv; write"):
        rule_inputs(sites, rule, "t.csv")


def test_a_name_is_not_guessed_at_where_the_rule_tells(sites):
    with pytest.raises(ValueError, match="no column 'site_a_C', which the rule uses"):
        rule_inputs(sites, rule_in("x0", ["site_a_C"], {}), "t.csv")


def test_all_columns_that_are_missing_are_named_or_counted(sites):
    names = ["site_B", *"abcdef"]
    rule = rule_in(" + ".join(f"x{k}" for k in range(7)), names, {"site": {"A": None, "B": 0}})
    with pytest.raises(
        ValueError, match="has no columns 'site', 'a', 'b', 'c', 'd' and 2 more, which the rule"
    ):
        rule_inputs(sites[[]], rule, "t.csv")
    with pytest.raises(ValueError, match="has no columns 'a' and 'f', which"):
        rule_inputs(sites.assign(b=1.0, c=1.0, d=1.0, e=1.0), rule, "t.csv")


def test_categories_that_share_an_indicator_are_all_found():
    rule = rule_in("x0", ["site_rare"], {"site": {"A": None, "B": 0, "C": 0}})
    X = rule_inputs(pd.DataFrame({"site": list("ABC")}), rule, "t.csv")
    assert X["site_rare"].tolist() == [0, 1, 1]


def test_categories_that_look_like_numbers_are_found_in_a_table_without_words():
    rule = rule_in("x0", ["code_2"], {"code": {"1": None, "2": 0, "unknown": None}})
    X = rule_inputs(pd.DataFrame({"code": [1, 2]}), rule, "t.csv")
    assert X["code_2"].tolist() == [0, 1]


def test_indicators_in_the_table_do_as_well():
    rule = rule_in("x0", ["site_B"], {"site": {"A": None, "B": 0}})
    X = rule_inputs(pd.DataFrame({"site_B": [0.0, 1.0]}), rule, "t.csv")
    np.testing.assert_array_equal(X["site_B"], [0, 1])


def test_an_input_of_a_rule_that_is_misspelt_in_the_table_is_asked_about():
    frame = pd.DataFrame({"age": [0.5], "sick": [1.0]})
    with pytest.raises(ValueError, match=r"no column 'sickness', which the rule uses; did you mean 'sick'\?"):
        rule_inputs(frame, rule_in("x0", ["sickness"]), "t.csv")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["A", "D", "B", "E"], r"2 rows of .*table\.csv have .* column 'site' .* first 'D' in row 2; leave"),
        (["A", "B", "a", "B"], r"A row of .*table\.csv has .* first 'a' in row 3; .* \(known: A, B\)"),
        (["A", "B", None, "B"], "Column 'site' has missing values"),
    ],
)
def test_a_category_that_the_rule_does_not_know_is_no_other_one(tmp_path, capsys, values, message):
    rule_in("x0", ["site_B"], {"site": {"A": None, "B": 0}}).to_json(tmp_path / "rule.json")
    pd.DataFrame({"site": values, "n": 0}).to_csv(tmp_path / "table.csv", index=False)
    assert main(["predict", str(tmp_path / "rule.json"), str(tmp_path / "table.csv")]) == 2
    output = capsys.readouterr()
    assert re.search(message, output.err)
    assert not output.out


def test_a_category_of_a_column_that_the_rule_does_not_use_may_be_any(sites):
    rule = rule_in("x1", ["site_B", "site_a_C"], SITES)
    X = rule_inputs(sites.assign(site="unheard of"), rule, "t.csv")
    assert X["site_B"].tolist() == [0, 0, 0, 0]
    assert X["site_a_C"].tolist() == [0, 0, 1, 1]


def test_a_missing_value_may_be_a_category():
    rule = rule_in("x0", ["site_nan"], {"site": {"A": None, None: 0}})
    X = rule_inputs(pd.DataFrame({"site": ["A", None]}), rule, "t.csv")
    assert X["site_nan"].tolist() == [0, 1]


def test_whole_numbers_are_found_whatever_their_type():
    rule = rule_in("x0", ["size_2.0"], {"size": {1.0: None, 2.0: 0}})
    X = rule_inputs(pd.DataFrame({"size": [1, 2]}), rule, "t.csv")
    assert X["size_2.0"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [1.5, "?", "high"],
            "Column 'a' of t.csv must hold numbers .*, but row 2 has '\\?'; write",
        ),
        ([1.5, np.inf, 2.0], "Column 'a' has infinite values"),
        (["1.5", "inf", "2"], "Column 'a' has infinite values"),
        ([1.5, None, 2.0], "Column 'a' has missing values"),
    ],
)
def test_what_is_no_number_is_named(values, message):
    with pytest.raises(ValueError, match=message):
        rule_inputs(pd.DataFrame({"a": values}), rule_in("x0", ["a"]), "t.csv")


class TestARuleByItself:
    """What `predict` and its likes do with the table that a rule was made from."""

    RULE = rule_in("x0 + 0.2*x2", ["site_B", "site_a_C", "age"], SITES)
    EXTRA = ["A", "B", "A", "B"]

    def test_raw_columns_do_as_well_as_inputs(self, sites):
        raw = sites.assign(age=[0.0, 0.0, 5.0, 5.0], name=self.EXTRA)
        inputs = rule_inputs(raw, self.RULE, "t.csv")
        assert self.RULE.predict(raw).tolist() == [0, 1, 1, 1]
        for method in ("predict", "predict_proba", "decision_function", "transform"):
            answer = getattr(self.RULE, method)
            np.testing.assert_array_equal(answer(raw), answer(inputs))
        assert self.RULE.fit(raw) is self.RULE

    def test_the_order_of_raw_columns_is_of_no_account(self, sites):
        raw = sites.assign(age=[0.0, 0.0, 5.0, 5.0])
        np.testing.assert_array_equal(self.RULE.predict(raw[["age", "site"]]), self.RULE.predict(raw))

    def test_values_are_given_for_raw_columns_too(self, sites):
        rule = RegressionRule(
            [Expression.parse("3*x0")],
            [Expression.parse("x0")],
            [0.0],
            n_features=1,
            feature_names=["site_B"],
            categories=SITES | {"site_a": {"B": None, "C": None}},
        )
        assert rule.predict(sites).tolist() == [0, 3, 0, 3]

    def test_an_unknown_category_is_refused(self, sites):
        with pytest.raises(ValueError, match=r"2 rows of X have .* 'site' .*first 'D' in row 1; leave"):
            self.RULE.predict(sites.assign(age=0.0, site=["D", "B", "E", "A"]))

    def test_a_raw_column_that_is_missing_is_named(self, sites):
        with pytest.raises(ValueError, match="X has no column 'age', which the rule uses"):
            self.RULE.predict(sites)

    @pytest.mark.parametrize("categories", [None, {}])
    def test_a_rule_that_knows_no_categories_takes_its_inputs_only(self, sites, categories):
        rule = rule_in("x0", ["site_B", "site_a_C"], categories)
        with pytest.raises(ValueError, match="feature names"):
            rule.predict(sites)
        with pytest.raises(ValueError, match="feature names"):
            self.RULE.predict(pd.DataFrame({"site_B": [1.0], "site_a_C": [0.0]}))

"""Rules without their network, and their stored form."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skinterpret import SymbolicSurrogate, SymbolicSurrogateRegressor, load_rule
from skinterpret.expressions import Expression
from skinterpret.surrogates import ClassificationRule, RegressionRule
from skinterpret.surrogates.rules.stored import HIGHEST_DEGREE, VERSION

FORMULAS = ["x0**2 + 2*x1**2", "exp(-x0)*sin(3.14*x1)", "x0/x1 - log(x1)", "tanh(x0)**0.3", "1.5", "abs(x1)"]
ROWS = np.random.default_rng(0).normal(size=(50, 2))


def two_classes(**changes):
    settings = {"n_features": 2, "feature_names": ["u", "speed (m/s)"]} | changes
    return ClassificationRule([Expression.parse(FORMULAS[0])], [1.0], [8.0], ["in", "out"], **settings)


def three_classes():
    formulas = [Expression.parse(text) for text in FORMULAS[:3]]
    return ClassificationRule(formulas, [1.0, 0.0, 0.5], [8.0, -2.0, 1.0], [3, 5, 8], n_features=2)


def values():
    formulas = [Expression.parse(text) for text in FORMULAS[:2]]
    return RegressionRule(formulas, formulas[::-1], [0.5, 1.5], n_features=2)


def rows_for(rule):
    return ROWS if rule.feature_names is None else pd.DataFrame(ROWS, columns=rule.feature_names)


RULES = pytest.mark.parametrize(
    "rule", [two_classes(), three_classes(), values()], ids=["two", "three", "values"]
)


@RULES
def test_the_text_of_a_rule_is_no_path(rule):
    with pytest.raises(ValueError, match="ClassificationRule.from_json or RegressionRule.from_json"):
        load_rule(rule.to_json())


class TestSurrogatesAndTheirRules:
    def test_the_rule_knows_verdict_and_region(self, ellipse_surrogate, tmp_path):
        ellipse_surrogate.to_json(tmp_path / "rule.json")
        rule = load_rule(tmp_path / "rule.json")
        trust = ellipse_surrogate.trust_
        assert rule.verdicts == [trust.verdict]
        assert list(rule.region.values()) == list(trust.region.itertuples(index=False, name=None))
        assert rule.stop_reasons == [ellipse_surrogate.front_.stop_reason]

    def test_the_rule_decides_as_its_surrogate(self, ellipse, ellipse_surrogate, tmp_path):
        ellipse_surrogate.to_json(tmp_path / "rule.json")
        rule = load_rule(tmp_path / "rule.json")
        for method in ("predict", "predict_proba", "decision_function", "transform"):
            np.testing.assert_array_equal(
                getattr(rule, method)(ellipse.data), getattr(ellipse_surrogate, method)(ellipse.data)
            )
        for attribute in ("decision_rule_", "expression_", "formula_", "threshold_"):
            assert getattr(rule, attribute) == getattr(ellipse_surrogate, attribute)
        for language in ("python", "numpy", "c", "sql", "excel"):
            assert rule.to_code(language) == ellipse_surrogate.to_code(language)
        assert rule.to_latex() == ellipse_surrogate.to_latex()
        assert list(rule.feature_names_in_) == ["x1", "x2"]

    def test_the_class_reads_what_its_surrogate_wrote(self, ellipse, ellipse_surrogate):
        rule = SymbolicSurrogate.from_json(ellipse_surrogate.to_json())
        assert isinstance(rule, ClassificationRule)
        np.testing.assert_array_equal(rule.predict(ellipse.data), ellipse_surrogate.predict(ellipse.data))
        assert isinstance(SymbolicSurrogateRegressor.from_json(values().to_json()), RegressionRule)
        with pytest.raises(ValueError, match="one of regression, not of classification"):
            SymbolicSurrogate.from_json(values().to_json())

    def test_a_free_link_is_refused(self, ellipse_surrogate):
        surrogate = pickle.loads(pickle.dumps(ellipse_surrogate)).set_params(link="isotonic").select("knee")
        for take_away in (surrogate.to_json, surrogate.to_numpy, surrogate.to_code, surrogate.to_rule):
            with pytest.raises(ValueError, match="link='logistic'"):
                take_away()

    def test_the_plain_function_calculates_the_log_odds(self, ellipse, ellipse_surrogate):
        function = ellipse_surrogate.to_numpy()
        np.testing.assert_allclose(
            function(*ellipse.data.to_numpy().T), ellipse_surrogate.decision_function(ellipse.data), rtol=1e-9
        )
        assert not function.__module__ or "skinterpret" not in function.__module__

    def test_the_numpy_text_runs_where_this_package_is_not_imported(self, ellipse_surrogate, tmp_path):
        module = tmp_path / "rule.py"
        module.write_text(ellipse_surrogate.to_code("numpy"))
        code = (
            "import sys, rule, numpy\n"
            "print(*rule.formula(numpy.array([0.1, 1.0]), numpy.array([0.2, 1.0])))\n"
            "assert not any(name.startswith('skinterpret') for name in sys.modules)"
        )
        output = subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        rows = pd.DataFrame([[0.1, 0.2], [1.0, 1.0]], columns=["x1", "x2"])
        np.testing.assert_allclose(
            [float(value) for value in output.split()], ellipse_surrogate.decision_function(rows), rtol=1e-9
        )


@RULES
def test_json_brings_everything_back(rule, tmp_path):
    text = rule.to_json()
    again = type(rule).from_json(text)
    assert again.to_json() == text
    np.testing.assert_array_equal(again.predict(rows_for(rule)), rule.predict(rows_for(rule)))
    np.testing.assert_array_equal(again.transform(rows_for(rule)), rule.transform(rows_for(rule)))
    assert rule.to_json(tmp_path / "rule.json") is None
    loaded = load_rule(tmp_path / "rule.json")
    assert type(loaded) is type(rule)
    assert loaded.expression_ == rule.expression_


@RULES
@pytest.mark.parametrize(
    "copy", [clone, lambda rule: pickle.loads(pickle.dumps(rule))], ids=["clone", "pickle"]
)
def test_copies_are_fitted_too(rule, copy):
    np.testing.assert_array_equal(copy(rule).predict(rows_for(rule)), rule.predict(rows_for(rule)))


def test_classes_by_the_largest_log_odds():
    rule = three_classes()
    odds = rule.decision_function(ROWS)
    np.testing.assert_array_equal(rule.predict(ROWS), np.array([3, 5, 8])[odds.argmax(axis=1)])
    np.testing.assert_allclose(rule.predict_proba(ROWS).sum(axis=1), 1)
    assert list(rule.decision_rule_) == [3, 5, 8]
    assert set(rule.to_numpy()) == set(rule.to_code()) == set(rule.to_latex()) == {3, 5, 8}
    assert is_classifier(rule)


def test_values_of_several_outputs():
    rule = values()
    assert rule.predict(ROWS).shape == rule.transform(ROWS).shape == (50, 2)
    for k, function in enumerate(rule.to_numpy()):
        np.testing.assert_allclose(function(*ROWS.T), rule.predict(ROWS)[:, k])
    assert is_regressor(rule)
    assert rule.n_outputs_ == 2
    assert rule.concept_ == rule.formula_[::-1]


def test_undefined_values_get_the_fallback():
    rule = RegressionRule([Expression.parse("log(x0)")], [Expression.parse("x0")], [7.0], n_features=1)
    np.testing.assert_allclose(rule.predict([[1.0], [-1.0], [0.0]]), [0, 7, 7])


def test_rows_are_checked_by_number_and_name_of_columns():
    rule = two_classes()
    with pytest.raises(ValueError, match="3 features"):
        two_classes(feature_names=None).predict(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="feature names"):
        rule.predict(pd.DataFrame(np.zeros((1, 2)), columns=["u", "v"]))
    with pytest.raises(ValueError, match="3 features"):
        two_classes(feature_names=None).fit(np.zeros((1, 3)))


def test_a_rule_ends_a_pipeline():
    pipeline = make_pipeline(MinMaxScaler(), two_classes(feature_names=None))
    assert set(pipeline.fit(ROWS, ["in"] * 50).predict(ROWS)) <= {"in", "out"}
    frame = two_classes(feature_names=None).set_output(transform="pandas").transform(ROWS)
    assert list(frame.columns) == ["classificationrule0"]


def test_names_appear_in_formulas():
    rule = two_classes()
    assert rule.expression_.free_symbols == {sympy.Symbol("u"), sympy.Symbol("speed (m/s)")}
    assert not hasattr(two_classes(feature_names=None), "feature_names_in_")


def test_verdicts_and_region_come_back_and_may_be_missing():
    known = two_classes(verdicts=["no closed form found"], region={1: (-0.5, 2.0)})
    again = ClassificationRule.from_json(known.to_json())
    assert (again.verdicts, again.region) == (["no closed form found"], {1: (-0.5, 2.0)})
    assert again.to_json() == known.to_json()
    unknown = ClassificationRule.from_json(two_classes().to_json())
    assert unknown.verdicts is unknown.region is None
    assert "verdicts" not in unknown.to_json()


@pytest.mark.parametrize(("kind", "reasons"), [(two_classes, ["interrupted"]), (values, ["interrupted", ""])])
def test_what_ended_the_search_comes_back_and_may_be_missing(kind, reasons):
    known = kind().set_params(stop_reasons=reasons)
    again = type(known).from_json(known.to_json())
    assert again.stop_reasons == reasons
    assert again.to_json() == known.to_json()
    unknown = type(known).from_json(kind().to_json())
    assert unknown.stop_reasons is None
    assert "stop_reasons" not in unknown.to_json()


def test_the_first_version_has_no_verdicts():
    content = json.loads(two_classes(verdicts=["concept"]).to_json()) | {"version": 1}
    del content["categories"]
    with pytest.raises(ValueError, match="verdicts, which rules of version 1 must not have"):
        ClassificationRule.from_json(json.dumps(content))


def test_categories_come_back_exactly():
    known = {"site": {"A": None, "a b": 0}, "size": {1: 1, 2.5: 1, None: None}}
    rule = two_classes(categories=known, columns=["size", "age", "site"])
    again = ClassificationRule.from_json(rule.to_json())
    assert (again.categories, again.columns) == (known, ["size", "age", "site"])
    assert again.to_code("excel") == rule.to_code("excel")
    assert clone(rule).to_json() == rule.to_json()


def test_sql_asks_the_raw_columns_of_categories():
    rule = two_classes(categories={"site": {"A": None, "B": 0}})
    assert """CASE WHEN "site" = 'B' THEN 1.0 ELSE 0.0 END""" in rule.to_code("sql")
    assert '"u"' not in rule.to_code("sql")


finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=40)
@given(
    formula=st.sampled_from(FORMULAS),
    constant=finite,
    threshold=finite,
    slope=finite.filter(bool),
    classes=st.one_of(
        st.lists(st.text(max_size=5), min_size=2, max_size=2, unique=True),
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=2, max_size=2, unique=True),
        st.lists(finite, min_size=2, max_size=2, unique=True),
        st.just([False, True]),
    ),
    names=st.one_of(st.none(), st.lists(st.text(max_size=8), min_size=2, max_size=2, unique=True)),
)
def test_any_rule_comes_back_exactly(formula, constant, threshold, slope, classes, names):
    expression = Expression.apply("add", Expression.parse(formula), Expression.constant(constant))
    rule = ClassificationRule([expression], [threshold], [slope], classes, n_features=2, feature_names=names)
    again = ClassificationRule.from_json(rule.to_json())
    assert again.formula_ == expression
    assert (again.threshold_, again.slopes, again.classes, again.feature_names) == (
        threshold,
        [slope],
        classes,
        names,
    )


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | finite | st.text(max_size=5), lambda leaf: st.lists(leaf, max_size=3)
    )
)
def test_no_other_value_in_any_place_is_taken_or_breaks_the_reader(value):
    plain = json.loads(two_classes().to_json())
    for path in [
        ("n_features",),
        ("classes",),
        ("feature_names",),
        ("categories",),
        ("rules",),
        ("rules", 0),
        ("rules", 0, "formula"),
    ]:
        content = json.loads(json.dumps(plain))
        place = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        if path in {("feature_names",), ("categories",)} and value is None:
            continue
        try:
            rule = ClassificationRule.from_json(json.dumps(content))
        except ValueError:
            continue
        assert isinstance(rule.formulas[0], Expression)  # such as "x0" or "1"


class TestFilesThatAreRefused:
    def refused(self, match, **changes):
        content = json.loads(two_classes().to_json())
        content.update(changes)
        with pytest.raises(ValueError, match=match):
            ClassificationRule.from_json(json.dumps({k: v for k, v in content.items() if v != "leave out"}))

    def test_what_is_no_json(self):
        for text in ("", "{", "x0 > 1", "\x80\x04pickle"):
            with pytest.raises(ValueError, match="no JSON"):
                ClassificationRule.from_json(text)

    def test_a_path_with_the_function_that_reads_files(self, tmp_path):
        for path in ("rule.json", tmp_path / "rule.json"):
            with pytest.raises(ValueError, match="load_rule reads a file"):
                ClassificationRule.from_json(path)

    def test_what_is_no_rule(self):
        for text in ("[]", "1", "{}", '{"format": "other"}'):
            with pytest.raises(ValueError, match="format"):
                ClassificationRule.from_json(text)

    def test_another_version(self):
        self.refused("version 3.*reads versions 1 and 2", version=VERSION + 1)
        self.refused("version True", version=True)

    @pytest.mark.parametrize("rule", [two_classes(), values()], ids=["two", "values"])
    def test_the_first_version_is_read_and_tells_nothing_of_categories(self, rule, tmp_path):
        content = json.loads(rule.to_json())
        del content["categories"]
        (tmp_path / "rule.json").write_text(json.dumps(content | {"version": 1}), encoding="utf-8")
        again = load_rule(tmp_path / "rule.json")
        assert again.to_json() == rule.to_json()
        assert again.categories is None
        self.refused("lacks .*categories", categories="leave out")
        self.refused("version 1 must not", version=1)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"inputs": [None, 2]}, "number of an input"),
            ({"inputs": [None, -1]}, "number of an input"),
            ({"inputs": [None, True]}, "number of an input"),
            ({"inputs": [0]}, "as many inputs"),
            ({"values": ["A", "A"]}, "different values"),
            ({"values": ["A", ["B"]]}, "texts and numbers"),
            ({"values": "AB"}, "texts and numbers"),
            ({"column": 1}, "text for its column"),
            ({"code": "import os"}, "nothing else"),
        ],
    )
    def test_categories(self, change, message):
        entry = {"column": "site", "values": ["A", "B"], "inputs": [None, 0]}
        self.refused(message, categories=[entry | change])

    def test_categories_that_contradict_each_other(self):
        entry = {"column": "site", "values": ["A", "B"], "inputs": [None, 0]}
        self.refused("null or a list", categories=entry)
        self.refused("each column once", categories=[entry, entry | {"inputs": [None, 1]}])
        self.refused("one input to two columns", categories=[entry, entry | {"column": "town"}])

    @pytest.mark.parametrize("columns", ["site", ["site", 1], ["site", "site"]])
    def test_columns(self, columns):
        self.refused("list of different texts", columns=columns)

    @pytest.mark.parametrize(
        ("verdicts", "message"),
        [
            ("concept", "list of texts"),
            (["certain"], "list of texts"),
            ([["concept"]], "list of texts"),
            (None, "list of texts"),
            (["concept", "concept"], "one entry a formula"),
        ],
    )
    def test_verdicts(self, verdicts, message):
        self.refused(message, verdicts=verdicts)

    @pytest.mark.parametrize(
        ("reasons", "message"),
        [
            ("interrupted", "list of texts"),
            ([1], "list of texts"),
            (None, "list of texts"),
            (["a" * 1001], "at most 1,000 characters"),
            (["interrupted"] * 2, "one entry a formula"),
        ],
    )
    def test_reasons_to_stop(self, reasons, message):
        self.refused(message, stop_reasons=reasons)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"input": 2}, "number of an input"),
            ({"input": -1}, "number of an input"),
            ({"input": True}, "number of an input"),
            ({"low": 3.0}, "low the smaller"),
            ({"high": "2"}, "finite numbers"),
            ({"high": 10**400}, "finite numbers"),
            ({"code": "import os"}, "nothing else"),
        ],
    )
    def test_regions(self, change, message):
        self.refused(message, region=[{"input": 0, "low": 1.0, "high": 2.0} | change])

    def test_regions_that_are_none_or_contradict_themselves(self):
        entry = {"input": 0, "low": 1.0, "high": 2.0}
        self.refused("region must be a list", region=None)
        self.refused("region must be a list", region=entry)
        self.refused("that no other has", region=[entry, entry])

    def test_another_kind(self):
        self.refused("unknown kind", kind="clustering")
        with pytest.raises(ValueError, match="load_rule"):
            ClassificationRule.from_json(values().to_json())

    def test_missing_and_superfluous_keys(self):
        self.refused("lacks .*classes", classes="leave out")
        self.refused("has .*code", code="import os")
        self.refused(r"^The rule has 'code', which it must not have\.$", code="import os")
        self.refused(r"^The rule lacks 'classes'\.$", classes="leave out")
        self.refused("^Entry 0 of rules lacks 'formula', 'slope', 'threshold' and has 'b'", rules=[{"b": 1}])
        self.refused("lacks .*slope", rules=[{"formula": "x0", "threshold": 1.0}])

    def test_a_key_given_twice(self):
        with pytest.raises(ValueError, match="twice"):
            ClassificationRule.from_json(two_classes().to_json().replace('"kind"', '"kind": 1, "kind"'))

    @pytest.mark.parametrize(
        "number", ["NaN", "Infinity", "-Infinity", "1e999", '"1"', "true", "null", "1" + 400 * "0"]
    )
    def test_numbers_that_are_not_finite(self, number):
        with pytest.raises(ValueError, match="finite"):
            ClassificationRule.from_json(
                two_classes().to_json().replace('"slope": 8.0', f'"slope": {number}')
            )

    def test_classes(self):
        self.refused("labels", classes=["a"])
        self.refused("labels", classes=["a", 1])
        self.refused("labels", classes=[["a"], ["b"]])
        self.refused("differ", classes=["a", "a"])
        self.refused("64 bits", classes=[1, 2**70])
        self.refused("3 classes need 3", classes=["a", "b", "c"])

    def test_inputs(self):
        self.refused("n_features", n_features=0)
        self.refused("n_features", n_features=True)
        self.refused("2 different names", feature_names=["u", "u"])
        self.refused("2 different names", feature_names=["u"])
        self.refused("names x1", n_features=1, feature_names=None)

    @pytest.mark.parametrize(
        "formula",
        [
            "__import__('os')",
            "x0.__class__",
            "x0; x1",
            "lambda: 0",
            "open('x')",
            "x0 +",
            "(" * 1000 + "x0" + ")" * 1000,
            "x0" + " + x0" * 10_000,
            "x0**1e999",
        ],
    )
    def test_formulas_that_are_none(self, formula):
        self.refused("formula|finite|nested", rules=[{"formula": formula, "threshold": 1.0, "slope": 1.0}])

    @pytest.mark.parametrize(
        "formula",
        ["(2*x0)**1e14", "pow(9, 1e9)", "square(" * 20 + "9*x0" + ")" * 20, "inv(pow(x0 + x0, -1e12))"],
    )
    def test_powers_that_would_keep_sympy_busy(self, formula):
        self.refused(
            f"beyond {HIGHEST_DEGREE:g}", rules=[{"formula": formula, "threshold": 1.0, "slope": 1.0}]
        )

    @pytest.mark.parametrize(
        "formula",
        [
            "x0*exp(exp(exp(exp(9.5))))",
            "log(-1)*x0",
            "x0 + inv(0)",
            "exp(exp(exp(exp(9.5 + x0 - x0))))*x1",
            "x1/(x0 - x0)",
            "exp(1000*(sin(x0)**2 + cos(x0)**2))*x1",
        ],
    )
    def test_constants_that_no_number_can_hold(self, formula):
        self.refused("not finite", rules=[{"formula": formula, "threshold": 1.0, "slope": 1.0}])

    def test_a_slope_that_decides_nothing(self):
        for slope in (0, 0.0, -0.0):
            self.refused("slope must not be 0", rules=[{"formula": "x0", "threshold": 1.0, "slope": slope}])

    def test_deep_nesting_of_the_file(self, tmp_path):
        path = tmp_path / "deep.json"
        path.write_text("[" * 200_000)
        with pytest.raises(ValueError, match="nested|JSON"):
            load_rule(path)


@pytest.mark.parametrize(
    "formula",
    ["exp(exp(exp(9*x0)))", "log(1e-20*x0 - 5)", "exp((x0 - 1e5)**2)", "inv(1 - tanh(1e6*x0))", "1e300*x0"],
)
def test_formulas_that_overflow_for_some_inputs_only_are_read_and_used_in_silence(formula):
    rule = ClassificationRule([Expression.parse(formula)], [1.0], [8.0], [0, 1], n_features=1)
    again = ClassificationRule.from_json(rule.to_json())
    rows = [[-1e3], [0.0], [1e3], [1e10]]
    assert np.isfinite(again.decision_function(rows)).all()
    np.testing.assert_array_equal(again.predict(rows), rule.predict(rows))


def test_a_rule_that_could_not_be_read_is_not_written():
    with pytest.raises(ValueError, match="different names"):
        two_classes(feature_names=["u", "u"]).to_json()
    with pytest.raises(ValueError, match="finite"):
        ClassificationRule([Expression.parse("x0")], [np.nan], [1.0], [0, 1], n_features=1).to_json()


@pytest.mark.parametrize("text", ["log(x0) + x1", "sqrt(x0) + x1", "x1/x0", "x1/sqrt(x0)", "sin(1/x0) + x1"])
def test_source_in_python_decides_as_the_rule_does_where_the_formula_is_not_defined(text):
    rule = ClassificationRule([Expression.parse(text)], [1.0], [8.0], ["in", "out"], n_features=2)
    space = {}
    exec(rule.to_code("python"), space)
    rows = np.array([[-2.0, 1.0], [0.0, 1.0], [0.0, 0.0], [3.0, 1.0]])
    told = np.nan_to_num([space["formula"](*row) for row in rows.tolist()])
    np.testing.assert_allclose(told, rule.decision_function(rows), rtol=1e-12)

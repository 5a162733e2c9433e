"""The command line, in process."""

import io
import json
import re
from importlib.util import find_spec

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.cli import main
from skinterpret.expressions import Expression
from skinterpret.surrogates import ClassificationRule, load_rule

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
QUICK = ["--max-time", "1", "--max-complexity", "8", "--quiet"]


@pytest.fixture
def model(frame):
    network = make_pipeline(StandardScaler(), MLPClassifier((10,), max_iter=400, random_state=0))
    return network.fit(frame[["a", "b"]], frame["sick"])


def test_explain_ends_with_verdict_and_rule_over_the_columns(table, capsys):
    assert main(["explain", str(table), "--target", "sick", *QUICK]) in (0, 3)
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[-1].startswith("1 where")
    assert "a" in lines[-1]
    assert any(line.startswith("Verdict: ") for line in lines)


def test_a_rule_that_was_saved_classifies_without_the_network(table, frame, tmp_path, capsys):
    rule, report = tmp_path / "rule.json", tmp_path / "page.html"
    arguments = ["explain", str(table), "--target", "sick", "--json", str(rule), "--report", str(report)]
    assert main([*arguments, *QUICK]) in (0, 3)
    assert "<!DOCTYPE html>" in report.read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["predict", str(rule), str(table)]) == 0
    classes = pd.read_csv(io.StringIO(capsys.readouterr().out))["prediction"]
    assert np.mean(classes == frame["sick"]) > 0.9


@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_other_tables_are_read(frame, tmp_path, capsys, ending):
    pytest.importorskip("pyarrow")
    path = tmp_path / f"table.{ending}"
    getattr(frame, f"to_{ending}")(path)
    assert main(["explain", str(path), "--target", "sick", *QUICK]) in (0, 3)


def test_three_classes_end_with_three_rules(frame, tmp_path, capsys):
    frame["kind"] = np.select([frame["a"] > 0.3, frame["b"] > 0.3], ["x", "y"], "z")
    path = tmp_path / "kinds.csv"
    frame.drop(columns="sick").to_csv(path, index=False)
    assert main(["explain", str(path), "--target", "kind", *QUICK]) in (0, 3)
    rules = capsys.readouterr().out.partition("Decision rule")[2].splitlines()
    assert [line.split(" where  ")[0] for line in rules if " where  " in line] == ["x", "y", "z"]


def test_categories_become_indicators_with_readable_names(frame, tmp_path, capsys):
    frame["site"] = np.where(frame.index % 2 == 0, "north", "south")
    frame["sick"] = (frame["a"] + 2 * (frame["site"] == "south") > 0.8).astype(int)
    path = tmp_path / "sites.csv"
    frame.to_csv(path, index=False)
    rule, report = tmp_path / "rule.json", tmp_path / "sites.html"
    files = ["--json", str(rule), "--report", str(report)]
    assert main(["explain", str(path), "--target", "sick", *QUICK, *files]) in (0, 3)
    output = capsys.readouterr().out
    assert re.search(r"^1 where  .*site_south", output, flags=re.MULTILINE)
    reference = "site_south is 1 where site is south, else 0; the reference is site north."
    assert output.count(reference) == 1
    assert report.read_text(encoding="utf-8").count(reference) == 1
    assert "Hidden neurons" in report.read_text(encoding="utf-8")
    # the rule reads the categories of the raw table
    assert load_rule(rule).categories == {"site": {"north": None, "south": 0}}
    assert main(["predict", str(rule), str(path)]) == 0
    classes = pd.read_csv(io.StringIO(capsys.readouterr().out))["prediction"]
    assert np.mean(classes == frame["sick"]) > 0.9
    assert main(["compare", str(path), "--target", "sick", "--folds", "2", "--max-time", "1"]) == 0


def test_a_rule_asks_for_what_it_uses_only(table, frame, tmp_path, capsys):
    rule = tmp_path / "rule.json"
    surrogate = ClassificationRule(
        [Expression.parse("x0")], [0.0], [5.0], [0, 1], n_features=2, feature_names=["a", "b"]
    )
    surrogate.to_json(rule)
    frame[["a"]].to_csv(table, index=False)
    assert main(["predict", str(rule), str(table)]) == 0
    classes = pd.read_csv(io.StringIO(capsys.readouterr().out))["prediction"]
    assert (classes == (frame["a"] > 0)).all()
    frame[["b"]].to_csv(table, index=False)
    assert main(["predict", str(rule), str(table)]) == 2
    assert "no column 'a', which the rule uses" in capsys.readouterr().err


def test_a_trained_network_is_explained_as_it_is(table, model, tmp_path, capsys):
    path = tmp_path / "model.joblib"
    joblib.dump(model, path)
    arguments = ["explain", str(table), "--target", "sick", "--estimator", str(path), *QUICK]
    assert main(arguments) == 2
    assert "--trust-pickle" in capsys.readouterr().err
    assert main([*arguments, "--trust-pickle"]) == 0
    output = capsys.readouterr().out
    assert "Network: " not in output
    assert "1 where" in output


def test_a_network_saved_by_skops_is_loaded_without_running_code(table, model, tmp_path, capsys):
    skops = pytest.importorskip("skops.io")
    path = tmp_path / "model.skops"
    skops.dump(model, path)
    assert main(["probe", str(table), "--target", "sick", "--estimator", str(path)]) == 0
    assert "baseline" in capsys.readouterr().out


def test_a_probe_prints_ten_values_of_an_input_and_the_accuracy(frame, tmp_path, capsys):
    path = tmp_path / "ages.csv"
    frame["age"] = np.arange(len(frame)) % 90
    frame.assign(sick=(frame["age"] > 40).astype(int)).to_csv(path, index=False)
    assert main(["probe", str(path), "--target", "sick"]) == 0
    first, _, second = capsys.readouterr().out.partition("Which values stand for which class")
    assert first.startswith("A network trained for this, on one value at a time")
    assert f"over the {len(frame)} rows of {path}" in first
    ages = first.partition("\nage")[2].splitlines()
    assert 5 <= len([line for line in ages if line.strip()]) <= 10
    assert len(re.findall(r" age ", second)) <= 10
    assert "quantiles of the observed ones are shown" in second
    assert re.search(r"Accuracy of the network on these rows, on which it was trained: [01]\.\d{3}", second)


def test_compare_prints_a_line_for_each_surrogate(table, capsys):
    assert main(["compare", str(table), "--target", "sick", "--folds", "2", "--max-time", "1"]) == 0
    output = capsys.readouterr().out
    for name in ("rule", "tree of that length", "sum of single inputs", "pruned network"):
        assert name in output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.assign(a=[f"word {k}" for k in frame.index]), "'a' holds 300 different words"),
        (lambda frame: frame.assign(a=frame["a"].astype(str).where(frame.index != 4, "?")), "'?' in row 5; "),
        (lambda frame: frame.assign(b=np.nan), "'b' has missing values"),
        (lambda frame: frame.assign(sick=frame["sick"].where(frame.index > 3)), "'sick' has missing values"),
        (lambda frame: frame.assign(sick=0), "one class only (0)"),
        (lambda frame: frame.assign(sick=frame["a"]), "'sick' has 300 different values"),
        (lambda frame: frame.assign(sick=(frame.index < 2)), "Only 2 rows of"),
        (lambda frame: frame.iloc[:0], "has no rows"),
        (lambda frame: frame.rename(columns={"sick": "ill"}), "no column 'sick'"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(table, frame, capsys, change, message):
    change(frame).to_csv(table, index=False)
    assert main(["explain", str(table), "--target", "sick"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain", "no-such.csv", "--target", "y"], "there is no file 'no-such.csv'; check"),
        (["explain", "table.txt", "--target", "y"], "no table that can be read"),
        (["predict", "no-such.json", "no-such.csv"], "there is no file 'no-such.json'; check"),
        (["predict", ".", "no-such.csv"], "'.' cannot be read or written ("),
    ],
)
def test_a_file_that_cannot_be_read_is_named(capsys, arguments, message):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_table_in_parquet_that_is_not_there_is_named(capsys):
    pytest.importorskip("pyarrow")
    assert main(["explain", "no-such.parquet", "--target", "y"]) == 2
    assert "there is no file 'no-such.parquet'; check" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["no-such.joblib", "no-such.skops"])
def test_a_model_that_is_not_there_is_named(table, capsys, name):
    if name.endswith("skops"):
        pytest.importorskip("skops.io")
    words = ["explain", str(table), "--target", "sick", "--estimator", name, "--trust-pickle"]
    assert main(words) == 2
    assert f"there is no file '{name}'; check" in capsys.readouterr().err


def test_a_model_in_the_place_of_a_rule_is_refused(table, model, tmp_path, capsys):
    joblib.dump(model, tmp_path / "net.joblib")
    assert main(["predict", str(tmp_path / "net.joblib"), str(table)]) == 2
    assert "net.joblib is no text, as the JSON of a rule is; give a file that" in capsys.readouterr().err


def test_without_skops_its_extra_is_named(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        "skinterpret.cli.models.find_spec", lambda name: None if name == "skops" else find_spec(name)
    )
    (tmp_path / "model.skops").touch()
    words = ["--estimator", str(tmp_path / "model.skops")]
    assert main(["explain", str(table), "--target", "sick", *words]) == 2
    assert 'pip install "skinterpret[models]"' in capsys.readouterr().err


def test_a_rule_whose_inputs_are_missing_is_not_applied(table, frame, tmp_path, capsys):
    rule = tmp_path / "rule.json"
    assert main(["explain", str(table), "--target", "sick", "--json", str(rule), *QUICK]) in (0, 3)
    frame.drop(columns="b").to_csv(table, index=False)
    capsys.readouterr()
    assert main(["predict", str(rule), str(table)]) == 2
    assert "no column 'b'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("--max-time", "-5"),
        ("--searches", "0"),
        ("--max-complexity", "x"),
        ("--max-complexity", "100000"),
        ("--seed", "-1"),
        ("--max-time", "0"),
        ("--n-jobs", "0"),
        ("--n-jobs", "two"),
        ("--n-jobs", "-2"),
        ("--n-jobs", "-5"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_before_anything_is_read(capsys, word, value):
    with pytest.raises(SystemExit):
        main(["explain", "no-such.csv", "--target", "y", word, value])
    assert f"argument {word}: must be a number" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["1", "0", "-3", "two"])
def test_fewer_than_two_folds_are_refused(capsys, value):
    with pytest.raises(SystemExit):
        main(["compare", "no-such.csv", "--target", "y", "--folds", value])
    assert "argument --folds: must be a number from 2 on" in capsys.readouterr().err


def test_folds_that_the_rows_do_not_suffice_for_are_refused(table, capsys):
    assert main(["compare", str(table), "--target", "sick", "--folds", "1000"]) == 2
    assert "--folds 1000 is more than the" in capsys.readouterr().err


def test_without_a_command_help_is_shown(capsys):
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 0
    assert "examples:" in capsys.readouterr().out


def test_each_command_has_help_with_its_own_examples(capsys):
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    output = capsys.readouterr().out
    assert "skinterpret predict rule.json" in output
    assert "skinterpret probe" not in output


def test_a_column_that_never_varies_is_told_and_left_out(table, frame, tmp_path, capsys):
    frame.assign(c=3, site="A").to_csv(table, index=False)
    rule = tmp_path / "rule.json"
    assert main(["explain", str(table), "--target", "sick", "--json", str(rule), *QUICK]) in (0, 3)
    assert "columns 'c' and 'site' hold one value in all rows, " in capsys.readouterr().err
    assert json.loads(rule.read_text(encoding="utf-8"))["feature_names"] == ["a", "b"]
    assert main(["predict", str(rule), str(table)]) == 0

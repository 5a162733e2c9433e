"""What `skinterpret predict` says of a rule that is not to be relied on."""

import pandas as pd
import pytest

from skinterpret.cli import main
from skinterpret.cli.rule_cautions import cautions
from skinterpret.expressions import Expression
from skinterpret.surrogates import ClassificationRule

X = pd.DataFrame({"a": [0.0, 0.5, 1.0, 2.0, -3.0], "b": [0.0, 9.0, 0.0, 0.0, 0.0]})


def rule(n_rules=1, **known):
    formulas = [Expression.parse("x0 - x1")] * n_rules
    classes = ["no", "yes"] if n_rules == 1 else ["A", "B", "C"]
    return ClassificationRule(
        formulas, [0.5] * n_rules, [1.0] * n_rules, classes, n_features=2, feature_names=["a", "b"], **known
    )


def test_rows_on_the_bounds_are_inside_and_each_row_outside_counts_once():
    (sentence,) = cautions(rule(region={0: (0.0, 1.0), 1: (0.0, 1.0)}), X)
    assert sentence.startswith("3 of 5 rows lie outside")


@pytest.mark.parametrize("known", [{}, {"verdicts": ["concept"], "region": {0: (-9.0, 9.0)}}])
def test_without_cause_nothing_is_said(known):
    assert cautions(rule(**known), X) == []


def test_the_classes_without_a_closed_form_are_named():
    nothing = "no closed form found"
    (sentence,) = cautions(rule(3, verdicts=["concept", nothing, nothing]), X)
    assert sentence == "no closed form found when the rule of B, C was made: do not rely on it."


def test_predict_cautions_on_the_error_stream_and_prints_classes_alone(tmp_path, capsys):
    table, path = tmp_path / "table.csv", tmp_path / "rule.json"
    X.to_csv(table, index=False)
    rule(verdicts=["no closed form found"], region={0: (0.0, 1.0)}).to_json(path)
    assert main(["predict", str(path), str(table)]) == 0
    output = capsys.readouterr()
    assert output.out.split() == ["prediction", "no", "no", "yes", "yes", "no"]
    first, second = output.err.splitlines()
    assert "do not rely on it" in first
    assert "2 of 5 rows lie outside" in second


def test_rule_and_table_in_the_wrong_order_are_asked_for_in_the_other(tmp_path, capsys):
    table, path = tmp_path / "table.csv", tmp_path / "rule.json"
    X.to_csv(table, index=False)
    rule().to_json(path)
    assert main(["predict", str(table), str(path)]) == 2
    error = capsys.readouterr().err
    assert f"{table} is no rule; give the rule first: skinterpret predict {path} {table}" in error
    assert main(["predict", str(table), str(table)]) == 2
    assert f"{table} holds no rule that can be read (" in capsys.readouterr().err

"""What a stranger's file can do to a terminal: nothing."""

import pandas as pd
import pytest

from skinterpret.cli import main
from skinterpret.cli.terminal import printable, printable_output, write_data
from skinterpret.expressions import Expression
from skinterpret.surrogates import ClassificationRule

RED = "\x1b[31mdebt\x1b[0m"


def test_what_shows_nothing_is_written_as_an_escape():
    assert printable("a\x1b[2J\x07\u202eb") == r"a\x1b[2J\x07\u202eb"
    assert printable("größer ≥ 2 …\nnext line") == "größer ≥ 2 …\nnext line"


@pytest.mark.parametrize(
    "words",
    [
        ["explain", "--max-complexity", "4", "--max-time", "1"],
        ["probe"],
        ["compare", "--folds", "2", "--max-time", "1"],
    ],
)
def test_no_command_prints_control_characters_of_a_name(frame, tmp_path, capsys, words):
    path = tmp_path / "red.csv"
    named = frame.rename(columns={"a": RED}).assign(sick=frame["sick"].map({0: "no", 1: "\x1b[1myes"}))
    named.to_csv(path, index=False)
    assert main([words[0], str(path), "--target", "sick", *words[1:]]) == 0
    output = capsys.readouterr()
    assert "\x1b" not in output.out + output.err
    if words[0] != "compare":
        assert r"\x1b[31mdebt\x1b[0m" in output.out


def test_messages_are_printable_too(tmp_path, capsys):
    path = tmp_path / "red.csv"
    pd.DataFrame({RED: [1.0, None] * 20, "sick": [0, 1] * 20}).to_csv(path, index=False)
    assert main(["probe", str(path), "--target", "sick"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "debt" in said


def test_classes_reach_a_file_as_they_are(frame, tmp_path, capsys):
    rule = ClassificationRule(
        [Expression.parse("x0")], [0.0], [1.0], ["no", RED], n_features=1, feature_names=["a"]
    )
    rule.to_json(tmp_path / "rule.json")
    frame.to_csv(tmp_path / "table.csv", index=False)
    assert main(["predict", str(tmp_path / "rule.json"), str(tmp_path / "table.csv")]) == 0
    assert RED in capsys.readouterr().out


def test_data_on_a_terminal_are_printable(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with printable_output():
        write_data(RED)
    assert capsys.readouterr().out == r"\x1b[31mdebt\x1b[0m"

"""The command line, in process."""

import numpy as np
import pandas as pd
import pytest

from skinterpret.cli import main


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.uniform(-1, 1, (300, 2)), columns=["a", "b"])
    frame["sick"] = (frame["a"] + frame["b"] > 0).astype(int)
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_explain_ends_with_a_rule_over_the_columns(table, capsys):
    assert main(["explain", str(table), "--target", "sick", "--max-time", "2", "--quiet"]) == 0
    last_line = capsys.readouterr().out.strip().splitlines()[-1]
    assert last_line.startswith("1 where")
    assert "a" in last_line


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.assign(a="word"), "'a' does not hold numbers"),
        (lambda frame: frame.assign(b=np.nan), "'b' has missing values"),
        (lambda frame: frame.assign(sick=frame["sick"].where(frame.index > 3)), "'sick' has missing values"),
        (lambda frame: frame.assign(sick=0), "one class only (0)"),
        (lambda frame: frame.rename(columns={"sick": "ill"}), "no column 'sick'"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(table, capsys, change, message):
    change(pd.read_csv(table)).to_csv(table, index=False)
    assert main(["explain", str(table), "--target", "sick"]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_missing_file_is_named(capsys):
    assert main(["explain", "no-such.csv", "--target", "y"]) == 2
    assert "no-such.csv" in capsys.readouterr().err

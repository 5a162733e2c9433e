"""Tables and their columns."""

import pandas as pd
import pytest

from skinterpret.cli.spelling import did_you_mean
from skinterpret.cli.tables import read_table, rule_inputs, split_target


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,a,y\n1,2,0\n", "more than one column 'a'"),
        (",a,y\n0,1,0\n", "Column 1 of .* has no name"),
        ("a, ,y\n0,1,0\n", "Column 2 of .* has no name"),
        ("a,y\n1,2,3\n", "more values than there are names"),
        ("", "is empty"),
        ("a,y\n", "has no rows"),
    ],
)
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_table(str(path))


def test_odd_names_are_read_as_they_are(odd_frame, tmp_path):
    path = tmp_path / "table.csv"
    odd_frame.assign(NA=1, **{"a.1": 2}).to_csv(path, index=False)
    assert list(read_table(str(path)).columns) == [*odd_frame.columns, "NA", "a.1"]


def test_names_that_are_numbers_become_words(tmp_path):
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    pd.DataFrame({0: [1.0, 2.0], 1: [3.0, 4.0]}).to_parquet(path)
    assert list(read_table(str(path)).columns) == ["0", "1"]


def test_a_misspelt_target_is_asked_about(frame):
    with pytest.raises(ValueError, match=r"t\.csv has no column 'sik'; did you mean 'sick'\?"):
        split_target(frame, "sik", "t.csv")
    with pytest.raises(ValueError, match=r"did you mean 'sick'\?"):
        split_target(frame, "SICK", "t.csv")


def test_where_no_name_is_like_it_all_are_listed(frame):
    with pytest.raises(ValueError, match="choose --target from: a, b, sick"):
        split_target(frame, "zzz", "t.csv")


def test_a_list_of_very_many_names_is_cut():
    wide = pd.DataFrame([range(100)], columns=[f"column {k}" for k in range(100)])
    with pytest.raises(ValueError, match=r"column 39, …\.") as caught:
        split_target(wide, "zzz", "t.csv")
    assert "column 40" not in str(caught.value)


def test_semicolons_are_told(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a;y\n1;2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="with commas instead of semicolons"):
        split_target(read_table(str(path)), "y", "table.csv")


def test_an_input_of_a_rule_that_is_misspelt_in_the_table_is_asked_about(frame):
    with pytest.raises(ValueError, match=r"no column 'sickness', which the rule uses; did you mean 'sick'\?"):
        rule_inputs(frame, ["sickness"], ["sickness"], "t.csv")


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_a_name_that_is_like_none_is_not_guessed(name):
    assert did_you_mean(name, ["height", "weight"]) == ""

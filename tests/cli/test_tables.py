"""Tables and their columns."""

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from skinterpret._gaps import refuse_gaps
from skinterpret._spelling import did_you_mean
from skinterpret.cli import reading
from skinterpret.cli.columns import or_leave_out
from skinterpret.cli.reading import read_table, refuse_lists
from skinterpret.cli.tables import check_folds, constant_columns, split_target


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,a,y\n1,2,0\n", "more than one column 'a'"),
        (",a,y\n0,1,0\n", "Column 1 of .* has no name"),
        ("a, ,y\n0,1,0\n", "Column 2 of .* has no name"),
        ("a,y\n1,2,3\n", "more values than there are names"),
        ("a,y\n1,x,3\n2,z\n", "more values than there are names"),
        ("a,y\n1,2\n1,2,3\n", r"^Line 3 of .*table\.csv has 3 values instead of 2; put values .* quotes\.$"),
        ('a,y\n1,"2\n', r"is no table that can be read \(EOF inside string.*\); save it again\.$"),
        ("a;y\n1;2\n", r"semicolons .*table\.csv', sep=';'\)\.to_csv\('.*/table_commas\.csv', index"),
        ("a;y\n1.5;x, y\n", r"sep=';'\)\.to_csv"),
        ("a;b;y\n1,5;2;0\n1,5;2,5;1\n", r"sep=';', decimal=','\)\.to_csv\('.*/table_commas\.csv'"),
        ("a;b;y\n1;2;0\n1,5;2,5;1\n", r"sep=';', decimal=','\)\.to_csv"),
        (
            "a\ty\n1\tx\n2\tx, y\n",
            r"tabs stood .*table\.csv', sep='\\t'\)\.to_csv\('.*/table_commas\.csv', index",
        ),
        ("a\tb\ty\n1,5\t2\t0\n", r"tabs stood between its columns; .*sep='\\t', decimal=','\)\.to_csv"),
        ("a; b\ty\n1\t2\n", "tabs stood"),
        ("", "is empty"),
        ("a,y\n", "has no rows"),
    ],
)
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path, text, message):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_table(str(path))


def test_a_directory_is_said_to_be_one(tmp_path):
    with pytest.raises(ValueError, match=r"is a directory; give a file in it, one of \.csv"):
        read_table(str(tmp_path))


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


@pytest.mark.parametrize(
    ("number", "words"), [(1, "Only one row of t.csv has "), (3, "Only 3 rows of t.csv have ")]
)
def test_too_few_rows_of_a_class_are_counted(frame, number, words):
    with pytest.raises(ValueError, match=f"{words}sick = True; 5 of each"):
        split_target(frame.assign(sick=frame.index < number), "sick", "t.csv")


def test_where_no_name_is_like_it_all_are_listed(frame):
    with pytest.raises(ValueError, match="choose --target from: a, b, sick"):
        split_target(frame, "zzz", "t.csv")


def test_a_list_of_very_many_names_is_cut():
    wide = pd.DataFrame([range(100)], columns=[f"column {k}" for k in range(100)])
    with pytest.raises(ValueError, match=r"column 39, …\.") as caught:
        split_target(wide, "zzz", "t.csv")
    assert "column 40" not in str(caught.value)


@pytest.mark.parametrize("name", ["a", "sick"])
@pytest.mark.parametrize("value", [[1, 2], {"x": 1}])
def test_columns_of_lists_are_refused(frame, tmp_path, name, value):
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    frame.assign(**{name: [value] * len(frame)}).to_parquet(path)
    lists = read_table(str(path))
    told = rf"^Column '{name}' .* one value a row \(.*\); give each of them a column of its own"
    with pytest.raises(ValueError, match=rf"{told}\.$"):
        refuse_lists(lists, str(path))
    mend = ", or leave the column out by --drop a" if name == "a" else ""
    with pytest.raises(ValueError, match=rf"{told}{mend}\.$"):
        split_target(lists, "sick", str(path))
    assert list(split_target(frame.assign(c=[value] * len(frame)), "sick", "", drop=["c"])[0]) == ["a", "b"]


@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_a_broken_file_is_refused(tmp_path, ending):
    pytest.importorskip("pyarrow")
    path = tmp_path / f"table.{ending}"
    path.write_text("a,y\n1,0\n" * 20, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"table\.{ending} is no table that can be read \(.*\); save"):
        read_table(str(path))


def test_without_pyarrow_its_extra_is_named(monkeypatch):
    monkeypatch.setattr(reading, "find_spec", lambda name: None if name == "pyarrow" else find_spec(name))
    with pytest.raises(ValueError, match=r'pip install "skinterpret\[tables\]", or save the table as CSV'):
        read_table("table.parquet")


def test_infinite_values_are_refused(frame):
    endless = frame.assign(b=frame["b"].where(frame.index != 5, -float("inf")))
    with pytest.raises(ValueError, match=r"^Column 'b' has infinite values; write .* drop those rows\.$"):
        refuse_gaps(endless)
    with pytest.raises(ValueError, match=r"drop those rows, or leave the column out by --drop b\.$"):
        refuse_gaps(endless, or_leave_out)


def test_missing_values_are_told_with_their_row(frame):
    gaps = frame.astype(float).copy()
    gaps.loc[5] = np.nan
    with pytest.raises(ValueError, match=r"Column 'a' has missing values, the first in row 6; .*--drop a\.$"):
        refuse_gaps(gaps, or_leave_out)
    with pytest.raises(
        ValueError, match=r"Column 'sick' has missing values, the first in row 6; drop the rows"
    ):
        split_target(gaps, "sick", "t.csv")


def test_a_table_of_classes_alone_is_refused(frame):
    with pytest.raises(ValueError, match=r"t\.csv has no column beside 'sick'; add"):
        split_target(frame[["sick"]], "sick", "t.csv")


def test_more_folds_than_rows_of_a_class_are_refused():
    y = pd.Series(["ill"] * 7 + ["well"] * 20, name="state")
    check_folds(y, 7)
    with pytest.raises(ValueError, match="more than the 7 rows with state = ill, .*; give --folds 7 at most"):
        check_folds(y, 8)


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_a_name_that_is_like_none_is_not_guessed(name):
    assert did_you_mean(name, ["height", "weight"]) == ""


def test_columns_that_never_vary_are_listed_and_refused_where_all_are_so():
    assert constant_columns(pd.DataFrame({"a": [3, 3], "b": ["x", "x"], "c": [1, 2]})) == ["a", "b"]
    with pytest.raises(
        ValueError, match="No input varies, as columns 'a' and 'b' would have to; add columns"
    ):
        constant_columns(pd.DataFrame({"a": [3, 3], "b": ["x", "x"]}))

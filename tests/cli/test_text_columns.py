"""Columns of text: which are categories, and what the others are told."""

import numpy as np
import pandas as pd
import pytest

from skinterpret.cli.text_columns import MARKS, categorical_columns, refuse_mistaken_numbers


@pytest.mark.parametrize("few", [3, 300])
@pytest.mark.parametrize("mark", sorted(MARKS - {""}))
def test_a_mark_among_numbers_is_named_with_its_row(mark, few):
    column = [str(number % few) for number in range(300)]
    column[6] = column[9] = mark
    with pytest.raises(ValueError, match="'a' holds numbers, but 2 of its 300 values are none, ") as told:
        refuse_mistaken_numbers(pd.DataFrame({"a": column}))
    assert f"the first {mark!r} in row 7; write a number there or leave the row out" in str(told.value)


def test_marks_may_be_more_than_the_numbers():
    with pytest.raises(ValueError, match=r"'\?' in row 1"):
        refuse_mistaken_numbers(pd.DataFrame({"a": ["?"] * 20 + ["1", "2"]}))


def test_a_word_among_numbers_is_named():
    with pytest.raises(ValueError, match="1 of its 4 values is none, 'low' in row 3; .* as words"):
        refuse_mistaken_numbers(pd.DataFrame({"a": ["1.5", "2", "low", "1e3"]}))


@pytest.mark.parametrize(
    "values",
    [
        ["north", "south", "?", "unknown"],
        ["1st", "2nd", "3rd", "4"],
        pd.Categorical(["1", "2", "3", "?"]),
        ["1", "2", "3", "1"],  # in a file with types, text by choice
        [True, False, True, True],
    ],
)
def test_categories_are_left_alone(values):
    table = pd.DataFrame({"a": values})
    refuse_mistaken_numbers(table)
    assert categorical_columns(table) == [] if table["a"].dtype == bool else ["a"]


def test_numbers_with_separators_of_thousands_are_told_to_be_written_without():
    few = pd.DataFrame({"income": [f"{number:,}" for number in [628.7, 900, 1000, 1001]]})
    many = pd.DataFrame({"income": [f"{number:,}" for number in range(900, 1100)]})
    for table, cell in ((few, "1,000' in row 3"), (many, "1,000' in row 101")):
        with pytest.raises(ValueError, match=f"separators of thousands, first '{cell}; write them without"):
            refuse_mistaken_numbers(table)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["53%", "1.5 %", "-2 %"], "holds numbers with a % sign, such as '53%'; write them without it"),
        (pd.date_range("2024-01-05", periods=3), "holds dates, such as '2024-01-05'; .* days since a day"),
        ([f"2024-{1 + k // 28}-{1 + k % 28}" for k in range(60)], "holds dates, such as '2024-1-1'; write"),
        ([f"{1 + k % 28}.{1 + k // 28}.2024" for k in range(60)], "holds dates"),
        (["2023-01", "2023-02"] * 9, "holds dates, such as '2023-01'; .* as the months since one"),
        ([f"{1980 + k}/{1 + k % 12}" for k in range(40)], "holds dates, such as '1980/1'; .* --drop a[.]$"),
        ([f"town {k}" for k in range(60)], "holds 60 different words, more than the 30 .* group rare words"),
    ],
)
def test_the_mend_goes_with_what_the_column_holds(values, message):
    table = pd.DataFrame({"a": values})
    refuse_mistaken_numbers(table)
    with pytest.raises(ValueError, match=f"^Column 'a' {message}"):
        categorical_columns(table)


@pytest.mark.parametrize(
    "values",
    [
        ["2023-01", "never"],
        ["A2023-01", "A2023-02"],
        ["2019/20", "2020/21"],
        pd.Categorical(["2023-01", "2023-02"]),
    ],
)
def test_months_may_be_categories_beside_words_or_where_they_are_declared(values):
    assert categorical_columns(pd.DataFrame({"a": values})) == ["a"]


def test_few_dates_may_be_categories():
    assert categorical_columns(pd.DataFrame({"a": np.repeat(["2019-01-01", "2020-01-01"], 5)})) == ["a"]

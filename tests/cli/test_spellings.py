"""Classes and categories that are spelt in more than one way."""

import numpy as np
import pandas as pd
import pytest

from skinterpret.cli import main
from skinterpret.cli.spellings import refuse_blanks, warn_of_capitals
from skinterpret.cli.tables import split_target
from skinterpret.cli.text_columns import categorical_columns


@pytest.fixture
def states(frame):
    return frame.assign(sick=np.where(frame["sick"] == 1, "ill", "well"), site="north")


def test_blanks_at_the_ends_of_categories_are_refused_with_both_values(states):
    states.loc[3, "site"] = "north "
    message = (
        "^Column 'site' holds 'north' and 'north ', which differ by blanks at their ends only; write them "
    )
    with pytest.raises(
        ValueError, match=message + r"alike, in pandas by \.str\.strip\(\), or .* --drop site\.$"
    ):
        categorical_columns(states.drop(columns="sick"))
    states["site"] = states["site"].astype("category")
    with pytest.raises(ValueError, match=message):
        categorical_columns(states.drop(columns="sick"))


def test_blanks_at_the_ends_of_classes_are_refused_before_the_rows_are_counted(states, tmp_path, capsys):
    states.loc[states["sick"].eq("ill").idxmax(), "sick"] = "\u00a0ill"
    path = tmp_path / "blanks.csv"
    states.to_csv(path, index=False)
    assert main(["explain", str(path), "--target", "sick"]) == 2
    error = capsys.readouterr().err
    assert "Column 'sick' holds 'ill' and '\\xa0ill', which differ by blanks" in error
    assert error.endswith("by .str.strip().\n")


def test_the_same_blanks_everywhere_and_other_words_are_no_matter(capsys):
    column = pd.Series([" a", " b", "", 3, None, True, "a b", "ab"], name="site")
    refuse_blanks(column)
    warn_of_capitals(column)
    assert not capsys.readouterr().err


def test_of_a_column_of_names_the_blanks_are_not_told(frame):
    names = [f"Ann {k}" for k in range(150)]
    with pytest.raises(ValueError, match="holds 300 different words"):
        categorical_columns(pd.DataFrame({"name": [*names, *(f"{name} " for name in names)]}))


def test_too_many_words_may_be_due_to_blanks_alone():
    names = [f"town {k}" for k in range(20)]
    with pytest.raises(ValueError, match="'town 0' and 'town 0 ', which differ by blanks"):
        categorical_columns(pd.DataFrame({"town": [*names, *(f"{name} " for name in names)]}))


def test_capitals_are_told_in_a_line_each(states, capsys):
    states["site"] = np.array(["North", "north", "NORTH", "south", "South"])[states.index % 5]
    X, _ = split_target(states.assign(sick=states["sick"].where(states["a"] > 0, "Ill")), "sick", "t.csv")
    assert categorical_columns(X) == ["site"]
    classes, sites = capsys.readouterr().err.splitlines()
    assert classes.startswith(
        "skinterpret: column 'sick' holds 'Ill' and 'ill', which differ by capitals only "
    )
    assert "'site' holds 'NORTH' and 'North' (2 more such), which differ by capitals" in sites

"""Columns that are chosen or left out on the command line."""

import joblib
import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from skinterpret.cli import main
from skinterpret.cli.columns import chosen_columns

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
QUICK = ["--max-time", "1", "--max-complexity", "8", "--n-jobs", "1", "--quiet"]
# each would be refused if it were an input
REFUSED = {
    "name": [f"Ann {k}" for k in range(300)],
    "day": [f"2024-{1 + k // 28}-{1 + k % 28}" for k in range(300)],
    "income": [np.nan, *range(299)],
    "ratio": [np.inf, *range(299)],
    "grade": ["?", *map(str, range(299))],
}


@pytest.fixture
def dirty(frame, tmp_path):
    path = tmp_path / "dirty.csv"
    frame.assign(**REFUSED).to_csv(path, index=False)
    return path


@pytest.fixture
def trained(frame, tmp_path):
    """A network trained on both columns, and how the command line names it."""
    path = tmp_path / "model.joblib"
    network = MLPClassifier((10,), max_iter=400, random_state=0).fit(frame[["a", "b"]], frame["sick"])
    joblib.dump(network, path)
    return ["--estimator", str(path), "--trust-pickle"]


@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_of_a_column_names_the_option_that_leaves_it_out(frame, tmp_path, capsys, name):
    path = tmp_path / "dirty.csv"
    frame.assign(**{name: REFUSED[name]}).to_csv(path, index=False)
    assert main(["probe", str(path), "--target", "sick"]) == 2
    error = capsys.readouterr().err
    assert f"Column '{name}' " in error
    assert error.endswith(f", or leave the column out by --drop {name}.\n")


@pytest.mark.parametrize("words", [["--columns", "b", "a"], ["--drop", *REFUSED]])
def test_what_is_left_out_may_hold_anything(dirty, capsys, words):
    assert main(["probe", str(dirty), "--target", "sick", *words]) == 0
    output = capsys.readouterr().out
    assert "\na " in output
    assert "\nb " in output
    assert not any(name in output for name in REFUSED)


def test_the_page_repeats_the_option(table, tmp_path, capsys):
    page = tmp_path / "page.html"
    words = ["explain", str(table), "--target", "sick", *QUICK, "--report", str(page), "--drop", "b"]
    assert main(words) in (0, 3)
    assert "--drop b" in page.read_text(encoding="utf-8")
    assert "with 1 inputs" not in capsys.readouterr().out


def test_compare_takes_them_too(dirty, capsys):
    words = ["--columns", "a", "--columns", "b", "--folds", "2", "--max-time", "1", "--n-jobs", "1"]
    assert main(["compare", str(dirty), "--target", "sick", *words]) == 0


def test_both_at_once_are_refused(capsys):
    with pytest.raises(SystemExit) as end:
        main(["explain", "t.csv", "--target", "y", "--columns", "a", "--drop", "b"])
    assert end.value.code == 2
    assert "argument --drop: not allowed with argument --columns" in capsys.readouterr().err


@pytest.mark.parametrize(("option", "told"), [("--drop", True), ("--columns", True), ("--quiet", False)])
def test_a_file_that_was_taken_for_a_name_is_to_come_first(capsys, option, told):
    with pytest.raises(SystemExit):
        main(["explain", "--target", "y", option, *(["a", "t.csv"] if told else [])])
    error = capsys.readouterr().err
    assert "required: file" in error
    assert (f"; give it before {option}, which takes all names that follow" in error) == told


@pytest.mark.parametrize(
    ("option", "names", "message"),
    [
        ("columns", ["a", "bb"], "^t.csv has no column 'bb', which --columns names; did you mean 'b'[?]$"),
        (
            "drop",
            ["X", "zzz"],
            "^t.csv has no columns 'X' and 'zzz', which --drop names; choose from: a, b[.]$",
        ),
        (
            "columns",
            ["a", "sick"],
            "^--columns names 'sick', which is the --target and no input; leave it out",
        ),
        ("drop", ["sick"], "^--drop names 'sick', which is the --target"),
        ("drop", ["a", "b"], "^--drop leaves no column of t.csv beside 'sick'; drop fewer[.]$"),
    ],
)
def test_names_that_cannot_be_chosen_are_refused(frame, option, names, message):
    with pytest.raises(ValueError, match=message):
        chosen_columns(frame, "sick", "t.csv", **{option: names})


def test_a_trained_network_needs_its_columns(dirty, trained, capsys):
    words = ["probe", str(dirty), "--target", "sick", *trained]
    assert main([*words, "--drop", "b"]) == 2
    assert "--drop leaves out column 'b', on which the model in " in capsys.readouterr().err
    assert main([*words, "--columns", "name", "ratio"]) == 2
    error = capsys.readouterr().err
    assert "--columns leaves out columns 'a' and 'b', on which" in error
    assert error.endswith("was trained; name them too.\n")


def test_an_input_of_a_trained_network_is_no_target(table, frame, trained, capsys):
    frame.assign(a=frame["sick"]).to_csv(table, index=False)
    assert main(["explain", str(table), "--target", "a", *trained]) == 2
    error = capsys.readouterr().err
    assert "Column 'a' is one of the inputs on which the model in " in error
    assert error.endswith("give as --target the column with the classes that it tells.\n")


def test_columns_that_a_trained_network_does_not_use_may_hold_anything(dirty, trained):
    assert main(["probe", str(dirty), "--target", "sick", *trained]) == 0


def test_the_option_is_no_mend_for_what_a_trained_network_uses(table, frame, trained, capsys):
    frame.assign(b=frame["b"].where(frame.index != 5)).to_csv(table, index=False)
    assert main(["probe", str(table), "--target", "sick", *trained]) == 2
    assert (
        "'b' has missing values, the first in row 6; fill them or drop those rows.\n"
        in capsys.readouterr().err
    )


def test_a_name_of_dashes_can_be_left_out(frame, tmp_path, capsys):
    path = tmp_path / "odd.csv"
    frame.assign(**{"--id": np.nan, "my id": np.nan}).to_csv(path, index=False)
    words = ["probe", str(path), "--target", "sick", "--drop", "my id"]
    assert main(words) == 2
    assert "leave the column out by --drop=--id." in capsys.readouterr().err
    assert main([*words, "--drop=--id"]) in (0, 3)

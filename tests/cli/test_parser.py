"""What the command line makes of words, before and around the commands."""

import os
import subprocess
import sys

import pytest

from skinterpret.cli import main
from skinterpret.cli.parser import LARGEST_COMPLEXITY
from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine
from skinterpret.search.watch import Watch
from skinterpret.surrogates import ClassificationRule

HEAVY = ("numba", "sklearn", "scipy", "sympy", "pandas", "numpy")


@pytest.mark.parametrize("words", [["--help"], ["explain", "--help"], ["--version"], []])
def test_help_imports_nothing_that_takes_long(words):
    code = f"""
import sys
from skinterpret.cli import main
try:
    main({words!r})
except SystemExit:
    print("imported:", [name for name in {HEAVY!r} if name in sys.modules])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "imported: []"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["explain", "t.csv", "--traget", "y"], "there is no option --traget; did you mean '--target'?"),
        (["explain", "t.csv", "--target=y", "--reprot=a.html"], "did you mean '--report'?"),
        (["compare", "t.csv", "--target", "y", "--fold-number", "3"], "there is no option --fold-number"),
        (["explian", "t.csv"], "there is no command 'explian'; did you mean 'explain'?"),
        (["Predict", "r.json", "t.csv"], "did you mean 'predict'?"),
        (["xyz"], "there is no command 'xyz'; choose from: demo, explain, probe, compare, predict."),
    ],
)
def test_a_misspelt_word_is_asked_about(capsys, words, message):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_options_may_be_cut_short_and_values_may_look_like_options(table, capsys):
    assert main(["explain", str(table), "--targ", "no"]) == 2
    assert "no column 'no'" in capsys.readouterr().err
    assert main(["explain", str(table), "--target=--sick"]) == 2
    assert "no column '--sick'; did you mean 'sick'?" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="pipes of other systems")
@pytest.mark.parametrize("command", ["probe", "predict", "--help", "explain --help", "--version"])
def test_a_reader_that_stops_reading_is_no_error(table, tmp_path, command):
    words = command.split()
    if command == "probe":
        words = ["probe", str(table), "--target", "sick"]
    if command == "predict":
        formula = [Expression.parse("x0 + x1")]
        rule = ClassificationRule(formula, [0.0], [5.0], [0, 1], n_features=2, feature_names=["a", "b"])
        rule.to_json(tmp_path / "rule.json")
        words = ["predict", str(tmp_path / "rule.json"), str(table)]
    reading, writing = os.pipe()
    os.close(reading)
    # argparse itself swallows what goes wrong where nothing is buffered
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    program = [sys.executable, "-m", "skinterpret"]
    with os.fdopen(writing, "wb") as pipe:
        run = subprocess.run([*program, *words], stdout=pipe, stderr=subprocess.PIPE, text=True, env=buffered)
    assert run.returncode == 141
    assert "Error" not in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.filterwarnings("always::sklearn.exceptions.ConvergenceWarning")
def test_a_search_that_was_stopped_advises_what_the_command_line_has(monkeypatch, capsys, kept):
    def stopped(options):
        watch = Watch()
        watch.note("interrupted", 1000, 2, kept=kept)
        watch.warn()

    monkeypatch.setattr("skinterpret.cli.commands.demo", stopped)
    assert main(["demo"]) == 0
    said = capsys.readouterr().err
    assert "stopped (interrupted) after 1,000 evaluations in 2 epochs" in said
    assert "run the command again" in said
    assert "warm_start" not in said


@pytest.mark.parametrize(("word", "threads"), [("99999", 4), ("4", 4), ("3", 3), ("1", 1), ("-1", -1)])
def test_there_are_no_more_threads_than_cores(monkeypatch, word, threads):
    seen = []
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    monkeypatch.setattr("skinterpret.cli.commands.explain", lambda options: seen.append(options.n_jobs))
    assert main(["explain", "t.csv", "--target", "y", "--n-jobs", word]) == 0
    assert seen == [threads]


def test_the_largest_complexity_is_that_of_the_engine():
    EvolutionEngine(max_complexity=LARGEST_COMPLEXITY)._validate_params()
    with pytest.raises(ValueError, match="max_complexity"):
        EvolutionEngine(max_complexity=LARGEST_COMPLEXITY + 1)._validate_params()


def test_the_range_of_the_complexity_is_in_its_help(capsys):
    with pytest.raises(SystemExit):
        main(["explain", "--help"])
    assert "from 1 to 200" in " ".join(capsys.readouterr().out.split())

"""Each benchmark runs from beginning to end at toy size, and leaves the kept results alone."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = [
    ["gradients", "--quick"],
    ["engine", "--quick"],
    ["precision", "--quick"],
    ["exact", "--quick"],
    ["race", "--quick"],
    ["resume", "--quick"],
    ["scaling", "--quick"],
    ["recovery", "--quick", "--experiments", "1", "7"],
    ["labels", "--quick"],
    ["answers", "--quick", "--experiments", "1"],
    ["coverage", "--quick"],
    ["mixed_derivatives", "--quick"],
    ["structure", "--quick"],
    ["lectures", "--quick"],
    ["trust", "--quick"],
    ["value_trust", "--quick"],
    ["readability", "--quick"],
    ["smoothing", "--quick"],
    ["genes", "--quick"],
    ["selections", "--quick", "--experiments", "1", "7"],
    pytest.param(["recovery", "--quick", "--experiments", "1", "--engine", "pysr"], marks=pytest.mark.julia),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_quick_run_prints_its_table_and_writes_nothing(command):
    print_quickly(command)


def test_the_comparison_sets_symbolic_classification_and_paired_differences_beside_all_else():
    printed = print_quickly(["surrogates", "--quick", "--data", "wine"])
    names = ["symbolic classification", "tree, unrestricted", "tree, at most the rule's complexity"]
    for name in [*names, "to symbolic", "its error"]:
        assert name in printed
    of_wine = [line.split() for line in printed.splitlines() if line.split()[:2] == ["wine", "symbolic"]]
    (rule,) = (cells for cells in of_wine if cells[2] != "classification")  # once, in one table
    to_itself = [0, 0]
    assert [float(figure) for figure in rule[4:6]] == to_itself


def print_quickly(command):
    before = {path: path.read_bytes() for path in (ROOT / "benchmarks" / "results").iterdir()}
    run = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{command[0]}", *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert "cores, Python" in run.stdout
    assert {path: path.read_bytes() for path in (ROOT / "benchmarks" / "results").iterdir()} == before
    return run.stdout

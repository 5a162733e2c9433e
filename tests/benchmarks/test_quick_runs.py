"""Each benchmark runs from beginning to end at toy size, and leaves the kept results alone."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = [
    ["gradients", "--quick"],
    ["engine", "--quick"],
    ["exact", "--quick"],
    ["resume", "--quick"],
    ["scaling", "--quick"],
    ["recovery", "--quick", "--experiments", "1", "7"],
    ["answers", "--quick", "--experiments", "1"],
    ["coverage", "--quick"],
    ["mixed_derivatives", "--quick"],
    ["trust", "--quick"],
    ["value_trust", "--quick"],
    ["readability", "--quick"],
    ["surrogates", "--quick", "--data", "iris"],
    ["genes", "--quick"],
    pytest.param(["recovery", "--quick", "--experiments", "1", "--engine", "pysr"], marks=pytest.mark.julia),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_quick_run_prints_its_table_and_writes_nothing(command):
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


def test_the_comparison_sets_symbolic_classification_and_paired_differences_beside_all_else():
    command = [sys.executable, "-m", "benchmarks.surrogates", "--quick", "--data", "wine"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    names = ["symbolic classification", "tree, unrestricted", "tree, at most the rule's complexity"]
    for name in [*names, "to symbolic", "its error"]:
        assert name in run.stdout
    rule = next(line for line in run.stdout.splitlines() if line.split()[:2] == ["wine", "symbolic"])
    assert [float(figure) for figure in rule.split()[4:6]] == [
        0,
        0,
    ]  # to itself

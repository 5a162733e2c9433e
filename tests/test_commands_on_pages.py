"""The commands on the pages and in the help run as they stand, on small tables."""

import contextlib
import re
import shlex
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skinterpret import make_readable_network
from skinterpret.cli import main
from skinterpret.cli.parser import EXAMPLES

from .blocks import PAGES, ROOT, blocks_of, commands_in

HELP = "--help"
OURS = re.compile(r"^(?:python -m )?skinterpret (?=\w)")
INLINE = re.compile(r"`((?:python -m )?skinterpret (?:explain|predict|probe|compare) [^`]+)`")
INSTALLING = re.compile(r"^(?:python -m )?pip install ")
DEVELOPING = re.compile(r"^(?:python -m )?(pytest|ruff|mypy|sphinx-build|python \.ci/\w+\.py)\b")
ELSEWHERE = {"how_to/pysr": re.compile("^(?:python -c|sbatch) ")}  # what the test of that page runs

# added to what a page says, so that searches are short
SHORT = {
    "demo": "--max-time 1 --quiet",
    "explain": "--max-time 1 --max-complexity 8 --quiet",
    "compare": "--max-time 1 --folds 2 --quiet",
}


def commands_on(name):
    """The commands of a page in their order, those between its words after those in its blocks."""
    if name == HELP:
        return commands_in(EXAMPLES.partition("\n")[2])
    shells = [block.text for block in blocks_of(name) if block.language == "bash"]
    text = " ".join(PAGES[name].read_text(encoding="utf-8").split())
    return list(
        dict.fromkeys([*(line for shell in shells for line in commands_in(shell)), *INLINE.findall(text)])
    )


COMMANDS = {name: found for name in [*PAGES, HELP] if (found := commands_on(name))}
EXPLAINING = [name for name, found in COMMANDS.items() if any(OURS.match(command) for command in found)]


def write_what_is_named(words):
    """Write the tables and the network that a command reads, where no command before it has."""
    target = words[words.index("--target") + 1] if "--target" in words else None
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(-1, 1, (200, 3)), columns=["age", "dose", "ward"])
    y = (X["age"] + X["dose"] > 0).astype(int)
    for path in [Path(word) for word in words if word.endswith(".csv") and not Path(word).exists()]:
        (X if target is None else X.assign(**{target: y})).to_csv(path, index=False)
    if "--estimator" in words:
        skops = pytest.importorskip("skops.io", reason="networks in .skops files take skops")
        skops.dump(
            make_readable_network((8,), random_state=0).fit(X, y), words[words.index("--estimator") + 1]
        )


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("name", EXPLAINING)
def test_the_commands_run_and_write_what_they_name(name, tmp_path, capsys):
    with contextlib.chdir(tmp_path):
        for command in [OURS.sub("", found) for found in COMMANDS[name] if OURS.match(found)]:
            words = shlex.split(command.partition(" > ")[0])
            write_what_is_named(words)
            assert main([*words, *SHORT.get(words[0], "").split()]) in (0, 3), command
            written = [words[k + 1] for k, word in enumerate(words) if word in ("--report", "--json")]
            assert all(Path(path).stat().st_size > 0 for path in written)
            lines = capsys.readouterr().out.splitlines()
            assert lines
            if words[0] == "predict":
                assert lines[0] == "prediction"
                assert len(lines) == 1 + len(pd.read_csv(words[2]))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_one_that_is_run_or_checked(name):
    known = [OURS, INSTALLING, DEVELOPING, *([ELSEWHERE[name]] if name in ELSEWHERE else [])]
    assert [command for command in COMMANDS[name] if not any(kind.match(command) for kind in known)] == []


@pytest.mark.parametrize("name", PAGES)
def test_extras_that_a_page_names_are_there(name):
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    text = PAGES[name].read_text(encoding="utf-8")
    named = re.findall(r"(?:skinterpret|\"\.)\[([\w,]+)\]", text)
    assert {extra for names in named for extra in names.split(",")} <= set(extras)
    for command in filter(INSTALLING.match, COMMANDS.get(name, [])):
        what = shlex.split(INSTALLING.sub("", command))
        assert [
            word for word in what if not re.fullmatch(r"-e|(?:\.|skinterpret)(?:\[[\w,]+\])?", word)
        ] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_what_developers_are_told_to_run_is_run_for_every_change(name):
    """README's own commands are read from it and run."""
    run = (ROOT / ".ci" / "run").read_text(encoding="utf-8") + "".join(COMMANDS["README.md"])
    found = [DEVELOPING.match(command) for command in COMMANDS[name]]
    assert [program[1] for program in found if program and program[1] not in run] == []


def test_the_commands_are_found():
    assert {"README.md", "get_started", "how_to/command_line", HELP} <= set(EXPLAINING)
    assert len([command for command in COMMANDS["how_to/command_line"] if OURS.match(command)]) >= 4

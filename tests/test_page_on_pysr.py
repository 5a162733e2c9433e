"""The blocks of the page on PySR: what needs no Julia everywhere, searches where Julia is."""

import re
import shlex
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV

from skinterpret import SymbolicSurrogate, make_readable_network
from skinterpret.search import PySREngine, search_directions
from skinterpret.search.pysr.installed import find_pysr

from .blocks import blocks_of, commands_in

BLOCKS = blocks_of("how_to/pysr")
PYTHON = [block.text for block in BLOCKS if block.language == "python"]
SHELL = [command for block in BLOCKS if block.language == "bash" for command in commands_in(block.text)]
FITTING = [text for text in PYTHON if ".fit(" in text]
MAKING = [text for text in PYTHON if ".fit(" not in text]
BY_PYTHON = [command for command in SHELL if command.startswith("python -c ")]
BY_SLURM = [command for command in SHELL if command.startswith("sbatch ")]
# in the place of what the page says, so that searches are short
SMALL = {"niterations": 2, "populations": 2, "population_size": 20, "ncycles_per_iteration": 50}

X = np.random.default_rng(0).uniform(0.3, 2, (200, 3))


@pytest.fixture(scope="module")
def space():
    y = (X[:, 0] ** 2 + X[:, 1] * X[:, 2] > 2).astype(int)
    network = FrozenEstimator(make_readable_network((10,), random_state=0).fit(X, y))
    named = {kind.__name__: kind for kind in (GridSearchCV, SymbolicSurrogate, PySREngine)}
    return {"network": network, "X": X, "y": y, **named}


def engines_made_by(text, space):
    """Run a block and list the engines that it makes."""
    made = []

    def make(*arguments, **options):
        made.append(PySREngine(*arguments, **options))
        return made[-1]

    exec(text, {**space, "PySREngine": make})
    return made


def skip_where_it_is_too_old_for(engine):
    missing = set(engine.options) - set(find_pysr().options or engine.options)
    if missing:
        pytest.skip(f"this PySR has no {' and no '.join(sorted(missing))}")


def test_each_block_is_of_a_kind_that_is_run():
    assert len(FITTING) == 1
    assert len(FITTING) + len(MAKING) + len(BY_PYTHON) + len(BY_SLURM) == len(BLOCKS)


@pytest.mark.skipif(find_spec("pysr") is None, reason="PySR, whose options are looked up, is not installed")
@pytest.mark.parametrize("text", MAKING)
def test_engines_of_the_page_are_accepted_by_the_installed_pysr(text, space):
    made = engines_made_by(text, space)
    assert made
    for engine in made:
        skip_where_it_is_too_old_for(engine)
        engine.validate()


@pytest.mark.skipif(find_spec("pysr") is None, reason="PySR, whose options are looked up, is not installed")
def test_the_grid_of_the_page_is_of_parameters_that_there_are(space):
    (text,) = [text for text in MAKING if "GridSearchCV(" in text]
    made = []
    exec(text, {**space, "GridSearchCV": lambda *arguments: made.append(GridSearchCV(*arguments))})
    for name, values in made[0].param_grid.items():
        for value in values:
            surrogate = made[0].estimator.set_params(**{name: value})
            surrogate.engine.validate()
            assert surrogate.get_params()[name] == value


def test_tasks_of_a_slurm_job_are_as_many_as_the_page_has_workers():
    (command,) = BY_SLURM
    (tasks,) = re.findall(r"--ntasks=(\d+) ", command)
    page = "\n".join(PYTHON + [block.text for block in BLOCKS if block.language == "bash"])
    assert f'cluster_manager="slurm", procs={tasks})' in page
    assert f"# with procs={tasks}" in page
    assert shlex.split(command)[-1] == "python search.py"


@pytest.mark.julia
@pytest.mark.filterwarnings("default")
def test_what_is_to_be_done_beforehand_is_done():
    (command,) = BY_PYTHON
    program, *words = shlex.split(command)
    assert program == "python"
    subprocess.run([sys.executable, *words], check=True)


@pytest.mark.julia
@pytest.mark.filterwarnings("default")
def test_the_search_of_the_page_ends_with_a_rule(space):
    (text,) = FITTING
    assert "max_time=300" in text
    exec(text.replace("max_time=300", "max_time=20"), space)
    assert space["surrogate"].decision_rule_.free_symbols
    assert space["surrogate"].score(X) > 0.8


@pytest.mark.julia
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("text", MAKING)
def test_engines_of_the_page_search(text, space):
    """But for those that start workers of their own by Slurm."""
    gradient = np.column_stack([2 * X[:, 0], X[:, 2], X[:, 1]])
    for engine in engines_made_by(text, space):
        skip_where_it_is_too_old_for(engine)
        if "cluster_manager" in engine.options:
            continue
        workers = {"procs": 2} if "procs" in engine.options else {}
        engine.set_params(**SMALL, **workers)
        front = search_directions(X, gradient, engine=engine, structure=False, random_state=0)
        assert len(front) > 0

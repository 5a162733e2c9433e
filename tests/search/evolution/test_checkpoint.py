"""A search that is killed goes on where it was; a file that is no checkpoint stays as it is."""

import io
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, search_directions

X = np.random.default_rng(0).uniform(0.3, 2, (100, 3))
GRADIENT = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 0.7)").gradient(X)
SETTINGS = {"max_evals": 40_000, "n_islands": 3, "population_size": 50, "epoch_evals": 1000, "patience": 99}


def search(random_state=0, rows=X, **settings):
    engine = EvolutionEngine(**(SETTINGS | settings))
    front = search_directions(rows, GRADIENT, engine=engine, structure=False, random_state=random_state)
    return [(str(candidate.expression), candidate.loss) for candidate in front]


@pytest.fixture(scope="module")
def uninterrupted():
    return search()


def stop_after(epochs):
    return lambda state: state.epoch == epochs


@pytest.mark.parametrize("epochs", [1, 5])
def test_a_search_that_was_stopped_ends_as_one_that_was_not(tmp_path, uninterrupted, epochs):
    path = tmp_path / "search.npz"
    assert search(checkpoint=path, callback=stop_after(epochs)) != uninterrupted
    assert search(checkpoint=path) == uninterrupted


def test_a_finished_search_answers_at_once(tmp_path, uninterrupted):
    path = tmp_path / "search.npz"
    search(checkpoint=path)
    content = path.read_bytes()
    assert search(checkpoint=path) == uninterrupted
    assert path.read_bytes() == content


def test_killed_at_a_random_moment_it_ends_as_uninterrupted(tmp_path, uninterrupted):
    path = tmp_path / "search.npz"
    code = (
        "from tests.search.evolution.test_checkpoint import search\n"
        f"search(checkpoint={str(path)!r}, callback=lambda state: print(state.epoch, flush=True))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    process.stdout.readline()
    time.sleep(np.random.default_rng().uniform(0, 0.2))
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert search(checkpoint=path) == uninterrupted
    assert [file.name for file in tmp_path.iterdir() if not file.name.startswith(".")] == ["search.npz"]


@pytest.mark.parametrize("change", [{"random_state": 1}, {"rows": X * 2}, {"max_complexity": 20}])
def test_a_checkpoint_of_another_search_is_refused_and_left_alone(tmp_path, change):
    path = tmp_path / "search.npz"
    search(checkpoint=path, callback=stop_after(1))
    content = path.read_bytes()
    with pytest.raises(ValueError, match="belongs to another search.*delete it"):
        search(checkpoint=path, **change)
    assert path.read_bytes() == content


@pytest.mark.parametrize("damage", ["truncated", "foreign", "empty", "pickle"])
def test_a_damaged_file_is_refused_and_left_alone(tmp_path, damage):
    path = tmp_path / "search.npz"
    if damage == "truncated":
        search(checkpoint=path, callback=stop_after(1))
        path.write_bytes(path.read_bytes()[:-200])
    elif damage == "pickle":
        with path.open("wb") as file:
            np.savez(file, header=np.array([{"format": "skinterpret checkpoint"}], dtype=object))
    else:
        path.write_bytes(b"x1,x2,y\n1,2,3\n" if damage == "foreign" else b"")
    content = path.read_bytes()
    with pytest.raises(ValueError, match="damaged or no checkpoint"):
        search(checkpoint=path)
    assert path.read_bytes() == content


def with_version(stored, version):
    """Give the bytes of a checkpoint that says it is of this version."""
    with np.load(io.BytesIO(stored)) as archive:
        entries = dict(archive)
    entries["header"] = np.array(json.dumps(json.loads(str(entries["header"])) | {"version": version}))
    content = io.BytesIO()
    np.savez_compressed(content, **entries)
    return content.getvalue()


@pytest.mark.parametrize("version", [1, 3])
@pytest.mark.parametrize("structure", [False, True])
def test_of_another_version_it_is_said_which(tmp_path, version, structure):
    path = tmp_path / "search.npz"
    search(checkpoint=path, callback=stop_after(1))
    path.write_bytes(with_version(path.read_bytes(), version))
    before = path.read_bytes()
    with pytest.raises(ValueError, match=f"it has version {version}, and version 2 is read; go on with that"):
        search_directions(
            X, GRADIENT, engine=EvolutionEngine(checkpoint=path), structure=structure, random_state=0
        )
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", ["3", None, 2.5, [3]])
def test_what_is_no_version_is_damage(tmp_path, version):
    path = tmp_path / "search.npz"
    search(checkpoint=path, callback=stop_after(1))
    path.write_bytes(with_version(path.read_bytes(), version))
    with pytest.raises(ValueError, match="damaged or no checkpoint"):
        search(checkpoint=path)


def test_a_directory_that_does_not_exist_is_named_before_the_search():
    with pytest.raises(ValueError, match="does not exist; create it first"):
        search(checkpoint="no/such/place/search.npz")


def test_budgets_may_change_between_the_two(tmp_path):
    path = tmp_path / "search.npz"
    short = search(checkpoint=path, max_evals=10_000)
    longer = search(checkpoint=path, max_evals=40_000)
    assert longer[-1][1] <= short[-1][1]


def test_branches_write_beside_each_other(tmp_path):
    engine = EvolutionEngine(checkpoint=tmp_path / "search.npz", **SETTINGS)
    for name in ("1", "2"):
        branch = engine.branch(name)
        assert branch.branch("all-inputs").checkpoint == tmp_path / f"search-{name}-all-inputs.npz"
        search_directions(X, GRADIENT, engine=branch, structure=False, random_state=int(name))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["search-1.npz", "search-2.npz"]


class TestWarmStart:
    """The same object goes on where it ended."""

    def fronts(self, *rows, **settings):
        engine = EvolutionEngine(**(SETTINGS | {"max_evals": 10_000, "warm_start": True} | settings))
        return [
            search_directions(each, GRADIENT, engine=engine, structure=False, random_state=0) for each in rows
        ]

    def test_the_second_search_goes_on(self):
        first, second = self.fronts(X, X)
        assert second[-1].loss < first[-1].loss
        assert 10_000 <= second.evaluations < 20_000

    def test_without_it_the_second_is_the_first(self):
        first, second = self.fronts(X, X, warm_start=False)
        assert [c.loss for c in first] == [c.loss for c in second]

    def test_on_other_rows_programs_are_judged_anew(self):
        moved = X + 0.01
        first, second = self.fronts(X, moved)
        assert second[-1].loss < 1.5 * first[-1].loss
        found = second[-1].expression.gradient(moved)
        cosine = np.einsum("ij,ij->i", found, GRADIENT) / np.linalg.norm(found, axis=1)
        cosine /= np.linalg.norm(GRADIENT, axis=1)
        assert second[-1].loss == pytest.approx(1 - abs(cosine.mean()), abs=1e-9)

    def test_a_branch_goes_on_with_its_own_search(self):
        engine = EvolutionEngine(**(SETTINGS | {"max_evals": 10_000, "warm_start": True}))
        fronts = [
            search_directions(X, vectors, engine=engine.branch(name), structure=False, random_state=0)
            for name, vectors in [("a", GRADIENT), ("b", np.ones_like(X)), ("a", GRADIENT)]
        ]
        assert fronts[1][-1].loss < 1e-9  # x0 + x1 + x2
        assert fronts[2][-1].loss < fronts[0][-1].loss

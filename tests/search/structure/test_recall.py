"""A search that goes on keeps the structure that it began with."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, Finding, Structure, search_directions
from skinterpret.search.structure import HYPOTHESES, recall
from skinterpret.search.structure.stored import load_structure, save_structure

X = np.random.default_rng(0).uniform(0.3, 2, (200, 4))
GRADIENT = Expression.parse("x0**1.7*x1 + sin(x2/x3 + 0.3*x2)/(x3 + 0.7)").gradient(X)
SETTINGS = {"n_islands": 2, "population_size": 20, "epoch_evals": 500}


def search(engine, rows=X, **settings):
    return search_directions(rows, GRADIENT, engine=engine, **({"random_state": 0} | settings))


@pytest.fixture
def discoveries(monkeypatch):
    """Count the searches for structure."""
    discover, calls = recall.discover_structure, []

    def counted(*arguments, **settings):
        calls.append(settings["max_time"])
        return discover(*arguments, **settings)

    monkeypatch.setattr(recall, "discover_structure", counted)
    return calls


def test_a_search_that_had_no_time_for_structure_goes_on_with_more_time(tmp_path, monkeypatch):
    path = tmp_path / "search.npz"
    with monkeypatch.context() as cut:
        cut.setattr(recall, "discover_structure", lambda X, *_, **__: Structure(X.shape[1]))
        first = search(EvolutionEngine(max_evals=10_000, checkpoint=path, **SETTINGS))
    for settings in ({}, {"max_time": 500.0}):
        engine = EvolutionEngine(max_evals=30_000, checkpoint=path, **SETTINGS, **settings)
        assert search(engine).evaluations > first.evaluations


def test_it_is_not_looked_for_again(tmp_path, discoveries):
    engine = EvolutionEngine(max_evals=10_000, checkpoint=tmp_path / "search.npz", **SETTINGS)
    fronts = [search(engine), search(engine)]
    assert len(discoveries) == 1
    assert [c.loss for c in fronts[0]] == [c.loss for c in fronts[1]]


def test_without_the_checkpoint_it_is_looked_for_anew(tmp_path, discoveries):
    engine = EvolutionEngine(max_evals=10_000, checkpoint=tmp_path / "search.npz", **SETTINGS)
    search(engine)
    (tmp_path / "search.npz").unlink()
    search(engine)
    assert len(discoveries) == 2


@pytest.mark.parametrize("change", [{"random_state": 1}, {"rows": X * 2}, {"structure": ["separability"]}])
def test_that_of_another_search_is_refused(tmp_path, change):
    engine = EvolutionEngine(max_evals=10_000, checkpoint=tmp_path / "search.npz", **SETTINGS)
    search(engine)
    with pytest.raises(ValueError, match="search.npz' belongs to another search"):
        search(engine, **change)


def test_a_damaged_file_is_refused(tmp_path):
    engine = EvolutionEngine(max_evals=10_000, checkpoint=tmp_path / "search.npz", **SETTINGS)
    search(engine)
    (tmp_path / "search-structure.json").write_text("{}")
    with pytest.raises(ValueError, match="search-structure.json' is damaged"):
        search(engine)


def change(**entries):
    return lambda content: content.update(entries)


def change_finding(number, **entries):
    return lambda content: content["findings"][number].update(entries)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (change_finding(0, inputs=[77]), "inputs are not some of 3"),
        (change_finding(0, inputs=[]), "inputs are not some of 3"),
        (change_finding(0, inputs=[-1]), "inputs are not some of 3"),
        (change_finding(0, inputs=[2, 2]), "inputs are not some of 3"),
        (change_finding(0, inputs=[0, 1, 2]), "no input is left"),
        (change_finding(0, inputs=[0]), "a part holds an input that is said not to matter"),
        (change_finding(0, hypothesis=5), "hypothesis is unknown"),
        (change_finding(0, hypothesis="separability"), "separability does not go with its part"),
        (change_finding(1, part=None), "linear_invariances does not go with its part"),
        (change_finding(1, part={"tokens": [999], "constants": [0.0]}), "no formula"),
        (change_finding(1, part={"tokens": [1], "constants": [0.0]}), "no formula"),
        (change_finding(1, part={"tokens": [-78], "constants": [0.0]}), "inputs that are not some of 3"),
        (change_finding(1, beside=[{"tokens": [0], "constants": [1.0]}]), "inputs that are not some of 3"),
        (change_finding(1, alike=[{"tokens": [-1.5], "constants": [1.0]}]), "token is no integer"),
        (change_finding(1, evidence="weak"), "evidence is no measure"),
        (change_finding(1, evidence=float("nan")), "evidence is no measure"),
        (change_finding(1, evidence=-1), "evidence is no measure"),
        (change(n_features=4), "n_features is not 3"),
        (change(evaluations=-1), "evaluations is no count"),
        (change(evaluations="7"), "evaluations is no count"),
        (change(stop_reason="interrupted"), "stop_reason is none"),
        (change(stop_reason=5), "stop_reason is none"),
    ],
)
def test_a_changed_structure_is_refused_and_left_alone(tmp_path, change, match):
    part = Expression.parse("x0 - 0.1*x1")
    findings = (
        Finding("irrelevant_inputs", (2,), None, 0.1),
        Finding("linear_invariances", (0, 1), part, 0.01),
    )
    path = tmp_path / "search-structure.json"
    save_structure(path, Structure(3, findings), "problem")
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    before = path.read_bytes()
    with pytest.raises(
        ValueError, match=f"structure.json' is damaged or was changed: .*{match}.*; delete it"
    ):
        load_structure(path, "problem", 3, "search.npz")
    assert path.read_bytes() == before


def test_a_structure_of_another_version_says_which(tmp_path):
    path = tmp_path / "search-structure.json"
    save_structure(path, Structure(3), "problem")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"version": 3}))
    with pytest.raises(
        ValueError, match="structure.json' was written by another.*it has version 3, and version 2"
    ):
        load_structure(path, "problem", 3, "search.npz")


def test_a_warm_start_looks_once_for_the_same_rows(discoveries):
    engine = EvolutionEngine(max_evals=10_000, warm_start=True, **SETTINGS)
    search(engine)
    search(engine.set_params(max_time=500.0))
    assert len(discoveries) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        search(engine, rows=X * 2)
    assert len(discoveries) == 2


def test_a_warm_start_does_not_count_it_again():
    units = GRADIENT / np.linalg.norm(GRADIENT, axis=1, keepdims=True)
    engine = EvolutionEngine(max_evals=10_000, warm_start=True, **SETTINGS)
    first, second = (recall.structure_for(engine, X, units, HYPOTHESES, 0) for _ in range(2))
    assert first == second
    assert first.evaluations > 0 == second.evaluations


def test_a_stored_structure_is_the_same(tmp_path):
    part = Expression.parse("x0 - 0.1*x1")
    other = Expression.parse("x1 + x3")
    findings = (
        Finding("irrelevant_inputs", (2,), None, 0.1),
        Finding("separability", (0, 1), part, 1e-17),
        Finding("linear_invariances", (0, 1, 3), part, 0.01, (other,), (other, part)),
    )
    path = tmp_path / "structure.json"
    save_structure(path, Structure(4, findings, evaluations=7, stop_reason="max_time reached"), "problem")
    read = load_structure(path, "problem", 4, "search.npz")
    assert read == Structure(4, findings)
    assert (read.evaluations, read.stop_reason) == (7, "max_time reached")


def test_the_files_are_described(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "how_to" / "long_searches.rst").read_text(encoding="utf-8")
    search(EvolutionEngine(max_evals=10_000, checkpoint=tmp_path / "search.npz", **SETTINGS))
    with np.load(tmp_path / "search.npz") as archive:
        header = json.loads(str(archive["header"]))
        names = {name.rpartition("_")[2] for name in archive.files}
    structure = json.loads((tmp_path / "search-structure.json").read_text())
    for name in {*header, *names, *structure, *(fact for one in structure["findings"] for fact in one)}:
        assert f"``{name}``" in page or f"_{name}``" in page

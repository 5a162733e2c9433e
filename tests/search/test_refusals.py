"""What a search cannot use is refused before it begins, in a sentence that names the mend."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from skinterpret import SymbolicClassifier, SymbolicSurrogate, SymbolicSurrogateRegressor
from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, Structure, discover_structure, search_directions
from skinterpret.search.classification import search_labels

X = np.random.default_rng(0).uniform(-1, 1, (60, 3))
D = np.ones_like(X)


def search(X=X, D=D, **settings):
    return search_directions(X, D, **({"random_state": 0} | settings))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"structure": "separability"}, r"as a list, such as \['separability'\]"),
        ({"structure": ["symmetry"]}, "Unknown hypothesis 'symmetry'; choose from"),
        ({"structure": Structure(2)}, "structure is one of 2 inputs, but X has 3"),
        ({"structure": 3}, r"structure=3 says nothing; take True, False, a list of hypotheses"),
        ({"structure": None}, r"structure=None says nothing"),
        ({"structure": [3]}, r"Unknown hypothesis 3; choose from"),
        ({"X": X[:1], "D": D[:1]}, "X has one row.*pass two or more"),
        ({"X": X * 1e160}, r"squares of input 0, .* overflow; choose other units for this input"),
        ({"X": X * [1, 1e-160, 1]}, r"squares of input 1, .* vanish; choose other units for this input"),
        ({"D": D * 1e160}, r"squares of direction 0, .* overflow; multiply this direction by another factor"),
        ({"D": D * 1e-170}, r"squares of direction 0, .* vanish; multiply this direction by another factor"),
        ({"engine": "pysr"}, r"such as EvolutionEngine\(\), not 'pysr'"),
        ({"engine": EvolutionEngine}, r"such as EvolutionEngine\(\), not the class EvolutionEngine"),
        ({"engine": EvolutionEngine(n_jobs=0)}, "'n_jobs' parameter of EvolutionEngine"),
    ],
)
def test_search_directions_refuses(settings, message):
    with pytest.raises(ValueError, match=message):
        search(**settings)


@pytest.mark.parametrize(
    ("X", "D", "message"),
    [
        (X[:1], D[:1], "X has one row"),
        (X, D[:, :1], r"X has shape \(60, 3\) but directions has shape \(60, 1\)"),
        (X, 0 * D, "Directions are zero in 60 of 60 rows"),
    ],
)
def test_discover_structure_refuses(X, D, message):
    with pytest.raises(ValueError, match=message):
        discover_structure(X, D)


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        ({"max_time": -1}, "'max_time' parameter of discover_structure.*Got -1 instead"),
        ({"max_time": "x"}, "'max_time' parameter of discover_structure.*Got 'x' instead"),
        ({"max_time": float("nan")}, "'max_time' parameter of discover_structure.*Got nan instead"),
        ({"max_evals": -5}, "'max_evals' parameter of discover_structure.*Got -5 instead"),
        ({"max_evals": 1.5}, "'max_evals' parameter of discover_structure.*Got 1.5 instead"),
    ],
)
def test_discover_structure_refuses_a_budget(budget, message):
    with pytest.raises(ValueError, match=message):
        discover_structure(X, D, **budget)


@pytest.mark.parametrize("estimator", [SymbolicSurrogate, SymbolicSurrogateRegressor])
def test_a_surrogate_refuses_a_hypothesis_that_is_no_list(estimator):
    with pytest.raises(ValueError, match=r"as a list, such as \['separability'\]"):
        estimator(structure="separability").fit(X, X[:, 0] > 0)


def test_hypotheses_are_no_number():
    with pytest.raises(ValueError, match=r"as a list, such as \['irrelevant_inputs'\], and 3 is none"):
        discover_structure(X, D, hypotheses=3)


def test_hypotheses_are_no_string():
    with pytest.raises(ValueError, match=r"as a list, such as \['separability'\]"):
        discover_structure(X, D, hypotheses="separability")


@pytest.mark.parametrize("structure", [[], ["separability"], ("irrelevant_inputs",)])
def test_hypotheses_are_taken_by_name(structure):
    assert search(structure=structure, engine=EvolutionEngine(max_evals=2_000))[-1].loss < 1e-9


def test_a_checkpoint_that_is_a_directory_is_called_one(tmp_path):
    with pytest.raises(ValueError, match="is a directory; name a file in it"):
        search(engine=EvolutionEngine(checkpoint=tmp_path))


def test_a_checkpoint_that_cannot_be_written_is_refused_before_work_starts(tmp_path, monkeypatch):
    def refuse(self, mode="r"):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.open", refuse)
    monkeypatch.setattr("skinterpret.search.entry.structure_for", pytest.fail)
    with pytest.raises(
        ValueError, match=r"c1.npz' cannot be written \(Permission denied\); name a file in a"
    ):
        search(engine=EvolutionEngine(checkpoint=tmp_path / "c1.npz"))


def test_a_place_that_takes_no_files_is_refused():
    if not Path("/proc/self").is_dir():
        pytest.skip("only where there is such a place")
    with pytest.raises(ValueError, match="checkpoint='/proc/a.npz' cannot be written"):
        search(engine=EvolutionEngine(checkpoint="/proc/a.npz"))


def test_a_checkpoint_that_cannot_be_written_any_more_is_called_by_its_name(tmp_path):
    directory = tmp_path / "there"
    directory.mkdir()

    def remove(state):
        if state.epoch == 1:
            shutil.rmtree(directory)

    engine = EvolutionEngine(checkpoint=directory / "c1.npz", callback=remove, max_evals=10**6)
    gradient = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 7)").gradient(X + 2)
    with pytest.raises(FileNotFoundError) as raised:
        search(X + 2, gradient, engine=engine, structure=False)
    assert raised.value.filename == str(directory / "c1.npz")


@pytest.mark.parametrize("stored", ["damaged", "of other settings"])
@pytest.mark.parametrize(
    "call",
    [
        lambda engine: search(X + 2, engine=engine),
        lambda engine: SymbolicSurrogate(engine=engine, random_state=0).fit(X, X[:, 0] > 0),
    ],
)
def test_a_checkpoint_of_no_use_is_refused_before_work_starts(tmp_path, monkeypatch, stored, call):
    path = tmp_path / "c1.npz"
    if stored == "damaged":
        path.write_bytes(b"my precious")
    else:
        other = EvolutionEngine(checkpoint=path, max_evals=5_000, population_size=20, target_loss=0.0)
        search(X + 2, X, engine=other, structure=False)
    content = path.read_bytes()
    monkeypatch.setattr("skinterpret.search.structure.recall.discover_structure", pytest.fail)
    with pytest.raises(ValueError, match="c1.npz' (is damaged or no checkpoint|belongs to another search)"):
        call(EvolutionEngine(checkpoint=path, max_evals=5_000))
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_the_last_of_several_checkpoints_is_refused_before_the_first_search(tmp_path, monkeypatch):
    (tmp_path / "c1-3.npz").write_bytes(b"my precious")
    labels = np.digitize(X[:, 0], [-0.3, 0.3])
    monkeypatch.setattr("skinterpret.surrogates.symbolic.read_latent", pytest.fail)
    with pytest.raises(ValueError, match="c1-3.npz' is damaged"):
        SymbolicSurrogate(engine=EvolutionEngine(checkpoint=tmp_path / "c1.npz"), random_state=0).fit(
            X, labels
        )
    assert [path.name for path in tmp_path.iterdir()] == ["c1-3.npz"]


def test_nothing_is_written_beside_a_checkpoint_of_other_rows(tmp_path):
    path = tmp_path / "c1.npz"
    engine = EvolutionEngine(checkpoint=path, max_evals=5_000, target_loss=0.0)
    search(X + 2, X, engine=engine, structure=False)
    with pytest.raises(ValueError, match="c1.npz' belongs to another search"):
        search(X + 3, X, engine=engine)
    assert list(tmp_path.iterdir()) == [path]


def test_another_seed_names_the_checkpoint_that_was_given(tmp_path):
    engine = EvolutionEngine(checkpoint=tmp_path / "c1.npz", max_evals=5_000)
    gradient = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 7)").gradient(X + 2)
    search(X + 2, gradient, engine=engine)
    with pytest.raises(ValueError, match="c1.npz' belongs to another search"):
        search(X + 2, gradient, engine=engine, random_state=1)


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: search_directions(X, D, engine=engine),
        lambda engine: search_labels(X, X[:, 0] > 0, engine=engine),
        lambda engine: SymbolicSurrogate(engine=engine).fit(X, X[:, 0] > 0),
        lambda engine: SymbolicClassifier(engine=engine).fit(X, X[:, 0] > 0),
    ],
)
def test_a_checkpoint_without_a_seed_is_refused(tmp_path, call):
    with pytest.raises(ValueError, match="same seed; pass an integer as random_state"):
        call(EvolutionEngine(checkpoint=tmp_path / "search.npz"))
    assert list(tmp_path.iterdir()) == []

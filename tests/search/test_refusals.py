"""What a search cannot use is refused before it begins, in a sentence that names the mend."""

import numpy as np
import pytest

from skinterpret import SymbolicClassifier, SymbolicSurrogate
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
        ({"X": X[:1], "D": D[:1]}, "X has one row.*pass two or more"),
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
        (X, 0 * D, "60 rows of directions are zero"),
    ],
)
def test_discover_structure_refuses(X, D, message):
    with pytest.raises(ValueError, match=message):
        discover_structure(X, D)


def test_hypotheses_are_no_string():
    with pytest.raises(ValueError, match=r"as a list, such as \['separability'\]"):
        discover_structure(X, D, hypotheses="separability")


@pytest.mark.parametrize("structure", [[], ["separability"], ("irrelevant_inputs",)])
def test_hypotheses_are_taken_by_name(structure):
    assert search(structure=structure, engine=EvolutionEngine(max_evals=2_000))[-1].loss < 1e-9


def test_a_checkpoint_that_is_a_directory_is_called_one(tmp_path):
    with pytest.raises(ValueError, match="is a directory; name a file in it"):
        search(engine=EvolutionEngine(checkpoint=tmp_path))


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

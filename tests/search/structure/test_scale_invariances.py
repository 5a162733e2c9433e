"""Products of powers come back where a function has its inputs through them, and only there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, Structure, discover_structure, search_directions
from skinterpret.search.structure import recall, small_engine
from skinterpret.search.structure.scale_invariances import scale_invariances
from skinterpret.surrogates.reading.searching import _in_raw_units
from skinterpret.surrogates.reading.units import Units

OF_SEVERAL = [
    "sin(x0/x1) + exp(x2/x1)",
    "(x0**2 + x1*x2)/(x2**2 + x0*x1)",
    "x3*sin(x0/x1)*exp(x2/x1)",
    "(x0**2 + x1*x2)/(x2**2 + x0*x1) + x3**2",
]


def rows_of(formula, noise=0.0, low=0.3, high=2.0, seed=0, n_rows=400):
    truth = Expression.parse(formula)
    rng = np.random.default_rng(seed)
    X = rng.uniform(low, high, (n_rows, 1 + max(truth.variables)))
    exact = truth.gradient(X)
    noisy = exact / np.linalg.norm(exact, axis=1, keepdims=True) + noise * rng.normal(size=X.shape)
    return X, noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


def found_in(X, directions):
    inputs = list(range(X.shape[1]))
    return scale_invariances(X, directions, np.arange(len(X)) % 2 == 1, inputs, inputs)


def found(formula, noise=0.0, **settings):
    return [list(map(str, one.products)) for one in found_in(*rows_of(formula, noise, **settings))]


def exponents(products, n_features):
    """Slopes by logarithms, where all inputs are 1."""
    return np.array([product.gradient(np.ones((1, n_features)))[0] for product in products])


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("formula", OF_SEVERAL)
def test_ratios_that_share_inputs_are_found(formula, noise):
    X, directions = rows_of(formula, noise)
    (scaling,) = found_in(X, directions)
    of_three = exponents(scaling.products, X.shape[1])
    assert np.linalg.matrix_rank(of_three) == 2
    np.testing.assert_array_equal(of_three @ np.ones(X.shape[1]), 0)
    assert {j for product in scaling.products for j in product.variables} == {0, 1, 2}
    told = {*map(str, scaling.products), *map(str, scaling.others)}
    assert told == {f"x{a}/x{b}" for a in range(3) for b in range(3) if a != b}


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize(
    ("formula", "products"),
    [
        ("x0/x1 + x2**2", ["x0/x1"]),
        ("sin(x0**2*x1) + x2", ["x0**2*x1"]),
        ("exp(x0*x1*x2) + x3**2", ["x0*x1*x2"]),
        ("sin(x0/x1**3) + x2", ["x0/x1**3"]),
        ("x0*x1/(x2*x3**2)", ["x0*x1/(x2*x3**2)"]),
        ("sin(x0*x1) + exp(x1*x2)", ["x0*x1", "x1*x2"]),
    ],
)
def test_the_products_are_found(formula, products, noise):
    (scaling,) = found_in(*rows_of(formula, noise, low=0.5))
    theirs = [Expression.parse(product) for product in products]
    n_features = 1 + max(Expression.parse(formula).variables)
    ours = exponents(scaling.products, n_features)
    both = np.vstack([ours, exponents(theirs, n_features)])
    assert np.linalg.matrix_rank(both) == len(products) == len(ours)


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize(
    "formula",
    [
        "x0 + x1*x2 + 0.5*x1",
        "(x0 + 0.3)/(x1 + 0.5) + x2**2",
        "(x0**2 + x1*x2 + 0.1)/(x2**2 + x0*x1) + x3**2",
        "sin(x0/x1) + exp(x2/(x1 + 0.1))",
        "x0**2 + x1**2 + sin(x2)",
        "x0**1.7*x1 + x1*x2 + x0",
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_nothing_is_found_of_what_scales_about_another_point_or_not_at_all(formula, noise, seed):
    assert not any(len(one) > 1 or "x0" in one[0] for one in found(formula, noise, seed=seed))


def test_inputs_that_change_their_sign_are_in_no_product():
    assert found("sin(x0*x1) + x2", low=-1.0) == []


def test_inputs_that_are_negative_throughout_are():
    assert found("sin(x0/x1) + x2", low=-2.0, high=-0.3) == [["x0/x1"]]


def test_the_evidence_is_the_share_across_all_gradients_on_held_back_rows():
    X, directions = rows_of(OF_SEVERAL[0], noise=0.01)
    (scaling,) = found_in(X, directions)
    across = np.sum(X * directions, axis=1) ** 2 / np.sum(X**2, axis=1)
    assert scaling.unexplained == pytest.approx(across[1::2].mean())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=3, max_size=3).filter(lambda row: np.count_nonzero(row) > 1))
def test_whatever_is_found_is_the_product_of_which_it_is_a_function(powers):
    text = "*".join(f"x{j}**({power})" for j, power in enumerate(powers) if power)
    X, directions = rows_of(f"sin({text}) + x3**2", low=0.6, high=1.5)
    for scaling in found_in(X, directions):
        for row in exponents(scaling.products, 4):
            assert np.linalg.matrix_rank([row, [*powers, 0]]) == 1


@pytest.mark.parametrize("formula", OF_SEVERAL)
def test_they_are_told_where_nothing_else_is(formula):
    X, directions = rows_of(formula)
    structure = discover_structure(X, directions, random_state=0)
    assert [finding.hypothesis for finding in structure.findings] == ["scale_invariances"]
    assert "x0, x1 and x2 enter through x0/x" in structure.sentences[0]


def test_what_separates_is_told_once():
    structure = discover_structure(*rows_of("x0/x1 + x2**2"), random_state=0)
    assert [finding.hypothesis for finding in structure.findings] == ["separability"]


def test_all_ratios_are_offered_to_the_search():
    structure = discover_structure(*rows_of(OF_SEVERAL[0]), random_state=0)
    assert {str(part) for part in structure.parts} < {"x0/x1", "x0/x2", "x1/x2"}
    assert len(set(structure.leaves)) == 6


def test_a_search_without_division_gets_no_ratios():
    engine = small_engine(like=EvolutionEngine(["+", "*", "sin"]))
    structure = discover_structure(*rows_of(OF_SEVERAL[0]), part_engine=engine, random_state=0)
    assert structure.leaves == ()


def test_ratios_have_no_factors_in_other_units():
    structure = discover_structure(*rows_of(OF_SEVERAL[0]), random_state=0)
    units = Units(np.zeros(3), np.array([10.0, 1.0, 100.0]))
    raw = _in_raw_units(structure, units, ["a", "b", "c"])
    assert raw.parts == structure.parts


def test_a_search_goes_on_with_them(tmp_path, monkeypatch):
    X, directions = rows_of(OF_SEVERAL[3])
    checkpoint = tmp_path / "search.npz"

    def search(max_evals):
        engine = EvolutionEngine(
            max_evals=max_evals, checkpoint=checkpoint, n_islands=2, population_size=20, epoch_evals=500
        )
        return search_directions(X, directions, engine=engine, random_state=0)

    save, kept = recall.save_structure, []
    monkeypatch.setattr(recall, "save_structure", lambda *what: kept.append(what) or save(*what))
    load, read = recall.load_structure, []
    monkeypatch.setattr(recall, "load_structure", lambda *what: read.append(load(*what)) or read[-1])
    first = search(60_000)
    second = search(90_000)
    assert second.evaluations > first.evaluations
    (_, structure, _), (recalled,) = kept[0], read
    assert isinstance(recalled, Structure)
    assert recalled == structure
    assert [finding.hypothesis for finding in recalled.findings] == ["scale_invariances"]

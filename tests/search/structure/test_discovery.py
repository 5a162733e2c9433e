"""Structure of known functions, from their exact directions."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.search import EvolutionEngine, discover_structure
from skinterpret.search.structure import small_engine


def structure_of(formula, n_features, n_rows=500, **settings):
    rng = np.random.default_rng(0)
    X = rng.uniform(0.2, 2, (n_rows, n_features))
    gradient = Expression.parse(formula).gradient(X)
    return discover_structure(
        X, gradient / np.linalg.norm(gradient, axis=1, keepdims=True), random_state=0, **settings
    )


def same_concept(part, formula, n_features):
    X = np.random.default_rng(1).uniform(0.2, 2, (200, n_features))
    return alignment_score(part.gradient(X), Expression.parse(formula).gradient(X)) > 1 - 1e-9


@pytest.mark.parametrize(
    ("formula", "n_features", "parts"),
    [
        ("x0*exp(-0.5*(x1**2 + x2**2)) + 0*x3", 4, ["x1**2 + x2**2"]),
        ("x0/x1 + x2**2", 3, ["x0/x1"]),
        ("x0*x1 + x2*x3", 4, ["x0*x1", "x2*x3"]),
        ("x0*x1/((x2 - x3)**2 + (x4 - x5)**2)", 6, ["x2 - x3", "x4 - x5", "x0*x1"]),
        ("sin(x0**2*x1)*x2 + x3", 4, ["x0**2*x1"]),
    ],
)
def test_parts_are_found(formula, n_features, parts):
    found = structure_of(formula, n_features).parts
    for part in parts:
        assert any(same_concept(one, part, n_features) for one in found)


def test_every_part_holds_for_the_function_it_was_found_in():
    formula = "x0*x1/((x2 - x3)**2 + (x4 - x5)**2)"
    X = np.random.default_rng(2).uniform(0.2, 2, (300, 6))
    gradient = Expression.parse(formula).gradient(X)
    for part in structure_of(formula, 6).parts:
        inputs = list(part.variables)
        ours, theirs = gradient[:, inputs], part.gradient(X)[:, inputs]
        along = np.einsum("ij,ij->i", ours, theirs)
        product = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
        np.testing.assert_allclose(np.abs(along), product, rtol=1e-9)


def test_separability_is_looked_for_in_combinations_that_share_inputs():
    structure = structure_of("((x0 - x1)*(x1 - x2))**2 + sin(x2 - x3)*x4", 5)
    told = {finding.hypothesis: finding for finding in structure.findings}
    assert told["linear_invariances"].inputs == (0, 1, 2, 3)
    X = np.random.default_rng(2).uniform(0.2, 2, (300, 5))
    gradient = Expression.parse("((x0 - x1)*(x1 - x2))**2 + sin(x2 - x3)*x4").gradient(X)
    for finding in structure.findings:
        spanned = np.stack([part.gradient(X) for part in finding.parts], axis=2)
        ours = gradient * np.isin(range(5), finding.inputs)
        explained = np.einsum("nij,njk,nk->ni", spanned, np.linalg.pinv(spanned), ours)
        np.testing.assert_allclose(explained, ours, atol=1e-6)


@pytest.mark.parametrize("formula", ["x0*x1 + x2*x1 + x0*x2**2", "x0*x1 + x2 + sin(x1*x2)"])
def test_what_does_not_separate_has_no_parts(formula):
    assert structure_of(formula, 3).parts == ()


def structure_near(formula, level, n_features, within):
    """Of a function near one of its levels, where much that is simple holds about."""
    truth = Expression.parse(formula)
    X = np.random.default_rng(0).uniform(0.5, 2, (200_000, n_features))
    X = X[np.abs(truth(X) - level) < within][:1000]
    gradient = truth.gradient(X)
    directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    return discover_structure(X, directions, random_state=0)


@pytest.mark.parametrize(("formula", "level"), [("x0*x2 - x1*x3", 0), ("x0*x2/(x1*x3)", 1)])
def test_a_polynomial_refutes_differences_that_hold_about(formula, level):
    near = structure_near(formula, level, 4, 0.05)
    assert {finding.hypothesis for finding in near.findings} == {"separability"}
    assert all(finding.evidence < 1e-9 for finding in near.findings)


def test_ratios_that_hold_exactly_refute_differences_that_hold_about():
    near = structure_near("(x0**2 + x1*x2)/(x2**2 + x0*x1)", 1, 3, 0.02)
    assert [finding.hypothesis for finding in near.findings] == ["scale_invariances"]
    assert near.findings[0].evidence < 1e-9


def test_each_hypothesis_can_be_switched_off():
    formula = "x0*x1/((x2 - x3)**2 + (x4 - x5)**2) + 0*x6"
    kinds = {finding.hypothesis for finding in structure_of(formula, 7).findings}
    assert kinds == {"irrelevant_inputs", "linear_invariances", "separability"}
    for kind in kinds:
        kept = [other for other in kinds if other != kind]
        found = {finding.hypothesis for finding in structure_of(formula, 7, hypotheses=kept).findings}
        assert kind not in found
    assert structure_of(formula, 7, hypotheses=()).findings == ()


def test_an_unknown_hypothesis_is_named():
    with pytest.raises(ValueError, match="'symmetry'; choose from"):
        structure_of("x0*x1", 2, hypotheses=["symmetry"])


def test_each_finding_is_a_sentence_with_its_evidence():
    structure = structure_of("(x0 - x1)**2 + x2 + 0*x3", 4)
    assert structure.irrelevant == (3,)
    first, second = structure.sentences
    assert first.startswith("x3 does not matter")
    assert second.startswith("x0 and x1 enter through x0 - x1 (all but")
    assert str(structure) == f"{first}\n{second}"


def test_parts_use_the_operators_of_the_search_alone():
    engine = small_engine(like=EvolutionEngine(["+", "sin"]))
    structure = structure_of("x0*x1 + x2*x3", 4, part_engine=engine)
    assert not any("*" in str(part) for part in structure.leaves)


@pytest.mark.parametrize("unit", [1e-3, 1, 1e3])
def test_whether_an_input_matters_does_not_depend_on_its_unit(unit):
    X = np.random.default_rng(0).uniform(0.2, 2, (500, 3)) * [1, unit, 1]
    gradient = np.column_stack([np.ones(500), np.full(500, 0.3 / unit), np.full(500, 1e-3)])
    directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    assert discover_structure(X, directions, random_state=0).irrelevant == (2,)


def test_no_search_for_a_part_begins_after_its_time():
    findings = structure_of("x0*x1 + x2*x3", 4, max_time=0.0).findings
    assert not any(finding.hypothesis == "separability" for finding in findings)


@pytest.mark.parametrize("seed", range(4))
def test_few_noisy_rows_have_the_product_and_no_power_of_it(seed):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (60, 3))
    gradient = Expression.parse("x0*x1 + x2").gradient(X) + 0.03 * rng.normal(size=X.shape)
    directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    assert [str(part) for part in discover_structure(X, directions, random_state=0).parts] == ["x0*x1"]

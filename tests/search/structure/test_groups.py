"""Groups of three inputs that no pair explains are found, searched for on their own and joined."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.search import discover_structure, search_directions
from skinterpret.search.structure.groups import promising_groups
from skinterpret.search.structure.parts import make_quantities


def rows_of(formula, n_features, n_rows=256, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(0.3, 2, (n_rows, n_features))
    gradient = Expression.parse(formula).gradient(X)
    units = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    return X, units + noise * rng.normal(size=units.shape)


def groups_of(formula, n_features, **settings):
    X, directions = rows_of(formula, n_features, **settings)
    inputs = [Expression.variable(j) for j in range(n_features)]
    groups = promising_groups(make_quantities(inputs, X, directions))
    return [tuple(quantity.expression.variables[0] for quantity in group) for group in groups]


@pytest.mark.parametrize("noise", [0.0, 0.03])
@pytest.mark.parametrize(
    ("formula", "n_features", "expected"),
    [
        ("x0*x1 + x1*x2 + x2*x0 + x3*x4", 5, {(0, 1, 2)}),
        ("(x0 + x1*x2 + x2*x0)*(x3 + x4*x5 + x5*x3)", 6, {(0, 1, 2), (3, 4, 5)}),
    ],
)
def test_groups_that_stand_alone_are_told_from_others(formula, n_features, expected, noise):
    assert set(groups_of(formula, n_features, noise=noise)) == expected


@pytest.mark.parametrize(
    "formula", ["x0*x1*x2 + x0*x3 + sin(x1*x3) + x2", "x0*x1 + x1*x2 + x2*x3 + x3*x0**2"]
)
def test_nothing_stands_alone_where_all_inputs_interfere(formula):
    assert groups_of(formula, 4) == []


@pytest.mark.parametrize("n_features", [3, 9])
def test_all_inputs_are_no_group_and_of_many_none_is_looked_for(n_features):
    cyclic = "x0*x1 + x1*x2 + x2*x0"
    assert groups_of(cyclic + "".join(f" + x{j}" for j in range(3, n_features)), n_features) == []


@pytest.mark.parametrize("seed", [0, 1])
def test_the_function_of_each_group_is_found_and_the_whole_from_them(seed):
    formula = "(x0*x1 + x1*x2 + x2*x0)*(x3*x4 + x4*x5 + x5*x3)"
    X, directions = rows_of(formula, 6, seed=seed)
    structure = discover_structure(X, directions, random_state=seed)
    assert {finding.inputs for finding in structure.findings} == {(0, 1, 2), (3, 4, 5)}
    gradient = Expression.parse(formula).gradient(X)
    for finding in structure.findings:
        inputs = list(finding.inputs)
        assert alignment_score(finding.part.gradient(X)[:, inputs], gradient[:, inputs]) > 1 - 1e-9
    front = search_directions(X, directions, structure=structure, random_state=seed)
    assert front[-1].loss < 1e-9


def test_pairs_come_first():
    X, directions = rows_of("x0*x1 + x2*x3 + x4**2", 5)
    inputs = {finding.inputs for finding in discover_structure(X, directions, random_state=0).findings}
    assert {(0, 1), (2, 3)} <= inputs

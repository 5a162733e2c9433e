"""Pairs of many inputs are found, and where they are too many it is said."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.search import discover_structure
from skinterpret.search.structure.separability import MOST_QUANTITIES


def structure_of(formula, n_features, n_rows=500, **settings):
    X = np.random.default_rng(0).uniform(0.5, 2, (n_rows, n_features))
    return discover_structure(X, Expression.parse(formula).gradient(X), random_state=0, **settings)


def products(n_products):
    return " + ".join(f"x{2 * k}*x{2 * k + 1}" for k in range(n_products))


@pytest.mark.parametrize("n_products", [5, 7])
def test_all_pairs_of_many_inputs_are_found(n_products):
    structure = structure_of(products(n_products), 2 * n_products)
    found = {finding.inputs for finding in structure.findings}
    assert {(2 * k, 2 * k + 1) for k in range(n_products)} <= found
    assert structure.not_tried == ()


def test_it_is_said_when_there_are_too_many_inputs_for_pairs():
    structure = structure_of(
        products(11), 22, hypotheses=["irrelevant_inputs", "linear_invariances", "separability"]
    )
    assert structure.sentences == []
    _, pairs, groups, _ = structure.not_tried
    assert pairs.startswith("Pairs were not looked for among 22 inputs")
    assert str(MOST_QUANTITIES) in pairs
    assert groups.startswith("Groups of three were not looked for")
    assert str(structure).splitlines() == ["No structure found.", *structure.not_tried]


GROUP_OF_FOUR = "(x0*x1 + x0*x2 + x0*x3 + x1*x2 + x1*x3 + x2*x3)**2"


@pytest.mark.parametrize(
    ("formula", "n_features", "n_left"),
    [
        (f"{GROUP_OF_FOUR} + 50*x4", 6, 5),  # the last input is irrelevant
        (f"{GROUP_OF_FOUR} + x4**3*x5", 6, 5),  # a pair counts once
        (GROUP_OF_FOUR, 4, None),  # four are all
        (products(3), 6, None),  # one finding accounts for all
        ("(x0 + 2*x1 + x2 + x3 + x4)**3", 5, None),
    ],
)
def test_it_is_said_that_larger_groups_were_not_looked_for(formula, n_features, n_left):
    told = f"Larger groups than of three were not looked for among {n_left} inputs and combinations of them."
    assert structure_of(formula, n_features).not_tried == (() if n_left is None else (told,))


def test_it_is_said_when_a_budget_ended_the_search_for_pairs():
    structure = structure_of(products(2), 4, max_evals=0)
    assert structure.not_tried == (
        "Not all pairs were looked at among 4 inputs and combinations of them (max_evals reached).",
    )


def test_a_pair_whose_ratio_another_input_turns_is_not_searched_for():
    X = np.random.default_rng(1).uniform(0.3, 2, (256, 6))
    formula = "(x0*x1 + x1*x2 + x2*x0)**2 + (x3*x4 + x4*x5 + x5*x3)**2"
    gradient = Expression.parse(formula).gradient(X)
    directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    structure = discover_structure(X, directions, random_state=1)
    assert {finding.inputs for finding in structure.findings} == {(0, 1, 2), (3, 4, 5)}

"""Second derivatives tell which ratios of slopes turn with other inputs."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.search import discover_structure
from skinterpret.search.structure.parts import make_quantities
from skinterpret.search.structure.turning import MOST_INPUTS, STEADY, TURNING, Turns

X = np.random.default_rng(0).uniform(0.5, 2, (500, 4))


def directions_of(formula, rows=X):
    gradient = Expression.parse(formula).gradient(rows)
    return gradient / np.linalg.norm(gradient, axis=1, keepdims=True)


def second_derivatives_of(formula):
    """Central differences of the gradient, over its length."""
    expression = Expression.parse(formula)

    def differentiate(rows):
        steps = 1e-6 * np.eye(rows.shape[1])
        columns = [(expression.gradient(rows + h) - expression.gradient(rows - h)) / 2e-6 for h in steps]
        length = np.linalg.norm(expression.gradient(rows), axis=1)
        return np.stack(columns, axis=2) / length[:, None, None]

    return differentiate


def largest(formula, pair, parts=("x0", "x1", "x2", "x3")):
    quantities = make_quantities([Expression.parse(part) for part in parts], X, directions_of(formula))
    chosen = [quantities[k] for k in pair]
    others = [quantity for quantity in quantities if quantity not in chosen]
    return Turns(X, directions_of(formula), second_derivatives_of(formula)).largest(*chosen, others)


@pytest.mark.parametrize(
    "formula", ["x0*x1 + x2*x3", "exp(x0*x1 + x2*x3)", "log(x0*x1 + square(x2) + x3)", "x2*x0*x1 + x3"]
)
def test_a_function_of_its_own_turns_with_nothing_whatever_is_around_it(formula):
    assert largest(formula, (0, 1)) < 1e-6 < STEADY


def test_others_turn():
    assert largest("square(x0*x1) + exp(x2*x3)", (0, 2)) > TURNING


def test_the_turn_is_in_radians_a_standard_deviation_of_the_other_input():
    """Slopes 1 and x2, in standard deviations of their inputs."""
    tangent = X[:, 2] * X[:, 1].std() / X[:, 0].std()
    by_hand = X[:, 1].std() / X[:, 0].std() / (1 + tangent**2) * X[:, 2].std()
    assert largest("x0 + x1*x2 + 0*x3", (0, 1)) == pytest.approx(np.median(by_hand), rel=1e-6)


def test_combinations_of_inputs_are_coordinates_too():
    formula = "x0*square(x1 - x2) + x3"
    assert largest(formula, (0, 1), ("x0", "x1 - x2", "x3")) < 1e-6
    assert largest("x0*exp((x1 - x2)*x3)", (0, 1), ("x0", "x1 - x2", "x3")) > STEADY


def test_nothing_is_told_of_inputs_that_occur_in_two_coordinates():
    parts = ("x0", "x1 - x2", "x1 + x2", "x3")
    assert largest("x0*square(x1 - x2) + x3*(x1 + x2)", (0, 1), parts) is None


def test_nothing_is_told_without_other_inputs_or_without_second_derivatives():
    rows = X[:, :2]
    quantities = make_quantities(
        [Expression.variable(j) for j in range(2)], rows, directions_of("x0*x1", rows)
    )
    assert Turns(rows, rows, second_derivatives_of("x0*x1")).largest(*quantities, []) is None
    many = np.ones((3, MOST_INPUTS + 1))

    def never(rows):
        raise AssertionError

    *pair, other = make_quantities([Expression.variable(j) for j in range(3)], X, directions_of("x0*x1 + x2"))
    assert Turns(many, many, never).largest(*pair, [other]) is None
    assert Turns(X, X, lambda rows: None).largest(*pair, [other]) is None


def test_pairs_that_turn_are_not_searched_for_and_others_are_found_as_before():
    formula = "sin(x0 + x1*x2)*x3"
    found = [
        discover_structure(X, directions_of(formula), second_derivatives=how, random_state=0)
        for how in (None, second_derivatives_of(formula))
    ]
    assert found[0].sentences == found[1].sentences != []
    assert found[1].evaluations <= found[0].evaluations


def test_what_is_steady_is_searched_for_although_directions_doubt_it():
    """A small error hangs together with another input, as those of networks do."""
    formula = "x0*x1 + x2*x3"
    rough = directions_of(formula)
    rough[:, [0, 2]] *= 1 + 0.05 * np.sin(3 * X[:, [2, 0]])
    rough /= np.linalg.norm(rough, axis=1, keepdims=True)
    told = []
    for how in (None, second_derivatives_of(formula)):
        structure = discover_structure(X, rough, second_derivatives=how, random_state=0)
        findings = [one for one in structure.findings if one.hypothesis == "separability"]
        told.append({finding.inputs for finding in findings})
    assert told == [set(), {(0, 1), (2, 3)}]

"""What cancels is gone at the end of a search, and nothing else has changed."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.expressions.operators import find_operators
from skinterpret.search import Candidate, EvolutionEngine, Front, search_directions
from skinterpret.search.cancelling import without_what_cancels

X = np.random.default_rng(0).uniform(0.5, 2, (100, 4))
ALLOWED = find_operators(None)


def rows_of(expression):
    gradient = expression.gradient(X)
    return make_rows(X, gradient / np.linalg.norm(gradient, axis=1, keepdims=True), np.ones(len(X)))


def shortened(text, allowed=ALLOWED, loss=0.0):
    long = Expression.parse(text)
    return without_what_cancels(Front([Candidate(long, loss)]), rows_of(long), allowed, 1e-9)[-1]


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("(sin(x2/x1) - 1.00000000000442)*x3 + (x3 + x0)", "x3*sin(x2/x1) + x0"),
        ("((x1*1.7)**2/x1)**2 + 0.2*x0", "8.3521*x1**2 + 0.2*x0"),
        ("3.7/x2*((x2 + x1/x0)*x2)", "x2 + x1/x0"),
        ("(x0 + x1)**2 - (x0 - x1)**2 + x2", "4*x0*x1 + x2"),
        ("(exp(0.501234*x0) - 1)*x1 + (x1 + exp(0.3123*x2)*x3)", "x1*exp(0.501234*x0) + exp(0.3123*x2)*x3"),
    ],
)
def test_formulas_get_shorter_and_keep_their_directions(long, short):
    found = shortened(long)
    assert found.complexity <= Expression.parse(short).complexity
    assert found.loss < 1e-9
    ours, theirs = found.expression.gradient(X), Expression.parse(long).gradient(X)
    cosine = np.einsum("ij,ij->i", ours, theirs)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    np.testing.assert_allclose(np.abs(cosine), lengths, rtol=1e-9)


def test_a_formula_in_which_nothing_cancels_stays():
    text = "x0*exp(x1) + x2**2"
    assert shortened(text).expression == Expression.parse(text)


def test_polynomials_of_high_degree_stay():
    text = "((((x0 + x1)**2 + x2)**2 + 0.731*x3)**2 + x0/(x1 + 0.377*x2)**3)**2 + 0.1*x3"
    assert shortened(text).expression == Expression.parse(text)


def test_no_operator_comes_in_that_the_search_has_not():
    without_products = find_operators(["+", "-", "square"])
    long = "(x0 + x1)**2 - (x0 - x1)**2 + x2"
    assert shortened(long, without_products).expression == Expression.parse(long)


def test_of_what_fits_noise_only_what_cancels_at_sight_goes():
    long = "(x0 - 1)*x1 + (x1 + x2)"
    assert shortened(long, loss=1e-3).expression == Expression.parse(long)
    found = shortened("x1*0.7 - x0*((x1**2 + (x0*0.3)**2)/x0)", loss=1e-3)
    assert found.complexity < Expression.parse("x1*0.7 - x0*((x1**2 + (x0*0.3)**2)/x0)").complexity
    assert found.expression.complexity == Expression.parse("0.7*x1 - x1**2 - 0.09*x0**2").complexity


def test_a_square_of_what_keeps_its_sign_goes():
    assert shortened("(x0**2 + x1)**2", loss=1e-3).expression == Expression.parse("x0**2 + x1")
    assert shortened("(x0 - x1)**2", loss=1e-3).expression == Expression.parse("(x0 - x1)**2")


def test_searches_end_with_what_is_left():
    rng = np.random.default_rng(1)
    rows = rng.uniform(-1, 1, (300, 3))
    noisy = np.column_stack([2 * rows[:, 0], 4 * rows[:, 1], np.zeros(300)]) + rng.normal(0, 0.05, (300, 3))
    engine = EvolutionEngine(max_evals=60_000)
    front = search_directions(rows, noisy, engine=engine, random_state=0)
    for found in front:
        assert found.complexity <= Expression.from_sympy(found.expression.to_sympy()).complexity


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("(x2 + x0*x1)*(x0*-2.814 + 231.3)", "(x2 + x0*x1)*(x0 - 82.2)"),
        ("sin(x3*1.7)*33.5 - (x2*exp(x1) + x0*x1)*2208.2", "sin(x3*1.7) - (x2*exp(x1) + x0*x1)*65.9"),
    ],
)
def test_a_factor_of_the_whole_costs_nothing(long, short):
    found = shortened(long, loss=1e-3)
    assert found.complexity <= Expression.parse(short).complexity


def test_no_constant_grows_until_rounding_errors_fit_noise():
    rng = np.random.default_rng(1)
    rows = rng.uniform(0.5, 2, (400, 3))
    gradient = Expression.parse("x0/x1 + x2").gradient(rows)
    gradient += 0.02 * np.linalg.norm(gradient, axis=1, keepdims=True) * rng.normal(size=gradient.shape)
    engine = EvolutionEngine(max_evals=300_000)
    front = search_directions(rows, gradient, engine=engine, structure=False, random_state=0)
    assert all(abs(value) < 1e9 for found in front for value in found.expression.constant_values)

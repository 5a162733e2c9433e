"""What is but near to how inputs enter is no finding; noise is no reason to drop one."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.search import discover_structure
from skinterpret.search.structure.rivals import is_refuted, left_by_rivals


def structure_of(formula, n_features, *, low, high, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(low, high, (300, n_features))
    gradient = Expression.parse(formula).gradient(X)
    units = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    noisy = units + noise * rng.normal(size=units.shape)
    return discover_structure(X, noisy, random_state=seed)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("(x0 + x1)*(x0 + 2*x1) + x2**2", -1, 1),
        ("(x0 + x1)*(x0 + 3*x1)*x2", 0.2, 2),
        ("x0 + x1 + 0.1*x0*x1 + x2**2", -1, 1),
    ],
)
def test_what_all_but_holds_of_exact_directions_is_not_claimed(formula, low, high, seed):
    structure = structure_of(formula, 3, low=low, high=high, seed=seed)
    assert all(finding.evidence < 1e-6 for finding in structure.findings)


@pytest.mark.parametrize("noise", [0.01, 0.03])
@pytest.mark.parametrize(
    ("formula", "expected"), [("sin(x0 - x1) + x2**2*x2", "x0 - x1"), ("x0*x1 + x2**2", "x0*x1")]
)
def test_what_holds_is_found_under_noise(formula, expected, noise):
    structure = structure_of(formula, 3, low=0.2, high=2, noise=noise)
    assert expected in [str(part) for part in structure.parts]


def test_a_polynomial_of_degree_three_is_its_own_rival():
    rng = np.random.default_rng(0)
    values = rng.uniform(-1, 1, (200, 3))
    slopes = Expression.parse("x0*x1*x2 + x0**2 - 2*x1 + x2").gradient(values)
    slopes *= rng.choice([-1, 1], (200, 1)) * rng.uniform(0.5, 2, (200, 1))  # neither sign nor length counts
    assert left_by_rivals(values, slopes, np.arange(200) % 2 == 1) < 1e-12


def test_too_few_rows_refute_nothing():
    values = np.random.default_rng(0).uniform(-1, 1, (20, 3))
    assert left_by_rivals(values, np.ones((20, 3)), np.arange(20) % 2 == 1) == 1.0


def test_what_leaves_next_to_nothing_is_never_refuted():
    assert is_refuted(1e-3, 1e-12)
    assert not is_refuted(1e-6, 1e-12)
    assert not is_refuted(1e-3, 5e-4)

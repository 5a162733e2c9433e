"""Whether directions by a few quantities depend on others."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.search.structure.dependence import MOST_OTHERS, dependence, most_telling
from skinterpret.search.structure.parts import make_quantities


def quantities_of(formula, n_features, n_rows=300):
    X = np.random.default_rng(0).uniform(0.3, 2, (n_rows, n_features))
    gradient = Expression.parse(formula).gradient(X)
    units = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    return make_quantities([Expression.variable(j) for j in range(n_features)], X, units)


def test_what_stands_alone_depends_on_no_other_and_its_neighbours_do():
    first, second, third, fourth = quantities_of("x0*x1**2 + x2*x3", 4)
    assert dependence([first, second], [third, fourth]).of_others < 0.1
    assert dependence([first, third], [second, fourth]).of_others > 0.6


def test_neither_sign_nor_length_of_slopes_matters():
    group = quantities_of("(x0*x1 + x1*x2 + x2*x0 - 4)**2*x3", 4)
    assert dependence(group[:3], group[3:]).of_others < 0.1


def test_too_few_rows_tell_nothing():
    first, second, *others = quantities_of("x0*x1 + x2*x3", 4, n_rows=40)
    assert dependence([first, second], others) is None


@pytest.mark.parametrize("telling", [5, 9])
def test_of_many_others_those_are_asked_that_matter(telling):
    formula = f"x0*x1*x{telling} + x0**2 + " + " + ".join(f"x{j}" for j in range(2, 12))
    first, second, *others = quantities_of(formula, 12)
    asked = most_telling([first, second], others)
    assert len(asked) == MOST_OTHERS
    assert Expression.variable(telling) in [quantity.expression for quantity in asked]

"""Linear combinations read well in any units."""

import pytest

from skinterpret.expressions import Expression
from skinterpret.search.structure.linear import linear_combination, without_units


def test_terms_with_a_plus_sign_stand_first():
    assert linear_combination({0: -1.0, 1: 1.0, 2: 2.0}) == Expression.parse("x1 + 2*x2 - x0")


@pytest.mark.parametrize(
    ("combination", "plain"),
    [
        ("0.01*x0 - 0.01*x1", "x0 - x1"),
        ("2000*x0 - 3000*x2", "2*x0 - 3*x2"),
        ("0.01*x0 - x1", "x0 - 100*x1"),
        ("x0 - x1 + 300", "x0 - x1"),
        ("0.136*x0 + 0.1*x1", "1.36*x0 + x1"),
    ],
)
def test_powers_of_ten_and_offsets_go(combination, plain):
    assert str(without_units(Expression.parse(combination))) == plain

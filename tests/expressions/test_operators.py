"""Every row of the operator table, judged by sympy."""

import numpy as np
import pytest
import sympy

from skinterpret.expressions import OPERATORS
from skinterpret.expressions.operators import find_operators

A, B = sympy.symbols("a b", positive=True)


def compare(ours, formula, a, b):
    theirs = sympy.lambdify((A, B), formula, "numpy")(a, b)
    np.testing.assert_allclose(np.broadcast_to(ours, a.shape), np.broadcast_to(theirs, a.shape))


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_values_and_derivatives_are_those_of_sympy(operator):
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.3, 2, (2, 20))
    formula = operator.to_sympy(*(A, B)[: operator.arity])
    value = operator.value(a, b)
    compare(value, formula, a, b)
    compare(operator.da(a, b, value), sympy.diff(formula, A), a, b)
    compare(operator.daa(a, b, value), sympy.diff(formula, A, 2), a, b)
    compare(operator.db(a, b, value), sympy.diff(formula, B), a, b)
    compare(operator.dab(a, b, value), sympy.diff(formula, A, B), a, b)
    compare(operator.dbb(a, b, value), sympy.diff(formula, B, 2), a, b)


@pytest.mark.parametrize("operator", [row for row in OPERATORS if row.monotone], ids=lambda o: o.name)
def test_the_slope_of_a_monotone_operator_keeps_its_sign(operator):
    a = np.linspace(-3, 3, 100)
    with np.errstate(all="ignore"):
        value = operator.value(a, a)
        slope = operator.da(a, a, value)
    signs = np.sign(slope[np.isfinite(value) & np.isfinite(slope) & (slope != 0)])
    assert len(set(signs)) == 1


def test_an_unknown_operator_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match="'gamma'; choose operators from: .*sin"):
        find_operators(["+", "gamma"])

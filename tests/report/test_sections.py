"""What a report says of each rule."""

import numpy as np
import sympy

from skinterpret.expressions import Expression
from skinterpret.report.candidates import candidate_rules
from skinterpret.report.mathematics import to_mathml
from skinterpret.report.sections import _named, rule_views


def test_each_rule_is_one_candidate_and_the_simplest_comes_first(ellipse, ellipse_surrogate):
    (view,) = rule_views(ellipse_surrogate, ellipse.data.to_numpy()[:200], list(ellipse.data.columns))
    rules = [candidate.rule for candidate in view.candidates]
    complexities = [candidate.complexity for candidate in view.candidates]
    assert len(set(rules)) == len(rules)
    assert complexities == sorted(complexities)
    assert [candidate.number for candidate in view.candidates] == list(range(1, len(rules) + 1))
    assert sum(candidate.chosen for candidate in view.candidates) == 1
    assert len(view.chart.positions) == len(rules)


def test_candidates_stand_in_the_order_of_the_terminal(ellipse, ellipse_surrogate):
    (view,) = rule_views(ellipse_surrogate, np.asarray(ellipse.data)[:100], ["x1", "x2"])
    (table,) = candidate_rules(ellipse_surrogate)
    assert [candidate.rule for candidate in view.candidates] == table["rule"].tolist()


def test_long_numbers_have_a_power_of_ten():
    written = to_mathml(sympy.Symbol("x") ** 2 > sympy.Integer(59 * 10**35))
    assert "<mn>5.9</mn>" in written
    assert "<mn>36</mn>" in written


def test_exponents_stay_numbers_beside_the_names_of_constants():
    formula = Expression.parse("1.5*x0**4 + x1**2.5 + 3*x1")
    assert _named(formula, ["a", "b"]) == "a**4*c1 + b*c4 + b**2.5"

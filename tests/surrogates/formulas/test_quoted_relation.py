"""Rules whose names could be taken for formulas print them quoted, and are sympy's own in all else."""

import copy
import pickle

import pytest
import sympy

from skinterpret.expressions import Expression
from skinterpret.expressions.plain import to_plain
from skinterpret.surrogates import ClassificationRule
from skinterpret.surrogates.formulas.quoted_relation import with_names_quoted

A, B = sympy.Symbol("blood pressure"), sympy.Symbol("x-y")


def rule_of(n_rules, names):
    formulas = [Expression.parse(text) for text in ("x0 + 2.5*x1", "x0", "x1")[:n_rules]]
    classes = ["no", "yes"] if n_rules == 1 else list("abc")
    return ClassificationRule(
        formulas, [1.0] * n_rules, [-8.0] * n_rules, classes, n_features=2, feature_names=names
    )


def test_a_rule_and_a_dict_of_rules_print_names_as_the_plain_text_does():
    assert str(rule_of(1, ["blood pressure", "x-y"]).decision_rule_) == "`blood pressure` + 2.5*`x-y` < 1"
    rules = rule_of(3, ["blood pressure", "x-y"])
    assert str(rules.decision_rule_) == str(rules.to_sympy())
    assert "'b': `blood pressure` < 1, 'c': `x-y` < 1" in str(rules.decision_rule_)
    for rule in rules.decision_rule_.values():
        assert str(rule) == to_plain(rule)


def test_a_rule_of_plain_names_is_a_relational_of_sympy():
    rule = rule_of(1, ["age", "height"]).decision_rule_
    assert type(rule) is sympy.StrictLessThan
    assert str(rule) == "age + 2.5*height < 1"


@pytest.mark.parametrize("plain", [sympy.Gt(A + 2 * B, 1), sympy.Lt(A + 2 * B, 1)])
def test_a_quoted_rule_is_equal_to_the_plain_one_and_calculates_as_it_does(plain):
    rule = with_names_quoted(plain)
    assert rule == plain
    assert plain == rule
    assert hash(rule) == hash(plain)
    assert rule != plain.negated
    assert rule != "text"
    assert isinstance(rule, type(plain))
    assert (rule.lhs, rule.rhs, rule.rel_op) == (plain.lhs, plain.rhs, plain.rel_op)
    assert rule.negated == plain.negated
    assert rule.reversed == plain.reversed
    assert rule.subs({A: 3, B: 4}) == plain.subs({A: 3, B: 4})
    assert sympy.lambdify([A, B], rule)(3, 4) == sympy.lambdify([A, B], plain)(3, 4)
    assert sympy.srepr(rule) == sympy.srepr(plain)
    assert sympy.latex(rule) == sympy.latex(plain)
    for again in (pickle.loads(pickle.dumps(rule)), copy.deepcopy(rule)):
        assert again == rule
        assert str(again) == str(rule)

"""Candidates as the rules that they would be."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from skinterpret.expressions import Expression
from skinterpret.metrics import complexity_of_rule, complexity_score
from skinterpret.report.candidates import candidate_rules
from skinterpret.report.plain import to_plain
from skinterpret.surrogates.judging.calibration import LogisticLink
from skinterpret.surrogates.reading.latents import Answer


@pytest.fixture(scope="module")
def candidates(ellipse_surrogate):
    (table,) = candidate_rules(ellipse_surrogate)
    return table


def test_the_chosen_one_is_the_surrogates_answer(ellipse_surrogate, candidates):
    chosen = candidates[candidates["chosen"]]
    assert chosen["rule"].tolist() == [to_plain(ellipse_surrogate.decision_rule_)]
    assert chosen["complexity"].tolist() == [complexity_score(ellipse_surrogate)]
    assert chosen["fidelity"].tolist() == [ellipse_surrogate.trust_.fidelity]
    assert chosen["alignment"].tolist() == [ellipse_surrogate.trust_.alignment]


def test_a_rule_to_which_several_candidates_come_is_one_row(ellipse_surrogate, candidates):
    assert candidates["rule"].is_unique
    assert len(candidates) <= len(ellipse_surrogate.equations_)


def test_alignments_are_numbers_from_0_to_1(candidates):
    assert np.all((candidates["alignment"] >= 0) & (candidates["alignment"] <= 1 + 1e-12))


def test_the_complexity_of_a_rule_is_that_of_its_side_its_comparison_and_its_constant():
    formula = Expression.parse("x0**2 + 1.5*x1")
    assert complexity_of_rule(formula) == formula.complexity + 3


class _Judge:
    """Judges any expression by its sign on two rows."""

    X = np.array([[1.0, 3.0], [0.0, 0.0]])
    probability = np.array([0.9, 0.1])

    def alignment(self, expression):
        return 0.9


class _AllRight(_Judge):
    X = np.array([[1.0, 1.0], [0.0, -1.0]])


class _Reading:
    """Gives answers that were written down, in place of a search."""

    judge = _Judge()

    def __init__(self, rules):
        self.rules = rules
        self.table = pd.DataFrame(index=range(len(rules)))

    def simplest_answer(self, position, link, seed):
        text, threshold, slope = self.rules[position]
        return Answer(position, Expression.parse(text), LogisticLink(threshold, slope))


def rules_of(*rules, chosen, judge=None):
    reading = _Reading(rules)
    reading.judge = judge or _Reading.judge
    surrogate = SimpleNamespace(
        _readings=[reading],
        _answers=[reading.simplest_answer(chosen, "logistic", 0)],
        _input_names=lambda: ["a", "b"],
        link="logistic",
        _trust_seed=0,
    )
    return candidate_rules(surrogate)[0]


class _LongerIsBetter(_Judge):
    def alignment(self, expression):
        return 0.9 + 0.01 * expression.complexity


def test_the_simplest_candidate_is_the_first():
    rules = [("x0*x1 + x0", 1.0, 1.0), ("x0", 0.5, 1.0), ("x0 + 3*x1", 5.8, 1.0)]
    table = rules_of(*rules, chosen=1, judge=_LongerIsBetter())
    assert table["rule"].tolist() == ["a > 0.5", "a*b + a > 1", "a + 3*b > 5.8"]
    assert table["chosen"].tolist() == [True, False, False]


def test_a_candidate_with_no_advantage_over_another_is_left_out_unless_it_was_chosen():
    rules = [("x0", 0.5, 1.0), ("x0*x1 + x0", 1.0, 1.0), ("x0 + 3*x1", 5.8, 1.0)]
    assert rules_of(*rules, chosen=0)["rule"].tolist() == ["a > 0.5"]
    assert rules_of(*rules, chosen=2)["rule"].tolist() == ["a > 0.5", "a + 3*b > 5.8"]
    tied = [("x0", 0.5, 1.0), ("x1", -0.5, 1.0)]  # as good and as long
    assert len(rules_of(*tied, chosen=0, judge=_AllRight())) == 2


def test_the_same_concept_with_its_sign_turned_is_one_candidate():
    turned = [("x0", 2.0, 1.0), ("x0 + 3*x1", 5.8, 1.0), ("-x0 - 3*x1", -5.8, -1.0)]
    for chosen, rule in ((1, "a + 3*b > 5.8"), (2, "-a - 3*b < -5.8"), (0, "a + 3*b > 5.8")):
        table = rules_of(*turned, chosen=chosen)
        assert table["rule"].tolist() == ["a > 2", rule]
        assert table["chosen"].sum() == 1


def test_of_the_same_concept_the_more_faithful_rule_is_kept():
    table = rules_of(("x0", 2.0, 1.0), ("x0 + 3*x1", 11.0, 1.0), ("-x0 - 3*x1", -5.8, -1.0), chosen=0)
    assert table["rule"].tolist() == ["a > 2", "-a - 3*b < -5.8"]


def test_of_two_of_one_complexity_the_better_aligned_is_the_first():
    class Unlike(_Judge):
        def alignment(self, expression):
            return 0.9 if expression.variables == (0,) else 0.95

    table = rules_of(("x0", 0.5, 1.0), ("x1", 0.5, 1.0), chosen=0, judge=Unlike())
    assert table["rule"].tolist() == ["b > 0.5", "a > 0.5"]

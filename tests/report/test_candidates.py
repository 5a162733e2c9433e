"""Candidates as the rules that they would be."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.metrics import complexity_of_rule, complexity_score
from skinterpret.report.candidates import candidate_rules
from skinterpret.report.plain import to_plain


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

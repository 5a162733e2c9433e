"""Labels speak for a rule where it tells more of them than chance would."""

import numpy as np
import pytest

from skinterpret.expressions import Expression
from skinterpret.surrogates.judging.evidence import label_evidence

SHORT, LONG = Expression.parse("x0 + x1"), Expression.parse("x0 + 1.5*sin(x1 + 0.3*x2)")


def test_labels_that_a_rule_tells_are_worth_their_own_length():
    labels = np.arange(1000) % 2 == 0
    everything = 1000 * np.log(2)
    cost = SHORT.complexity + 0.5 * np.log(1000)
    assert label_evidence(SHORT, labels, labels) == pytest.approx(everything - cost)


def test_which_class_is_called_yes_does_not_matter():
    rng = np.random.default_rng(0)
    said, labels = rng.random((2, 200)) < 0.3
    assert label_evidence(SHORT, said, labels) == pytest.approx(label_evidence(SHORT, ~said, labels))


def test_longer_rules_and_constants_cost():
    labels = np.arange(100) % 3 == 0
    difference = label_evidence(SHORT, labels, labels) - label_evidence(LONG, labels, labels)
    n_constants = len(LONG.constant_values)
    assert difference == pytest.approx(LONG.complexity - SHORT.complexity + n_constants * np.log(100) / 2)


@pytest.mark.parametrize("n_rows", [20, 60, 300, 3000])
def test_the_best_straight_line_through_random_labels_is_no_evidence(n_rows):
    """Of two hundred lines the one that tells most."""
    rng = np.random.default_rng(n_rows)
    X, labels = rng.normal(size=(n_rows, 2)), rng.random(n_rows) < 0.5
    lines = (X @ rng.normal(size=2) > rng.normal() for _ in range(200))
    assert max(label_evidence(SHORT, said, labels) for said in lines) < 0


def test_a_rule_that_says_the_same_everywhere_tells_nothing():
    labels = np.arange(50) < 20
    assert label_evidence(SHORT, np.ones(50, dtype=bool), labels) < 0

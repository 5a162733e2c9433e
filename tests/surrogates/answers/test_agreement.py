"""How rules, network and labels agree."""

from __future__ import annotations

import numpy as np

from skinterpret.surrogates.answers.agreement import agreement


def test_each_share_is_of_its_own_pair():
    found = agreement([0, 1, 2, 2], [0, 1, 1, 2], [0, 0, 2, 0])
    assert (found.fidelity, found.rule_accuracy, found.network_accuracy) == (0.75, 0.5, 0.25)
    assert found.n_rows == 4


def test_without_labels_no_accuracy_is_known():
    found = agreement(["a", "b"], ["a", "a"])
    assert found.fidelity == 0.5
    assert np.isnan([found.rule_accuracy, found.network_accuracy]).all()

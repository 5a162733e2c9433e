import numpy as np
import pytest
from scipy.special import expit

from skinterpret.surrogates.calibration import LogisticLink, fit_link

VALUES = np.random.default_rng(0).normal(size=2000)


@pytest.mark.parametrize("slope", [5.0, -5.0])
@pytest.mark.parametrize("threshold", [0.0, 0.7])
def test_a_logistic_network_is_read_exactly(slope, threshold):
    probability = expit(slope * (VALUES - threshold))
    link = fit_link(VALUES, probability, np.array([threshold]), slope > 0)
    assert link.threshold == pytest.approx(threshold, abs=1e-9)
    assert link.slope == pytest.approx(slope, rel=0.02)


def test_threshold_maximises_agreement():
    probability = np.where(VALUES > 0.3, 0.9, 0.1)
    link = fit_link(VALUES, probability, np.array([]), True)
    assert ((link.log_odds(VALUES) > 0) == (probability > 0.5)).all()


def test_log_odds_are_finite_and_undefined_values_undecided():
    odds = LogisticLink(1.0, -2.0).log_odds(np.array([np.nan, np.inf, -np.inf, 0.0]))
    assert odds[0] == 0
    assert odds[1] < 0 < odds[2]
    assert np.isfinite(odds).all()


def test_an_expression_without_values_decides_nothing():
    link = fit_link(np.full(5, np.nan), np.full(5, 0.8), np.array([]), True)
    assert (link.log_odds(np.full(5, np.nan)) == 0).all()

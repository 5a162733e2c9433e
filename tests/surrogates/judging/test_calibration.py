import numpy as np
import pytest
from scipy.special import expit

from skinterpret.surrogates.judging.calibration import (
    LogisticLink,
    fit_isotonic_link,
    fit_link,
    round_threshold,
    with_few_digits,
)

VALUES = np.random.default_rng(0).normal(size=2000)


@pytest.mark.parametrize("slope", [5.0, -5.0])
@pytest.mark.parametrize("threshold", [0.0, 0.7])
def test_a_logistic_network_is_read_exactly(slope, threshold):
    probability = expit(slope * (VALUES - threshold))
    link = fit_link(VALUES, probability, threshold, slope > 0)
    assert link.threshold == pytest.approx(threshold, abs=1e-9)
    assert link.slope == pytest.approx(slope, rel=0.02)


def test_threshold_maximises_agreement():
    probability = np.where(VALUES > 0.3, 0.9, 0.1)
    link = fit_link(VALUES, probability, np.nan, True)
    assert ((link.log_odds(VALUES) > 0) == (probability > 0.5)).all()


def test_log_odds_are_finite_and_undefined_values_undecided():
    odds = LogisticLink(1.0, -2.0).log_odds(np.array([np.nan, np.inf, -np.inf, 0.0]))
    assert odds[0] == 0
    assert odds[1] < 0 < odds[2]
    assert np.isfinite(odds).all()


def test_an_expression_without_values_decides_nothing():
    link = fit_link(np.full(5, np.nan), np.full(5, 0.8), np.nan, True)
    assert (link.log_odds(np.full(5, np.nan)) == 0).all()


def test_within_a_standard_error_of_the_best_agreement_the_boundary_decides():
    probability = np.where(VALUES > 0.3, 0.9, 0.1)
    probability[np.abs(VALUES - 0.3) < 0.05] = np.random.default_rng(0).choice([0.1, 0.9], 1)
    near = fit_link(VALUES, probability, 0.3, True).threshold
    disagreements = np.count_nonzero((near < VALUES) != (probability > 0.5))
    best = fit_link(VALUES, probability, np.nan, True).threshold
    fewest = np.count_nonzero((best < VALUES) != (probability > 0.5))
    assert abs(near - 0.3) <= abs(best - 0.3)
    assert disagreements <= fewest + np.sqrt(fewest + 1)


@pytest.mark.parametrize(("found", "rounded"), [(1.004, 1.0), (-0.003, 0.0), (2.497, 2.5), (0.3349, 0.33)])
def test_a_threshold_is_rounded_when_neither_rows_nor_boundary_notice(found, rounded):
    probability = expit(50 * (VALUES - found))
    link = fit_link(VALUES, probability, found, True)
    result = round_threshold(link, VALUES[:200], probability[:200], lambda t: 0.05 + abs(t - found) / 10)
    assert result.threshold == rounded
    assert result.slope > 0


def test_a_threshold_stays_when_the_boundary_notices():
    probability = expit(50 * (VALUES - 1.004))
    link = fit_link(VALUES, probability, 1.004, True)
    result = round_threshold(link, VALUES[:200], probability[:200], lambda t: 1e-4 + abs(t - 1.004))
    assert result.threshold == 1.004


@pytest.mark.parametrize(("error", "is_one"), [(0.001, False), (0.0013, True), (np.nan, False)])
def test_a_threshold_is_rounded_within_the_interval_that_the_number_of_rows_leaves(error, is_one):
    values = np.linspace(0, 2, 1000)  # one of which changes sides
    probability = expit(500 * (values - 1.0025))
    link = LogisticLink(1.0025, 500.0)
    result = round_threshold(link, values, probability, lambda t: 2e-3 + abs(t - 1.0025), error)
    assert (result.threshold == 1.0) is is_one


@pytest.mark.parametrize(("n_rows", "most"), [(200, 0), (2000, 2)])
def test_no_interval_is_so_wide_that_many_rows_may_change_sides(n_rows, most):
    values = VALUES[:n_rows]
    probability = expit(50 * (values - 1.04))
    probability[:9] = 1 - probability[:9]  # so that a few more disagreements would prove nothing
    link = LogisticLink(1.04, 50.0)
    rounded = round_threshold(link, values, probability, lambda t: 2e-3 + abs(t - 1.04), error=1.0)
    before, after = (
        np.count_nonzero((values > each.threshold) != (probability > 0.5)) for each in (link, rounded)
    )
    assert after <= before + most


def test_a_boundary_that_is_the_networks_own_keeps_its_threshold():
    probability = expit(50 * (VALUES - 1.004))
    link = fit_link(VALUES, probability, 1.004, True)
    result = round_threshold(link, VALUES[:200], probability[:200], lambda t: abs(t - 1.004), error=1.0)
    assert result.threshold == 1.004


@pytest.mark.parametrize("offset", [0.0, 1e4, 1.7e9, -2.4e6])
def test_a_threshold_keeps_the_digits_that_decide(offset):
    values, found = VALUES + offset, 0.123456789 + offset
    probability = expit(50 * (values - found))
    link = fit_link(values, probability, found, True)
    result = round_threshold(link, values, probability, lambda t: abs(t - found))
    assert abs(result.threshold - found) < 2e-3
    assert len(repr(result.threshold)) < len(repr(found))
    few = with_few_digits(link, values)
    np.testing.assert_array_equal(values > few.threshold, values > link.threshold)
    assert len(repr(few.threshold)) <= len(repr(link.threshold))


def test_values_at_the_end_of_the_range_of_floats_give_a_finite_link():
    values = np.array([-1e308, -1.0, 1.0, 1e308, 2.0, -2.0])
    link = fit_link(values, expit(np.clip(values, -5, 5)), 0.0, True)
    assert np.isfinite([link.threshold, link.slope]).all()


def test_a_large_threshold_is_no_rounder_for_being_whole():
    values, found = 1e8 * (VALUES + 3), 1e8 * 3.1234567
    probability = expit(5e-7 * (values - found))
    link = fit_link(values, probability, found, True)
    threshold = round_threshold(link, values, probability, lambda t: 1.0).threshold
    assert threshold == float(f"{threshold:.6g}")
    assert abs(threshold - found) < 1e6


@pytest.mark.parametrize("size", [1e300, 1.0, 1e-300])
def test_values_of_any_size_give_a_link_without_a_warning(size):
    rng = np.random.default_rng(0)
    values = size * rng.normal(size=300)
    link = fit_link(values, expit(rng.normal(size=300)), 0.0, True)
    assert np.isfinite([link.threshold, link.slope]).all()


@pytest.mark.parametrize("wish", [np.nan, 0.0])
def test_values_at_the_end_of_the_range_of_floats_do_no_harm(wish):
    values = np.array([-1.7e308, -1.0, 1.0, 1.7e308])
    link = fit_link(values, np.array([0.0, 0.0, 1.0, 1.0]), wish, rising=True)
    assert link.threshold == 0.0


class TestIsotonicLink:
    @pytest.fixture
    def fitted(self):
        rng = np.random.default_rng(0)
        values = rng.normal(size=2000)
        probability = np.clip(0.5 - 0.4 * np.tanh(3 * (values - 0.3)), 0, 1)  # no logistic function
        logistic = fit_link(values, probability, 0.3, rising=False)
        return values, probability, logistic, fit_isotonic_link(logistic, values, probability)

    def test_it_is_monotone_and_crosses_one_half_at_the_threshold(self, fitted):
        values, _, logistic, link = fitted
        odds = link.log_odds(np.sort(values))
        assert (np.diff(odds) <= 0).all()
        np.testing.assert_array_equal(np.sign(link.log_odds(values)), np.sign(logistic.log_odds(values)))

    def test_it_follows_probabilities_that_no_logistic_function_has(self, fitted):
        values, probability, logistic, link = fitted
        errors = [np.abs(expit(kind.log_odds(values)) - probability).mean() for kind in (logistic, link)]
        assert errors[1] < 0.01 < errors[0]

    def test_undefined_values_are_on_the_fence_and_all_odds_are_finite(self, fitted):
        odds = fitted[3].log_odds(np.array([np.nan, np.inf, -np.inf, 1e300]))
        assert odds[0] == 0
        assert np.isfinite(odds).all()

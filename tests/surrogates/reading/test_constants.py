"""Constants fitted to directions, and the intervals that these leave them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skinterpret.directions import sample_directions
from skinterpret.expressions import Expression
from skinterpret.metrics import alignment_score
from skinterpret.surrogates.judging.judgement import Judge
from skinterpret.surrogates.judging.selection import RESOLUTION
from skinterpret.surrogates.reading.constants import ConstantFit, interval_of

X = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
TRUTH = Expression.parse("x0**2 + 2*x1**2")
START = Expression.parse("x0**2 + 1.5*x1**2")


class Network:
    """The latent x0**2 + 2*x1**2 - 1."""

    def latent(self, X, target=None):
        return TRUTH(X) - 1

    def gradient(self, X, target=None):
        return TRUTH.gradient(X)


def judge(weigh=None, wrong=0):
    """Judge of the network, with noise in the place of its first directions."""
    network = Network()
    sample = sample_directions(network, X, scale=np.ones(2), random_state=0)
    directions = sample.directions.copy()
    noise = np.random.default_rng(1).normal(size=(wrong, 2))
    directions[:wrong] = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    weight = None if weigh is None else weigh(len(sample))
    return Judge(network, replace(sample, directions=directions), np.ones(2), X, None, weight)


def without_the_first(n_rows):
    return (np.arange(n_rows) >= 300).astype(float)


def fitted(shell):
    return ConstantFit(shell, 0).refit(START)


def test_constants_are_fitted_to_the_directions():
    assert fitted(judge()).constant_values[-1] == pytest.approx(2, abs=1e-6)


class WideNetwork(Network):
    """The same latent, of the second and the fourth of five inputs."""

    def latent(self, X, target=None):
        return super().latent(X[:, [1, 3]])

    def gradient(self, X, target=None):
        gradient = np.zeros(X.shape)
        gradient[:, [1, 3]] = super().gradient(X[:, [1, 3]])
        return gradient


def test_inputs_that_a_formula_lacks_change_no_bit_of_its_constants():
    sample = sample_directions(Network(), X, scale=np.ones(2), random_state=0)
    wide = {name: np.zeros((len(sample), 5)) for name in ("X", "directions")}
    for name, values in wide.items():
        values[:, [1, 3]] = getattr(sample, name)
    rows = np.zeros((len(X), 5))
    rows[:, [1, 3]] = X
    narrow = ConstantFit(judge(), 0)
    fit = ConstantFit(Judge(WideNetwork(), replace(sample, **wide), np.ones(5), rows, None), 0)
    start, same = (Expression.parse(f"1.2*x{j}**2 + 1.5*x{k}**2 + 0.1*x{k}") for j, k in ((1, 3), (0, 1)))
    for fixed in (None, [True, False, False], [False, True, True]):
        assert fit.refit(start, fixed).constant_values == narrow.refit(same, fixed).constant_values
    np.testing.assert_array_equal(fit.resamples(start), narrow.resamples(same))


def test_constants_fit_best_where_a_metric_mixes_inputs_that_a_formula_lacks():
    rng = np.random.default_rng(2)
    rows = rng.uniform(0.5, 2, (200, 4))
    metric = rng.normal(size=(4, 4))
    gradient = Expression.parse("x0**2 + 2*x1**2 + 0.3*x2*x3").gradient(rows) @ metric.T
    directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    shell = SimpleNamespace(
        scale=np.ones(4), metric=metric, weight=None, directions=directions, scaled_shell=rows
    )
    shell.alignment = lambda formula: alignment_score(directions, formula.gradient(rows) @ metric.T)
    fit = ConstantFit(shell, 0)
    best = fit.refit(START)
    (value,) = best.constant_values
    assert fit.loss(best) < min(fit.loss(best.with_constants([value + step])) for step in (-0.01, 0.01))


def test_directions_without_weight_do_not_count():
    assert fitted(judge(wrong=300)).constant_values[-1] != pytest.approx(2, abs=1e-3)
    assert fitted(judge(without_the_first, wrong=300)).constant_values[-1] == pytest.approx(2, abs=1e-6)


def test_resamples_leave_out_directions_without_weight():
    trials = ConstantFit(judge(without_the_first, wrong=300), 0).resamples(TRUTH)
    np.testing.assert_allclose(trials[:, -1], 2, atol=1e-6)


def test_fixed_constants_stay():
    start = Expression.parse("1.5*x0**2 + 1.5*x1**2")
    free = [value == 1.5 for value in start.constant_values]
    fixed = [not each for each in free]
    fixed[free.index(True)] = True
    values = ConstantFit(judge(), 0).refit(start, fixed).constant_values
    assert sorted(value for value, each in zip(values, free, strict=True) if each) == pytest.approx([1.5, 3])


def test_intervals_hold_the_middle_of_the_resamples():
    trials = np.column_stack([np.linspace(-1, 1, 201), np.linspace(0, 4, 201)])
    low, high = interval_of(trials, np.zeros(2))
    np.testing.assert_allclose(low, [-0.95, 0.1])
    np.testing.assert_allclose(high, [0.95, 3.9])


def test_errors_by_the_number_of_rows_widen_intervals_as_independent_ones_do():
    trials = np.column_stack([np.linspace(-1, 1, 201), np.full(201, 2.0)])
    low, high = interval_of(trials, np.array([0.5, 0.5]))
    half = 1.959964 * 0.5
    np.testing.assert_allclose(high, [np.hypot(0.95, half), 2 + half], rtol=1e-6)
    np.testing.assert_allclose(low, [-np.hypot(0.95, half), 2 - half], rtol=1e-6)


def test_resamples_without_an_answer_are_left_out_of_intervals():
    trials = np.array([[1.0], [np.nan], [3.0], [2.0]])
    low, high = interval_of(trials, np.zeros(1))
    assert 1 <= low[0] < 2 < high[0] <= 3


def test_noise_is_the_loss_and_what_rows_leave_open():
    network = judge(wrong=20)
    fit = ConstantFit(network, 0)
    moved = TRUTH.with_constants([*TRUTH.constant_values[:-1], 2 + network.sampling_errors(TRUTH)[-2]])
    level = fit.loss(TRUTH)
    assert 1e-4 < level < fit.noise(TRUTH) <= max(fit.loss(moved), level) + 1e-3


def test_few_rows_excuse_no_other_formula_than_the_networks():
    """40 of them leave the constant of a straight boundary wide open."""
    rows = np.random.default_rng(0).uniform(-1, 1, (40, 2))
    sample = sample_directions(_Straight(), rows, random_state=0)
    shell = Judge(_Straight(), sample, np.ones(2), rows, None)
    near = Expression.parse("x0 + 1.69*x1")
    moved = near.with_constants([1.69 + shell.sampling_errors(near)[-2]])
    fit = ConstantFit(shell, 0)
    assert fit.loss(moved) > 10 * fit.noise(near)
    assert fit.noise(near) <= 2 * RESOLUTION + 2 * fit.loss(near)


def test_nothing_is_left_open_where_the_formula_is_the_network():
    assert ConstantFit(judge(), 0).noise(TRUTH) < 1e-6


def test_a_straight_boundary_is_known_as_well_as_labels_tell():
    """All of its directions are alike, so that resamples say nothing."""
    rng = np.random.default_rng(0)
    rows, errors = rng.uniform(-1, 1, (400, 2)), []
    straight = Expression.parse("x0 + 1.7*x1")
    for _ in range(100):
        labels = rows @ [1, 1.7] + rng.logistic(scale=0.2, size=400) > 0.3
        model = LogisticRegression(C=1e6).fit(rows, labels)
        first, second = model.coef_[0]
        errors.append(second / first - 1.7)
    shell = Judge(_Straight(), sample_directions(_Straight(), rows, random_state=0), np.ones(2), rows, None)
    error = shell.sampling_errors(straight)[-2]
    assert np.std(errors) == pytest.approx(error, rel=0.2)
    low, high = ConstantFit(shell, 0).intervals(straight)
    assert high[-1] - low[-1] > 3.5 * error


def test_a_formula_without_constants_has_no_intervals():
    low, high = ConstantFit(judge(), 0).intervals(Expression.parse("x0*x1"))
    assert low.shape == high.shape == (0,)


class _Straight:
    """The log-odds of labels on either side of x0 + 1.7*x1 = 0.3, with logistic noise of scale 0.2."""

    def latent(self, X, target=None):
        return (X @ [1, 1.7] - 0.3) / 0.2

    def gradient(self, X, target=None):
        return np.tile([5.0, 8.5], (len(X), 1))


def test_constants_that_no_resample_has_get_no_interval_and_no_warning():
    low, high = interval_of(np.full((5, 1), np.nan), np.array([0.1]))  # a warning would be an error here
    assert np.isnan([low, high]).all()

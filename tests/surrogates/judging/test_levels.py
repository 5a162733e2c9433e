import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret.surrogates.judging.levels import (
    UNKNOWN,
    Level,
    combined,
    level_among_rows,
    level_on_boundary,
)

VALUES = np.random.default_rng(0).normal(size=2_000)


@given(level=st.floats(-1, 1), slope=st.floats(0.5, 20), scale=st.sampled_from([1e-9, 1.0, 1e9]))
def test_a_logistic_network_has_its_own_threshold(level, slope, scale):
    latent = slope * (VALUES - level)
    found = level_among_rows(scale * VALUES, latent, len(VALUES), np.nan, rising=True)
    assert found.value == pytest.approx(scale * level, abs=1e-3 * scale)
    assert 0 < found.error < scale
    falling = level_among_rows(-scale * VALUES, latent, len(VALUES), np.nan, rising=False)
    assert falling.value == pytest.approx(-found.value, abs=1e-6 * scale)


def test_more_rows_leave_less_error():
    latent = 3 * VALUES
    few, many = (level_among_rows(VALUES, latent, n_rows, 0.0, rising=True).error for n_rows in (500, 50_000))
    assert many == pytest.approx(few / 10, rel=1e-3)


def test_the_rows_decide_where_a_boundary_without_rows_would_not():
    """On the boundary x + y = 1 the formula x has all values, but the rows cross it near x = 0.2 alone."""
    rng = np.random.default_rng(1)
    x = rng.uniform(0, 1, 1_000)
    y = 0.8 + rng.normal(scale=0.05, size=1_000)
    found = level_among_rows(x, 30 * (x + y - 1), len(x), 0.5, rising=True)
    on_boundary = level_on_boundary(rng.uniform(0, 1, 300), np.ones(300))
    assert found.value == pytest.approx(0.2, abs=0.03)
    assert combined(on_boundary, found) == pytest.approx(found.value, abs=0.01)


def test_infinite_and_undefined_values_are_no_obstacle():
    values = np.concatenate([VALUES, [np.nan, np.inf, -np.inf]])
    latent = np.concatenate([3 * (VALUES - 0.4), [5.0, 5.0, -5.0]])
    assert level_among_rows(values, latent, len(values), 0.0, rising=True).value == pytest.approx(
        0.4, abs=1e-3
    )


@pytest.mark.parametrize(
    ("values", "rising"),
    [
        (np.full(2_000, np.nan), True),
        (np.ones(2_000), True),
        (VALUES, False),  # the formula rises with the network, and should fall
    ],
)
def test_where_rows_say_nothing_the_level_is_unknown(values, rising):
    assert level_among_rows(values, 3 * VALUES, 2_000, 0.0, rising=rising) == UNKNOWN


def test_the_boundary_has_the_level_of_a_formula_that_is_the_network():
    assert level_on_boundary(np.full(50, 0.7), np.linspace(1, 2, 50)) == Level(0.7, 0.0)
    assert level_on_boundary(np.empty(0), np.empty(0)) == UNKNOWN


def test_the_level_on_the_boundary_is_the_weighted_median():
    assert level_on_boundary(np.array([3.0, 1.0, 2.0]), np.array([5.0, 1.0, 1.0])).value == 3.0


@given(
    first=st.floats(-10, 10),
    second=st.floats(-10, 10),
    errors=st.tuples(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3)),
)
def test_the_surer_of_two_estimates_weighs_more(first, second, errors):
    levels = [Level(first, errors[0]), Level(second, errors[1])]
    mean = combined(*levels)
    weights = 1 / np.square(errors)
    assert mean == pytest.approx(np.average([first, second], weights=weights), abs=1e-9)
    assert combined(*reversed(levels)) == pytest.approx(mean, abs=1e-9)


def test_what_is_unknown_or_exact_has_no_say_or_the_only_one():
    known, exact = Level(1.0, 0.1), Level(2.0, 0.0)
    assert combined(known, UNKNOWN) == combined(UNKNOWN, known) == 1.0
    assert combined(known, exact) == combined(exact, known) == 2.0
    assert combined(exact, Level(4.0, 0.0)) == 3.0
    assert np.isnan(combined(UNKNOWN, UNKNOWN))

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skinterpret import alignment_score, fidelity_score

GRADIENT = np.random.default_rng(0).normal(size=(40, 3))


def test_fidelity_is_the_share_of_equal_classes():
    assert fidelity_score(["a", "b", "b", "a"], ["a", "b", "a", "a"]) == 0.75
    assert fidelity_score([0, 1], [0, 0], sample_weight=[3, 1]) == 0.75


@given(st.floats(1e-6, 1e6), st.sampled_from([-1, 1]))
def test_alignment_ignores_length_and_common_sign(factor, sign):
    lengths = np.random.default_rng(1).uniform(0.1, 10, (40, 1))
    assert alignment_score(GRADIENT, sign * factor * lengths * GRADIENT) == pytest.approx(1)


def test_signs_that_differ_between_rows_are_no_alignment():
    signs = np.where(np.arange(40) % 2, 1, -1)[:, None]
    assert alignment_score(GRADIENT, signs * GRADIENT) < 1e-12


def test_rows_without_direction_count_as_perpendicular():
    other = GRADIENT.copy()
    other[:10] = 0
    other[10:20] = np.nan
    assert alignment_score(GRADIENT, other) == pytest.approx(0.5)


def test_alignment_is_weighted():
    other = np.cross(GRADIENT, np.roll(GRADIENT, 1, axis=1))  # perpendicular
    other[0] = GRADIENT[0]
    weight = np.r_[1.0, np.full(39, 1 / 39)]
    assert alignment_score(GRADIENT, other, sample_weight=weight) == pytest.approx(0.5)

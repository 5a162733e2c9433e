"""Random numbers of compiled code: right distributions, streams that repeat."""

import numpy as np
import pytest
from scipy import stats

from skinterpret.search.evolution.generator import make_state

from .compiled import draw


def test_uniform_numbers_are_uniform():
    assert stats.kstest(draw("uniform", 20_000), "uniform").pvalue > 1e-3


def test_normal_numbers_are_normal():
    assert stats.kstest(draw("normal", 20_000), "norm").pvalue > 1e-3


def test_integers_come_equally_often():
    _, counts = np.unique(draw("integer", 21_000, n=7), return_counts=True)
    assert len(counts) == 7
    assert stats.chisquare(counts).pvalue > 1e-3


def test_choices_follow_their_weights():
    drawn = draw("choice", 20_000, weights=[1.0, 0.0, 3.0])
    assert set(drawn) == {0.0, 2.0}
    assert (drawn == 2).mean() == pytest.approx(0.75, abs=0.02)


def test_the_same_seed_repeats_the_stream_and_another_does_not():
    np.testing.assert_array_equal(draw("uniform", 100, seed=3), draw("uniform", 100, seed=3))
    assert not np.intersect1d(draw("uniform", 1000, seed=3), draw("uniform", 1000, seed=4)).size


def test_each_island_and_epoch_has_a_stream_of_its_own():
    states = {int(make_state(0, island, epoch)[0]) for island in range(20) for epoch in range(20)}
    assert len(states) == 400

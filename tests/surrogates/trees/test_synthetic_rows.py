"""Synthetic rows: where they fall and what they weigh."""

import numpy as np
import pytest

from skinterpret.surrogates.trees.synthetic_rows import add_synthetic_rows

RNG = np.random.default_rng(0)
FIRST = RNG.normal(size=300)
X = np.column_stack(
    [FIRST, RNG.uniform(5, 6, 300), RNG.integers(0, 3, 300), FIRST + 0.1 * RNG.normal(size=300)]
)


def answer(rows):
    return np.where(rows[:, 0] + rows[:, 1] > 5.5, "yes", "no")


def draw(rows=X, n_synthetic=5000):
    return add_synthetic_rows(rows, answer, n_synthetic=n_synthetic, rng=np.random.RandomState(0))


def test_training_rows_come_first_and_the_network_answers_all():
    sample = draw()
    np.testing.assert_array_equal(sample.X[: sample.n_training], X)
    assert len(sample.X) == 5300
    np.testing.assert_array_equal(sample.answers, answer(sample.X))
    assert len(draw(n_synthetic=0).X) == len(X)


def test_rows_stay_in_the_box_of_the_data_and_whole_numbers_stay_whole():
    sample = draw()
    assert (X.min(axis=0) <= sample.X).all()
    assert (X.max(axis=0) >= sample.X).all()
    assert set(sample.X[:, 2]) == {0, 1, 2}
    assert len(np.unique(sample.X[300:, 0])) > 500


@pytest.mark.parametrize(("n_synthetic", "share"), [(5000, 1 / 2), (100, 3 / 4), (0, 1)])
def test_no_synthetic_row_counts_more_than_a_training_row_nor_all_of_them(n_synthetic, share):
    weights = draw(n_synthetic=n_synthetic).weights
    assert weights.sum() == pytest.approx(300)
    assert weights[:300].sum() == pytest.approx(300 * share)


def test_inputs_that_depend_on_each_other_do_so_in_synthetic_rows():
    new = draw().X[300:]
    np.testing.assert_allclose(np.corrcoef(new.T), np.corrcoef(X.T), atol=0.05)
    apart = np.abs(new[:, 0] - new[:, 3])
    assert np.quantile(apart, 0.99) < 2 * np.quantile(np.abs(X[:, 0] - X[:, 3]), 0.99)


def test_marginals_follow_the_training_rows():
    new = draw().X[300:]
    np.testing.assert_allclose(new.mean(axis=0), X.mean(axis=0), atol=0.06)
    np.testing.assert_allclose(new.std(axis=0), X.std(axis=0), rtol=0.15)


@pytest.mark.parametrize("rows", [X[:1], X[:, [2]], np.repeat(X[:1], 9, axis=0)])
def test_rows_without_spread_are_repeated(rows):
    new = add_synthetic_rows(rows, lambda r: r[:, 0], n_synthetic=20, rng=np.random.RandomState(0)).X
    assert np.isin(new, rows).all()

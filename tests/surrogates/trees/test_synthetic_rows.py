"""Synthetic rows: where they fall and what they weigh."""

import numpy as np
import pytest
from scipy.stats import ks_2samp
from sklearn.tree import DecisionTreeClassifier

from skinterpret.surrogates.trees.synthetic_rows import add_synthetic_rows, draw_like

RNG = np.random.default_rng(0)
FIRST = RNG.normal(size=300)
X = np.column_stack(
    [FIRST, RNG.uniform(5, 6, 300), RNG.integers(0, 3, 300), FIRST + 0.1 * RNG.normal(size=300)]
)
SPLIT = 1.5  # of the first input, far from the middle


def answer(rows):
    return np.where(rows[:, 0] > SPLIT, "yes", "no")


def grow(sample, **limits):
    tree = DecisionTreeClassifier(random_state=0, **limits)
    return tree.fit(sample.X, sample.answers, sample_weight=sample.weights)


def draw(rows=X, *, answer=answer, grow=grow, n_synthetic=5000, min_samples_node=200):
    rng = np.random.RandomState(0)
    return add_synthetic_rows(
        rows, answer, grow, n_synthetic=n_synthetic, min_samples_node=min_samples_node, rng=rng
    )


def share_in_small_leaves(sample, min_samples_node):
    leaves = grow(sample).apply(sample.X)
    is_small = np.bincount(leaves)[leaves] < min_samples_node
    return sample.weights[is_small].sum() / sample.weights.sum()


def test_training_rows_come_first_and_the_network_answers_all():
    sample = draw()
    np.testing.assert_array_equal(sample.X[: sample.n_training], X)
    assert sample.n_training == len(X)
    np.testing.assert_array_equal(sample.answers, answer(sample.X))
    assert len(draw(n_synthetic=0).X) == len(X)


@pytest.mark.parametrize("min_samples_node", [20, 200])
def test_as_many_are_drawn_as_it_takes_to_fill_the_leaves(min_samples_node):
    assert share_in_small_leaves(draw(n_synthetic=0), min_samples_node) > 0.05
    sample = draw(min_samples_node=min_samples_node)
    # but for slivers at the boundary, into which hardly a draw falls
    assert share_in_small_leaves(sample, min_samples_node) < 0.01
    assert len(sample.X) - len(X) < 5000


def test_leaves_that_hold_enough_get_none():
    assert len(draw(min_samples_node=1).X) == len(X)


def test_no_more_are_drawn_than_allowed():
    assert len(draw(n_synthetic=100).X) == len(X) + 100


def test_they_follow_the_distribution_of_the_training_rows_within_the_leaf():
    """In the one leaf on the far side of a split, as in the joint density conditional on that side."""
    rows = np.vstack([X] * 4)

    def split_once(sample):
        return grow(sample, max_leaf_nodes=2)

    sample = draw(rows, grow=split_once, n_synthetic=4000, min_samples_node=1000)
    new = sample.X[len(rows) :]
    assert (new[:, 0] > 1).all()  # the other leaf has more than 1000 training rows
    assert len(new) > 500
    everywhere = draw_like(rows, 200_000, np.random.RandomState(1))
    expected = everywhere[everywhere[:, 0] > new[:, 0].min()]
    for column in range(X.shape[1]):
        assert ks_2samp(new[:, column], expected[:, column]).pvalue > 1e-3


def test_new_rows_share_the_weight_of_their_leaf_and_half_of_all_stays_with_training_rows():
    sample = draw()
    assert sample.weights.sum() == pytest.approx(300)
    assert sample.weights[:300].min() >= 1 / 2
    leaves = grow(draw(n_synthetic=0)).apply(sample.X)  # the two sides of the split
    share = np.bincount(leaves[:300]) / 300
    np.testing.assert_allclose(np.bincount(leaves, sample.weights) / 300, share, atol=0.02)
    assert draw(n_synthetic=0).weights == pytest.approx(1)


def test_rows_stay_in_the_box_of_the_data_and_whole_numbers_stay_whole():
    sample = draw()
    assert (X.min(axis=0) <= sample.X).all()
    assert (X.max(axis=0) >= sample.X).all()
    assert set(sample.X[:, 2]) == {0, 1, 2}
    assert len(np.unique(sample.X[300:, 0])) > 100


def test_inputs_that_depend_on_each_other_do_so_in_rows_that_are_drawn():
    new = draw_like(X, 5000, np.random.RandomState(0))
    np.testing.assert_allclose(np.corrcoef(new.T), np.corrcoef(X.T), atol=0.05)
    apart = np.abs(new[:, 0] - new[:, 3])
    assert np.quantile(apart, 0.99) < 2 * np.quantile(np.abs(X[:, 0] - X[:, 3]), 0.99)


def test_marginals_follow_the_training_rows():
    new = draw_like(X, 5000, np.random.RandomState(0))
    np.testing.assert_allclose(new.mean(axis=0), X.mean(axis=0), atol=0.06)
    np.testing.assert_allclose(new.std(axis=0), X.std(axis=0), rtol=0.15)


@pytest.mark.parametrize("rows", [X[:1], X[:, [2]], np.repeat(X[:1], 9, axis=0)])
def test_rows_without_spread_are_repeated(rows):
    new = draw(rows, answer=lambda r: r[:, 0].astype(str), n_synthetic=20).X
    assert np.isin(new, rows).all()

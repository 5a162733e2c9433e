"""Synthetic rows: where they fall and what they weigh."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from skinterpret.surrogates.trees.node_rows import add_synthetic_rows, leaf_boxes

RNG = np.random.default_rng(0)
X = np.column_stack([RNG.normal(size=300), RNG.uniform(5, 6, 300), RNG.integers(0, 3, 300)])


def answer(rows):
    return np.where(rows[:, 0] + rows[:, 1] > 5.5, "yes", "no")


def grow(sample):
    return DecisionTreeClassifier(random_state=0).fit(sample.X, sample.answers, sample.weights)


def draw(n_synthetic=1000, min_samples_node=50, seed=0):
    return add_synthetic_rows(
        X,
        answer,
        grow,
        n_synthetic=n_synthetic,
        min_samples_node=min_samples_node,
        rng=np.random.RandomState(seed),
    )


def test_training_rows_come_first_and_the_network_answers_all():
    sample = draw()
    np.testing.assert_array_equal(sample.X[:300], X)
    assert 300 < len(sample.X) <= 1300
    np.testing.assert_array_equal(sample.answers, answer(sample.X))


def test_rows_stay_in_the_box_of_the_data_and_whole_numbers_stay_whole():
    sample = draw()
    assert (X.min(axis=0) <= sample.X).all()
    assert (X.max(axis=0) >= sample.X).all()
    assert set(sample.X[:, 2]) == {0, 1, 2}
    assert len(np.unique(sample.X[300:, 0])) > 500


def test_no_region_gains_weight():
    sample = draw()
    assert sample.weights.sum() == pytest.approx(300)
    first = grow(draw(n_synthetic=0))
    before = np.bincount(first.apply(X), minlength=first.tree_.node_count)
    # later rounds cut other leaves, of which some lie across these
    after = np.bincount(first.apply(sample.X), sample.weights, minlength=first.tree_.node_count)
    assert np.abs(after - before).sum() < 0.1 * 300


def test_rows_are_drawn_only_where_there_are_few():
    assert len(draw(min_samples_node=1).X) == 300
    sample = draw(n_synthetic=200, min_samples_node=60)
    tree = grow(draw(n_synthetic=0))
    many = np.flatnonzero(np.bincount(tree.apply(X)) >= 60)
    first_round = sample.X[300:340]
    assert not np.isin(tree.apply(first_round), many).any()


def test_boxes_are_those_of_the_rows_that_come_to_a_node():
    tree = grow(draw(n_synthetic=0))
    low, high = leaf_boxes(tree.tree_, X.min(axis=0), X.max(axis=0))
    path = tree.decision_path(X).toarray().astype(bool)
    inside = ((X[:, None] >= low) & (X[:, None] <= high)).all(axis=2)
    assert inside[path].all()
    assert (inside == path).mean() > 0.99


def test_marginals_follow_the_training_rows():
    sample = draw(n_synthetic=5000, min_samples_node=10_000)
    np.testing.assert_allclose(
        np.average(sample.X, axis=0, weights=sample.weights), X.mean(axis=0), atol=0.05
    )
    spread = np.sqrt(np.cov(sample.X.T, aweights=sample.weights).diagonal())
    np.testing.assert_allclose(spread, X.std(axis=0), rtol=0.15)

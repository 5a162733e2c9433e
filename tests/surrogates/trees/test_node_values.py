"""Answers of nodes are those of training rows, where there are enough."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skinterpret.surrogates.trees.node_values import ENOUGH, answer_as_training_rows
from skinterpret.surrogates.trees.synthetic_rows import Sample

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (400, 2))
N_TRAINING = 60


def sample_of(answers):
    return Sample(X, answers, np.ones(len(X)), N_TRAINING)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_values_are_means_of_training_rows(n_outputs):
    answers = np.column_stack([X[:, 0] * X[:, 1] + (np.arange(400) >= N_TRAINING)] * n_outputs).squeeze()
    tree = DecisionTreeRegressor(max_leaf_nodes=30, random_state=0).fit(X, answers)
    before = tree.tree_.value.copy()
    answer_as_training_rows(tree, sample_of(answers))
    path = tree.decision_path(X[:N_TRAINING]).toarray().astype(bool)
    enough = path.sum(axis=0) >= ENOUGH
    assert 1 < enough.sum() < len(enough)
    for node in np.flatnonzero(enough):
        expected = answers[:N_TRAINING][path[:, node]].mean(axis=0)
        np.testing.assert_allclose(tree.tree_.value[node, :, 0], expected)
    np.testing.assert_array_equal(tree.tree_.value[~enough], before[~enough])


def test_classes_are_the_most_frequent_of_training_rows():
    answers = np.where(np.arange(400) < N_TRAINING, "a", "b")
    tree = DecisionTreeClassifier(max_depth=1, random_state=0).fit(X, answers)
    assert set(tree.predict(X)) == {"b"}
    answer_as_training_rows(tree, sample_of(answers))
    assert set(tree.predict(X)) == {"a"}
    np.testing.assert_allclose(tree.predict_proba(X).sum(axis=1), 1)

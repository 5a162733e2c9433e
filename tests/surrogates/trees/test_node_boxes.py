"""The box of each node."""

import numpy as np
from sklearn.tree import DecisionTreeClassifier

from skinterpret.surrogates.trees.node_boxes import leaf_boxes


def test_boxes_are_those_of_the_rows_that_come_to_a_node():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=300), rng.uniform(5, 6, 300), rng.integers(0, 3, 300)])
    tree = DecisionTreeClassifier(random_state=0).fit(X, X[:, 0] + X[:, 1] > 5.5)
    low, high = leaf_boxes(tree.tree_, X.min(axis=0), X.max(axis=0))
    path = tree.decision_path(X).toarray().astype(bool)
    inside = ((X[:, None] >= low) & (X[:, None] <= high)).all(axis=2)
    assert inside[path].all()
    assert (inside == path).mean() > 0.99

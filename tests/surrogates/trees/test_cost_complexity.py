"""Prices at which nodes collapse; scikit-learn's own pruning is the judge."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skinterpret.surrogates.trees.cost_complexity import candidate_alphas, collapse_prices, pruned_leaves

CASES = [
    (DecisionTreeClassifier(random_state=0), load_breast_cancer(return_X_y=True)),
    (DecisionTreeClassifier(max_leaf_nodes=12, random_state=0), load_breast_cancer(return_X_y=True)),
    (DecisionTreeRegressor(random_state=0), load_diabetes(return_X_y=True)),
]


@pytest.mark.parametrize(("tree", "data"), CASES)
def test_one_tree_predicts_as_scikit_learn_does_after_pruning_at_each_price(tree, data):
    X, y = data
    weight = np.random.default_rng(0).uniform(0.5, 1.5, len(X))
    full = tree.fit(X, y, sample_weight=weight).tree_
    prices, leaves = collapse_prices(full), tree.apply(X)
    values = full.value[:, 0, :]
    for alpha in candidate_alphas(full)[1:]:
        params = tree.get_params() | {"ccp_alpha": alpha}
        pruned = type(tree)(**params).fit(X, y, sample_weight=weight)
        ours = values[pruned_leaves(full, prices, leaves, alpha)]
        np.testing.assert_allclose(ours, pruned.tree_.value[pruned.apply(X), 0, :])


@pytest.mark.parametrize(("tree", "data"), CASES)
def test_prices_are_those_of_scikit_learns_path(tree, data):
    X, y = data
    path = tree.cost_complexity_pruning_path(X, y)
    prices = collapse_prices(tree.fit(X, y).tree_)
    ours = np.unique(prices[prices > 1e-12])
    theirs = np.unique(path.ccp_alphas[path.ccp_alphas > 1e-12])
    np.testing.assert_allclose(ours[-20:], theirs[-20:], rtol=1e-6)


def test_candidates_run_from_the_full_tree_to_the_root():
    X, y = load_diabetes(return_X_y=True)
    tree = DecisionTreeRegressor(random_state=0).fit(X, y).tree_
    alphas = candidate_alphas(tree)
    assert alphas[0] == 0
    assert (np.diff(alphas) > 0).all()
    prices = collapse_prices(tree)
    root = pruned_leaves(tree, prices, tree.apply(X.astype(np.float32)), alphas[-1])
    assert (root == 0).all()


def test_a_tree_without_splits_has_one_candidate():
    tree = DecisionTreeClassifier().fit([[0.0], [1.0]], [1, 1]).tree_
    assert candidate_alphas(tree).tolist() == [0]

"""The picture of a tree is that of the chosen tree, in its owner's words."""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skinterpret import PrunedSurrogate, TreeSurrogate, TreeSurrogateRegressor
from skinterpret.displays import TreeDisplay
from skinterpret.displays.tree import _in_training_rows

NAMES = ["sepal", "a_b", "cost $x$", "<script>"]
CLASSES = np.array(["$a$", "<b>", "c_d"])
SETTINGS = {"solver": "lbfgs", "alpha": 1.0, "max_iter": 5000, "random_state": 0}
QUICK = {"n_synthetic": 300, "n_resamples": 2, "random_state": 0}


@pytest.fixture(scope="module", name="X")
def make_rows():
    return load_iris(as_frame=True).data.set_axis(NAMES, axis=1)


@pytest.fixture(scope="module")
def surrogate(X):
    network = make_pipeline(StandardScaler(), MLPClassifier((5,), **SETTINGS))
    return TreeSurrogate(network, selection="best", **QUICK).fit(X, CLASSES[load_iris().target])


@pytest.fixture(scope="module")
def regressor(X):
    network = MLPRegressor(hidden_layer_sizes=(5,), **SETTINGS)
    return TreeSurrogateRegressor(network, max_depth=3, **QUICK).fit(X, X["cost $x$"] * X["<script>"])


def nodes(display):
    return [text for text in display.annotations_ if text.get_bbox_patch() is not None]


def whole(surrogate):
    return TreeDisplay.from_estimator(surrogate, max_depth=surrogate.tree_.get_depth())


def texts(display):
    return [text.get_text().replace(r"\$", "$") for text in nodes(display)]


@pytest.mark.parametrize("kind", ["surrogate", "regressor"])
def test_every_node_of_the_chosen_tree_is_drawn_with_its_condition_in_raw_units(kind, request):
    surrogate = request.getfixturevalue(kind)
    tree = surrogate.tree_.tree_
    drawn = texts(whole(surrogate))
    assert len(drawn) == tree.node_count
    conditions = {
        f"{NAMES[feature]} <= {round(threshold, 4)}"
        for feature, threshold in zip(tree.feature, tree.threshold, strict=True)
        if feature >= 0
    }
    assert {text.split("\n")[0] for text in drawn if "<=" in text} == conditions
    for feature, threshold in zip(tree.feature, tree.threshold, strict=True):
        if feature >= 0:
            column = surrogate.network_.feature_names.index(NAMES[feature])
            assert 0 < threshold < load_iris().data[:, column].max()


@pytest.mark.parametrize("kind", ["surrogate", "regressor"])
def test_every_node_tells_the_share_of_the_training_rows_that_come_to_it(kind, request, X):
    surrogate = request.getfixturevalue(kind)
    path = surrogate.tree_.decision_path(surrogate._rows(X)).toarray()
    assert surrogate.n_synthetic_ > 0
    drawn = [float(text.split("samples = ")[1].split("%")[0]) for text in texts(whole(surrogate))]
    assert sorted(drawn) == sorted(np.round(100 * path.mean(axis=0), 1))
    leaves = [text for text in texts(whole(surrogate)) if "<=" not in text]
    told = [float(text.split("samples = ")[1].split("%")[0]) for text in leaves]
    assert sorted(told) == sorted((100 * surrogate.rules_["share"]).round(1))


def test_counts_are_of_training_rows_when_they_are_asked_for(surrogate):
    before = surrogate.tree_.tree_.n_node_samples.copy()
    display = TreeDisplay.from_estimator(surrogate, tree_kw={"proportion": False})
    root = texts(display)[0]
    assert "samples = 150\n" in root
    counted = [float(number) for number in root.split("value = [")[1].split("]")[0].split(",")]
    assert sum(counted) == pytest.approx(150)
    np.testing.assert_array_equal(surrogate.tree_.tree_.n_node_samples, before)  # a copy is drawn


def test_a_leaf_without_training_rows_keeps_its_class(surrogate):
    tree, counts = surrogate.tree_, surrogate._node_counts
    empty = _in_training_rows(tree, np.where(tree.tree_.children_left < 0, 0, counts))
    display = TreeDisplay(tree=empty, feature_names=NAMES, class_names=sorted(CLASSES))
    for settings in ({}, {"proportion": False}):
        drawn = texts(display.plot(max_depth=tree.get_depth(), tree_kw=settings))
        expected = tree.classes_[tree.tree_.value[:, 0, :].argmax(axis=1)]
        assert sorted(text.split("class = ")[1] for text in drawn) == sorted(expected)


def test_each_node_names_its_class(surrogate):
    values = surrogate.tree_.tree_.value[:, 0, :]
    expected = sorted(surrogate.tree_.classes_[values.argmax(axis=1)])
    drawn = [text.split("class = ")[1] for text in texts(whole(surrogate))]
    assert sorted(drawn) == expected


def test_names_are_drawn_as_they_are(surrogate, drawn_texts):
    lines = drawn_texts(whole(surrogate).figure_)
    used = {NAMES[feature] for feature in surrogate.tree_.tree_.feature if feature >= 0}
    assert {"cost $x$", "<script>"} & used
    for name in used:
        assert [line for line in lines if line.startswith(f"{name} <= ")]
    for name in CLASSES:
        assert f"class = {name}" in lines


def test_another_choice_is_another_picture(surrogate):
    n_nodes = len(nodes(TreeDisplay.from_estimator(surrogate)))
    display = TreeDisplay.from_estimator(surrogate)
    chosen = surrogate.selection
    try:
        surrogate.select(1)
        assert len(nodes(TreeDisplay.from_estimator(surrogate))) == surrogate.tree_.tree_.node_count < n_nodes
    finally:
        surrogate.select(chosen)
    assert len(nodes(display.plot())) == n_nodes


def test_what_lies_below_max_depth_is_left_out_and_said_to_be(surrogate):
    assert surrogate.tree_.get_depth() > 1
    drawn = texts(TreeDisplay.from_estimator(surrogate, max_depth=0))
    assert [text.strip() for text in drawn[1:]] == ["(...)", "(...)"]


@pytest.mark.filterwarnings("ignore::skinterpret.exceptions.UnfaithfulTreeWarning")
def test_a_network_that_gives_one_class_only_is_a_lone_leaf(X):
    network = MLPClassifier((2,), solver="lbfgs", alpha=1e4, max_iter=5000, random_state=0)
    labels = np.where(np.arange(150) < 100, "yes", "no")
    surrogate = TreeSurrogate(network, **QUICK).fit(X, labels)
    assert surrogate.tree_.tree_.node_count == 1
    display = TreeDisplay.from_estimator(surrogate)
    assert len(nodes(display)) == 1
    display.figure_.canvas.draw()


def test_axes_and_settings_that_are_given_are_used(surrogate):
    _, ax = plt.subplots()
    display = TreeDisplay.from_estimator(surrogate, ax=ax, tree_kw={"impurity": True, "node_ids": True})
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert "gini = " in texts(display)[0]
    assert "node #0" in texts(display)[0]


def test_a_node_is_as_readable_in_a_large_tree_as_in_a_small_one(surrogate):
    small, large = (
        TreeDisplay.from_estimator(surrogate, max_depth=depth).figure_.get_size_inches()
        for depth in (0, None)
    )
    assert (large > small).all()


@pytest.fixture(scope="module")
def large(X):
    """A tree that no screen holds."""
    network = make_pipeline(StandardScaler(), MLPClassifier((20,), solver="lbfgs", alpha=1e-3, max_iter=3000))
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(rng.uniform(-1, 1, (800, 4)), columns=NAMES)
    labels = CLASSES[(np.digitize(np.sin(4 * rows.prod(axis=1) * 8), [-0.3, 0.3]))]
    settings = QUICK | {"n_synthetic": 1000}
    return TreeSurrogate(network.set_params(mlpclassifier__random_state=0), selection="best", **settings).fit(
        rows, labels
    )


def test_a_large_tree_is_drawn_as_deep_as_one_screen_can_show_and_says_so(large):
    depth = large.tree_.get_depth()
    display = TreeDisplay.from_estimator(large)
    assert (display.figure_.get_size_inches() <= (14, 9)).all()
    display.figure_.canvas.draw()
    assert min(text.get_fontsize() for text in display.annotations_) >= 6
    shown = int(display.ax_.get_title().split("drawn to depth ")[1].split(" ")[0])
    assert display.ax_.get_title() == f"drawn to depth {shown} of {depth}; (...) stands for what lies below"
    assert 1 <= shown < depth
    one_more = TreeDisplay.from_estimator(
        large, max_depth=shown + 1, ax=plt.figure(figsize=(14, 9)).subplots()
    )
    assert min(text.get_fontsize() for text in one_more.annotations_) < 6
    assert whole(large).ax_.get_title() == ""
    assert len(nodes(whole(large))) == large.tree_.tree_.node_count


def test_an_array_of_axes_is_refused_with_the_mend(surrogate):
    _, axes = plt.subplots(1, 2)
    with pytest.raises(
        TypeError, match=r"draws on one Axes, but ax is a ndarray; pass one of several, as axes\[0\]"
    ):
        TreeDisplay.from_estimator(surrogate, ax=axes)


def test_on_axes_that_are_given_the_tree_is_as_deep_as_can_be_read_there(large):
    _, (left, right) = plt.subplots(1, 2, figsize=(24, 6), width_ratios=[1, 5])
    drawn = [len(nodes(TreeDisplay.from_estimator(large, ax=ax))) for ax in (left, right)]
    assert drawn[0] < drawn[1]


@pytest.mark.parametrize(
    ("depth", "error"), [(-1, ValueError), (1.5, TypeError), ("deep", TypeError)], ids=str
)
def test_a_depth_that_is_none_is_refused_before_drawing(surrogate, depth, error):
    with pytest.raises(error, match="max_depth"):
        TreeDisplay.from_estimator(surrogate, max_depth=depth)
    assert plt.get_fignums() == []


def test_what_holds_no_tree_is_refused_before_drawing(X):
    with pytest.raises(NotFittedError):
        TreeDisplay.from_estimator(TreeSurrogate())
    with pytest.raises(TypeError, match=r"draw a tree of your own with sklearn\.tree\.plot_tree"):
        TreeDisplay.from_estimator(DecisionTreeClassifier().fit(X, load_iris().target))
    network = MLPClassifier((3,), **SETTINGS)
    pruned = PrunedSurrogate(network, refit=False, random_state=0).fit(X, load_iris().target)
    with pytest.raises(TypeError, match="has no attribute tree_"):
        TreeDisplay.from_estimator(pruned)
    assert plt.get_fignums() == []


def test_a_missing_matplotlib_is_said_in_a_sentence(monkeypatch, surrogate):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"skinterpret\[plot\]"):
        TreeDisplay.from_estimator(surrogate)

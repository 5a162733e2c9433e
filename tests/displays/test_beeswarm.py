"""A swarm stands where the attributions are, and is coloured by the values of the inputs."""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from skinterpret.displays import BeeswarmDisplay, SaliencyDisplay

NAMES = ["cost $x$", "<script>alert(1)</script>", "a_b"]


@pytest.fixture(name="X")
def make_rows():
    return pd.DataFrame(np.random.default_rng(0).lognormal(size=(60, 3)), columns=NAMES)


@pytest.fixture
def attributions(X):
    return (X - X.mean()) * [0.5, -3.0, 1.0]


def offsets(display):
    return {name: points.get_offsets() for name, points in zip(names(display), display.points_, strict=True)}


def names(display):
    return list(display.attributions.columns)


def test_points_stand_at_the_attributions(attributions, X):
    for name, points in offsets(BeeswarmDisplay.from_attributions(attributions, X)).items():
        np.testing.assert_array_equal(points[:, 0], attributions[name])


def test_the_largest_mean_size_is_on_top(attributions, X):
    display = BeeswarmDisplay.from_attributions(attributions, X)
    assert names(display) == sorted(NAMES, key=lambda name: -attributions[name].abs().mean())
    centres = [points[:, 1].mean() for points in offsets(display).values()]
    on_screen = display.ax_.transData.transform(np.column_stack([np.zeros(3), centres]))[:, 1]
    assert (np.diff(on_screen) < 0).all()


def test_an_importance_that_is_given_decides_the_order(attributions, X):
    display = BeeswarmDisplay.from_attributions(attributions, X, importance=[2.0, 1.0, 3.0], max_features=2)
    assert names(display) == [NAMES[2], NAMES[0]]
    shuffled = pd.Series([1.0, 3.0, 2.0], index=[NAMES[1], NAMES[2], NAMES[0]])
    display = BeeswarmDisplay.from_attributions(attributions, X, importance=shuffled)
    assert names(display) == [NAMES[2], NAMES[0], NAMES[1]]


def test_colours_go_by_the_rank_of_the_value(attributions, X):
    display = BeeswarmDisplay.from_attributions(attributions, X)
    for name, points in zip(names(display), display.points_, strict=True):
        np.testing.assert_allclose(points.get_array(), (rankdata(X[name]) - 1) / (len(X) - 1))
    stretched = BeeswarmDisplay.from_attributions(attributions, np.exp(X))
    pd.testing.assert_frame_equal(stretched.ranks, display.ranks)


def test_equal_values_share_a_colour_and_a_constant_has_the_middle_one():
    X = pd.DataFrame({"binary": [0, 0, 1, 1], "constant": [5, 5, 5, 5]})
    attributions = pd.DataFrame({"binary": [-1.0, -2.0, 1.0, 2.0], "constant": [0.0, 0.0, 0.0, 0.0]})
    ranks = BeeswarmDisplay.from_attributions(attributions, X).ranks
    assert ranks["binary"].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert ranks["constant"].tolist() == [0.5] * 4


@pytest.mark.parametrize("n_rows", [2, 7, 400])
def test_rows_of_one_attribution_lie_above_one_another_the_highest_value_on_top(n_rows):
    X = pd.DataFrame({"dose": np.random.default_rng(1).permutation(n_rows)})
    attributions = pd.DataFrame({"dose": np.full(n_rows, 0.3)})
    points = BeeswarmDisplay.from_attributions(attributions, X).points_[0].get_offsets()
    upwards = points[np.argsort(X["dose"]), 1]
    assert (np.diff(upwards) < 0).all()  # the axis points down
    np.testing.assert_allclose(upwards, -upwards[::-1], atol=1e-12)
    assert np.abs(upwards).max() < 0.5


def test_of_many_rows_a_repeatable_part_is_shown(attributions, X):
    first, second = (BeeswarmDisplay.from_attributions(attributions, X, max_rows=20) for _ in range(2))
    pd.testing.assert_frame_equal(first.attributions, second.attributions)
    pd.testing.assert_frame_equal(first.attributions, attributions.loc[first.ranks.index, names(first)])
    assert len(first.attributions) == 20
    # ranks are those among all rows
    whole = BeeswarmDisplay.from_attributions(attributions, X).ranks
    pd.testing.assert_frame_equal(first.ranks, whole.loc[first.ranks.index])


def test_names_are_drawn_as_they_are(attributions, X, drawn_texts):
    assert set(NAMES) <= set(drawn_texts(BeeswarmDisplay.from_attributions(attributions, X).figure_))


def test_axes_and_settings_that_are_given_are_used(attributions, X):
    _, ax = plt.subplots()
    display = BeeswarmDisplay.from_attributions(
        attributions, X, ax=ax, colorbar=False, points_kw={"marker": "D"}
    )
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert display.colorbar_ is None
    assert len(ax.figure.axes) == 1


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"attributions": np.zeros(60)}, TypeError, "takes a DataFrame"),
        ({"X": np.zeros((59, 3))}, ValueError, "59 rows, but there are attributions of 60"),
        ({"X": np.zeros((60, 2))}, ValueError, "2 features"),
        ({"X": pd.DataFrame(np.zeros((60, 3)), columns=[*"abc"])}, ValueError, "X has the columns"),
        ({"X": pd.DataFrame(np.zeros((60, 3)), range(60, 0, -1), NAMES)}, ValueError, "not the same index"),
        ({"importance": [1.0, 2.0]}, ValueError, "importance must be 3 finite numbers"),
        ({"importance": [1.0, np.nan, 2.0]}, ValueError, "importance must be 3 finite numbers"),
        ({"max_features": 0}, ValueError, "max_features"),
        ({"max_rows": 2.5}, TypeError, "max_rows"),
    ],
)
def test_what_does_not_go_together_is_refused_before_drawing(attributions, X, change, error, message):
    arguments = {"attributions": attributions, "X": X, **change}
    with pytest.raises(error, match=message):
        BeeswarmDisplay.from_attributions(**arguments)
    assert plt.get_fignums() == []


def test_attributions_that_are_not_finite_are_refused(attributions, X):
    attributions.iloc[3, 1] = np.inf
    with pytest.raises(ValueError, match="not finite"):
        BeeswarmDisplay.from_attributions(attributions, X)


def test_a_missing_matplotlib_is_said_in_a_sentence(monkeypatch, attributions, X):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"skinterpret\[plot\]"):
        BeeswarmDisplay.from_attributions(attributions, X)


def test_arrays_get_the_names_of_inputs_without_names():
    values = np.array([[0.1, -2.0], [0.2, 1.0], [0.3, 0.5]])
    display = BeeswarmDisplay.from_attributions(values, values)
    assert list(display.attributions.columns) == ["x1", "x0"]
    assert SaliencyDisplay.from_attributions(values).importance.index.tolist() == ["x1", "x0"]


def test_categories_have_no_rank_and_numbers_keep_theirs(attributions, X):
    first, *others = X.columns
    mixed = X.assign(**{first: np.where(X[first] > 0, "high", "low")})
    ranks = BeeswarmDisplay.from_attributions(attributions, mixed).ranks
    assert (ranks[first] == 0.5).all()
    expected = BeeswarmDisplay.from_attributions(attributions, X).ranks[others]
    pd.testing.assert_frame_equal(ranks[others], expected)

"""Pictures of networks that take categories: names and values are those of the raw columns."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skinterpret import OneHotProbe, TreeSurrogate
from skinterpret.displays import BoundaryDisplay, TreeDisplay


@pytest.fixture(scope="module", name="cars")
def make_cars():
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "colour of car": rng.choice(["red", "green", "blue"], 300, p=[0.2, 0.3, 0.5]),
            "siz€": rng.normal(15, 4, 300),
            "doors": rng.integers(2, 6, 300),
            "cat": pd.Categorical(rng.choice(["u", "v"], 300)),
            "const": 1.0,
        }
    )


def fitted(cars):
    categories = cars.select_dtypes(exclude="number").columns
    first = make_column_transformer((OneHotEncoder(), categories), remainder=StandardScaler())
    network = make_pipeline(first, MLPClassifier((8,), solver="lbfgs", alpha=0.1, random_state=0))
    sold = cars["cat"] == "v"
    if "colour of car" in cars:
        sold = (sold & (cars["siz€"] > 14)) | (cars["colour of car"] == "red")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(cars, sold.to_numpy())


@pytest.fixture(scope="module", name="network")
def make_network(cars):
    return fitted(cars)


def tree_of(network, cars):
    settings = {"n_synthetic": 300, "cv": 2, "n_resamples": 2, "random_state": 0}
    return TreeSurrogate(FrozenEstimator(network), **settings).fit(cars)


@pytest.fixture(scope="module", name="tree")
def make_tree(network, cars):
    return tree_of(network, cars)


@pytest.mark.parametrize(
    "columns",
    [["colour of car", "siz€", "doors", "cat", "const"], ["siz€", "cat"]],  # the last: as many behind
    ids=len,
)
def test_a_tree_is_drawn_with_the_splits_of_its_text(cars, columns):
    cars = cars[columns]
    tree = tree_of(fitted(cars), cars)
    display = TreeDisplay.from_estimator(tree, max_depth=tree.tree_.get_depth())
    written = re.findall(r"--- (.*) (?:<= |is not )", tree.export_text())
    drawn = [text.get_text().split(" <= ")[0] for text in display.annotations_ if " <= " in text.get_text()]
    indicated = dict(zip(tree.encoder_.names, tree.encoder_.indicated, strict=True))
    drawn = [name if indicated[name] is None else indicated[name][0] for name in drawn]
    assert len(written) > 0
    assert sorted(drawn) == sorted(written)


NUMBERS = ["siz€", "doors"]


def boundary(estimator, cars, **settings):
    return BoundaryDisplay.from_estimator(estimator, cars, NUMBERS, grid_resolution=20, **settings)


def on_the_grid(display, cars, row):
    """The grid as a user would write it down: one row for each point, all else as in the row."""
    frame = pd.DataFrame([row] * display.xx0.size, columns=cars.columns).infer_objects()
    return frame.assign(**{"siz€": display.xx0.ravel(), "doors": display.xx1.ravel()})


def check_against_the_pipeline(display, network, cars, row):
    grid = on_the_grid(display, cars, row)
    expected = network.predict_proba(grid).T.reshape(display.probability.shape)
    np.testing.assert_allclose(display.probability, expected, atol=1e-8)
    return grid


def usual(cars):
    numbers = cars.select_dtypes("number").median()
    return {**numbers, "colour of car": "blue", "cat": cars["cat"].mode()[0]}


def test_categories_stand_at_the_most_frequent_one_and_numbers_at_their_median(tree, network, cars):
    display = boundary(tree, cars)
    grid = check_against_the_pipeline(display, network, cars, usual(cars))
    np.testing.assert_array_equal(display.surrogate_margin[0].ravel() > 0, tree.predict(grid))
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == tuple(NUMBERS)
    display.figure_.canvas.draw()


@pytest.mark.parametrize("kind", ["pipeline", "probe", "array"])
def test_whatever_takes_categories_is_drawn(network, cars, kind):
    if kind == "pipeline":
        estimator, X = network, cars
    elif kind == "probe":
        estimator, X = OneHotProbe(FrozenEstimator(network)).fit(cars), cars
    else:
        estimator, X = tree_of(network, cars), cars.to_numpy(dtype=object)
    check_against_the_pipeline(boundary(estimator, X), network, cars, usual(cars))


@pytest.mark.parametrize("form", [dict, lambda row: row, lambda row: row.to_frame().T])
def test_others_may_stand_where_a_row_does(tree, network, cars, form):
    row = cars.iloc[cars.index[cars["colour of car"] == "red"][0]]
    display = boundary(tree, cars, others=form(row))
    check_against_the_pipeline(display, network, cars, row)


def test_some_others_may_be_given_a_category(tree, network, cars):
    display = boundary(tree, cars, others={"cat": "u", "colour of car": "green"})
    row = {**usual(cars), "cat": "u", "colour of car": "green"}
    check_against_the_pipeline(display, network, cars, row)


def test_probabilities_are_averaged_over_rows_with_their_categories(tree, network, cars):
    display = boundary(tree, cars, others="marginal", n_rows=len(cars))
    grids = [on_the_grid(display, cars, row) for _, row in cars.iterrows()]
    mean = np.mean([network.predict_proba(grid)[:, 1] for grid in grids], axis=0)
    np.testing.assert_allclose(display.probability[1].ravel(), mean, atol=1e-8)


def test_arrows_are_directions_in_the_numbers(tree, network, cars):
    display = boundary(tree, cars)
    spans = np.ptp(cars[["siz€", "doors", "const"]].to_numpy(), axis=0)
    assert len(display.arrows) > 5
    for point, arrow in zip(display.arrow_points, display.arrows, strict=True):
        row = pd.DataFrame([usual(cars)])[cars.columns].assign(**{"siz€": point[0], "doors": point[1]})
        slopes = []
        for name, span in zip(["siz€", "doors", "const"], spans, strict=True):
            odds = [
                np.log(np.divide(*network.predict_proba(row.assign(**{name: row[name] + step}))[0, ::-1]))
                for step in (-1e-5, 1e-5)
            ]
            slopes.append((odds[1] - odds[0]) / 2e-5 * span)
        np.testing.assert_allclose(arrow, (slopes / np.linalg.norm(slopes))[:2], atol=1e-4)


@pytest.mark.parametrize("features", [["siz€", "cat"], [0, 1]])
def test_a_category_has_no_axis(tree, cars, features):
    name = "cat" if "cat" in features else "colour of car"
    with pytest.raises(ValueError, match=f"The input '{name}' is a category, .* choose two of .*doors"):
        BoundaryDisplay.from_estimator(tree, cars, features)


@pytest.mark.parametrize("names", [["cat", "make"], ["cat", "doors"]])
def test_a_table_with_fewer_than_two_numbers_is_refused_with_what_to_draw_instead(cars, names):
    few = cars.assign(make=cars["colour of car"])[names]
    tree = TreeSurrogate(FrozenEstimator(fitted(few)), n_synthetic=100, random_state=0).fit(few)
    n_numbers = names.count("doors")
    with pytest.raises(
        ValueError, match=f"X has {n_numbers} of them beside its categories; draw .*ProbeDisplay"
    ):
        BoundaryDisplay.from_estimator(tree, few)


@pytest.mark.parametrize("others", [pd.DataFrame({"cat": ["u", "v"]}), np.zeros(5), [1.0, 2.0], 3])
def test_others_that_are_no_row_are_refused(tree, cars, others):
    with pytest.raises(ValueError, match=r"others.* choose 'median', 'marginal' or"):
        boundary(tree, cars, others=others)


def test_a_category_that_the_encoder_does_not_know_is_refused(tree, cars):
    with pytest.raises(ValueError, match="violet"):
        boundary(tree, cars, others={"colour of car": "violet"})


def test_an_array_with_other_columns_is_refused(tree, cars):
    with pytest.raises(ValueError, match="the network takes 5 columns"):
        boundary(tree, cars.to_numpy(dtype=object)[:, :4])


def test_columns_may_stand_in_another_order_than_in_training(network, cars):
    turned = cars[cars.columns[::-1]]
    display = boundary(tree_of(network, turned), turned)
    check_against_the_pipeline(display, network, cars, usual(cars))

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skinterpret.network.input_maps import (
    BoxCoxMap,
    ChainMap,
    ClipMap,
    ColumnsMap,
    FunctionMap,
    IdentityMap,
    IndicatorMap,
    LinearMap,
    NormMap,
    PolynomialMap,
    QuantileMap,
    ScaleMap,
    SplineMap,
    YeoJohnsonMap,
)

FIRST = ScaleMap(np.array([1.0, -2.0]), np.array([3.0, 0.5]), np.array([0.1, 0.2]))
SECOND = ScaleMap(np.array([0.5, 0.7]), np.array([-2.0, 4.0]), np.array([1.0, -1.0]))
CLIP = ClipMap(-1.0, 1.0)
SECOND_COLUMN = ScaleMap(np.array([1.0]), np.array([2.0]), np.array([3.0]))
KNOTS = np.linspace(-2, 2, 7)
MAPS = {
    "identity": IdentityMap(),
    "scale": FIRST,
    "clip": CLIP,
    "two scales": FIRST.then(SECOND),
    "scale and clip": FIRST.then(CLIP),
    "scale, clip and scale": FIRST.then(CLIP).then(SECOND),
    "linear": LinearMap(np.ones(2), np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])),
    "columns twice": ColumnsMap((np.array([1]), np.array([1])), (SECOND_COLUMN, IdentityMap())),
    "function": FunctionMap(np.expm1),
    "positive powers": FunctionMap(np.exp).then(BoxCoxMap(np.array([0.0, -1.5]))),
    "powers": YeoJohnsonMap(np.array([2.0, 0.0])),
    "length": NormMap("l2"),
    "products": PolynomialMap.of(np.array([[2, 1], [0, 3]])),
    "quantiles": QuantileMap(np.array([[-1.0, -1.0], [0.0, 0.5], [1.0, 0.7]]), np.array([0, 0.5, 1]), False),
    "indicators": IndicatorMap((np.array([0.0]), np.array([1.0, 2.0])), np.array([0, 2]), True),
    "splines": SplineMap((KNOTS, KNOTS), (np.ones((4, 1)), np.eye(4)[:, 1:2]), 2, "linear"),
}


@pytest.fixture(params=MAPS)
def input_map(request):
    return MAPS[request.param]


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).normal(size=(40, 2))


def test_pull_back_is_the_chain_rule(input_map, rows, differentiate):
    def function(X):
        return np.sin(input_map.transform(X)) @ [1.0, 2.0]

    outer = np.cos(input_map.transform(rows)) * [1.0, 2.0]
    gradient = input_map.pull_back(rows, outer)
    assert_allclose(gradient, differentiate(function, rows), atol=1e-8)


def test_arguments_are_left_as_they_are(input_map, rows):
    X, gradient = rows.copy(), rows[::-1].copy()
    input_map.transform(X)
    input_map.pull_back(X, gradient)
    assert_array_equal(X, rows)
    assert_array_equal(gradient, rows[::-1])


def test_copies_map_alike(input_map, rows):
    same = pickle.loads(pickle.dumps(input_map))
    assert_array_equal(same.transform(rows), input_map.transform(rows))


def test_then_is_one_after_the_other(input_map, rows):
    mapped = input_map.transform(rows)
    for following in MAPS.values() if mapped.shape[1] == 2 else ():
        with np.errstate(over="ignore"):
            expected = following.transform(mapped)
            assert_allclose(input_map.then(following).transform(rows), expected, rtol=1e-12)


def test_scales_fold_into_one():
    assert type(FIRST.then(SECOND)) is ScaleMap
    assert type(IdentityMap().then(SECOND)) is ScaleMap
    assert FIRST.then(IdentityMap()) is FIRST
    assert type(FIRST.then(CLIP)) is ChainMap


def test_digits_survive_a_large_centre():
    rows = 1e9 + np.array([[0.25], [0.5]])
    scale = ScaleMap(np.array([1e9]), np.array([4.0]), np.array([0.0]))
    assert_array_equal(scale.transform(rows), [[1.0], [2.0]])
    assert_array_equal(scale.then(scale).transform(rows) + 4e9, [[4.0], [8.0]])


def test_gradients_vanish_beyond_the_bounds_only():
    rows = np.array([[-1.5, -1.0], [1.0, 1.5]])
    assert_array_equal(CLIP.pull_back(rows, np.ones((2, 2))), [[0, 1], [1, 0]])

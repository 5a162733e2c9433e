import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skinterpret.network.input_maps import (
    DERIVATIVES,
    SECOND_DERIVATIVES,
    BoxCoxMap,
    ChainMap,
    ClipMap,
    ColumnsMap,
    FunctionMap,
    IdentityMap,
    IndicatorMap,
    InputMap,
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
QUANTILES = np.array([[-1.0, -1.0], [0.0, 0.5], [1.0, 0.7]]), np.array([0, 0.5, 1])
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
    "sum of sizes": NormMap("l1"),
    "largest size": NormMap("max"),
    "products": PolynomialMap.of(np.array([[2, 1], [0, 3]])),
    "quantiles": QuantileMap(*QUANTILES, False),
    "normal quantiles": QuantileMap(*QUANTILES, True),
    "indicators": IndicatorMap((np.array([0.0]), np.array([1.0, 2.0])), np.array([0, 2]), True),
    "columns that overlap": ColumnsMap(
        (np.array([1, 0]), np.array([1])), (PolynomialMap.of(np.array([[1, 2]])), FunctionMap(np.sin))
    ),
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


def test_curvature_and_pull_back_twice_are_the_chain_rule(input_map, rows, differentiate):
    mixing = np.array([[1.0, 0.5], [0.5, 2.0]])

    def gradient(X):  # of a half of mapped @ mixing @ mapped
        return input_map.pull_back(X, input_map.transform(X) @ mixing)

    columns = [differentiate(lambda X, j=j: gradient(X)[:, j], rows) for j in range(2)]
    slope = input_map.transform(rows) @ mixing
    hessian = input_map.pull_back_twice(rows, np.broadcast_to(mixing, (len(rows), 2, 2)))
    hessian = hessian + input_map.curvature(rows, slope)
    assert_allclose(hessian, np.stack(columns, axis=1), rtol=1e-6, atol=1e-7)


def test_a_map_without_second_derivatives_is_named(rows):
    class Bare(ClipMap):
        curvature = InputMap.curvature

    with pytest.raises(NotImplementedError, match=r"Bare, which stands before the network, gives no second"):
        Bare(0.0, 1.0).then(FIRST).curvature(rows, rows)


def test_a_function_without_a_second_derivative_is_named(rows, monkeypatch):
    monkeypatch.delitem(SECOND_DERIVATIVES, np.expm1)
    with pytest.raises(NotImplementedError, match="expm1 before the network"):
        MAPS["function"].curvature(rows, rows)


@pytest.mark.parametrize("function", DERIVATIVES, ids=lambda function: function.__name__)
def test_each_function_has_both_derivatives(function, differentiate):
    x = np.linspace(0.1, 0.9, 9)[:, None]
    one = FunctionMap(function)
    slope = differentiate(lambda X: one.transform(X)[:, 0], x)
    assert_allclose(one.pull_back(x, np.ones_like(x)), slope, rtol=1e-7)
    bend = differentiate(lambda X: one.pull_back(X, np.ones_like(X))[:, 0], x)
    assert_allclose(one.curvature(x, np.ones_like(x))[:, 0], bend, rtol=1e-6, atol=1e-9)


def test_arguments_are_left_as_they_are(input_map, rows):
    X, gradient = rows.copy(), rows[::-1].copy()
    input_map.transform(X)
    input_map.pull_back(X, gradient)
    input_map.curvature(X, gradient)
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

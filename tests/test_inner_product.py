"""The inner product of gradients, against the data that it is to speak of."""

import numpy as np
import pytest

from skinterpret.inner_product import mapped, metric_of, unit_rows

RNG = np.random.default_rng(0)
INDEPENDENT = RNG.normal(size=(3000, 3))


def test_independent_inputs_of_like_spread_are_compared_as_they_are():
    assert metric_of(INDEPENDENT * [1, 1.2, 1.3], np.ones(3)) is None
    assert metric_of(INDEPENDENT * [10, 0.1, 1], np.array([10, 0.1, 1])) is None
    gradients = RNG.normal(size=(5, 3))
    assert mapped(gradients, None) is gradients


def test_inner_products_are_covariances_of_what_gradients_foresee():
    X = INDEPENDENT @ RNG.normal(size=(3, 3)) * [1, 20, 0.1]
    scale = np.array([1, 10, 0.1])
    gradients = RNG.normal(size=(2, 3))
    first, second = mapped(gradients * scale, metric_of(X, scale))
    assert first @ second == pytest.approx(gradients[0] @ np.cov(X.T) @ gradients[1], rel=0.05)


@pytest.mark.parametrize("unit", [1e-3, 1, 50])
def test_units_do_not_matter(unit):
    X = INDEPENDENT @ np.array([[1, 0.7, 0], [0, 1, 0], [0, 0, 1]])
    gradients = RNG.normal(size=(2, 3))
    cosines = []
    for factor in (1, unit):
        units = np.array([1, factor, 1])
        one, other = unit_rows(mapped(gradients / units, metric_of(X * units, np.ones(3))))
        cosines.append(one @ other)
    assert cosines[0] == pytest.approx(cosines[1], abs=1e-9)


def test_twins_stand_for_each_other():
    X = np.column_stack([INDEPENDENT, INDEPENDENT[:, 0] + 0.01 * RNG.normal(size=3000)])
    one, twin, other = unit_rows(mapped(np.eye(4)[[0, 3, 1]], metric_of(X, np.ones(4))))
    assert one @ twin > 0.99
    assert abs(one @ other) < 0.1


def test_a_constant_input_counts_by_its_unit():
    X = INDEPENDENT * [1, 0, 5]
    assert np.isfinite(metric_of(X, np.ones(3))).all()
    assert metric_of(X[:, [1]], np.ones(1)) is None

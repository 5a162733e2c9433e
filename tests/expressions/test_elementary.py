"""Compiled elementary functions against numpy's."""

import numpy as np
import pytest

from skinterpret.expressions import elementary
from skinterpret.expressions.compilation import entry_kernel


@entry_kernel
def evaluate(x, y, out):
    for i in range(x.size):
        out[0, i] = elementary.exp(x[i])
        out[1, i] = elementary.log(x[i])
        out[2, i] = elementary.sin(x[i])
        out[3, i] = elementary.cos(x[i])
        out[4, i] = elementary.tanh(x[i])
        out[5, i] = elementary.sqrt(x[i])
        out[6, i] = elementary.absolute(x[i])
        out[7, i] = elementary.sign(x[i])
        out[8, i] = elementary.power(x[i], y[i])
        out[9, i] = elementary.inverse_sqrt(x[i])


NAMES = ["exp", "log", "sin", "cos", "tanh", "sqrt", "absolute", "sign", "power", "inverse_sqrt"]


def compiled(name, x, y=None):
    x = np.asarray(x, dtype=float)
    out = np.empty((len(NAMES), x.size))
    evaluate(x, np.ones_like(x) if y is None else np.asarray(y, dtype=float), out)
    return out[NAMES.index(name)]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("exp", -700, 708),
        ("log", 1e-300, 1e300),
        ("sin", -1e4, 1e4),
        ("cos", -1e4, 1e4),
        ("tanh", -30, 30),
        ("sqrt", 0, 1e10),
        ("inverse_sqrt", 1e-200, 1e200),
        ("absolute", -5, 5),
        ("sign", -5, 5),
    ],
)
def test_values_are_numpys_to_a_few_units_in_the_last_place(name, low, high):
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(low, high, 20_000), rng.uniform(max(low, -2), min(high, 2), 20_000)])
    expected = getattr(elementary, name)(x)
    np.testing.assert_allclose(compiled(name, x), expected, rtol=4e-15, atol=4e-16)


def test_powers_are_numpys():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0.01, 20, 10_000), rng.uniform(-4, 4, 10_000)
    np.testing.assert_allclose(compiled("power", x, y), x**y, rtol=1e-13)


def test_negative_bases_take_whole_exponents_only():
    result = compiled("power", [-2.0, -2.0, -2.0, -2.0, -3.0], [2.0, 3.0, 0.5, -1.0, 0.0])
    np.testing.assert_allclose(result, [4.0, -8.0, np.nan, -0.5, 1.0], rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("exp", [np.inf, -np.inf, np.nan, 800.0, 0.0], [np.inf, 0.0, np.nan, np.inf, 1.0]),
        ("log", [np.inf, 0.0, -1.0, np.nan, 1.0], [np.inf, -np.inf, np.nan, np.nan, 0.0]),
        ("sin", [np.nan, np.inf, 2e6, 0.0], [np.nan, np.nan, np.nan, 0.0]),
        ("tanh", [np.inf, -np.inf, np.nan, 0.0], [1.0, -1.0, np.nan, 0.0]),
        ("sqrt", [np.inf, -1.0, 0.0], [np.inf, np.nan, 0.0]),
    ],
)
def test_edges_of_the_domain(name, x, expected):
    np.testing.assert_allclose(compiled(name, x), expected, atol=1e-300)

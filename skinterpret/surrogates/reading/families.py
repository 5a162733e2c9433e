"""The one-dimensional families among which the link φ of a value is looked for.

Adding a family is adding a row.  A family is linear in all its parameters but those in `starts`, so
a fit searches over one or two numbers at most and solves for the others (variable projection:
Golub & Pereyra, SIAM Journal on Numerical Analysis 10, 1973).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions import Expression

Array = NDArray[np.float64]

T = Expression.variable(0)
STEEPNESS = (0.1, 0.3, 1.0, 3.0)  # in units of the spread of T
FREQUENCIES = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
EXPONENTS = (-2.0, -1.0, -0.5, 0.5, 1.5, 2.0, 3.0)
GAPS = (1e-3, 0.03, 0.3, 3.0)  # between a pole or a branch point and the nearest value, in spreads


@dataclass(frozen=True)
class Family:
    """One form that φ may have.

    Parameters
    ----------
    name : str
        Name of the family.
    starts : callable
        Starting points of the parameters in which the family is not linear, shape (n_starts, n_parameters),
        from the values of T; none where the family cannot be fitted to these values.
    basis : callable
        `basis(values, parameters)`: what stands before each linear coefficient, a list of arrays.
    build : callable
        `build(coefficients, parameters)`: the formula in T, with the offset left out.
    """

    name: str
    starts: Callable[[Array], Any]
    basis: Callable[[Array, Array], list[Array]]
    build: Callable[[list[float], list[float]], Expression]


def _no_parameters(values: Array) -> Any:
    return np.empty((1, 0))


def _steepness(values: Array) -> Any:
    return np.array([[sign * k / _spread(values)] for k in STEEPNESS for sign in (1, -1)])


def _frequencies(values: Array) -> Any:
    return np.array([[k / _spread(values)] for k in FREQUENCIES])


def _exponents(values: Array) -> Any:
    return np.array([[p] for p in EXPONENTS]) if values.min() > 0 else np.empty((0, 1))


def _poles_below(values: Array) -> Any:
    """Offsets `c` with `T + c > 0`."""
    return np.array([[-values.min() + gap * _spread(values)] for gap in GAPS])


def _poles_above(values: Array) -> Any:
    """Offsets `c` with `c - T > 0`."""
    return np.array([[values.max() + gap * _spread(values)] for gap in GAPS])


def _poles(values: Array) -> Any:
    """Offsets `c` such that `T + c` keeps one sign."""
    return np.vstack([_poles_below(values), -_poles_above(values)])


def _poles_and_exponents(values: Array) -> Any:
    return np.array([[c, p] for (c,) in _poles_below(values)[1:] for p in EXPONENTS])


def _steps(values: Array) -> Any:
    centres = np.quantile(values, [0.1, 0.5, 0.9])
    steepness = [k / _spread(values) for k in (0.5, 2.0)]
    return np.array([[k, -k * centre] for k in steepness for centre in centres])


def _bumps(values: Array) -> Any:
    centres = np.quantile(values, [0.1, 0.5, 0.9])
    return np.array([[k / _spread(values) ** 2, -centre] for k in (0.3, 2.0) for centre in centres])


def _spread(values: Array) -> float:
    return float(values.std()) or 1.0


def _number(value: float) -> Expression:
    return Expression.constant(value)


def _times(factor: float, expression: Expression) -> Expression:
    return Expression.apply("mul", _number(factor), expression)


def _plus(expression: Expression, offset: float) -> Expression:
    return Expression.apply("add", expression, _number(offset))


def _sum(*terms: Expression) -> Expression:
    total = terms[0]
    for term in terms[1:]:
        total = Expression.apply("add", total, term)
    return total


def _scaled(operator: str, coefficient: float, inner: Expression) -> Expression:
    return _times(coefficient, Expression.apply(operator, inner))


def _wave(coefficients: list[float], parameters: list[float]) -> Expression:
    """`a·sin(kT) + b·cos(kT)` as one sine."""
    sine, cosine = coefficients
    inner = _plus(_times(parameters[0], T), math.atan2(cosine, sine))
    return _scaled("sin", math.hypot(sine, cosine), inner)


def _power(base: Expression, exponent: float) -> Expression:
    return Expression.apply("pow", base, _number(exponent))


FAMILIES: tuple[Family, ...] = (
    Family("affine", _no_parameters, lambda t, p: [t], lambda a, p: _times(a[0], T)),
    Family(
        "quadratic",
        _no_parameters,
        lambda t, p: [t, t**2],
        lambda a, p: _sum(_times(a[0], T), _scaled("square", a[1], T)),
    ),
    Family(
        "cubic",
        _no_parameters,
        lambda t, p: [t, t**2, t**3],
        lambda a, p: _sum(_times(a[0], T), _scaled("square", a[1], T), _scaled("cube", a[2], T)),
    ),
    Family(
        "exponential",
        _steepness,
        lambda t, p: [np.exp(p[0] * t)],
        lambda a, p: _scaled("exp", a[0], _times(p[0], T)),
    ),
    Family(
        "power",
        _exponents,
        lambda t, p: [t ** p[0]],
        lambda a, p: _times(a[0], _power(T, p[0])),
    ),
    Family(
        "logarithm",
        _poles_below,
        lambda t, p: [np.log(t + p[0])],
        lambda a, p: _scaled("log", a[0], _plus(T, p[0])),
    ),
    Family(
        "falling logarithm",
        _poles_above,
        lambda t, p: [np.log(p[0] - t)],
        lambda a, p: _scaled("log", a[0], Expression.apply("sub", _number(p[0]), T)),
    ),
    Family(
        "root",
        _poles_below,
        lambda t, p: [np.sqrt(t + p[0])],
        lambda a, p: _scaled("sqrt", a[0], _plus(T, p[0])),
    ),
    Family(
        "falling root",
        _poles_above,
        lambda t, p: [np.sqrt(p[0] - t)],
        lambda a, p: _scaled("sqrt", a[0], Expression.apply("sub", _number(p[0]), T)),
    ),
    Family(
        "inverse",
        _poles,
        lambda t, p: [1 / (t + p[0])],
        lambda a, p: Expression.apply("div", _number(a[0]), _plus(T, p[0])),
    ),
    Family(
        "sine",
        _frequencies,
        lambda t, p: [np.sin(p[0] * t), np.cos(p[0] * t)],
        _wave,
    ),
    Family(
        "tanh",
        _steps,
        lambda t, p: [np.tanh(p[0] * t + p[1])],
        lambda a, p: _scaled("tanh", a[0], _plus(_times(p[0], T), p[1])),
    ),
    Family(
        "bell",
        _bumps,
        lambda t, p: [np.exp(-p[0] * (t + p[1]) ** 2)],
        lambda a, p: _scaled("exp", a[0], _times(-p[0], Expression.apply("square", _plus(T, p[1])))),
    ),
    Family(
        "shifted power",
        _poles_and_exponents,
        lambda t, p: [(t + p[0]) ** p[1]],
        lambda a, p: _times(a[0], _power(_plus(T, p[0]), p[1])),
    ),
)

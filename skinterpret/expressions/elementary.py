"""Elementary functions that are numpy's on arrays and plain arithmetic in compiled code.

A call to the C library inside a loop keeps the compiler from turning that loop into vector
instructions.  Compiled code therefore gets these functions as polynomials after range reduction
(Cody and Waite, Software Manual for the Elementary Functions, 1980, chapters 5, 6 and 8), without a
branch, so that a loop over them becomes as parallel as one over additions.  Interpreted code gets
numpy's own.  Both agree to a few units in the last place where the compiled ones are defined;
where they are not (`sin` and `cos` beyond a million), they return NaN, which drops the candidate.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload, register_jitable

ROUND_TO_INTEGER = 6755399441055744.0  # 1.5 * 2**52: adding it leaves the integer in the low bits
LARGEST_ANGLE = 1.0e6
LARGEST_EXPONENT = 708.0
PI_HIGH = 2 * 1.57079632673412561417e00
PI_MIDDLE = 2 * 6.07710050630396597660e-11
PI_LOW = 2 * 2.02226624879595063154e-21
LOG_2_HIGH = 6.93147180369123816490e-01
LOG_2_LOW = 1.90821492927058770002e-10


def exp(x: Any) -> Any:
    """Exponential function."""
    return np.exp(x)


def log(x: Any) -> Any:
    """Natural logarithm; NaN for negative numbers, minus infinity at zero."""
    return np.log(x)


def sin(x: Any) -> Any:
    """Sine of an angle in radians."""
    return np.sin(x)


def cos(x: Any) -> Any:
    """Cosine of an angle in radians."""
    return np.cos(x)


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    return np.tanh(x)


def sqrt(x: Any) -> Any:
    """Square root; NaN for negative numbers."""
    return np.sqrt(x)


def inverse_sqrt(x: Any) -> Any:
    """One by the square root of a positive number."""
    return 1.0 / np.sqrt(x)


def absolute(x: Any) -> Any:
    """Absolute value."""
    return np.abs(x)


def sign(x: Any) -> Any:
    """Sign: -1, 0 or 1."""
    return np.sign(x)


def power(x: Any, exponent: Any) -> Any:
    """`x` to the power of `exponent`; NaN for a negative base with a fractional exponent."""
    return np.power(x, exponent)


@intrinsic
def _bits_of(typing_context: Any, x: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float_of(typing_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@overload(exp)
def _compiled_exp(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        clipped = min(max(x, -LARGEST_EXPONENT), LARGEST_EXPONENT)
        k = (clipped * 1.4426950408889634 + ROUND_TO_INTEGER) - ROUND_TO_INTEGER
        r = (clipped - k * LOG_2_HIGH) - k * LOG_2_LOW
        p = 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        p = p * r + 1.0
        # what would be subnormal counts as zero, so that one factor 2**k serves
        finite = p * _float_of((_bits_of(k + ROUND_TO_INTEGER) + 1023) << 52)
        real = finite if x > -LARGEST_EXPONENT else 0.0
        return math.inf if x > LARGEST_EXPONENT else (real if x == x else math.nan)

    return arithmetic


@overload(log)
def _compiled_log(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        bits = _bits_of(x)
        # subtracting the bits of sqrt(1/2) puts the mantissa into [sqrt(1/2), sqrt(2))
        exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
        mantissa = _float_of(bits - (exponent << 52))
        k = _float_of(exponent + 0x4338000000000000) - ROUND_TO_INTEGER
        s = (mantissa - 1.0) / (mantissa + 1.0)
        z = s * s
        p = 2.0 / 21.0
        p = p * z + 2.0 / 19.0
        p = p * z + 2.0 / 17.0
        p = p * z + 2.0 / 15.0
        p = p * z + 2.0 / 13.0
        p = p * z + 2.0 / 11.0
        p = p * z + 2.0 / 9.0
        p = p * z + 2.0 / 7.0
        p = p * z + 2.0 / 5.0
        p = p * z + 2.0 / 3.0
        positive = k * LOG_2_HIGH + (2.0 * s + (s * z * p + k * LOG_2_LOW))
        finite = x if x == math.inf else positive
        # subnormal numbers count as zero
        real = finite if x >= 2.2250738585072014e-308 else -math.inf
        return real if x >= 0.0 else math.nan

    return arithmetic


@overload(sin)
def _compiled_sin(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        shifted = x * (1.0 / math.pi) + ROUND_TO_INTEGER
        return _sine_within_half_turn(x, shifted - ROUND_TO_INTEGER, _bits_of(shifted))

    return arithmetic


@overload(cos)
def _compiled_cos(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        # the sine falls through zero at half a turn less than the cosine does
        shifted = (x * (1.0 / math.pi) - 0.5) + ROUND_TO_INTEGER
        return _sine_within_half_turn(x, (shifted - ROUND_TO_INTEGER) + 0.5, _bits_of(shifted) + 1)

    return arithmetic


@register_jitable
def _sine_within_half_turn(x: Any, half_turns: Any, parity: Any) -> Any:
    """Sine of `x` minus that many half turns, which leaves at most a quarter turn; turned if odd."""
    r = ((x - half_turns * PI_HIGH) - half_turns * PI_MIDDLE) - half_turns * PI_LOW
    z = r * r
    s = 1.0 / 51090942171709440000.0
    s = s * z - 1.0 / 121645100408832000.0
    s = s * z + 1.0 / 355687428096000.0
    s = s * z - 1.0 / 1307674368000.0
    s = s * z + 1.0 / 6227020800.0
    s = s * z - 1.0 / 39916800.0
    s = s * z + 1.0 / 362880.0
    s = s * z - 1.0 / 5040.0
    s = s * z + 1.0 / 120.0
    s = s * z - 1.0 / 6.0
    sine = r + r * z * s
    result = -sine if parity & 1 else sine
    return result if abs(x) <= LARGEST_ANGLE else math.nan


@overload(tanh)
def _compiled_tanh(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        decay = exp(-2.0 * abs(x))
        size = (1.0 - decay) / (1.0 + decay)
        return size if x >= 0.0 else -size

    return arithmetic


@overload(sqrt)
def _compiled_sqrt(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        return math.sqrt(x)

    return arithmetic


@overload(inverse_sqrt)
def _compiled_inverse_sqrt(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        # halving the exponent in the bits is right to 4 %, and each step of Newton's method
        # doubles the digits: still faster than a square root and a division
        half = 0.5 * x
        y = _float_of(0x5FE6EB50C7B537A9 - (_bits_of(x) >> 1))
        y = y * (1.5 - half * y * y)
        y = y * (1.5 - half * y * y)
        y = y * (1.5 - half * y * y)
        return y * (1.5 - half * y * y)

    return arithmetic


@overload(absolute)
def _compiled_absolute(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        return abs(x)

    return arithmetic


@overload(sign)
def _compiled_sign(x: Any) -> Any:
    def arithmetic(x: Any) -> Any:
        return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else x)

    return arithmetic


@overload(power)
def _compiled_power(x: Any, exponent: Any) -> Any:
    def arithmetic(x: Any, exponent: Any) -> Any:
        magnitude = exp(exponent * log(abs(x)))
        whole = math.floor(exponent)
        odd = whole - 2.0 * math.floor(0.5 * whole)
        negative = (-magnitude if odd else magnitude) if whole == exponent else math.nan
        return 1.0 if exponent == 0.0 else (negative if x < 0.0 else magnitude)

    return arithmetic

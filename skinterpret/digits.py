"""How many digits of a number say all that counts."""

from __future__ import annotations

import math

LEAST = 4
LARGEST_IN_FULL = 1e12
MOST = 17  # with which every double is told exactly
CERTAIN = 14  # that a few products of doubles leave right
FAR_SHORTER = 5  # characters, which few numbers are by chance


def to_digits(value: float, spread: float) -> str:
    """Write a number with four digits, and with more where what counts is smaller than the number.

    Seconds since 1970 and Julian dates differ in their last digits alone, and four of them would say
    nothing.

    Parameters
    ----------
    value : float
        The number.
    spread : float
        What counts: a thousandth of it is told; four digits are enough where it is 0 or unknown.

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> from skinterpret.digits import to_digits
    >>> to_digits(0.123456, 1.0), to_digits(1700501438.0, 1e6), to_digits(40587.25, 300.0)
    ('0.1235', '1700501000', '40587')
    """
    if not math.isfinite(value):
        return f"{value:g}"
    digits = LEAST
    while spread > 0 and digits < MOST and abs(float(f"{value:.{digits}g}") - value) > 1e-3 * spread:
        digits += 1
    text = f"{value:.{digits}g}"
    # 1.7005e+09 is harder to read than 1700500000
    return f"{float(text):.0f}" if "e+" in text and abs(value) < LARGEST_IN_FULL else text


def without_rounding_error(value: float) -> float:
    """Take a product of short numbers for what it is by hand, as 2.001 for 2.0010000000000003.

    Parameters
    ----------
    value : float
        The number.

    Returns
    -------
    float
        The number that takes far fewer digits and is the same up to the last three, if there is one.

    Examples
    --------
    >>> from skinterpret.digits import without_rounding_error
    >>> without_rounding_error(3 * 0.667), without_rounding_error(1 / 3)
    (2.001, 0.3333333333333333)
    """
    short = float(f"{value:.{CERTAIN}g}")
    return short if len(repr(short)) + FAR_SHORTER <= len(repr(value)) else value

"""Numbers that stand below each other, written alike."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

MOST_WHOLE = 1e7  # from which on a number is written with an exponent


def alike(values: Sequence[Any]) -> list[str]:
    """Write the values of a column: numbers with four significant digits, and no whole ones among decimals.

    Parameters
    ----------
    values : sequence
        Numbers, words or both.

    Returns
    -------
    list of str
        A text each; a dash for a number that is unknown.

    Examples
    --------
    >>> from skinterpret.report.numbers import alike
    >>> alike([70.0, 0.123456, 12345.6]), alike([70.0, 110.0]), alike(["north", None])
    (['70.0', '0.1235', '12345.6'], ['70', '110'], ['north', 'None'])
    """
    numbers = [float(value) for value in values if isinstance(value, Real)]
    has_decimals = any(np.isfinite(number) and not number.is_integer() for number in numbers)
    return [_text(value, has_decimals) for value in values]


def _text(value: Any, has_decimals: bool) -> str:
    if not isinstance(value, Real) or isinstance(value, bool):
        return str(value)
    if isinstance(value, Integral) and not has_decimals:
        return str(value)
    number = float(value) + 0.0  # without the sign of a zero
    if np.isnan(number):
        return "–"
    if 1000 <= abs(number) < MOST_WHOLE:  # four digits would not tell the thousands from the ones
        return f"{number:.{int(has_decimals)}f}"
    text = f"{number:.4g}"
    return f"{text}.0" if has_decimals and text.lstrip("-").isdecimal() else text

"""What is written on pictures: names as their owners wrote them, numbers as one reads them."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any


def plain(text: Any, width: int | None = None) -> str:
    r"""Keep matplotlib from reading a name as mathematics.

    Parameters
    ----------
    text : object
        A name, a class label or a formula, with any characters.
    width : int, default=None
        How many characters may be shown; longer texts lose their middle.

    Returns
    -------
    str
        What to hand to matplotlib, where a dollar sign stands for itself.

    Examples
    --------
    >>> from skinterpret.displays.labels import plain
    >>> print(plain("price_$ in $"))
    price_\$ in \$
    >>> plain("a very long name of an input", width=15)
    'a very…n input'
    """
    shown = str(text)
    if width is not None and len(shown) > width:
        half = (width - 1) // 2
        shown = f"{shown[:half].rstrip()}…{shown[-half:].lstrip()}"
    return shown.replace("$", r"\$")


def written(value: Any) -> str:
    """Write a value of an input: numbers to four digits, all else as it is.

    Parameters
    ----------
    value : object
        A number, a category, a truth value.

    Returns
    -------
    str
        What to hand to matplotlib.

    Examples
    --------
    >>> from skinterpret.displays.labels import written
    >>> written(0.123456), written(3), written("red"), written(True)
    ('0.1235', '3', 'red', 'True')
    """
    if isinstance(value, Real) and not isinstance(value, Integral):
        return f"{float(value):.4g}"
    return plain(value)

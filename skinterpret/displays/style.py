"""How things look on all pictures: told apart by shape as well as by colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MARKERS = "osD^vPX<>p*h"
POSITIVE, NEGATIVE = "#0072b2", "#d55e00"  # of Okabe and Ito, told apart by every kind of colour vision
CHOSEN = "#d55e00"
FIRST, SECOND = "#0072b2", "#444444"


def merged(defaults: Mapping[str, Any], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Let a user's settings of an artist come before the defaults.

    Parameters
    ----------
    defaults : mapping
        Settings of the display.
    given : mapping or None
        Settings of the user.

    Returns
    -------
    dict
        Both.

    Examples
    --------
    >>> from skinterpret.displays.style import merged
    >>> merged({"color": "k", "linewidth": 2}, {"color": "r"})
    {'color': 'r', 'linewidth': 2}
    """
    return {**defaults, **(given or {})}


def ink_on(background: Any) -> str:
    """Colour of text that is readable on a background.

    Parameters
    ----------
    background : tuple of float
        Red, green, blue and opacity, from 0 to 1.

    Returns
    -------
    {"black", "white"}
        By the background's luminance.

    Examples
    --------
    >>> from skinterpret.displays.style import ink_on
    >>> ink_on((1.0, 1.0, 0.0, 1.0)), ink_on((0.2, 0.0, 0.3, 1.0))
    ('black', 'white')
    """
    red, green, blue = background[:3]
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"

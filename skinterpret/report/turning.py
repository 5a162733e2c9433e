"""Characters that turn the order around in which a line is read, made harmless for those who read it."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

#: marks, embeddings, overrides and isolates of the Unicode bidirectional algorithm
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def in_reading_order(value: Any) -> Any:
    r"""Write such characters by their codes; what is markup, or no text, stays as it is.

    Parameters
    ----------
    value : object
        What goes into the page.

    Returns
    -------
    object
        The same, or text that reads as it runs.

    Examples
    --------
    >>> from skinterpret.report.turning import in_reading_order
    >>> print(in_reading_order("debt\u202e"))
    debt\u202e
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return TURNS.sub(lambda found: _code(found[0]), value)


def isolated(source: str) -> Markup:
    """Write source text that is to be copied: all characters stay, but those which turn do so alone.

    Parameters
    ----------
    source : str
        Source text.

    Returns
    -------
    Markup
        The text, escaped, with each such character in an element that ends what it begins and shows its code.

    Examples
    --------
    >>> from skinterpret.report.turning import isolated
    >>> isolated("a < 1")
    Markup('a &lt; 1')
    """
    text = str(escape(source))
    return Markup(TURNS.sub(lambda found: f'<bdi data-code="{_code(found[0])}">{found[0]}</bdi>', text))


def turns(source: str) -> bool:
    """Tell whether a text holds such a character.

    Parameters
    ----------
    source : str
        Text.

    Returns
    -------
    bool
        Whether it does.

    Examples
    --------
    >>> from skinterpret.report.turning import turns
    >>> turns("debt")
    False
    """
    return TURNS.search(source) is not None


def _code(letter: str) -> str:
    return f"\\u{ord(letter):04x}"

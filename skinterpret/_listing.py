"""Words joined as in a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def listed(words: Sequence[str]) -> str:
    """Join words by commas, the last by "and".

    Parameters
    ----------
    words : sequence of str
        At least one.

    Returns
    -------
    str
        The words.

    Examples
    --------
    >>> from skinterpret._listing import listed
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

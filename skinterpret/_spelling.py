"""Names that were misspelt, or are not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

MOST_NAMES = 5  # in a message


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Ask for the name that is most like one that is not there.

    Parameters
    ----------
    name : str
        What is not there.
    names : iterable of str
        What is there.

    Returns
    -------
    str
        The question, or nothing where no name is like it.

    Examples
    --------
    >>> from skinterpret._spelling import did_you_mean
    >>> did_you_mean("Speceis", ["petal length", "species"])
    "did you mean 'species'?"
    """
    known = {each.casefold(): each for each in names}
    near = get_close_matches(name.casefold(), list(known), n=1)
    return f"did you mean {known[near[0]]!r}?" if near else ""


def mended(question: str) -> str:
    """End a sentence with a question, or with a full stop where there is none.

    Parameters
    ----------
    question : str
        What `did_you_mean` gave.

    Returns
    -------
    str
        What comes after the sentence's last word.
    """
    return f"; {question}" if question else "."


def columns_named(names: Sequence[str]) -> str:
    """Name a few columns, and count the others.

    Parameters
    ----------
    names : sequence of str
        At least one.

    Returns
    -------
    str
        What comes after "has no".

    Examples
    --------
    >>> from skinterpret._spelling import columns_named
    >>> columns_named(["age"]), columns_named(["age", "dose"])
    ("column 'age'", "columns 'age' and 'dose'")
    >>> columns_named(list("abcdefg"))
    "columns 'a', 'b', 'c', 'd', 'e' and 2 more"
    """
    if len(names) == 1:
        return f"column {names[0]!r}"
    shown = [repr(name) for name in names[:MOST_NAMES]]
    last = f"{len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown.pop()
    return f"columns {', '.join(shown)} and {last}"

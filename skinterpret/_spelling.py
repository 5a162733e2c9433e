"""Names that were misspelt."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


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

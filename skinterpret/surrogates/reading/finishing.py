"""What was searched for is judged, though Ctrl-C comes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sklearn.exceptions import ConvergenceWarning

from skinterpret._user_line import warn_user

Given = TypeVar("Given")
Result = TypeVar("Result")


def finished(judge: Callable[[Given], Result], given: Given, after_interrupt: Given) -> Result:
    """Begin the judging of a search anew where Ctrl-C ends it, once.

    A search may have taken hours, judging it takes seconds, and without that there is no rule.

    Parameters
    ----------
    judge : callable
        What to do.
    given : object
        What it is called with.
    after_interrupt : object
        What it is called with after a Ctrl-C.

    Returns
    -------
    object
        What `judge` returns.

    Raises
    ------
    KeyboardInterrupt
        At the second Ctrl-C.

    Warns
    -----
    ConvergenceWarning
        At the first.

    Examples
    --------
    >>> from skinterpret.surrogates.reading.finishing import finished
    >>> finished(str.upper, "rule", "rule")
    'RULE'
    """
    try:
        return judge(given)
    except KeyboardInterrupt:
        warn_user(
            "The search was over when Ctrl-C came: what it found is judged, so that it is not lost; press "
            "Ctrl-C again to give it up.",
            ConvergenceWarning,
        )
        return judge(after_interrupt)

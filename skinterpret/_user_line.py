"""Warnings that point at the user's line."""

from __future__ import annotations

import sys
import warnings

BETWEEN = frozenset(["skinterpret", "sklearn", "joblib"])  # whose lines are none of the user's


def warn_user(message: str, category: type[Warning]) -> None:
    """Warn of what follows from the user's call, however many calls lie between.

    Parameters
    ----------
    message : str
        What to say.
    category : type
        Kind of the warning.

    Examples
    --------
    >>> import warnings
    >>> from skinterpret._user_line import warn_user
    >>> with warnings.catch_warnings(record=True) as heard:
    ...     warnings.simplefilter("always")
    ...     warn_user("No closed form.", UserWarning)
    >>> print(heard[0].message)
    No closed form.
    """
    warnings.warn(message, category, stacklevel=_levels_to_the_user())


def _levels_to_the_user() -> int:
    """Count the calls from the one that warns to the first that is neither this package's nor scikit-learn's.

    `skip_file_prefixes` would do that from Python 3.12 on.
    """
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in BETWEEN:
        frame, level = frame.f_back, level + 1
    return level

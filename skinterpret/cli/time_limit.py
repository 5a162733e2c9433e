"""One limit of time for several searches."""

from __future__ import annotations

import time
from typing import Any


class TimeLimit:
    """Ends each of several searches when its share of the time is over; callback of an engine.

    What one search leaves over, or takes too much, is for the next ones.

    Parameters
    ----------
    seconds : float
        Time for all searches together, which runs from now on; that of a deep copy from when it is made.
    n_searches : int
        How many there are.

    Examples
    --------
    >>> from skinterpret.cli.time_limit import TimeLimit
    >>> from skinterpret.search import EvolutionEngine
    >>> EvolutionEngine(callback=TimeLimit(60, 3))
    EvolutionEngine(callback=TimeLimit(60, 3))
    """

    def __init__(self, seconds: float, n_searches: int) -> None:
        self.seconds = seconds
        self.n_searches = n_searches
        self.has_ended_a_search = False
        self._start = time.monotonic()
        self._begun = 0
        self._last_epoch = 0

    def __call__(self, state: Any) -> bool:
        """Whether the search is to end.

        Parameters
        ----------
        state : SearchState
            The state after an epoch.

        Returns
        -------
        bool
            True when its time is over.
        """
        if self._begun == 0 or state.epoch <= self._last_epoch:
            self._begun += 1
        self._last_epoch = state.epoch
        over = self.seconds_left == 0
        self.has_ended_a_search |= over
        return over

    @property
    def seconds_left(self) -> float:
        """Time until the end of the share of the search that was begun last."""
        # where inputs were left out in error, a search is made twice
        share = min(max(self._begun, 1), self.n_searches) / self.n_searches
        return max(self._start + share * self.seconds - time.monotonic(), 0.0)

    def __deepcopy__(self, memo: dict[int, Any]) -> TimeLimit:
        """Begin anew: a search works with a copy that is made when it starts."""
        return TimeLimit(self.seconds, self.n_searches)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.seconds:g}, {self.n_searches})"

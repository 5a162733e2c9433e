"""When a search is over: one watch for all that follows from one call."""

from __future__ import annotations

import math
import time

from sklearn.exceptions import ConvergenceWarning

from skinterpret._user_line import warn_user

GO_ON = "go on from there with warm_start=True or a checkpoint"
PREPARE = "to be able to go on, set warm_start=True or a checkpoint before the search"
LET_IT_RUN = "start it again to search for longer"


class Watch:
    """Knows the end of a call that may search more than once, and whether Ctrl-C has been pressed in it.

    Parameters
    ----------
    seconds : float, default=None
        Time for all searches together, from now on; `None` means no limit.
    evaluations : float, default=inf
        Evaluations that the next search may take at most; its epochs end with the budget of its engine, too.
    interrupted : bool, default=False
        Whether Ctrl-C has been pressed already: what follows returns what is at hand.

    Attributes
    ----------
    evaluations_before : int
        Evaluations that were done in this call before the search, for the warning.

    Examples
    --------
    >>> from skinterpret.search.watch import Watch
    >>> watch = Watch(seconds=60)
    >>> watch.is_over()
    False
    >>> watch.interrupt()
    >>> watch.is_over(), watch.reason
    (True, 'interrupted')
    """

    def __init__(
        self, seconds: float | None = None, evaluations: float = math.inf, interrupted: bool = False
    ) -> None:
        self._end = math.inf if seconds is None else time.monotonic() + seconds
        self.evaluations = evaluations
        self.evaluations_before = 0
        self.interrupted = interrupted
        self._notice = ""

    def interrupt(self) -> None:
        """Note that Ctrl-C has been pressed."""
        self.interrupted = True

    def is_over(self) -> bool:
        """Whether no work may begin any more."""
        return self.interrupted or time.monotonic() >= self._end

    @property
    def seconds_left(self) -> float | None:
        """Time until the end; `None` where there is no limit."""
        return None if self._end == math.inf else max(self._end - time.monotonic(), 0.0)

    @property
    def reason(self) -> str:
        """Why it is over; empty while it is not."""
        if self.interrupted:
            return "interrupted"
        return "max_time reached" if self.is_over() else ""

    def note(self, reason: str, evaluations: int, epochs: int, subject: str = "", kept: bool = True) -> None:
        """Note that a search was stopped, for one warning at the end of the call.

        Parameters
        ----------
        reason : str
            Why.
        evaluations, epochs : int
            What it did until then; before the first epoch there is nothing to go on from.
        subject : str, default=""
            What was searched, where there are several searches.
        kept : bool, default=True
            Whether its state was kept, so that another search can go on from there.
        """
        longer = LET_IT_RUN if reason == "interrupted" else "give a longer max_time"
        if not epochs:
            mend = longer
        elif reason == "interrupted":
            mend = GO_ON if kept else PREPARE
        else:
            mend = f"{longer}, or {GO_ON}" if kept else f"{longer}; {PREPARE}"
        evaluations += self.evaluations_before
        what = f"{subject}: the search" if subject else "The search"
        done = f"{evaluations:,} evaluations in {epochs} epoch{'' if epochs == 1 else 's'}"
        self._notice = self._notice or (
            f"{what} was stopped ({reason}) after {done}; the best candidates so far are returned: {mend}."
        )

    def warn(self) -> None:
        """Warn the user of what was noted."""
        if self._notice:
            warn_user(self._notice, ConvergenceWarning)

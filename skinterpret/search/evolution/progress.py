"""How a search tells where it stands: a live line on a terminal or in a notebook, lines in a log."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

import numpy as np
from tqdm.auto import tqdm

from skinterpret.search.evolution.state import SearchState
from skinterpret.search.watch import Watch

SHOWN = 4  # steps of the front in the line of progress
SECONDS_BETWEEN_LINES = 5.0  # in a log
LEAST_LOSS = 1e-14  # what is below is rounding, and no step
COLUMNS, ROWS = 80, 24  # of a terminal that does not tell; one without rows would show nothing


class Progress:
    """Report on a search after each epoch; in a log every few seconds, of the first epoch and of the last.

    Parameters
    ----------
    verbose : int
        0 says nothing, 1 a line, 2 the front after each epoch as well.
    max_evals : int
        Evaluations after which the search ends at the latest, for the time left.
    subject : str, default=""
        What is searched, where there are several searches.
    evaluations : int, default=0
        Evaluations done before, which tell nothing of the speed.
    watch : Watch, default=None
        Knows when the search ends at the latest, if it has a time; `None` means that it has none.
    limit : object, default=None
        Anything; where it has `seconds_left`, it ends the search then, as some callbacks do.
    """

    def __init__(
        self,
        verbose: int,
        max_evals: int,
        subject: str = "",
        evaluations: int = 0,
        watch: Watch | None = None,
        limit: object = None,
    ) -> None:
        self._verbose = verbose
        self._max_evals = max_evals
        self._before = evaluations
        self._limits = [Watch() if watch is None else watch, limit]
        self._begin = time.monotonic()
        self._start = f"{subject}: " if subject else ""
        self._in_notebook = "ipykernel" in sys.modules
        self._bar: tqdm[None] | None = None
        self._last_line = -np.inf
        self._held_back = ""

    def __enter__(self) -> Progress:
        if self._verbose == 1 and (sys.stderr.isatty() or self._in_notebook):
            width = {} if self._in_notebook else {"ncols": _columns(), "nrows": ROWS}
            self._bar = tqdm(desc=f"{self._start}epoch 1", bar_format="{desc}", miniters=1, **width)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._held_back:
            self._print(self._held_back)

    def report(self, state: SearchState) -> None:
        """Say where the search stands.

        Parameters
        ----------
        state : SearchState
            The state after an epoch.
        """
        now = time.monotonic()
        rate = (state.evaluations - self._before) / max(now - self._begin, 1e-9)
        if self._bar is not None:
            self._bar.set_description_str(self._line(state, rate), refresh=False)
            self._bar.update()
        elif self._verbose:
            self._log(
                f"{self._start}epoch {state.epoch}, {state.evaluations:,} evaluations, {rate:,.0f}/s, "
                f"at most {_as_clock(self._seconds_left(state, rate))} left, best {_losses(state)}",
                now,
            )
        if self._verbose > 1:
            for candidate in state.front():
                print(
                    f"    {candidate.complexity:3d}  {candidate.loss:.3e}  {candidate.expression}",
                    file=sys.stderr,
                )

    def _log(self, line: str, now: float) -> None:
        """Print a line, or hold it back where one was printed just before; the last one is always printed."""
        if self._verbose == 1 and now - self._last_line < SECONDS_BETWEEN_LINES:
            self._held_back = line
            return
        self._last_line = now
        self._print(line)

    def _print(self, line: str) -> None:
        self._held_back = ""
        print(line, file=sys.stderr, flush=True)

    def _line(self, state: SearchState, rate: float) -> str:
        """Say as much as one line has room for; it would be cut off in the middle of a number."""
        epoch = f"{self._start}epoch {state.epoch}"
        left = f"at most {_as_clock(self._seconds_left(state, rate))} left"
        best = f"best loss {state.best_loss:.1e}"
        losses = [f"best {_losses(state, shown)}" for shown in range(SHOWN, 1, -1)]
        lines = [f"{epoch}, {rate:,.0f} evaluations/s, {left}, {steps}" for steps in losses]
        losses = [_losses(state, shown, digits=0) for shown in range(SHOWN, 0, -1)]
        lines += [f"{epoch}, {rate:,.0f}/s, {left}, {steps}" for steps in [*losses, best]]
        lines += [f"{epoch}, {left}, {best}", f"{epoch}, {best}", epoch]
        room = np.inf if self._in_notebook else _columns() - 1
        return next((line for line in lines if len(line) <= room), epoch)

    def _seconds_left(self, state: SearchState, rate: float) -> float:
        seconds = max(self._max_evals - state.evaluations, 0) / max(rate, 1e-9)
        limits = [getattr(limit, "seconds_left", None) for limit in self._limits]
        return float(min([seconds, *(limit for limit in limits if limit is not None)]))


def tell(verbose: int, subject: str, sentence: str) -> None:
    """Say what begins, where progress is asked for.

    Parameters
    ----------
    verbose : int
        Nothing is said at 0.
    subject : str
        What is searched, where there are several searches.
    sentence : str
        What to say.
    """
    if verbose:
        print(f"{subject}: {sentence}" if subject else sentence, file=sys.stderr, flush=True)


def _losses(state: SearchState, shown: int = SHOWN, digits: int = 1) -> str:
    """Best loss by complexity: the steepest steps of the front, and its end."""
    losses = np.minimum.accumulate(state.fame.losses)
    first, end = int(np.argmax(np.isfinite(losses))), int(np.argmin(losses))
    falls = -np.diff(np.log(losses[first : end + 1] + LEAST_LOSS))
    steepest = first + 1 + np.argsort(-falls, kind="stable")
    steps = [int(c) for c in steepest if c != end and falls[c - first - 1] > np.log(2)]
    chosen = sorted([end, *steps[: shown - 1]])
    return "loss by complexity " + " ".join(f"{c}: {losses[c]:.{digits}e}" for c in chosen)


def _as_clock(seconds: float) -> str:
    """Write a time as 02:45, or as 1:02:45."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute:02d}:{second:02d}"


def _columns() -> int:
    """Width of the terminal that the line stands on; the user's word on it comes first."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told) > 0:
        return int(told)
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or COLUMNS
    except (OSError, ValueError, AttributeError):
        return COLUMNS

"""How a search tells where it stands: a live line on a terminal or in a notebook, lines in a log."""

from __future__ import annotations

import sys
import time
from types import TracebackType

import numpy as np
from tqdm.auto import tqdm

from skinterpret.search.evolution.state import SearchState

SHOWN = 4  # steps of the front in the line of progress
SLACK = 8  # columns by which rate and remaining time may grow between two epochs


class Progress:
    """Report on a search after each epoch.

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
    """

    def __init__(self, verbose: int, max_evals: int, subject: str = "", evaluations: int = 0) -> None:
        self._verbose = verbose
        self._max_evals = max_evals
        self._before = evaluations
        self._begin = time.monotonic()
        self._start = f"{subject}: " if subject else ""
        self._bar: tqdm[None] | None = None

    def __enter__(self) -> Progress:
        in_notebook = "ipykernel" in sys.modules
        if self._verbose == 1 and (sys.stderr.isatty() or in_notebook):
            self._bar = tqdm(
                total=self._max_evals,
                initial=min(self._before, self._max_evals),
                unit=" evaluations",
                unit_scale=True,
                bar_format="{desc} {rate_fmt}, at most {remaining} left{postfix}",
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def report(self, state: SearchState) -> None:
        """Say where the search stands.

        Parameters
        ----------
        state : SearchState
            The state after an epoch.
        """
        if self._bar is not None:
            self._bar.set_description_str(f"{self._start}epoch {state.epoch}", refresh=False)
            self._show_losses(state)
            self._bar.update(min(state.evaluations, self._max_evals) - self._bar.n)
        elif self._verbose:
            rate = (state.evaluations - self._before) / max(time.monotonic() - self._begin, 1e-9)
            print(
                f"{self._start}epoch {state.epoch}, {state.evaluations:,} evaluations, {rate:,.0f}/s, "
                f"{_losses(state)}",
                file=sys.stderr,
                flush=True,
            )
        if self._verbose > 1:
            for candidate in state.front():
                print(
                    f"    {candidate.complexity:3d}  {candidate.loss:.3e}  {candidate.expression}",
                    file=sys.stderr,
                )

    def _show_losses(self, state: SearchState) -> None:
        """Show as many losses as the line has room for; it would be cut off in the middle of one."""
        assert self._bar is not None
        room = self._bar.format_dict["ncols"]
        for shown in range(SHOWN, 0, -1):
            self._bar.set_postfix_str(_losses(state, shown), refresh=False)
            line = self._bar.format_meter(**{**self._bar.format_dict, "ncols": None})
            if not isinstance(room, int) or len(line) + SLACK <= room:
                return


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


def _losses(state: SearchState, shown: int = SHOWN) -> str:
    """Best loss by complexity: the last steps of the front that halve it."""
    losses = np.minimum.accumulate(state.fame.losses)
    steps: list[int] = []
    for complexity in np.flatnonzero(np.isfinite(losses)):
        if not steps or losses[complexity] < 0.5 * losses[steps[-1]]:
            steps.append(int(complexity))
    return "best loss by complexity " + " ".join(f"{c}: {losses[c]:.1e}" for c in steps[-shown:])

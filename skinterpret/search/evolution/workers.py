"""Where the tasks of a search run: by default in threads of this process, for compiled code frees them.

joblib looks every 10 ms whether a thread has finished, which is much beside an epoch of some 60 ms.
Of threads of one's own one can as well wait for the end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from joblib import Parallel
from joblib.parallel import ThreadingBackend, get_active_backend


class WaitingThreads(ThreadingBackend):
    """joblib's threads, whose results are waited for instead of looked for."""

    supports_retrieve_callback = False

    def submit(self, func: Callable[[], Any], callback: Callable[[Any], None] | None = None) -> Any:
        """Let a thread call a function; what it returns or raises is waited for by joblib."""
        return self._get_pool().apply_async(func, (), {}, callback, callback)

    apply_async = submit  # what joblib before 1.5 calls


def workers(n_jobs: int | None) -> Parallel:
    """Make joblib's caller for tasks that may run anywhere: as the user's `parallel_config` says.

    Parameters
    ----------
    n_jobs : int or None
        Tasks at the same time, as in joblib.

    Returns
    -------
    joblib.Parallel
        The caller; without a `parallel_config`, of threads.
    """
    return _waiting(n_jobs, prefer="threads")


def threads(n_jobs: int | None) -> Parallel:
    """Make joblib's caller for tasks that write into the arrays of their caller.

    Parameters
    ----------
    n_jobs : int or None
        Tasks at the same time, as in joblib.

    Returns
    -------
    joblib.Parallel
        The caller; of threads, whatever `parallel_config` says.
    """
    return _waiting(n_jobs, require="sharedmem")


def _waiting(n_jobs: int | None, **hints: str) -> Parallel:
    backend, _ = get_active_backend(**hints)
    own = type(backend) is ThreadingBackend
    return Parallel(n_jobs=n_jobs, backend=WaitingThreads() if own else None, **hints)

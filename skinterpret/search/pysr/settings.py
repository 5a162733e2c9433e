"""The settings of the engine as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joblib import effective_n_jobs

from skinterpret.search.pysr.vocabulary import Operators


@dataclass(frozen=True)
class Settings:
    """The settings of the engine.

    Parameters
    ----------
    operators : sequence of str, mapping of int to sequence of str, or None
        See `PySREngine`, as for all of these.
    method : {"objective", "template"}
        How directions are matched.
    max_complexity, max_evals, max_time, target_loss, n_jobs, verbose : object
        Limits and the like.
    options : mapping of str to object
        PySR's own.
    """

    operators: Operators | None
    method: str
    max_complexity: int | None
    max_evals: int | None
    max_time: float | None
    target_loss: float | None
    n_jobs: int | None
    verbose: int
    options: Mapping[str, Any]

    @property
    def uses_processes(self) -> bool:
        """Whether PySR is to start worker processes."""
        given = self.options.get("parallelism")
        if given is not None:
            return bool(given == "multiprocessing")
        many = self.method == "template" and self.options.get("procs") is not None
        return many or self.options.get("cluster_manager") is not None

    @property
    def method_in_use(self) -> str:
        """The method, which is the template on worker processes: they lack the global directions."""
        return "template" if self.uses_processes else self.method

    @property
    def is_serial(self) -> bool:
        """Whether PySR is to work in one thread."""
        parallelism = self.options.get("parallelism")
        if self.uses_processes or parallelism == "multithreading":
            return False
        return parallelism == "serial" or effective_n_jobs(self.n_jobs) == 1

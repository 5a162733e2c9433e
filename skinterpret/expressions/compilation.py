"""How every kernel of the package is compiled: all options, with their reasons, in this one file."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from numba import njit
from numba.core.caching import FunctionCache
from numba.core.options import DefaultOptions

logger = logging.getLogger(__name__)

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS = {
    # a fused multiply-add is faster and rounds once; anything looser would undo range reductions, and sums
    # whose order the compiler chooses differ in their last digits between copies of the same kernel, of
    # which a process runs one when it has compiled it and another when it has read it from disk
    "fastmath": {"contract"},
    # a check for division by zero is an exit from the loop, which keeps it from being vectorised
    "error_model": "numpy",
    # islands run as threads
    "nogil": True,
}
# kernels that only kernels call need no way in from Python, which would take a third of the time
NO_WRAPPERS = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
KERNEL_OPTIONS = {**OPTIONS, **NO_WRAPPERS}

# Who calls a kernel holds its arrays meanwhile.  To count references to each array of a tuple at each call is
# atomic arithmetic in memory that threads share, and takes longer than a tile of rows.  The option is numba's
# own; a numba without it counts.
HAS_COUNTING = hasattr(DefaultOptions, "_nrt")
COUNTED, UNCOUNTED = ({"_nrt": True}, {"_nrt": False}) if HAS_COUNTING else ({}, {})


def kernel(function: F) -> F:
    """Compile a function that is called from other kernels, together with its caller.

    It makes no arrays and gets none from what it calls: those would never be given back.
    """
    return njit(**KERNEL_OPTIONS, **UNCOUNTED)(function)  # type: ignore[no-any-return]


def allocating_kernel(function: F) -> F:
    """Compile a kernel that makes arrays of its own, or gets new ones from another."""
    return njit(**KERNEL_OPTIONS, **COUNTED)(function)  # type: ignore[no-any-return]


def inlined_kernel(function: F) -> F:
    """Compile a function of which one kernel, or two, are made up, as a part of their text.

    numba optimises each function with all that it calls, once on every level of calls; fewer levels
    compile faster.
    """
    return njit(**KERNEL_OPTIONS, inline="always")(function)  # type: ignore[no-any-return]


def entry_kernel(function: F) -> F:
    """Compile a function that is called from Python, and keep the machine code on disk.

    numba's own cache notices an edit of the function's file only, not of the kernels in other
    files that are compiled into it.  The cache of an entry is therefore keyed by the text of all
    kernels as well.
    """
    dispatcher = njit(**OPTIONS, cache=True)(function)
    dispatcher._cache = _CacheOfAllKernels(function)
    return dispatcher  # type: ignore[no-any-return]


class _CacheOfAllKernels(FunctionCache):  # type: ignore[misc]
    def load_overload(self, signature: Any, target_context: Any) -> Any:
        """Read machine code from disk; say so where there is none, for compilation takes its time."""
        found = super().load_overload(signature, target_context)
        if found is None:
            _tell_of_compilation()
        return found

    def _index_key(self, signature: Any, codegen: Any) -> Any:
        return (*super()._index_key(signature, codegen), _fingerprint_of_all_kernels())


@cache
def _tell_of_compilation() -> None:
    """Say once in a process why nothing happens, where the user sees it unless told otherwise."""
    logger.warning(
        "skinterpret compiles its engine, once on each machine; this takes up to a minute, or two on a busy "
        "machine."
    )


@cache
def _fingerprint_of_all_kernels() -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parent.parent
    for room in ("expressions", "search"):
        for path in sorted((package / room).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()

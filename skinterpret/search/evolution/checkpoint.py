"""The state of a search on disk.

A checkpoint is one `.npz` archive (numpy's own format, read without pickle, so one from a stranger
can do no harm): the entry `header` holds JSON text, all others plain arrays.  Version 2 has

- in the header: `format` ("skinterpret checkpoint"), `version`, `problem` (SHA-256 of everything
  that the next epoch depends on besides the state), `operators` (names of the operator table, which
  the tokens count through), and the counters of `SearchState`;
- `fame_<field>` and, for each island `k`, `island_k_members_<field>` and `island_k_fame_<field>`:
  the fields of `Members`; `island_k_credit_<field>`: those of `Credit`.

It is written to a temporary file beside it, flushed to the disk and renamed, so that a kill at any
moment leaves the last complete one.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from skinterpret.expressions import OPERATORS, Expression
from skinterpret.search.evolution.adaptation import Credit
from skinterpret.search.evolution.islands import Island
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.state import SearchState

F = TypeVar("F", Members, Credit)

FORMAT = "skinterpret checkpoint"
VERSION = 2
COUNTERS = (
    "epoch",
    "evaluations",
    "epochs_without_progress",
    "epochs_since_shrinking",
    "level",
    "stagnation",
)


def fingerprint(arrays: Iterable[Any]) -> str:
    """Hash arrays and numbers, with their shapes and types.

    Parameters
    ----------
    arrays : iterable of array-like
        What to hash, in this order.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    digest = hashlib.sha256()
    for item in arrays:
        array = np.ascontiguousarray(item)
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def save_state(path: str | os.PathLike[str], state: SearchState, problem: str) -> None:
    """Write a checkpoint, replacing the last one at once.

    Parameters
    ----------
    path : path-like
        Where.
    state : SearchState
        What.
    problem : str
        Fingerprint of the search.
    """
    header = {
        "format": FORMAT,
        "version": VERSION,
        "problem": problem,
        "operators": [operator.name for operator in OPERATORS],
        "n_islands": len(state.islands),
        **{name: getattr(state, name) for name in COUNTERS},
    }
    arrays = _arrays("fame", state.fame)
    for number, island in enumerate(state.islands):
        arrays |= _arrays(f"island_{number}_members", island.members)
        arrays |= _arrays(f"island_{number}_fame", island.fame)
        arrays |= _arrays(f"island_{number}_credit", island.credit)
    content = io.BytesIO()
    np.savez_compressed(content, header=np.array(json.dumps(header)), **arrays)
    write_at_once(path, content.getbuffer())


def write_at_once(path: str | os.PathLike[str], content: bytes | memoryview) -> None:
    """Write a file that a kill at any moment leaves as it was, or as it is to be.

    Parameters
    ----------
    path : path-like
        Where.
    content : bytes
        What.
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


def load_state(path: str | os.PathLike[str], problem: str, parts: dict[int, Expression]) -> SearchState:
    """Read a checkpoint.

    Parameters
    ----------
    path : path-like
        Where.
    problem : str
        Fingerprint of the search that is to go on.
    parts : dict of int to Expression
        What the leaves behind the inputs mean.

    Returns
    -------
    SearchState
        The state after the last complete epoch.

    Raises
    ------
    ValueError
        If the file is damaged, no checkpoint, of another version or of another search; it is left
        untouched.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            header = json.loads(str(archive["header"]))
            if header["format"] != FORMAT or header["version"] != VERSION:
                raise ValueError
            arrays = {name: archive[name] for name in archive.files if name != "header"}
        n_islands = header["n_islands"]
        fame = _read(Members, "fame", arrays)
        islands = [
            Island(
                _read(Members, f"island_{k}_members", arrays),
                _read(Members, f"island_{k}_fame", arrays),
                _read(Credit, f"island_{k}_credit", arrays),
            )
            for k in range(n_islands)
        ]
        counters = {name: header[name] for name in COUNTERS}
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise refuse_damaged(path) from error
    if header["problem"] != problem or header["operators"] != [operator.name for operator in OPERATORS]:
        raise refuse_foreign(path)
    return SearchState(islands, fame, parts, **counters)


def refuse_damaged(path: str | os.PathLike[str]) -> ValueError:
    """Make the error of a file that cannot be read.

    Parameters
    ----------
    path : path-like
        Which.

    Returns
    -------
    ValueError
        To be raised.
    """
    return ValueError(
        f"{os.fspath(path)!r} is damaged or no checkpoint of this version; name another file or "
        "delete it to start anew."
    )


def refuse_foreign(path: str | os.PathLike[str]) -> ValueError:
    """Make the error of a file that belongs to something else.

    Parameters
    ----------
    path : path-like
        Which.

    Returns
    -------
    ValueError
        To be raised.
    """
    return ValueError(
        f"The checkpoint {os.fspath(path)!r} belongs to another search (other rows, seed or settings); "
        "name another file or delete it to start anew."
    )


def _arrays(prefix: str, fields: Members | Credit) -> dict[str, Any]:
    return {f"{prefix}_{name}": array for name, array in fields._asdict().items()}


def _read(kind: type[F], prefix: str, arrays: dict[str, Any]) -> F:
    return kind(*(arrays[f"{prefix}_{name}"] for name in kind._fields))  # type: ignore[attr-defined]

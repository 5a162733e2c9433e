"""The state of a search on disk.

A checkpoint is one `.npz` archive (numpy's own format, read without pickle, and all of it is checked before
it is used, so one from a stranger can do no harm): the entry `header` holds JSON text, all others plain
arrays.  Version 2 has

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
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import read_array_header_1_0, read_array_header_2_0, read_magic

from skinterpret.expressions import OPERATORS
from skinterpret.expressions.kernels.judging import AnyRows
from skinterpret.search.evolution.adaptation import Credit
from skinterpret.search.evolution.islands import Island
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.evolution.soundness import (
    ChangedFileError,
    check_credit,
    check_fame,
    check_members,
    check_population,
)
from skinterpret.search.evolution.state import SearchState

FORMAT = "skinterpret checkpoint"
VERSION = 2
LARGEST_HEADER = 1 << 20  # bytes
COUNTERS = (
    "epoch",
    "evaluations",
    "epochs_without_progress",
    "epochs_since_shrinking",
    "level",
    "stagnation",
)


class OtherVersionError(ValueError):
    """A file is of a version that is not read here."""


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
    arrays = {
        f"{prefix}_{name}": array
        for prefix, fields in _groups(state).items()
        for name, array in fields._asdict().items()
    }
    content = io.BytesIO()
    np.savez(content, header=np.array(json.dumps(header)), **arrays)
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
    temporary = _beside(path)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        error.filename, error.filename2 = os.fspath(path), None  # the name that users have given
        raise
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a place in which no file can be written, before the work that is to be written there.

    Parameters
    ----------
    path : path-like
        The file that is to be; it stays as it is.

    Raises
    ------
    ValueError
        If the directory takes no files.
    """
    probe = _beside(path).with_suffix(".probe")
    try:
        probe.open("wb").close()
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(
            f"checkpoint={os.fspath(path)!r} cannot be written ({error.strerror}); name a file in a "
            "directory in which you may write."
        ) from error


def _beside(path: str | os.PathLike[str]) -> Path:
    """Name a file of this process that no other one has."""
    target = Path(path)
    return target.with_name(f".{target.name}.{os.getpid()}")


def load_state(
    path: str | os.PathLike[str], problem: str, blank: SearchState, grammar: Grammar, rows: AnyRows
) -> SearchState:
    """Read a checkpoint.

    Parameters
    ----------
    path : path-like
        Where.
    problem : str
        Fingerprint of the search that is to go on.
    blank : SearchState
        A state of this search before anything was done.
    grammar : Grammar
        What its programs may be made of.
    rows : Rows or LabelledRows
        What its programs are judged on.

    Returns
    -------
    SearchState
        The state after the last complete epoch.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is damaged, was changed, is no checkpoint, or is one of another version or of another
        search; it is left untouched.
    """
    stored = Path(path).read_bytes()  # a file that may not be read is not one that is damaged
    try:
        header, contents = _decoded(stored, problem, blank)
    except ChangedFileError as error:
        raise refuse_changed(path, str(error)) from error
    except OtherVersionError as error:
        raise refuse_other_version(path, str(error)) from error
    except Exception as error:  # what decoding a stranger's bytes can stumble over has no end
        raise refuse_damaged(path) from error
    if not contents:
        raise refuse_foreign(path)
    try:
        for name, fields in contents.items():
            _check(name, fields, grammar, rows)
        counters = _checked_counters(header, len(blank.islands))
    except ChangedFileError as error:
        raise refuse_changed(path, str(error)) from error
    fame, *groups = contents.values()
    islands = [Island(*groups[k : k + 3]) for k in range(0, len(groups), 3)]
    return SearchState(islands, fame, blank.parts, **counters)


def check_state(path: str | os.PathLike[str], blank: SearchState) -> None:
    """Refuse a checkpoint that no search of these settings can go on from, whatever its rows and parts.

    Parameters
    ----------
    path : path-like
        Where.
    blank : SearchState
        A state of a search of these settings before anything was done.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is damaged, is no checkpoint, or is one of another version or of other settings; it is
        left untouched.
    """
    stored = Path(path).read_bytes()
    try:
        _, contents = _decoded(stored, None, blank)
    except ChangedFileError as error:  # arrays of other sizes
        raise refuse_foreign(path) from error
    except OtherVersionError as error:
        raise refuse_other_version(path, str(error)) from error
    except Exception as error:  # as in `load_state`
        raise refuse_damaged(path) from error
    if not contents:
        raise refuse_foreign(path)


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
        f"{os.fspath(path)!r} is damaged or no checkpoint; name another file or delete it to start anew."
    )


def check_kind(header: dict[str, Any], kind: str, version: int) -> None:
    """Refuse what was written as something else, or by another version.

    Parameters
    ----------
    header : dict
        What a file says about itself.
    kind : str
        Format that is read.
    version : int
        Version of it that is read.

    Raises
    ------
    OtherVersionError
        If it is of the format, and only its version is another one.
    ValueError
        If it is not of the format.
    """
    if header["format"] != kind:
        raise ValueError
    found = header["version"]
    if type(found) is not int:
        raise ValueError
    if found != version:
        raise OtherVersionError(f"it has version {found}, and version {version} is read")


def refuse_other_version(path: str | os.PathLike[str], what: str) -> ValueError:
    """Make the error of a file that another version of the package has written.

    Parameters
    ----------
    path : path-like
        Which.
    what : str
        Which version it has, and which is read.

    Returns
    -------
    ValueError
        To be raised.
    """
    return ValueError(
        f"The checkpoint {os.fspath(path)!r} was written by another version of skinterpret: {what}; go on "
        "with that version, name another file or delete it to start anew."
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


def refuse_changed(path: str | os.PathLike[str], what: str) -> ValueError:
    """Make the error of a file that can be read, but does not hold what was written.

    Parameters
    ----------
    path : path-like
        Which.
    what : str
        What is wrong with it.

    Returns
    -------
    ValueError
        To be raised.
    """
    return ValueError(
        f"The checkpoint {os.fspath(path)!r} is damaged or was changed: {what}; delete it to start anew, or "
        "name another file."
    )


def _groups(state: SearchState) -> dict[str, Members | Credit]:
    """All arrays of a state, by the beginning of their names."""
    groups: dict[str, Members | Credit] = {"fame": state.fame}
    for number, island in enumerate(state.islands):
        groups |= {f"island_{number}_{name}": fields for name, fields in island._asdict().items()}
    return groups


def _decoded(stored: bytes, problem: str | None, blank: SearchState) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read header and arrays; no arrays where they belong to another search than that asked for."""
    with np.load(io.BytesIO(stored), allow_pickle=False) as archive:
        header = _read_header(archive)
        same = header["problem"] == problem or problem is None
        same &= header["operators"] == [operator.name for operator in OPERATORS]
        return header, _read_groups(archive, blank) if same else {}


def _read_header(archive: Any) -> dict[str, Any]:
    if archive.zip.getinfo("header.npy").file_size > LARGEST_HEADER:
        raise ValueError
    header: dict[str, Any] = json.loads(str(archive["header"]))
    check_kind(header, FORMAT, VERSION)
    return header


def _read_groups(archive: Any, blank: SearchState) -> dict[str, Any]:
    return {
        prefix: type(fields)(
            *(_read_array(archive, f"{prefix}_{name}", like) for name, like in fields._asdict().items())
        )
        for prefix, fields in _groups(blank).items()
    }


def _read_array(archive: Any, name: str, like: Any) -> Any:
    """Read an array that has the shape and the type of another; of others not even the content is read."""
    if name not in archive.files:
        raise ChangedFileError(f"{name} is missing")
    with archive.zip.open(f"{name}.npy") as file:
        read = {(1, 0): read_array_header_1_0, (2, 0): read_array_header_2_0}[read_magic(file)]
        shape, _, dtype = read(file)
    if shape != like.shape:
        raise ChangedFileError(f"{name} has shape {shape}, not {like.shape}")
    if (dtype.kind, dtype.itemsize) != (like.dtype.kind, like.dtype.itemsize):
        raise ChangedFileError(f"{name} has type {dtype}, not {like.dtype}")
    return np.ascontiguousarray(archive[name], dtype=like.dtype)


def _check(name: str, fields: Members | Credit, grammar: Grammar, rows: AnyRows) -> None:
    if isinstance(fields, Credit):
        check_credit(name, fields)
        return
    check_members(name, fields, grammar)
    if name.endswith("fame"):
        check_fame(name, fields, rows)
    else:
        check_population(name, fields, rows)


def _checked_counters(header: dict[str, Any], n_islands: int) -> dict[str, Any]:
    counters = {name: header.get(name) for name in COUNTERS}
    level, stagnation = counters["level"], counters["stagnation"]
    if type(level) not in (int, float) or level != level:
        raise ChangedFileError("level is no number")
    if not isinstance(stagnation, list) or len(stagnation) != n_islands:
        raise ChangedFileError(f"stagnation is no list of {n_islands} counts")
    counts = {name: [count] for name, count in counters.items() if name not in ("level", "stagnation")}
    for name, values in {**counts, "stagnation": stagnation}.items():
        if not all(type(value) is int and value >= 0 for value in values):
            raise ChangedFileError(f"{name} is no count")
    return counters

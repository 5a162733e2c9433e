"""Files that a command is to write, refused before the search and not after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path


def check_outputs(paths: Mapping[str, str | None], read: Iterable[str | None] = ()) -> None:
    """Refuse files that could not be written, or that the command reads; none is left behind.

    Parameters
    ----------
    paths : mapping of str to str or None
        Files by the options that name them.
    read : iterable of (str or None), default=()
        Files that are to stay as they are.

    Raises
    ------
    ValueError
        If one is a directory, is in none, may not be written or is read, or if two are the same.
    """
    seen: dict[Path, str] = {}
    kept = {Path(path).resolve() for path in read if path is not None}
    for option, path in paths.items():
        if path is None:
            continue
        # without links, so that no file is left where one points to
        place = Path(path).resolve()
        if place in seen:
            raise ValueError(f"{seen[place]} and {option} both name {path}; give each a file of its own.")
        if place in kept:
            raise ValueError(f"{option} names {path}, which this command reads; name another file for it.")
        seen[place] = option
        try:
            _try(place)
        except OSError as error:
            raise ValueError(
                f"{path} cannot be written ({error.strerror}); name another file for {option}."
            ) from None


def _try(place: Path) -> None:
    """Open a file to add nothing to it; permissions alone do not tell whether that goes well."""
    was_there = place.exists()
    if was_there and not (place.is_file() or place.is_dir()):
        return  # a pipe, or a device such as /dev/null
    with place.open("ab"):
        pass
    if not was_there:
        place.unlink()

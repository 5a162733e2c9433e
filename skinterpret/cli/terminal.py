"""Text for a terminal, which takes some characters of strangers' files for commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any


def printable(text: str) -> str:
    r"""Write characters that show nothing of themselves as Python's `repr` does; lines end as before.

    Parameters
    ----------
    text : str
        What is to be printed.

    Returns
    -------
    str
        The text, with escapes in the place of such characters.

    Examples
    --------
    >>> from skinterpret.cli.terminal import printable
    >>> print(printable("\x1b[31mdebt"))
    \x1b[31mdebt
    """
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(letter if letter.isprintable() or letter == "\n" else _escaped(letter) for letter in text)


@contextmanager
def printable_output() -> Iterator[None]:
    """Let everything be printed as `printable` writes it."""
    with redirect_stdout(_Printable(sys.stdout)), redirect_stderr(_Printable(sys.stderr)):
        yield


def write_data(text: str) -> None:
    """Write to standard output; as it is, unless that is a terminal.

    Parameters
    ----------
    text : str
        Data that a file or another program is to get.
    """
    stream = sys.stdout
    if isinstance(stream, _Printable) and not stream.isatty():
        stream = stream.stream
    stream.write(text)


class _Printable:
    """A stream that takes text and hands it on as `printable` writes it."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text."""
        self.stream.write(printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")

"""The blocks of code of the documentation, page by page, and the commands in them."""

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MADE = ("benchmarks/generated/", "gallery/", "_build/", "api/", "sg_execution_times")  # by the build
PAGES = {
    name: page
    for page in sorted(DOCS.rglob("*.rst"))
    if not (name := page.relative_to(DOCS).with_suffix("").as_posix()).startswith(MADE)
} | {name: ROOT / name for name in ("README.md", "CONTRIBUTING.md")}
IN_RST = re.compile(r"^( *)\.\. code-block:: (\w+)\n\n((?:\1 {3,}.*\n|\n)+)", flags=re.MULTILINE)
IN_MARKDOWN = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", flags=re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code.

    Attributes
    ----------
    language : str
        What the page says it is.
    text : str
        The code.
    """

    language: str
    text: str


def blocks_of(name):
    """List the blocks of a page in their order."""
    pattern = IN_MARKDOWN if name.endswith(".md") else IN_RST
    found = pattern.findall(PAGES[name].read_text(encoding="utf-8"))
    return [Block(language, textwrap.dedent(text).strip("\n") + "\n") for _, language, text in found]


def commands_in(text):
    """List the commands of a shell's text, without its comments."""
    lines = [line.partition("  #")[0] for line in text.splitlines()]
    return [part.strip() for line in lines for part in line.split("&&") if part.strip()]

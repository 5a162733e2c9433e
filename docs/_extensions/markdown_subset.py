"""As much Markdown as the changelog and the headers of the benchmarks use, as reStructuredText.

These files are read on their own as well, where Markdown is what is displayed.  Headings, code, links
and lists are all that they hold; the rest is the same in both.
"""

import re

from docutils.parsers import rst

UNDERLINES = "=-~"


def to_rst(text):
    """Translate headings, code, links and bars; lists, emphasis and paragraphs are the same in both."""
    parts = re.split(r"(?<!`)`([^`\n]+)`(?!`)", text)
    parts[::2] = [part.replace("|", r"\|") for part in parts[::2]]
    text = "``".join(parts)
    text = re.sub(r"\[([^\]]+)\]\((\S+)\)", r"`\1 <\2>`__", text)
    return re.sub(r"^(#{1,3}) (.+)$", _heading, text, flags=re.MULTILINE)


def _heading(match):
    level, title = len(match[1]), match[2]
    return f"{title}\n{UNDERLINES[level - 1] * len(title)}"


class Parser(rst.Parser):
    """What `:parser: markdown_subset` of an include names."""

    def parse(self, inputstring, document):
        """Parse the translation."""
        super().parse(to_rst(inputstring), document)

"""Every block of Python on the how-to pages that are written as scripts runs."""

import re
import warnings
from pathlib import Path
from textwrap import dedent

import pytest
from sklearn.exceptions import ConvergenceWarning

PAGES = Path(__file__).parents[1] / "docs" / "how_to"


@pytest.mark.parametrize("page", ["answers"])
def test_the_blocks_run_one_after_the_other(page):
    text = (PAGES / f"{page}.rst").read_text(encoding="utf-8")
    blocks = re.findall(r"^\.\. code-block:: python\n\n((?:    .*\n|\n)+)", text, flags=re.MULTILINE)
    assert blocks
    space: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for block in blocks:
            exec(compile(dedent(block), f"{page}.rst", "exec"), space)  # text of our own

"""The page about probes shows what happens."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "how_to" / "probes.rst"


def test_the_page_runs():
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False, optionflags=options)
    assert attempted > 30
    assert failed == 0

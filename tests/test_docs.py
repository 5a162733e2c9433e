"""The pages whose examples show results are run."""

import doctest
import warnings
from pathlib import Path

import pytest
from sklearn.exceptions import ConvergenceWarning

PAGES = sorted((Path(__file__).parent.parent / "docs" / "how_to").glob("*.rst"))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if ">>> " in page.read_text()], ids=lambda page: page.stem
)
def test_what_a_page_shows_is_what_comes_out(page):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
        failures, _ = doctest.testfile(str(page), module_relative=False, optionflags=flags)
    assert failures == 0

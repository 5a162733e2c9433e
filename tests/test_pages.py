"""The code on the how-to pages runs, and what they show is what comes out."""

import doctest
import re
import runpy
import textwrap
import warnings
from pathlib import Path

import pytest
from sklearn.exceptions import ConvergenceWarning

PAGES = sorted((Path(__file__).parent.parent / "docs" / "how_to").glob("*.rst"))
BLOCK = re.compile(r"^\.\. code-block:: python\n\n((?:    .*\n|\n)+)", flags=re.MULTILINE)
# pages whose blocks need no framework, cluster or Julia, and make a script one after the other
SCRIPTS = {"answers", "comparators", "pictures"}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if ">>> " in page.read_text("utf-8")], ids=lambda page: page.stem
)
def test_what_a_page_shows_is_what_comes_out(page):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
        failures, _ = doctest.testfile(str(page), module_relative=False, optionflags=flags)
    assert failures == 0


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem in SCRIPTS], ids=lambda page: page.stem)
def test_the_blocks_of_a_page_make_a_script_that_runs(page, tmp_path):
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert len(blocks) >= 2
    script = tmp_path / "page.py"
    script.write_text("".join(map(textwrap.dedent, blocks)), encoding="utf-8")
    space = runpy.run_path(str(script))
    if page.stem == "comparators":
        assert space["comparison"].folds["fidelity"].min() > 0.9
        assert space["surrogate"].n_parameters_ <= 100
        assert space["classifier"].formula_.variables in [(0, 1), (2, 3)]

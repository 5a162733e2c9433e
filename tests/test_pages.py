"""The code on the pages runs, and what they show is what comes out."""

import contextlib
import doctest
import re
import runpy
import warnings

import pytest
from sklearn.exceptions import ConvergenceWarning

from skinterpret.exceptions import UnfaithfulProbeWarning

from . import test_page_on_clusters, test_page_on_pysr
from .blocks import DOCS, PAGES, ROOT, blocks_of, commands_in

# pages whose blocks need more than one script, and the tests that run each of them
RUN_ONE_BY_ONE = {"how_to/clusters": test_page_on_clusters, "how_to/pysr": test_page_on_pysr}

# pages that run where a framework is installed
NEEDED = {"how_to/frameworks": "torch"}

# what a page may hold; another directive may bring code that no test sees
WITHOUT_CODE = {
    *("autoclass", "autofunction", "csv-table", "data", "glossary", "image", "include", "list-table"),
    *("plot", "toctree"),
}
LANGUAGES = {"python", "bash", "text"}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def read_script(name):
    """The blocks of a page in their order; a command of this package becomes a call of its `main`."""
    parts = []
    for language, text in blocks_of(name):
        if language == "bash":
            words = [line.split() for line in commands_in(text) if line.startswith("skinterpret ")]
            parts += [
                f"assert __import__('skinterpret.cli').cli.main({line[1:]}) in (0, 3)\n" for line in words
            ]
        elif language == "python":
            parts.append(text)
    return "".join(parts)


def has_python(name):
    return any(block.language == "python" for block in blocks_of(name))


SHOWING = [name for name, page in PAGES.items() if ">>> " in page.read_text("utf-8")]
RUNNING = [name for name in PAGES if has_python(name) and name not in {*SHOWING, *RUN_ONE_BY_ONE}]


@pytest.mark.parametrize("name", SHOWING)
def test_what_a_page_shows_is_what_comes_out(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UnfaithfulProbeWarning)  # of zeros far from the data
        flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
        failures, tried = doctest.testfile(str(PAGES[name]), module_relative=False, optionflags=flags)
    assert tried > 0
    assert failures == 0


@pytest.mark.parametrize("name", RUNNING)
def test_the_blocks_of_a_page_make_a_script_that_runs(name, tmp_path):
    if name in NEEDED:
        pytest.importorskip(NEEDED[name])
    script = tmp_path / "page.py"
    script.write_text(read_script(name), encoding="utf-8")
    with contextlib.chdir(tmp_path):
        space = runpy.run_path(str(script))
    text = PAGES[name].read_text("utf-8")
    if name == "how_to/comparators":
        assert space["comparison"].folds["fidelity"].min() > 0.9
        assert space["surrogate"].n_parameters_ <= 100
        assert len(space["short"].rules_) <= 8
        assert space["classifier"].formula_.variables in [(0, 1), (2, 3)]
        assert space["scores"]["test_fidelity"].min() > 0.85
        assert space["scores"]["test_complexity"].max() < 0 < space["scores"]["test_alignment"].min()
        tried = space["search"].cv_results_["mean_test_fidelity"]
        assert tried[space["search"].best_index_] >= tried.max() - 0.01
    if name == "index":
        assert str(space["surrogate"].decision_rule_) in text
    if name == "README.md":
        assert f"decision_rule_  # {space['surrogate'].decision_rule_}\n" in text
    if name == "how_to/structure":
        assert "x3 and x4 enter about through x3 - x4" in str(space["surrogate"].structure_)


@pytest.mark.parametrize("name", PAGES)
def test_no_code_of_a_page_is_left_out(name):
    """Commands of the shell are run, on every page, by `test_commands_on_pages`."""
    blocks = blocks_of(name)
    text = PAGES[name].read_text(encoding="utf-8")
    begun = text.count("```") // 2 if name.endswith(".md") else text.count("code-block::")
    assert len(blocks) == begun, "a block is not written as those that tests find"
    assert {block.language for block in blocks} <= LANGUAGES
    code = [block for block in blocks if block.language == "python"]
    if name in RUN_ONE_BY_ONE:
        assert blocks == RUN_ONE_BY_ONE[name].BLOCKS
    elif name in SHOWING:
        assert [block for block in code if not block.text.startswith(">>> ")] == []
    else:
        assert (name in RUNNING) == bool(code)


@pytest.mark.parametrize("name", [name for name in PAGES if not name.endswith(".md")])
def test_a_page_has_no_directive_that_may_hold_other_code(name):
    found = set(re.findall(r"^ *\.\. ([\w:-]+)::", PAGES[name].read_text(encoding="utf-8"), re.MULTILINE))
    assert found <= {*WITHOUT_CODE, "code-block"}


@pytest.mark.parametrize("name", PAGES)
def test_what_stands_in_a_block_without_a_language_is_no_code(name):
    text = PAGES[name].read_text(encoding="utf-8")
    without = re.findall(r"^(?! *\.\. ).*::\n\n((?: +.*\n|\n)+)", text, flags=re.MULTILINE)
    lines = [line.strip() for block in without for line in block.splitlines() if line.strip()]
    assert [
        line for line in lines if re.match(r">>>|\$|python|pip|skinterpret|import|from|\w+ = ", line)
    ] == []


@pytest.mark.parametrize("folder", ["docs", "examples", "skinterpret"])
def test_pages_show_without_what_is_fetched_from_elsewhere(folder):
    """Formulas by the role or the directive of mathematics would load MathJax."""
    texts = [*(ROOT / folder).rglob("*.rst"), *(ROOT / folder).rglob("*.py")]
    roles = re.compile(r":math:`|\.\. math::")
    assert [path for path in texts if roles.search(path.read_text(encoding="utf-8"))] == []


def test_the_pages_are_found():
    assert {"get_started", "how_to/answers", "how_to/comparators", "README.md"} <= set(RUNNING)
    assert all(DOCS in page.parents for name, page in PAGES.items() if not name.endswith(".md"))

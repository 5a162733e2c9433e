"""The code on the pages runs, and what they show is what comes out."""

import contextlib
import doctest
import re
import runpy
import textwrap
import warnings
from pathlib import Path

import pytest
from sklearn.exceptions import ConvergenceWarning

DOCS = Path(__file__).parent.parent / "docs"
MADE = ("benchmarks/generated/", "gallery/", "_build/", "api/", "sg_execution_times")  # by the build
PAGES = {
    name: page
    for page in sorted(DOCS.rglob("*.rst"))
    if not (name := page.relative_to(DOCS).with_suffix("").as_posix()).startswith(MADE)
}
BLOCK = re.compile(r"^\.\. code-block:: (python|bash)\n\n((?:    .*\n|\n)+)", flags=re.MULTILINE)
COMMAND = re.compile(r"^skinterpret (.+)$", flags=re.MULTILINE)

# pages with code that cannot run as it stands, and why
EXCUSED = {
    "how_to/command_line": "is about the reader's files and models; tests/cli runs each command",
    "how_to/clusters": "needs a cluster; tests/search/evolution runs dask with worker processes",
    "how_to/pysr": "needs Julia; tests/search/pysr runs what it shows",
}

# pages that run where a framework is installed
NEEDED = {"how_to/frameworks": "torch"}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def read_script(page):
    """The blocks of a page in their order; a command of this package becomes a call of its `main`."""
    parts = []
    for language, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        text = textwrap.dedent(block)
        if language == "bash":
            words = [line.split() for line in COMMAND.findall(text)]
            text = "".join(f"assert __import__('skinterpret.cli').cli.main({line}) == 0\n" for line in words)
        parts.append(text)
    return "".join(parts)


SHOWING = [name for name, page in PAGES.items() if ">>> " in page.read_text("utf-8")]
RUNNING = [
    name for name, page in PAGES.items() if name not in {*SHOWING, *EXCUSED} and read_script(page).strip()
]


@pytest.mark.parametrize("name", SHOWING)
def test_what_a_page_shows_is_what_comes_out(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
        failures, tried = doctest.testfile(str(PAGES[name]), module_relative=False, optionflags=flags)
    assert tried > 0
    assert failures == 0


@pytest.mark.parametrize("name", RUNNING)
def test_the_blocks_of_a_page_make_a_script_that_runs(name, tmp_path):
    if name in NEEDED:
        pytest.importorskip(NEEDED[name])
    script = tmp_path / "page.py"
    script.write_text(read_script(PAGES[name]), encoding="utf-8")
    with contextlib.chdir(tmp_path):
        space = runpy.run_path(str(script))
    if name == "how_to/comparators":
        assert space["comparison"].folds["fidelity"].min() > 0.9
        assert space["surrogate"].n_parameters_ <= 100
        assert len(space["short"].rules_) <= 8
        assert space["classifier"].formula_.variables in [(0, 1), (2, 3)]
    if name == "index":
        assert str(space["surrogate"].decision_rule_) in PAGES[name].read_text("utf-8")
    if name == "how_to/structure":
        assert "x3 and x4 enter through x3 - x4" in str(space["surrogate"].structure_)


def test_the_code_of_the_readme_runs_and_finds_what_it_says():
    text = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    space = {}
    exec(re.search(r"```python\n(.+?)```", text, re.DOTALL)[1], space)
    assert f"decision_rule_  # {space['surrogate'].decision_rule_}\n" in text


@pytest.mark.parametrize("folder", ["docs", "examples", "skinterpret"])
def test_pages_show_without_what_is_fetched_from_elsewhere(folder):
    """Formulas by the role or the directive of mathematics would load MathJax."""
    texts = [*(DOCS.parent / folder).rglob("*.rst"), *(DOCS.parent / folder).rglob("*.py")]
    roles = re.compile(r":math:`|\.\. math::")
    assert [path for path in texts if roles.search(path.read_text(encoding="utf-8"))] == []


def test_every_excused_page_exists_and_has_code():
    assert all(read_script(PAGES[name]).strip() for name in EXCUSED)


def test_a_page_runs_wherever_its_code_is_not_excused():
    assert {"get_started", "how_to/answers", "how_to/comparators", "how_to/pictures"} <= set(RUNNING)

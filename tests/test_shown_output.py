"""What the README and the first page show of the command line is what it prints."""

import contextlib
import io
import runpy
from pathlib import Path

import pandas as pd
import pytest

from skinterpret.cli.printing import print_candidates

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_PAGE = (ROOT / "docs" / "get_started.rst").read_text(encoding="utf-8")
demo = runpy.run_path(str(ROOT / ".ci" / "check_demo.py"))


@pytest.fixture(scope="module")
def printed(ellipse_surrogate):
    """Heading of the candidates and the chosen one, as they are printed."""
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        print_candidates(ellipse_surrogate)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("page", [README, FIRST_PAGE], ids=["README", "get_started"])
def test_the_candidates_on_a_page_have_the_heading_that_is_printed(page, printed):
    (heading,) = [line for line in printed if line.split()[:1] == ["complexity"]]
    assert heading.strip() in [line.strip() for line in page.splitlines()]


@pytest.mark.parametrize("page", [README, FIRST_PAGE], ids=["README", "get_started"])
def test_the_chosen_candidate_on_a_page_is_the_rule_below_it(page):
    (chosen,) = [line for line in page.splitlines() if line.strip().startswith("→")]
    rule = chosen.split("  ")[-1].strip()
    assert rule in [line.partition(" where  ")[2] for line in page.splitlines() if " where  " in line]


@pytest.mark.parametrize("page", [README, FIRST_PAGE], ids=["README", "get_started"])
def test_the_candidates_on_a_page_are_in_the_order_of_complexity(page):
    lines = page[page.index("  rule\n") :].partition("\n\n")[0].splitlines()[1:]
    complexities = [int(line.replace("→", " ").split()[0]) for line in lines]
    assert pd.Index(complexities).is_monotonic_increasing
    assert len(complexities) >= 4


def test_other_figures_in_the_demo_make_no_difference():
    block = demo["BLOCK"].search(README)[1]
    assert demo["missing_from"](block.replace("0.996", "0.9"), README) == []


@pytest.mark.parametrize(("shown", "printed"), [("  rule\n", "  formula\n"), ("2*x2**2", "x2*x1")])
def test_another_heading_or_rule_in_the_demo_is_found(shown, printed):
    block = demo["BLOCK"].search(README)[1]
    assert demo["missing_from"](block.replace(shown, printed), README) != []


def test_a_readme_without_the_demo_is_found():
    assert demo["missing_from"]("anything", "no block") != []

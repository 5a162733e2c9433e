"""What the documentation makes from other files holds what they hold."""

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def extension():
    pytest.importorskip("docutils", reason="comes with sphinx, which builds the documentation")
    sys.path.insert(0, str(ROOT / "docs" / "_extensions"))
    try:
        import benchmark_pages

        yield benchmark_pages
    finally:
        sys.path.pop(0)


@pytest.fixture
def benchmarks(tmp_path):
    folder = tmp_path / "benchmarks"
    (folder / "results").mkdir(parents=True)
    (folder / "speed.py").write_text('"""How fast it is.\n\npython -m benchmarks.speed [--quick]\n"""\n')
    (folder / "results" / "speed.csv").write_text(
        '# Medians of `fit`.\n# \n# 2026-01-02, a machine.\nrule,seconds\n"x1**2, x2 > 1",2.5\n'
    )
    return folder


def read_page(text):
    """Let docutils read a page; the texts of its cells, row by row, and of everything on it."""
    from docutils.core import publish_doctree
    from docutils.nodes import row

    text = text.replace(".. code-block:: bash", "::")
    tree = publish_doctree(text, settings_overrides={"halt_level": 2, "report_level": 2})
    return [[cell.astext() for cell in line] for line in tree.findall(row)], tree.astext()


def test_a_page_holds_question_machine_command_and_cells(extension, benchmarks, tmp_path):
    extension.write_pages(benchmarks, tmp_path / "pages")
    rows, text = read_page((tmp_path / "pages" / "speed.rst").read_text())
    assert rows == [["rule", "seconds"], ["x1**2, x2 > 1", "2.5"]]
    for part in ("How fast it is", "python -m benchmarks.speed", "Medians of fit.", "2026-01-02, a machine."):
        assert part in text


def test_pages_of_tables_that_are_gone_go_too(extension, benchmarks, tmp_path):
    pages = tmp_path / "pages"
    extension.write_pages(benchmarks, pages)
    (benchmarks / "results" / "speed.csv").unlink()
    extension.write_pages(benchmarks, pages)
    assert list(pages.iterdir()) == []


def test_a_table_without_a_script_is_refused(extension, benchmarks, tmp_path):
    (benchmarks / "results" / "lost.csv").write_text("# Note.\n# A machine.\na\n1\n")
    with pytest.raises(ValueError, match="lost.csv has no script"):
        extension.write_pages(benchmarks, tmp_path / "pages")


def test_all_tables_of_the_benchmarks_come_out_whole(extension):
    found = extension.find_tables(ROOT / "benchmarks")
    assert sum(len(tables) for _, tables in found) == len(
        list((ROOT / "benchmarks" / "results").glob("*.csv"))
    )
    for script, tables in found:
        rows, _ = read_page(extension.make_page(script, tables))
        kept = [pd.read_csv(table, comment="#", dtype=str, keep_default_na=False) for table in tables]
        wanted = [line for table in kept for line in [table.columns.tolist(), *table.to_numpy().tolist()]]
        assert rows == wanted


def test_markdown_headings_code_and_links_are_translated(extension):
    from markdown_subset import to_rst

    text = to_rst("# Title\n\n- `code` and [a page](https://example.org)\n")
    assert text == "Title\n=====\n\n- ``code`` and `a page <https://example.org>`__\n"


def test_every_picture_has_a_text_for_those_who_do_not_see_it():
    pages = [page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.rst")]
    pictures = [
        match for page in pages for match in re.findall(r"^\.\. (?:plot|figure|image)::.*\n.*\n", page, re.M)
    ]
    assert len(pictures) >= 10
    assert [picture for picture in pictures if "   :alt: " not in picture] == []

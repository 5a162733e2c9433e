"""Pages from the tables of the benchmarks: what was asked, on what machine and when, and the figures.

A script `benchmarks/<name>.py` keeps its tables as `results/<name>.csv` and `results/<name>_<part>.csv`, each
under a comment with a note and a line on the machine.  Each script with a table gets a page.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from pathlib import Path

from markdown_subset import to_rst

MARKUP = re.compile(r"[*`|_\\]")


def setup(app):
    """Make the pages before sphinx looks for its sources."""
    app.connect("builder-inited", _write_all)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _write_all(app):
    docs = Path(app.srcdir)
    write_pages(docs.parent / "benchmarks", docs / "benchmarks" / "generated")


def write_pages(benchmarks, folder):
    """Write a page for each script with tables, and remove those of scripts that have none any more."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{script.stem}.rst": make_page(script, tables) for script, tables in find_tables(benchmarks)}
    for old in folder.glob("*.rst"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        page = folder / name
        # one that stays as it is keeps its date, so that sphinx does not read it again
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def find_tables(benchmarks):
    """Pair each script with its tables; one whose tables have no script is an error."""
    scripts = {script.stem: script for script in sorted(benchmarks.glob("[!_]*.py"))}
    tables_of = {}
    for table in sorted((benchmarks / "results").glob("*.csv")):
        makers = [name for name in scripts if table.stem == name or table.stem.startswith(f"{name}_")]
        if not makers:
            raise ValueError(f"{table.name} has no script of its name in {benchmarks}; rename one of them.")
        tables_of.setdefault(max(makers, key=len), []).append(table)
    return [(scripts[name], tables) for name, tables in tables_of.items()]


def make_page(script, tables):
    """Write the page of one script."""
    title, _, rest = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))).partition("\n\n")
    title = to_rst(" ".join(title.split()).rstrip("."))
    parts = [f"{title}\n{'=' * len(title)}", *map(_paragraph, rest.split("\n\n"))]
    for table in tables:
        note, machine, rows = read_table(table)
        if len(tables) > 1:
            parts.append(f"``{table.stem}``\n{'-' * (len(table.stem) + 4)}")
        parts += [to_rst(note), f"Measured {machine}", make_table(rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def read_table(path):
    """Read a table: its note, its line on the machine, and its rows with the header first."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    comment = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))
    *note, machine = [line for line in comment if line]
    return " ".join(note), machine, rows


def make_table(rows):
    """Write rows as a `csv-table` whose cells mean what they say."""
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [_cell(cell) for cell in row] for row in rows
    )
    lines = "".join(f"   {line}\n" for line in written.getvalue().splitlines())
    return f".. csv-table::\n   :header-rows: 1\n   :widths: auto\n\n{lines}".rstrip()


def _cell(text):
    """Formulas hold what would be markup."""
    return f"``{text}``" if MARKUP.search(text) else text


def _paragraph(text):
    if text.startswith("python -m"):
        return ".. code-block:: bash\n\n" + "\n".join(f"   {line}" for line in text.splitlines())
    return to_rst(text)

"""The code of the how-to page on comparators runs as it stands there."""

import re
import runpy
import textwrap
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "how_to" / "comparators.rst"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_page_on_comparators_runs(tmp_path):
    blocks = re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 4
    script = tmp_path / "page.py"
    script.write_text("".join(map(textwrap.dedent, blocks)), encoding="utf-8")
    space = runpy.run_path(str(script))
    assert space["comparison"].folds["fidelity"].min() > 0.9
    assert space["surrogate"].n_parameters_ <= 100
    table = space["classifier"].equations_
    assert table.loc[table["chosen"], "complexity"].item() == 3
    assert space["classifier"].formula_.variables in [(0, 1), (2, 3)]

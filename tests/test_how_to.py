"""The code of the how-to page on comparators runs as it stands there."""

import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

PAGE = Path(__file__).parent.parent / "docs" / "how_to" / "comparators.rst"


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_page_on_comparators_runs():
    blocks = re.findall(r"\.\. code-block:: python\n\n((?:    .*\n|\n)+)", PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 4
    space = {}
    for block in blocks:
        exec(textwrap.dedent(block), space)
    assert space["comparison"].folds["fidelity"].min() > 0.9
    assert space["surrogate"].n_parameters_ < 40
    table = space["classifier"].equations_
    assert table.loc[table["chosen"], "complexity"].item() == 3
    assert np.isin(space["classifier"].formula_.variables, [[0, 1], [2, 3]]).all()

"""Numbers below each other."""

import numpy as np
import pandas as pd
import pytest

from skinterpret.report.numbers import alike
from skinterpret.report.tables import index_texts, table_view


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([1.0, 9.7051e-09, 0.5], ["1.0", "9.705e-09", "0.5"]),
        ([70, 110.5], ["70.0", "110.5"]),
        ([70.0, 110.0], ["70", "110"]),
        ([4254.0, 185.2], ["4254.0", "185.2"]),
        ([0.25, np.nan, -0.0], ["0.25", "–", "0.0"]),
        ([2e9, 0.5], ["2e+09", "0.5"]),
        ([np.inf, 1.5], ["inf", "1.5"]),
        (["north", True, 3], ["north", "True", "3"]),
        ([], []),
    ],
)
def test_a_column_has_decimals_everywhere_or_nowhere(values, written):
    assert alike(values) == written


def test_values_of_one_input_do_not_change_those_of_another():
    index = pd.MultiIndex.from_tuples([("baseline", ""), ("age", 70), ("dose", 1.0), ("dose", 0.25)])
    assert [texts[-1] for texts in index_texts(index)] == ["", "70", "1.0", "0.25"]


def test_each_column_of_a_page_is_written_for_itself():
    view = table_view(pd.DataFrame({"fidelity": [1.0, 0.98], "complexity": [12.0, 7.0]}), shaded=False)
    assert [[cell.text for cell in cells] for _, cells in view.rows] == [["1.0", "12"], ["0.98", "7"]]

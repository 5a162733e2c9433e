"""What the table on random labels says of a rule."""

import numpy as np
import pytest

from benchmarks.trust import share_right


def test_half_of_what_the_more_frequent_class_gets_wrong_is_right():
    assert share_right(fidelity=0.9, majority=0.8) == pytest.approx(0.5)


def test_where_the_more_frequent_class_gets_nothing_wrong_there_is_no_share():
    assert np.isnan(share_right(fidelity=0.967, majority=1.0))

"""True and false are no numbers of candidates."""

import numpy as np
import pytest

from skinterpret import (
    PrunedSurrogate,
    SymbolicClassifier,
    SymbolicSurrogate,
    SymbolicSurrogateRegressor,
    TreeSurrogate,
)
from skinterpret._sklearn import InvalidParameterError


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    "kind",
    [PrunedSurrogate, SymbolicClassifier, SymbolicSurrogate, SymbolicSurrogateRegressor, TreeSurrogate],
)
def test_a_selection_of_true_is_not_one_of_1(kind, value):
    with pytest.raises(InvalidParameterError, match=f"'selection' parameter .* Got {value} instead"):
        kind(selection=value).fit(np.zeros((10, 2)), np.arange(10) % 2)


def test_nor_is_it_one_for_another_candidate(ellipse_surrogate):
    with pytest.raises(InvalidParameterError, match=r"an int in the range \[1, inf\).* Got True instead"):
        ellipse_surrogate.select(True)

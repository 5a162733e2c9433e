"""Whole numbers as parameters, of which true and false are none."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from skinterpret._sklearn import Interval


class WholeNumbers(Interval):  # type: ignore[misc]
    """Constraint on a parameter: a whole number, where scikit-learn's would take `True` for 1.

    Parameters
    ----------
    least : int
        The smallest that is allowed.

    Examples
    --------
    >>> from skinterpret.surrogates.whole_numbers import WholeNumbers
    >>> [WholeNumbers(1).is_satisfied_by(value) for value in (3, 0, True)]
    [True, False, False]
    """

    def __init__(self, least: int) -> None:
        super().__init__(Integral, least, None, closed="left")

    def is_satisfied_by(self, val: Any) -> bool:
        """Tell whether a value is allowed.

        Parameters
        ----------
        val : object
            The value.

        Returns
        -------
        bool
            Whether it is.
        """
        return not isinstance(val, bool) and bool(super().is_satisfied_by(val))

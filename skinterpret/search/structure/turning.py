"""How far the ratio of two slopes turns with other inputs, by second derivatives.

`f = F(A(u, v), rest)` holds where the ratio of `∂f/∂u` to `∂f/∂v` does not change with any other input
`k`: where `f_uk f_v = f_u f_vk`.  Both sides get the same from the second derivative of a function φ around
`f`, so that it does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.structure.parts import Quantity

Array = NDArray[np.float64]
SecondDerivatives = Callable[[Array], Array | None]

MOST_ROWS = 512  # a median needs no more
MOST_INPUTS = 60  # with as many, second derivatives at 512 rows take 15 MB

# In radians a standard deviation of the other input.  Of experiments 3 to 8, networks of two kinds and two
# seeds each, pairs that enter through a function of their own have 0.005 to 0.13, others 0.05 to 0.50; but
# inputs and sums of others that were found before have 0.04 where there is no function of the two.
STEADY = 0.02
TURNING = 0.2


class Turns:
    """Tells how far ratios of slopes turn, for one set of rows.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Rows.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients of `f`.
    second_derivatives : callable
        Gives for rows the second derivatives of `f`, divided by the length of the gradient, as an ndarray of
        shape (n_rows, n_features, n_features), or `None` if there are none.  It is asked when the first
        pair is.
    """

    def __init__(self, X: Array, directions: Array, second_derivatives: SecondDerivatives) -> None:
        step = -(-len(X) // MOST_ROWS)
        self._X, self._directions = X[::step], directions[::step]
        self._differentiate = second_derivatives
        self._hessian: Array | None = None
        self._has_none = X.shape[1] > MOST_INPUTS

    def largest(self, first: Quantity, second: Quantity, others: Sequence[Quantity]) -> float | None:
        """Measure how far the ratio of two slopes turns with an input of other quantities.

        Parameters
        ----------
        first, second : Quantity
            The two.
        others : sequence of Quantity
            All others.

        Returns
        -------
        float or None
            Median of the turn over the rows, in radians a standard deviation of the input, for the input by
            which it is the largest; `None` where an input occurs in two of the quantities, no other input is
            left, or there are no second derivatives.
        """
        used = [set(one.expression.variables) for one in (first, second, *others)]
        foreign = sorted(set().union(*used[2:]))
        if not foreign or len(set().union(*used)) < sum(map(len, used)):
            return None
        hessian = self._second_derivatives()
        if hessian is None:
            return None
        spread = self._X[:, foreign].std(axis=0)
        with np.errstate(all="ignore"):
            u, du = self._slope(first, foreign, hessian)
            v, dv = self._slope(second, foreign, hessian)
            turns = np.abs(du * v[:, None] - u[:, None] * dv) / (u * u + v * v)[:, None] * spread
        sound = np.isfinite(turns).all(axis=1)
        return float(np.median(turns[sound], axis=0).max()) if sound.any() else None

    def _slope(self, quantity: Quantity, foreign: list[int], hessian: Array) -> tuple[Array, Array]:
        """Give `∂f/∂u` a standard deviation of `u`, and its derivatives by inputs that `u` does not have.

        It is `∂f/∂x / ∂u/∂x` for any input `x` that `u` alone has; the one that moves `u` the most serves
        best.
        """
        gradient = quantity.expression.gradient(self._X)
        moved = np.nanmean(np.abs(gradient), axis=0) * self._X.std(axis=0)
        x = int(np.nanargmax(moved))
        scale = np.nanstd(quantity.values) / gradient[:, x]
        return self._directions[:, x] * scale, hessian[:, x][:, foreign] * scale[:, None]

    def _second_derivatives(self) -> Array | None:
        if self._hessian is None and not self._has_none:
            self._hessian = self._differentiate(self._X)
            self._has_none = self._hessian is None
        return self._hessian

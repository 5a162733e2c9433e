"""The linear combination through which all inputs enter together.

Where gradients hardly turn, every function is near to such a one.  So it is told only where next to nothing
is left; and of few inputs, of which a formula has room for more than that, only where no polynomial leaves
far less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.structure.sparse_basis import unexplained
from skinterpret.search.structure.worth import NEGLIGIBLE

Array = NDArray[np.float64]

MOST_DIGITS = 3
AS_GOOD = 1.1  # times what is left with that many digits
TURNING = 0.003  # of the squared gradient along the combination that may be along any direction across it
# Up to such a share of the squared gradient across it, a combination of a few inputs stands unless a
# polynomial leaves less than such a share of that.  Networks of linear rules leave up to 8e-4.
TIERS = ((2e-5, 0.0), (5e-4, 0.01), (1e-3, 0.1), (1.0, 1.0))
TURNING_AT_ALL = 0.02  # of all: many directions across may each have little of what is a function of several


def straight_combination(directions: Array, held_back: Array) -> tuple[dict[int, float], float] | None:
    """Find the combination of all inputs along which all gradients are, up to noise.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients from which it is made.
    held_back : ndarray of shape (n_held_back, n_features)
        Unit gradients on which it must hold as well.

    Returns
    -------
    tuple of (dict of int to float, float) or None
        Coefficients by input, the smallest 1 or -1, with no more digits than count, and the share of the
        squared gradient that is not along it on the held-back rows; `None` where gradients turn.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search.structure.straight import straight_combination
    >>> alike = np.tile(np.arange(1.0, 11), (50, 1))
    >>> coefficients, left = straight_combination(alike, alike)
    >>> coefficients[0], coefficients[9], left < 1e-12
    (1.0, 10.0, True)
    """
    moments = [rows.T @ rows / len(rows) for rows in (directions, held_back)]
    if any(_turns(moment) for moment in moments):
        return None
    row = np.linalg.eigh(moments[0])[1][:, -1]
    smallest = np.abs(row).min()
    if smallest == 0:
        return None
    row *= np.sign(row[0])
    forms = [
        np.array([float(f"{value / smallest:.{digits}g}") for value in row])
        for digits in range(1, MOST_DIGITS + 1)
    ]
    left = [unexplained(form[None], moments[1]) for form in forms]
    chosen = next(k for k, share in enumerate(left) if share <= AS_GOOD * left[-1] + NEGLIGIBLE)
    return dict(enumerate(forms[chosen].tolist())), left[chosen]


def is_bent(left: float, by_rival: float) -> bool:
    """Tell of a few inputs whether a polynomial is so much nearer that they enter otherwise.

    Parameters
    ----------
    left, by_rival : float
        Share of the squared gradient that is across the combination, and across the polynomial's gradient.

    Returns
    -------
    bool
        Whether it is.

    Examples
    --------
    >>> from skinterpret.search.structure.straight import is_bent
    >>> is_bent(1e-4, 5e-6), is_bent(1e-4, 0.0), is_bent(8e-4, 3e-4), is_bent(5e-3, 3e-3)
    (False, True, False, True)
    """
    share = next(share for most, share in TIERS if left <= most)
    return max(by_rival, 0.0) < share * left  # rounding errors make it less than nothing


def _turns(moment: Array) -> bool:
    *_, second, first = np.linalg.eigvalsh(moment)
    return bool(second > TURNING * first or np.trace(moment) - first > TURNING_AT_ALL * np.trace(moment))

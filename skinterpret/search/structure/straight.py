"""The linear combination through which many inputs enter all together.

Of a few inputs the search finds it at once, and where gradients hardly turn it is no finding.  Of many, a
formula with all of them is longer than any search may write, so that this is the one place where it is told.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.structure.sparse_basis import unexplained

Array = NDArray[np.float64]

MANY = 9  # inputs; with a coefficient each they make a formula of complexity 44
TURNING = 0.003  # of the squared gradient along the combination that may be along any direction across it
TURNING_AT_ALL = 0.02  # of all: many directions across may each have little of what is a function of several


def straight_combination(directions: Array, held_back: Array) -> tuple[dict[int, float], float] | None:
    """Find the combination of many inputs along which all gradients are, up to noise.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients from which it is made.
    held_back : ndarray of shape (n_held_back, n_features)
        Unit gradients on which it must hold as well.

    Returns
    -------
    tuple of (dict of int to float, float) or None
        Coefficients by input, the smallest 1 or -1, and the share of the squared gradient that is not
        along it on the held-back rows; `None` where gradients turn.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search.structure.straight import straight_combination
    >>> alike = np.tile(np.arange(1.0, 11), (50, 1))
    >>> coefficients, left = straight_combination(alike, alike)
    >>> coefficients[0], coefficients[9], left < 1e-12
    (1.0, 10.0, True)
    """
    if directions.shape[1] < MANY:
        return None
    moments = [rows.T @ rows / len(rows) for rows in (directions, held_back)]
    if any(_turns(moment) for moment in moments):
        return None
    row = np.linalg.eigh(moments[0])[1][:, -1]
    row *= np.sign(row[np.argmax(np.abs(row))])
    smallest = np.abs(row).min()
    if smallest == 0:
        return None
    shown = {j: float(f"{value / smallest:.3g}") for j, value in enumerate(row)}
    return shown, unexplained(np.array([list(shown.values())]), moments[1])


def _turns(moment: Array) -> bool:
    *_, second, first = np.linalg.eigvalsh(moment)
    return bool(second > TURNING * first or np.trace(moment) - first > TURNING_AT_ALL * np.trace(moment))

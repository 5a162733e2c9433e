"""Whether a finding says more than that gradients hardly turn, or that one of its inputs hardly counts.

Where a network is all but straight, as those of small noisy tables often are, any combination of its
inputs leaves little unexplained, and where an input is weak, so does whatever leaves it out.  Neither
is structure, so the limit is relative to both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

WORTH = 0.05  # of what is left without the finding; on tanh (60, 60) networks of the experiments below 0.02
NEGLIGIBLE = 1e-5


def largest_unexplained(own: Array, straight: float) -> float:
    """Give the largest share that a finding may leave unexplained.

    Parameters
    ----------
    own : ndarray of shape (n_own,)
        Mean squared derivatives by the inputs, or quantities, that it is about.
    straight : float
        As `left_by_straight_line` gives it.

    Returns
    -------
    float
        Limit.
    """
    weakest = float(own.min() / own.sum())
    return NEGLIGIBLE + WORTH * min(weakest, straight)


def left_by_straight_line(directions: Array) -> float:
    """Measure how far gradients turn at all.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients.

    Returns
    -------
    float
        Share of the squared gradient that is not along the one direction that explains most of it: 0
        for a linear function.
    """
    sizes = np.linalg.eigvalsh(directions.T @ directions)
    return float(max(1 - sizes[-1] / sizes.sum(), 0.0))

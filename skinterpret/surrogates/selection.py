"""Which candidate of a front becomes the answer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def simplest_within_one_standard_error(
    complexity: NDArray[np.int64], fidelity: NDArray[np.float64], n_samples: int
) -> int:
    """Choose the simplest candidate whose fidelity is within one standard error of the best.

    The one-standard-error rule of Breiman et al., Classification and Regression Trees (1984),
    section 3.4.3.  The standard error is that of a binomial proportion with the best fidelity, with
    one disagreement added so that a perfect score on few rows is not taken for certainty.

    Parameters
    ----------
    complexity : ndarray of shape (n_candidates,)
        Complexity of each candidate.
    fidelity : ndarray of shape (n_candidates,)
        Its fidelity on held-back rows.
    n_samples : int
        Number of held-back rows.

    Returns
    -------
    int
        Index of the chosen candidate; ties go to the higher fidelity.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.surrogates.selection import simplest_within_one_standard_error
    >>> simplest_within_one_standard_error(
    ...     np.array([3, 7, 15]), np.array([0.8, 0.99, 0.991]), n_samples=1000
    ... )
    1
    """
    best = (fidelity.max() * n_samples) / (n_samples + 1)
    standard_error = np.sqrt(best * (1 - best) / n_samples)
    eligible = np.flatnonzero(fidelity >= fidelity.max() - standard_error)
    return int(eligible[np.lexsort((-fidelity[eligible], complexity[eligible]))[0]])

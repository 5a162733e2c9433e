"""What speaks against a sum of single inputs: that it is hardly more faithful than one class."""

from __future__ import annotations

from typing import Any

import numpy as np

from skinterpret.metrics import fidelity_score

LEAST_GAIN = 0.1  # of the rows that the most frequent class gets wrong; a few rows make no surrogate


def reason_for_distrust(network_answers: Any, answers: Any, baseline: Any) -> str | None:
    """Say in which way the sum of single inputs hardly tells more of the network than one class would.

    Parameters
    ----------
    network_answers : ndarray of shape (n_samples,)
        What the network predicts.
    answers : ndarray of shape (n_samples,)
        What the sum predicts.
    baseline : {"zero", "mean", "median"} or array-like
        The setting of that name.

    Returns
    -------
    str or None
        One sentence with the cause and the mend; `None` where, beyond what the most frequent class gets
        right, the sum gets right a tenth or more of the rest, or agrees with the network everywhere.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.probes.distrust import reason_for_distrust
    >>> network_answers = np.array([0, 1, 1, 0])
    >>> reason_for_distrust(network_answers, np.array([0, 1, 1, 1]), "zero") is None
    True
    >>> print(reason_for_distrust(network_answers, np.array([1, 1, 1, 1]), "zero"))
    The sum of single inputs is hardly more faithful to the network than its most frequent class ...
    """
    fidelity = fidelity_score(network_answers, answers)
    constant = np.unique(network_answers, return_counts=True)[1].max() / len(network_answers)
    if fidelity == 1 or fidelity - constant >= LEAST_GAIN * (1 - constant):
        return None
    return (
        "The sum of single inputs is hardly more faithful to the network than its most frequent class "
        f"({fidelity:.2f} and {constant:.2f} of the rows), for inputs act together or the baseline lies far "
        f"from the rows; {_other_baselines(baseline)}, or read the network with TreeSurrogate instead."
    )


def _other_baselines(baseline: Any) -> str:
    named = baseline if isinstance(baseline, str) else "zero"
    others = " or ".join(f'"{name}"' for name in ("mean", "median") if name != named)
    return f"pass baseline={others}" + (", or inputs scaled beforehand" if named == "zero" else "")

"""How truly a surrogate stands in for a network: fidelity, alignment and their scorers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import accuracy_score
from sklearn.utils import check_array, check_consistent_length


def fidelity_score(
    network_labels: ArrayLike,
    surrogate_labels: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Share of samples to which a surrogate gives the class that the network gives.

    Parameters
    ----------
    network_labels : array-like of shape (n_samples,)
        Classes predicted by the network.
    surrogate_labels : array-like of shape (n_samples,)
        Classes predicted by the surrogate.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    float
        Fidelity, from 0 to 1.

    Examples
    --------
    >>> from skinterpret import fidelity_score
    >>> fidelity_score([0, 1, 1, 0], [0, 1, 0, 0])
    0.75
    """
    return float(accuracy_score(network_labels, surrogate_labels, sample_weight=sample_weight))


def alignment_score(
    network_gradient: ArrayLike,
    surrogate_gradient: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Absolute mean cosine between the input gradients of a network and of a surrogate.

    1 says that both gradients are everywhere parallel, so that surrogate and network are functions
    of the same concept (arXiv:2401.04978, section 3).  Rows at which either gradient vanishes or is
    not finite count as perpendicular.

    Parameters
    ----------
    network_gradient : array-like of shape (n_samples, n_features)
        Input gradients of the network.
    surrogate_gradient : array-like of shape (n_samples, n_features)
        Input gradients of the surrogate.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    float
        Alignment, from 0 to 1.

    Examples
    --------
    >>> from skinterpret import alignment_score
    >>> round(alignment_score([[1.0, 0.0], [0.0, 2.0]], [[-3.0, 0.0], [0.0, -1.0]]), 6)
    1.0
    """
    ours = check_array(network_gradient, dtype=np.float64, ensure_all_finite=False)
    theirs = check_array(surrogate_gradient, dtype=np.float64, ensure_all_finite=False)
    check_consistent_length(ours, theirs, sample_weight)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    with np.errstate(all="ignore"):
        product = np.einsum("ij,ij->i", ours, theirs)
        cosine = product / (np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1))
    return float(abs(np.average(np.nan_to_num(cosine), weights=weights)))


def fidelity_scorer(estimator: Any, X: Any, y: Any = None) -> float:
    """Scorer for `GridSearchCV` and `cross_validate`: fidelity on held-out rows.

    Every surrogate's `score` is its fidelity, and a pipeline hands the rows to it in the units that
    it was fitted on, so the scorer needs no network of its own.

    Parameters
    ----------
    estimator : estimator
        Fitted surrogate, or a pipeline that ends with one.
    X : array-like of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,), default=None
        Ignored: fidelity is agreement with the network, not with labels.

    Returns
    -------
    float
        Fidelity.

    Examples
    --------
    >>> from sklearn.model_selection import cross_validate
    >>> from skinterpret.metrics import fidelity_scorer
    >>> scoring = {"fidelity": fidelity_scorer, "accuracy": "accuracy"}
    """
    return float(estimator.score(X, y))

"""How gradients are compared: by what they tell of rows as the data have them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf

Array = NDArray[np.float64]

ALIKE = 1.5  # ratio of standard deviations up to which inputs count as they are
UNCORRELATED = 0.2  # largest correlation of which the same holds


def metric_of(X: Array, scale: Array) -> Array | None:
    """Choose the inner product of gradients for the rows of a table.

    Functions of one concept have parallel gradients whatever the inner product, for parallel they
    stay under any linear map.  How far other gradients are from that depends on it.  With Σ for the
    covariance of the inputs, the product `a @ Σ @ b` is the covariance of the
    changes that two gradients foresee between neighbouring rows.  An input then counts by its spread,
    whatever its unit, and where inputs rise and fall together, formulas that take one or the other
    are nearly alike, as they are on all rows that there are.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        Rows in raw units.
    scale : ndarray of shape (n_features,)
        Units in which gradients are compared where inputs are uncorrelated and have about the same
        spread in these units.

    Returns
    -------
    ndarray of shape (n_features, n_features) or None
        Symmetric root of the covariance of `X / scale`, its correlations shrunk as Ledoit and Wolf do
        (Journal of Multivariate Analysis 88, 2004), by which gradients by `X / scale` are multiplied;
        `None` where they are to be compared as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.inner_product import metric_of
    >>> X = np.random.default_rng(0).normal(size=(1000, 2))
    >>> metric_of(X, np.ones(2)) is None
    True
    >>> metric_of(X * [1, 3], np.ones(2)).round()
    array([[1., 0.],
           [0., 3.]])
    """
    deviation = X.std(axis=0)
    spread = np.where(deviation > 0, deviation, scale)
    correlation = ledoit_wolf((X - X.mean(axis=0)) / spread, assume_centered=True)[0]
    np.fill_diagonal(correlation, 1.0)
    spread = spread / scale
    is_correlated = len(scale) > 1 and np.abs(correlation - np.eye(len(scale))).max() > UNCORRELATED
    if not is_correlated and spread.max() <= ALIKE * spread.min():
        return None
    root = _root(correlation) if is_correlated else np.eye(len(scale))
    return np.asarray(root * spread)


def mapped(gradients: Array, metric: Array | None) -> Array:
    """Multiply gradients, one a row, by a metric.

    Parameters
    ----------
    gradients : ndarray of shape (n_rows, n_features)
        Gradients.
    metric : ndarray of shape (n_features, n_features) or None
        As `metric_of` gives it.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
        What is compared.
    """
    return gradients if metric is None else gradients @ metric.T


def unit_rows(gradient: Array) -> Array:
    """Divide each gradient by its length.

    Parameters
    ----------
    gradient : ndarray of shape (n_rows, n_features)
        Gradients.

    Returns
    -------
    ndarray of shape (n_rows, n_features)
        Gradients of length 1; zero where there is none.
    """
    with np.errstate(all="ignore"):
        units = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    return np.asarray(np.nan_to_num(units, posinf=0.0, neginf=0.0))


def _root(matrix: Array) -> Array:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)

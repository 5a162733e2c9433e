"""Inputs that the function does not depend on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge
from sklearn.preprocessing import StandardScaler

Array = NDArray[np.float64]

NOISE = 0.1  # of the largest component: on tanh (60, 60) networks irrelevant inputs stay below it
EXPLAINED = 0.05  # share of squared components; of noise it is below 0
ROWS_OF_A_FIT = 500
GAP = 3.0  # between the weakest relevant and the strongest irrelevant component


def irrelevant_inputs(directions: Array, held_back: Array) -> list[int]:
    """Find the inputs whose direction components are at noise level.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients on which the hypothesis is made.
    held_back : ndarray of shape (n_held_back, n_features)
        Unit gradients on which it must hold as well.

    Returns
    -------
    list of int
        Numbers of the irrelevant inputs, in rising order.
    """
    size = component_sizes(directions)
    order = np.argsort(-size)
    ratios = size[order[:-1]] / np.maximum(size[order[1:]], 1e-12)
    below_noise = np.maximum(size, component_sizes(held_back))[order[1:]] < NOISE * size.max()
    gaps = np.flatnonzero(below_noise & (ratios >= GAP))
    # the first gap: among irrelevant inputs there may be others, such as one to a constant input
    return sorted(order[gaps[0] + 1 :].tolist()) if gaps.size else []


def are_noise(X: Array, components: Array) -> bool:
    """Tell whether direction components are drawn for each row, rather than a function of it.

    A smooth function of all inputs is fitted to half of the rows and judged on the others.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Rows.
    components : ndarray of shape (n_rows, n_components)
        Direction components at these rows.

    Returns
    -------
    bool
        Whether the function explains next to nothing of their squares.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.search.structure.relevance import are_noise
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (300, 2))
    >>> are_noise(X, 0.01 * rng.normal(size=(300, 2))), are_noise(X, 0.01 * np.sin(X))
    (True, False)
    """
    chosen = slice(None, ROWS_OF_A_FIT)
    # where gradients are small, components of a small effect are large, and a few rows would decide
    most = np.median(np.abs(components), axis=0)
    components = np.clip(components, -most, most)
    values = StandardScaler().fit_transform(X)
    smooth = KernelRidge(alpha=0.1, kernel="rbf", gamma=0.5 / X.shape[1])
    smooth.fit(values[::2][chosen], components[::2][chosen])
    held_back = components[1::2][chosen]
    left = held_back - smooth.predict(values[1::2][chosen])
    return bool(np.sum(left**2) > (1 - EXPLAINED) * np.sum(held_back**2))


def component_sizes(directions: Array) -> Array:
    """Root-mean-square component of unit gradients, an input each.

    Parameters
    ----------
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients.

    Returns
    -------
    ndarray of shape (n_features,)
        Sizes from 0 to 1.
    """
    return np.asarray(np.sqrt(np.mean(directions**2, axis=0)))

"""Inputs that the function does not depend on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NOISE = 0.1  # of the largest component: on tanh (60, 60) networks irrelevant inputs stay below it
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

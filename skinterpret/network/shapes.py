"""Whether the layers of a network fit together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]

MISFIT = "The layers do not fit together"


def check_shapes(
    weights: Sequence[Array], biases: Sequence[Array], n_activations: int, n_inputs: int | None
) -> None:
    """Refuse layers of which one does not take what the one before it gives.

    Parameters
    ----------
    weights : sequence of ndarray of shape (n_in, n_out)
        Weights of each layer.
    biases : sequence of ndarray of shape (n_out,)
        Biases of each layer.
    n_activations : int
        Number of hidden layers that have an activation.
    n_inputs : int or None
        Number of values that the first layer gets; None if it is not known.

    Raises
    ------
    ValueError
        If two layers, a layer and its biases, or the numbers of what is given do not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.network.shapes import check_shapes
    >>> check_shapes([np.zeros((4, 3)), np.zeros((4, 1))], [np.zeros(3), np.zeros(1)], 1, 4)
    Traceback (most recent call last):
        ...
    ValueError: The layers do not fit together: hidden layer 0 gives 3 values, but the output layer takes 4...
    """
    if not len(weights) == len(biases) == n_activations + 1:
        raise ValueError(
            f"{MISFIT}: there are {len(weights)} of weights, {len(biases)} of biases and "
            f"{n_activations} activations; give each layer weights and biases, and all but the last an "
            "activation."
        )
    given, giver = n_inputs, "the input"
    for number, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        name = f"hidden layer {number}" if number < n_activations else "the output layer"
        n_taken, n_units = weight.shape
        if given is not None and given != n_taken:
            raise ValueError(
                f"{MISFIT}: {giver} gives {_counted(given)}, but {name} takes {n_taken}; "
                "give both the same number."
            )
        if bias.shape != (n_units,):
            raise ValueError(
                f"{MISFIT}: {name} has {n_units} units, but biases of shape {bias.shape}; give each unit one."
            )
        given, giver = n_units, name


def _counted(number: int) -> str:
    return "1 value" if number == 1 else f"{number} values"

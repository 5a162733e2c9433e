"""Layers that do not fit together."""

import numpy as np
import pytest

from skinterpret.network.shapes import check_shapes

WEIGHTS = [np.zeros((4, 3)), np.zeros((3, 2)), np.zeros((2, 1))]
BIASES = [np.zeros(3), np.zeros(2), np.zeros(1)]


def test_layers_that_fit_are_taken():
    check_shapes(WEIGHTS, BIASES, 2, 4)
    check_shapes(WEIGHTS, BIASES, 2, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_inputs": 5}, "the input gives 5 values, but hidden layer 0 takes 4; give both the same"),
        (
            {"weights": [WEIGHTS[0], np.zeros((4, 2)), WEIGHTS[2]]},
            "layer 0 gives 3 .* hidden layer 1 takes 4",
        ),
        (
            {"weights": [*WEIGHTS[:2], np.zeros((3, 1))]},
            "layer 1 gives 2 values, but the output layer takes 3",
        ),
        ({"biases": [np.zeros(3), np.zeros(5), np.zeros(1)]}, r"layer 1 has 2 units, .* shape \(5,\)"),
        ({"biases": BIASES[:2]}, "3 of weights, 2 of biases and 2 activations"),
        ({"n_activations": 3}, "3 of weights, 3 of biases and 3 activations"),
    ],
)
def test_others_are_refused_by_their_names(change, message):
    given = {"weights": WEIGHTS, "biases": BIASES, "n_activations": 2, "n_inputs": 4, **change}
    with pytest.raises(ValueError, match=message):
        check_shapes(**given)

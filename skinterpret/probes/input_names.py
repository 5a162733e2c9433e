"""Names of what the first layer of a network gets."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag
from sklearn.pipeline import Pipeline

from skinterpret.network import DenseNetwork
from skinterpret.network.readers.encoders import Block, Encoder

Array = NDArray[np.float64]


def name_inputs(
    network: DenseNetwork, row: Any, encoder: Encoder | None, names: Sequence[str] | None = None
) -> list[str]:
    """Name encoded inputs after the raw ones, where each depends on its own and on no other.

    Parameters
    ----------
    network : DenseNetwork
        The network, which takes what the encoder gives.
    row : array-like of shape (1, n_features)
        A row as the network takes it.
    encoder : Encoder or None
        What stands before it; None where there are no categories.
    names : sequence of str, default=None
        Names of what the network takes; `None` means those that it was trained on, else `x0, x1, …`,
        and `column=category` behind an encoder.

    Returns
    -------
    list of str
        A name for each input of the first layer; `input k` where steps before the network have mixed
        columns.
    """
    width = network.weights[0].shape[0]
    rows = np.repeat(np.asarray(row, dtype=np.float64), width, axis=0)
    slopes = network.input_map.pull_back(rows, np.eye(width))
    if names is None and encoder is not None:
        known, signs = _indicators(encoder)
        own = slopes.shape == signs.shape and bool(np.all((slopes == 0) | (np.sign(slopes) == signs)))
        own = own and len(set(known)) == len(known)
    else:
        if names is None:
            names = network.feature_names or [f"x{j}" for j in range(network.n_features_in)]
        known = [str(name) for name in names]
        own = width == network.n_features_in and not (slopes - np.diag(np.diag(slopes))).any()
    return known if own else [f"input {k}" for k in range(width)]


def _indicators(encoder: Encoder) -> tuple[list[str], Array]:
    """Name all that the encoder's steps give, with the signs in which it depends on the kept columns."""
    raw = encoder.raw_names or [f"x{j}" for j in range(encoder.n_features_in)]
    names, signs = zip(*[_of_block(block, raw) for block in encoder.blocks], strict=True)
    return [name for each in names for name in each], block_diag(*signs)


def _of_block(block: Block, raw: Sequence[str]) -> tuple[list[str], Array]:
    if block.encoder is None:
        return list(block.names), np.eye(len(block.names))
    last = block.encoder.steps[-1][1] if isinstance(block.encoder, Pipeline) else block.encoder
    groups = np.repeat(np.arange(len(last._n_features_outs)), last._n_features_outs)
    kept = list(block.kept)
    # an indicator that is left out is 1 less the others of its column
    signs = -(groups[:, None] == groups[kept]).astype(np.float64)
    signs[kept] = np.eye(len(kept))
    return _written(block.encoder, [raw[j] for j in block.columns]), signs


def _written(encoder: Any, names: Sequence[str]) -> list[str]:
    """Write indicators as `column=category`, unless the user has said how."""
    if isinstance(encoder, Pipeline):
        names, encoder = encoder[:-1].get_feature_names_out(names), encoder[-1]
    if encoder.feature_name_combiner == "concat":
        encoder = copy(encoder).set_params(feature_name_combiner=_equation)
    return [str(name) for name in encoder.get_feature_names_out(names)]


def _equation(column: Any, category: Any) -> str:
    return f"{column}={category}"

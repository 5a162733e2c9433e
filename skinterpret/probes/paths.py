"""The path of one row through a network, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from skinterpret.network import DenseNetwork
from skinterpret.probes.attributions import read
from skinterpret.probes.categories import read_indicators
from skinterpret.probes.flow import Flow, trace_flow
from skinterpret.probes.input_names import name_indicators, name_inputs
from skinterpret.probes.mixing import Unmixed, unmix

COLUMNS = ["layer", "source", "kind", "target", "activation", "weight", "contribution", "relevance"]


def trace_path(
    network: Any, x: Any, target: Any = None, *, feature_names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Trace one row: which inputs drive which units, and which units drive the latent.

    Two sums hold exactly, up to rounding:

    - the `contribution` of all sources of a unit add up to its pre-activation;
    - the `relevance` of all rows but those of the kind `"unit"` add up to the latent.  A unit only
      hands on: for each, the relevance that flows out, over the rows in which it is the source, is
      the one that flows in, over the rows in which it is the target, whether that is from units,
      inputs, its bias, a constant or its offset.

    The relevance is that of `a = gain * z + rest` at every hidden unit, where the gain is the slope
    of the line from the activation function at zero to `(z, a)`.  For activation functions through
    the origin it is the rule LRP-0 of layer-wise relevance propagation (Bach et al., 2015,
    doi:10.1371/journal.pone.0130140, equation 56), with the biases kept apart.

    Parameters
    ----------
    network : DenseNetwork or estimator
        The network, or a fitted estimator that `as_network` or `split_encoder` reads; behind a
        `OneHotEncoder` the inputs are its indicators.
    x : array-like of shape (n_features,) or (1, n_features)
        The row, in raw units.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it; with more than two classes `None` means the
        class that the network gives.
    feature_names : sequence of str, default=None
        Names of the inputs; `None` means those that the network was trained on, else `x0, x1, …`, and
        `column=category` for indicators.

    Returns
    -------
    DataFrame
        One row a connection, with

        - `layer`: which layer it leads into, counted from 0;
        - `source` and `target`: an input (`"column=category"` for each indicator behind a
          `OneHotEncoder`), a unit `"h{layer}.{unit}"`, or `"output"`, with the class where there are
          more than two.  Columns that steps before the network have mixed, such as a PCA, are led
          back to the inputs where the steps are linear; elsewhere they have the names that the steps
          give them (`"pca0"`), or `"input k"`;
        - `kind` of the source: `"input"`, `"unit"`, `"bias"`, `"constant"` for what linear steps that
          mix columns add (where it is not 0), `"offset"` for what a unit's activation function gives
          at zero (where it is not 0), and `"rivals"` for minus the entropy of the other classes of a
          softmax;
        - `activation` of the source (of an input, its value behind the steps that keep columns apart,
          such as scalers), `weight` of the connection and `contribution`, their product:
          to the pre-activation of the target (for an offset, to its activation);
        - `relevance`: what flows along the connection to the latent.

    Raises
    ------
    ValueError
        If x is not one row, or if the target is unknown.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.network import as_network
    >>> from skinterpret.probes import trace_path
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier((5,), solver="lbfgs", max_iter=500, random_state=0).fit(X, y == 2)
    >>> path = trace_path(model, X[0])
    >>> total = path.loc[path["kind"] != "unit", "relevance"].sum()
    >>> bool(abs(total - as_network(model).latent(X[:1])[0]) < 1e-10)
    True
    """
    row = as_row(x)
    names: Sequence[str]
    if (behind := read_indicators(network)) is not None:
        encoder, dense = behind
        row = encoder.transform(row)
        names = name_indicators(encoder)
    else:
        dense = read(network)
        names = dense.feature_names or [f"x{j}" for j in range(dense.n_features_in)]
    names = names if feature_names is None else feature_names
    unmixed = unmix(dense)
    sources = name_inputs(network, len(unmixed.network.weights[0]), unmixed.columns, names)
    return path_table(unmixed, row, target, sources)


def path_table(unmixed: Unmixed, row: Any, target: Any, sources: list[str]) -> pd.DataFrame:
    """Make the table of `trace_path` for an encoded row.

    Parameters
    ----------
    unmixed : Unmixed
        The network as a function of encoded rows.
    row : array-like of shape (1, n_encoded)
        The row.
    target : object
        Which latent, as `trace_path` takes it.
    sources : list of str
        Names of what the first layer gets.

    Returns
    -------
    DataFrame
        What `trace_path` gives.
    """
    dense = unmixed.network
    if target is None and dense.classes is not None and len(dense.biases[-1]) > 1:
        target = dense.predict(row)[0]
    flow = trace_flow(dense, row, target)
    parts = []
    for layer in range(len(flow.weights)):
        names = _unit_names(dense, layer, len(flow.biases[layer]))
        constant = np.zeros(len(names)) if layer else unmixed.constant
        parts += _into_layer(flow, layer, sources, names, constant)
        sources = names
    if flow.remainder[0] != 0:
        rest = (len(flow.weights) - 1, "rivals", "rivals", "latent", 1.0, *[flow.remainder[0]] * 3)
        parts.append(pd.DataFrame([rest], columns=COLUMNS))
    return pd.concat(parts, ignore_index=True)


def as_row(x: Any) -> Any:
    """Take one row in whatever form it comes.

    Parameters
    ----------
    x : array-like of shape (n_features,) or (1, n_features)
        The row.

    Returns
    -------
    array-like of shape (1, n_features)
        The row; a DataFrame if x is a Series or a DataFrame.

    Raises
    ------
    ValueError
        If it is not one row.
    """
    if isinstance(x, pd.Series):
        return x.to_frame().T
    row: Any = x if isinstance(x, pd.DataFrame) else np.asarray(x)
    if row.ndim == 1:
        row = row[None]
    if row.ndim != 2 or len(row) != 1:
        raise ValueError(f"x has the shape {row.shape}, but a path is that of one row; pass one row.")
    return row


def _into_layer(
    flow: Flow, layer: int, sources: list[str], names: list[str], constant: Any
) -> list[pd.DataFrame]:
    last = layer == len(flow.weights) - 1
    share = flow.share[layer][0]
    shown = np.flatnonzero(share) if last else np.arange(len(share))
    weight, share, constant = flow.weights[layer][:, shown], share[shown], constant[shown]
    bias = flow.biases[layer][shown] - constant
    activation = flow.activations[layer][0]
    contribution = activation[:, None] * weight
    n_in, n_out = weight.shape
    targets = np.array(names, dtype=object)[shown]
    kind = "unit" if layer else "input"
    tables = [
        _table(
            layer,
            np.repeat(np.array(sources, dtype=object), n_out),
            kind,
            np.tile(targets, n_in),
            (np.repeat(activation, n_out), weight.ravel(), contribution.ravel()),
            (contribution * share).ravel(),
        ),
        _table(layer, "bias", "bias", targets, (np.ones(n_out), bias, bias), bias * share),
    ]
    if constant.any():
        numbers = (np.ones(n_out), constant, constant)
        tables.append(_table(layer, "constant", "constant", targets, numbers, constant * share))
    if not last and flow.rest[layer].any():
        offset = flow.rest[layer][0]
        relevance = offset * flow.worth(layer + 1)[0]
        tables.append(_table(layer, "offset", "offset", targets, (np.ones(n_out), offset, offset), relevance))
    return tables


def _table(
    layer: int, source: Any, kind: str, target: Any, numbers: tuple[Any, Any, Any], relevance: Any
) -> pd.DataFrame:
    values = (layer, source, kind, target, *numbers, relevance)
    return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))


def _unit_names(network: DenseNetwork, layer: int, size: int) -> list[str]:
    if layer < len(network.weights) - 1:
        return [f"h{layer}.{unit}" for unit in range(size)]
    if size == 1:
        return ["output"]
    labels = range(size) if network.classes is None else network.classes
    return [f"output {label}" for label in labels]

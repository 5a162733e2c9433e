"""Pipelines that begin by encoding categories: the encoder apart, and the network behind it.

A gradient by a category does not exist, one by its indicator does.  Formulas are therefore read in
the encoder's output: an indicator a category, and numbers as they came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.input_maps import ColumnsMap, IdentityMap, InputMap, LinearMap
from skinterpret.network.readers.entry import as_network, check_readable
from skinterpret.network.readers.registry import check_step, read_input_map


@dataclass(frozen=True)
class Block:
    """Columns of the raw rows and what becomes of them.

    Attributes
    ----------
    columns : tuple of int
        Positions of the raw columns.
    encoder : estimator or None
        What turns them into indicators; None leaves numbers as they are.
    kept : tuple of int
        Positions of the encoder's columns that are kept: all but one a category, of which the other
        indicators say all.
    names : tuple of str
        Names of the encoded columns.
    sources : tuple of int
        Position of the raw column that each of them comes from.
    """

    columns: tuple[int, ...]
    encoder: Any
    kept: tuple[int, ...]
    names: tuple[str, ...]
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Encoder:
    """What stands before a network that takes categories.

    Attributes
    ----------
    blocks : tuple of Block
        Groups of columns, in the order of the encoded columns.
    n_features_in : int
        Number of raw columns.
    raw_names : tuple of str or None
        Names of the raw columns, where they are known.
    """

    blocks: tuple[Block, ...]
    n_features_in: int
    raw_names: tuple[str, ...] | None

    @property
    def names(self) -> list[str]:
        """Names of the encoded columns."""
        return [name for block in self.blocks for name in block.names]

    @property
    def sources(self) -> list[int]:
        """Positions of the raw columns that the encoded ones come from."""
        return [source for block in self.blocks for source in block.sources]

    def by_raw_column(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up what belongs to the same raw column.

        Parameters
        ----------
        values : ndarray of shape (n_encoded,) or (n_samples, n_encoded)
            A number for each encoded column.

        Returns
        -------
        ndarray of shape (n_features_in,) or (n_samples, n_features_in)
            A number for each raw column.
        """
        total = np.zeros((self.n_features_in, *values.shape[:-1]))
        np.add.at(total, self.sources, values.T)
        return total.T

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Encode rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Raw rows, with the columns that the pipeline was fitted on.

        Returns
        -------
        ndarray of shape (n_samples, n_encoded)
            Indicators and numbers.

        Raises
        ------
        ValueError
            If X has other columns, or a number among the others is missing or infinite.
        """
        frame = self._check(X)
        parts = []
        for block in self.blocks:
            columns = frame.iloc[:, list(block.columns)]
            if block.encoder is not None:
                named = hasattr(block.encoder, "feature_names_in_")
                encoded = block.encoder.transform(columns if named else columns.to_numpy())
                indicators = encoded.toarray() if issparse(encoded) else np.asarray(encoded, dtype=float)
                parts.append(indicators[:, list(block.kept)])
            else:
                parts.append(columns.to_numpy(dtype=np.float64))
        encoded = np.hstack(parts)
        if not np.isfinite(encoded).all():
            bad = self.names[int(np.flatnonzero(~np.isfinite(encoded).all(axis=0))[0])]
            raise ValueError(f"Column {bad!r} contains NaN or infinity; fill the gaps or drop those rows.")
        return encoded

    def _check(self, X: Any) -> pd.DataFrame:
        frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(np.asarray(X))
        if self.raw_names is not None and isinstance(X, pd.DataFrame):
            missing = [name for name in self.raw_names if name not in frame]
            if missing:
                raise ValueError(f"X has no column {missing[0]!r}; pass the columns it was trained on.")
            return frame[list(self.raw_names)]
        if frame.shape[1] != self.n_features_in:
            raise ValueError(
                f"X has {frame.shape[1]} features, but the trained network expects {self.n_features_in}; "
                "pass the columns it was trained on."
            )
        return frame


def has_encoder(estimator: Any) -> bool:
    """Tell whether a pipeline, fitted or not, begins by encoding categories.

    Parameters
    ----------
    estimator : estimator
        Any.

    Returns
    -------
    bool
        Whether its first step is a `OneHotEncoder`, or a `ColumnTransformer` with one.
    """
    first, _ = _split(estimator)
    if isinstance(first, ColumnTransformer):
        return any(_is_encoder(inner) for _, inner, *_ in first.transformers)
    return _is_encoder(first)


def check_encoded(estimator: Any) -> None:
    """Refuse a pipeline of which something behind the encoder cannot be read, fitted or not.

    Parameters
    ----------
    estimator : estimator
        A pipeline for which `has_encoder` holds.

    Raises
    ------
    TypeError
        If a step cannot be read; the message names it.
    """
    first, rest = _split(estimator)
    for name, inner in _others(first):
        check_step(inner, name)
    check_readable(Pipeline(rest))


def split_encoder(estimator: Any) -> tuple[Encoder, DenseNetwork]:
    """Take a fitted pipeline apart: the encoder, and the network as a function of encoded rows.

    Parameters
    ----------
    estimator : estimator
        A fitted pipeline for which `has_encoder` holds.

    Returns
    -------
    Encoder
        Makes indicators of categories and leaves numbers as they are.
    DenseNetwork
        The network as a function of these.

    Raises
    ------
    TypeError
        If a step cannot be read; the message names it.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from skinterpret.network import split_encoder
    >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 10})
    >>> model = make_pipeline(OneHotEncoder(), MLPClassifier((3,), solver="lbfgs", random_state=0))
    >>> encoder, network = split_encoder(model.fit(X, X["colour"] == "red"))
    >>> encoder.names
    ['colour_green', 'colour_red']
    >>> network.gradient(encoder.transform(X[:1])).shape
    (1, 2)
    """
    check_encoded(estimator)
    first, rest = _split(estimator)
    blocks, maps = zip(*_blocks(first), strict=True)
    names = getattr(first, "feature_names_in_", None)
    encoder = Encoder(tuple(blocks), first.n_features_in_, None if names is None else tuple(names))
    network = as_network(Pipeline(rest))
    stops = np.cumsum([len(block.names) for block in blocks])
    positions = tuple(
        np.arange(stop - len(block.names), stop) for stop, block in zip(stops, blocks, strict=True)
    )
    return encoder, replace(
        network,
        input_map=ColumnsMap(positions, tuple(maps)).then(network.input_map),
        n_features_in=int(stops[-1]),
        feature_names=tuple(encoder.names),
    )


def _split(estimator: Any) -> tuple[Any, list[tuple[str, Any]]]:
    """First step and the rest of a pipeline, frozen or not."""
    if isinstance(estimator, FrozenEstimator):
        return _split(estimator.estimator)
    if isinstance(estimator, Pipeline) and len(estimator.steps) > 1:
        (_, first), *rest = estimator.steps
        if isinstance(first, Pipeline):
            inner, more = _split(first)
            return inner, [*more, *rest]
        return first, rest
    return estimator, []


def _is_encoder(step: Any) -> bool:
    if isinstance(step, Pipeline):  # such as an imputer before the encoder
        return bool(step.steps) and _is_encoder(step.steps[-1][1])
    return isinstance(step, OneHotEncoder)


def _others(first: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(first, ColumnTransformer):
        for name, inner, *_ in getattr(first, "transformers_", first.transformers):
            if not _is_encoder(inner):
                yield name, inner


def _blocks(first: Any) -> Iterator[tuple[Block, InputMap]]:
    raw = list(getattr(first, "feature_names_in_", [f"x{j}" for j in range(first.n_features_in_)]))
    if not isinstance(first, ColumnTransformer):
        yield _indicators(tuple(range(len(raw))), first, raw)
        return
    for name, inner, _ in first.transformers_:
        columns = tuple(int(j) for j in first._transformer_to_input_indices[name])
        if not columns or (isinstance(inner, str) and inner == "drop"):
            continue
        here = [raw[j] for j in columns]
        if _is_encoder(inner):
            yield _indicators(columns, inner, here)
        else:
            everything = tuple(range(len(columns)))
            yield Block(columns, None, everything, tuple(map(str, here)), columns), read_input_map(inner)


def _indicators(columns: tuple[int, ...], encoder: Any, raw: list[Any]) -> tuple[Block, InputMap]:
    """Block of an encoder, and the map from the kept indicators to all.

    Indicators of one feature add up to 1, so the first says what the others leave: what it does would
    show in the others' coefficients as well.
    """
    names = [str(name) for name in encoder.get_feature_names_out(raw)]
    last = encoder.steps[-1][1] if isinstance(encoder, Pipeline) else encoder
    each = tuple(int(j) for j in np.repeat(columns, last._n_features_outs))
    if last.drop_idx_ is not None or last.handle_unknown != "error":
        return Block(columns, encoder, tuple(range(len(names))), tuple(names), each), IdentityMap()
    sizes = last._n_features_outs  # fewer than categories where rare ones share an indicator
    starts = np.cumsum([0, *sizes[:-1]])
    matrix, offset = np.eye(len(names)), np.zeros(len(names))
    for start, size in zip(starts, sizes, strict=True):
        matrix[start : start + size, start] = -1.0
        offset[start] = 1.0
    kept = tuple(int(j) for j in np.setdiff1d(np.arange(len(names)), starts))
    block = Block(columns, encoder, kept, tuple(names[j] for j in kept), tuple(each[j] for j in kept))
    return block, LinearMap(np.zeros(len(kept)), matrix[list(kept)], offset)

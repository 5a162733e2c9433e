"""Pipelines that begin by encoding categories: the encoder apart, and the network behind it.

A gradient by a category does not exist, one by its indicator does.  Formulas are therefore read in
the encoder's output: an indicator a category, and numbers as they came.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.input_maps import ColumnsMap, IdentityMap, InputMap, LinearMap
from skinterpret.network.readers.compositions import weighted
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
        Positions of the encoder's columns that are kept.
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

    @property
    def raw_columns(self) -> list[str]:
        """Names of the raw columns, `x0`, `x1`, … where they have none."""
        return list(map(str, self.raw_names or (f"x{j}" for j in range(self.n_features_in))))

    @property
    def indicated(self) -> list[tuple[str, Any] | None]:
        """Raw column and category that each encoded column stands for; None for numbers."""
        raw = self.raw_names or tuple(f"x{j}" for j in range(self.n_features_in))
        return [pair for block in self.blocks for pair in _categories_of(block, raw)]

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

    @property
    def categories(self) -> dict[str, dict[Any, int | None]]:
        """Categories of each raw column that becomes indicators.

        By the column's name, each category with the position of its indicator among the encoded columns;
        None is that of a category for which all indicators of the column are 0.  Categories are numbers,
        texts, or None where a value is missing.  Columns that steps change before they are encoded are
        not among them: their categories are not those of the raw rows.
        """
        raw = self.raw_columns
        known: dict[str, dict[Any, int | None]] = {}
        start = 0
        for block in self.blocks:
            for column, categories in _categories_in(block):
                known[raw[column]] = {
                    value: None if position is None else start + position
                    for value, position in categories.items()
                }
            start += len(block.names)
        return known

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
                indicators = _dense(block.encoder.transform(columns if named else columns.to_numpy()))
                _warn_of_unknown(block, indicators, columns)
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
    return _put_together(estimator, [_without_first(*block) for block in _every_block(estimator)])


def split_indicators(estimator: Any) -> tuple[Encoder, DenseNetwork]:
    """Take a fitted pipeline apart as `split_encoder` does, with an input for every indicator.

    The formulas that `split_encoder` is for leave the first category of each column out, of which the
    other indicators say all; what the network's first layer gets does not.

    Parameters
    ----------
    estimator : estimator
        A fitted pipeline for which `has_encoder` holds.

    Returns
    -------
    Encoder
        Makes all indicators that the pipeline makes, and leaves numbers as they are.
    DenseNetwork
        The network as a function of these.

    Raises
    ------
    TypeError
        If a step cannot be read; the message names it.
    """
    return _put_together(estimator, _every_block(estimator))


def _put_together(estimator: Any, parts: list[tuple[Block, InputMap]]) -> tuple[Encoder, DenseNetwork]:
    first, rest = _split(estimator)
    blocks, maps = zip(*parts, strict=True)
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


def _every_block(estimator: Any) -> list[tuple[Block, InputMap]]:
    check_encoded(estimator)
    return list(_blocks(_split(estimator)[0]))


def _blocks(first: Any) -> Iterator[tuple[Block, InputMap]]:
    raw = list(getattr(first, "feature_names_in_", [f"x{j}" for j in range(first.n_features_in_)]))
    if not isinstance(first, ColumnTransformer):
        yield _indicators(tuple(range(len(raw))), first, raw)
        return
    weights = first.transformer_weights or {}
    for name, inner, _ in first.transformers_:
        columns = tuple(int(j) for j in first._transformer_to_input_indices[name])
        if not columns or (isinstance(inner, str) and inner == "drop"):
            continue
        here = [raw[j] for j in columns]
        if _is_encoder(inner):
            block, input_map = _indicators(columns, inner, here)
        else:
            everything = tuple(range(len(columns)))
            block = Block(columns, None, everything, tuple(map(str, here)), columns)
            input_map = read_input_map(inner)
        yield block, weighted(input_map, weights.get(name))


def _categories_in(block: Block) -> Iterator[tuple[int, dict[Any, int | None]]]:
    """Each raw column of a block, and its categories with the positions of their indicators."""
    if block.encoder is None:
        return
    whole = block.encoder
    *before, last = [step for _, step in whole.steps] if isinstance(whole, Pipeline) else [whole]
    if not all(isinstance(step, SimpleImputer) for step in before):
        return
    keys = getattr(last, "feature_names_in_", range(len(block.columns)))
    for key, column, values in zip(keys, block.columns, last.categories_, strict=True):
        first = {other: each[0] for other, each in zip(keys, last.categories_, strict=True)}
        rows = pd.DataFrame([first] * len(values), dtype=object)
        rows[key] = pd.Series(values, dtype=object)
        encoded = _dense(last.transform(rows))[:, list(block.kept)]
        own = np.array(block.sources) == column
        yield (
            column,
            {
                _plain(value): next(iter(np.flatnonzero((row == 1) & own).tolist()), None)
                for value, row in zip(values, encoded, strict=True)
            },
        )


def _plain(value: Any) -> Any:
    """Write a category as JSON can hold it."""
    if pd.isna(value):
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    known = isinstance(plain, str | int) or (isinstance(plain, float) and math.isfinite(plain))
    return plain if known else str(plain)


def _dense(encoded: Any) -> NDArray[np.float64]:
    return encoded.toarray() if issparse(encoded) else np.asarray(encoded, dtype=float)


def _indicators(columns: tuple[int, ...], encoder: Any, raw: list[Any]) -> tuple[Block, InputMap]:
    """Block of an encoder with all of its indicators."""
    names = tuple(str(name) for name in encoder.get_feature_names_out(raw))
    # fewer than categories where rare ones share an indicator
    each = tuple(int(j) for j in np.repeat(columns, _last(encoder)._n_features_outs))
    return Block(columns, encoder, tuple(range(len(names))), names, each), IdentityMap()


def _without_first(block: Block, input_map: InputMap) -> tuple[Block, InputMap]:
    """Leave out the first indicator of each column, and map the others to all.

    Indicators of one feature add up to 1, unless one is dropped, so the first says what the others leave:
    what it does would show in the others' coefficients as well.
    """
    if block.encoder is None:
        return block, input_map
    matrix, offset = np.eye(len(block.names)), np.zeros(len(block.names))
    for start, stop in _complete(_last(block.encoder)):
        matrix[start:stop, start] = -1.0
        offset[start] = 1.0
    kept = tuple(int(j) for j in np.flatnonzero(offset == 0))
    names, sources = tuple(block.names[j] for j in kept), tuple(block.sources[j] for j in kept)
    left = replace(block, kept=kept, names=names, sources=sources)
    return left, LinearMap(np.zeros(len(kept)), matrix[list(kept)], offset).then(input_map)


def _categories_of(block: Block, raw: Sequence[str]) -> list[tuple[str, Any] | None]:
    """Ask the encoder, which knows what it drops and puts together, as it names its columns."""
    if block.encoder is None:
        return [None] * len(block.names)
    names: Any = [raw[j] for j in block.columns]
    if isinstance(block.encoder, Pipeline):
        names = block.encoder[:-1].get_feature_names_out(names)
    told: list[tuple[str, Any] | None] = []

    def listen(column: Any, category: Any) -> str:
        told.append((str(column), category))
        return ""

    listener = copy(_last(block.encoder)).set_params(feature_name_combiner=listen)
    n_columns = len(listener.get_feature_names_out(names))
    told = told[-n_columns:]  # scikit-learn tries the combiner on words of its own first
    return [told[j] for j in block.kept]


def _last(encoder: Any) -> Any:
    return encoder.steps[-1][1] if isinstance(encoder, Pipeline) else encoder


def _complete(encoder: Any) -> Iterator[tuple[int, int]]:
    """Where the indicators of the features begin and end of which the encoder drops none."""
    sizes = encoder._n_features_outs  # fewer than categories where rare ones share an indicator
    dropped = [None] * len(sizes) if encoder.drop_idx_ is None else encoder.drop_idx_
    for stop, size, without in zip(np.cumsum(sizes), sizes, dropped, strict=True):
        if without is None:
            yield int(stop - size), int(stop)


def _warn_of_unknown(block: Block, indicators: NDArray[np.float64], columns: pd.DataFrame) -> None:
    """Say where a row has none of the categories, which an encoder may leave without indicator."""
    encoder = _last(block.encoder)
    each = np.repeat(np.arange(len(block.columns)), encoder._n_features_outs)
    for start, stop in _complete(encoder):
        if not indicators[:, start:stop].any(axis=1).all():
            warnings.warn(
                f"Column {columns.columns[each[start]]!r} has categories that the network was not trained "
                "with; they count as its first one, with which formulas compare the others.",
                UserWarning,
                stacklevel=2,
            )

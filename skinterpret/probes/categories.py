"""Networks that take categories, asked about raw rows by way of their indicators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from skinterpret.network import DenseNetwork, split_encoder
from skinterpret.network.readers import Encoder, has_encoder, split_indicators

Array = NDArray[np.float64]


def read_encoder(network: Any) -> tuple[Encoder, DenseNetwork] | None:
    """Take a fitted pipeline apart where it begins by encoding categories.

    Parameters
    ----------
    network : DenseNetwork or estimator
        What is asked.

    Returns
    -------
    tuple of Encoder and DenseNetwork, or None
        What encodes rows, and the network as a function of encoded rows; None where there are no
        categories.
    """
    if isinstance(network, DenseNetwork) or not has_encoder(network):
        return None
    check_is_fitted(network)
    return split_encoder(network)


def read_indicators(network: Any) -> tuple[Encoder, DenseNetwork] | None:
    """Take a fitted pipeline apart as `read_encoder` does, with an input for every indicator.

    Parameters
    ----------
    network : DenseNetwork or estimator
        What is asked.

    Returns
    -------
    tuple of Encoder and DenseNetwork, or None
        What encodes rows, and the network as a function of encoded rows; None where there are no
        categories.
    """
    if isinstance(network, DenseNetwork) or not has_encoder(network):
        return None
    check_is_fitted(network)
    return split_indicators(network)


def as_given(values: Array, encoder: Encoder, X: Any) -> Any:
    """Give values of raw columns the index and the columns of the rows that they belong to.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_features)
        The values.
    encoder : Encoder
        What knows the names of the columns.
    X : array-like of shape (n_samples, n_features)
        The rows.

    Returns
    -------
    ndarray or DataFrame of shape (n_samples, n_features)
        A DataFrame if X is one.
    """
    if not isinstance(X, pd.DataFrame):
        return values
    return pd.DataFrame(values, X.index, X.columns if encoder.raw_names is None else list(encoder.raw_names))


@dataclass(frozen=True)
class NumbersAlone:
    """A network as a function of the numbers of a row whose categories stay.

    Attributes
    ----------
    encoder : Encoder
        What stands before the network.
    network : DenseNetwork
        The network as a function of encoded rows.
    row : ndarray of shape (n_encoded,)
        The encoded row, whose indicators stay.
    """

    encoder: Encoder
    network: DenseNetwork
    row: Array

    def latent(self, rows: Array, target: Any = None) -> Array:
        """Compute the latent.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, n_numbers)
            Numbers, in the order of `number_columns`.
        target : object, default=None
            Which latent.

        Returns
        -------
        ndarray of shape (n_samples,)
            Its values.
        """
        latent: Array = self.network.latent(self._encode(rows), target)
        return latent

    def gradient(self, rows: Array, target: Any = None) -> Array:
        """Differentiate the latent by the numbers.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, n_numbers)
            Numbers, in the order of `number_columns`.
        target : object, default=None
            Which latent.

        Returns
        -------
        ndarray of shape (n_samples, n_numbers)
            Derivatives.
        """
        gradient = self.network.gradient(self._encode(rows), target)
        return self.encoder.by_raw_column(gradient)[:, number_columns(self.encoder)]

    def _encode(self, rows: Array) -> Array:
        numbers = number_columns(self.encoder)
        raw = np.zeros((len(rows), self.encoder.n_features_in))
        raw[:, numbers] = rows
        sources = self.encoder.sources
        return np.where(np.isin(sources, numbers), raw[:, sources], self.row)


def number_columns(encoder: Encoder) -> list[int]:
    """List the raw columns that reach the network as numbers, and not as categories too.

    Parameters
    ----------
    encoder : Encoder
        What stands before the network.

    Returns
    -------
    list of int
        Positions of the columns.
    """
    numbers = {column for block in encoder.blocks if block.encoder is None for column in block.columns}
    return sorted(numbers - set(category_columns(encoder)))


def category_columns(encoder: Encoder) -> list[int]:
    """List the raw columns that are turned into indicators.

    Parameters
    ----------
    encoder : Encoder
        What stands before the network.

    Returns
    -------
    list of int
        Positions of the columns.
    """
    return sorted(
        {column for block in encoder.blocks if block.encoder is not None for column in block.columns}
    )

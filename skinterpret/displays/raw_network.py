"""Networks behind encoders, asked about raw rows, categories and all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from skinterpret.network import DenseNetwork
from skinterpret.network.readers import Encoder
from skinterpret.probes.categories import category_columns, read_encoder


@dataclass(frozen=True)
class RawNetwork:
    """A network as a function of the raw columns before its encoder.

    Attributes
    ----------
    encoder : Encoder
        What stands before the network.
    network : DenseNetwork
        The network as a function of encoded rows.
    """

    encoder: Encoder
    network: DenseNetwork

    @property
    def classes(self) -> Any:
        """Class labels; None for a regressor."""
        return self.network.classes

    @property
    def names(self) -> list[str]:
        """Names of the raw columns."""
        return list(self.encoder.raw_names or [f"x{j}" for j in range(self.encoder.n_features_in)])

    def check(self, X: Any) -> tuple[NDArray[Any], list[int]]:
        """Validate raw rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features), dtype object
            The rows, their columns in the order of the network's training.
        categories : list of int
            Positions of the columns that are no numbers.

        Raises
        ------
        ValueError
            If they cannot be encoded.
        """
        given = X if isinstance(X, pd.DataFrame) else self._table(np.asarray(X, dtype=object))
        self.encoder.transform(given)  # refuses what does not fit
        frame = (given if self.encoder.raw_names is None else given[self.names]).infer_objects()
        texts = [j for j, dtype in enumerate(frame.dtypes) if not pd.api.types.is_numeric_dtype(dtype)]
        return frame.to_numpy(dtype=object), sorted({*category_columns(self.encoder), *texts})

    def frame(self, rows: NDArray[Any]) -> pd.DataFrame:
        """Give rows names and types.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, n_features), dtype object
            What `check` gave, or rows made of these.

        Returns
        -------
        DataFrame
            The same.
        """
        return pd.DataFrame(rows, columns=self.encoder.raw_names).infer_objects()

    def latent(self, rows: NDArray[Any], target: Any = None) -> NDArray[np.float64]:
        """Compute a latent.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, n_features), dtype object
            Raw rows.
        target : object, default=None
            Which latent, as `DenseNetwork.latent` takes it.

        Returns
        -------
        ndarray of shape (n_samples,)
            Its values.
        """
        latent: NDArray[np.float64] = self.network.latent(self.encoder.transform(self.frame(rows)), target)
        return latent

    def gradient(self, rows: NDArray[Any], target: Any = None) -> NDArray[np.float64]:
        """Differentiate a latent by the numbers; categories, by which there is no derivative, get 0.

        Parameters
        ----------
        rows : ndarray of shape (n_samples, n_features), dtype object
            Raw rows.
        target : object, default=None
            Which latent.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Derivatives.
        """
        encoded = self.encoder.transform(self.frame(rows))
        gradient = self.encoder.by_raw_column(self.network.gradient(encoded, target))
        gradient[:, category_columns(self.encoder)] = 0.0
        return gradient

    def _table(self, rows: NDArray[Any]) -> pd.DataFrame:
        if rows.ndim != 2 or rows.shape[1] != self.encoder.n_features_in:
            raise ValueError(
                f"X has the shape {rows.shape}, but the network takes {self.encoder.n_features_in} columns; "
                "pass those that it was trained on."
            )
        return self.frame(rows)


def raw_network_of(estimator: Any) -> RawNetwork | None:
    """Find the network that an estimator explains, or is, where categories stand before it.

    Parameters
    ----------
    estimator : estimator or DenseNetwork
        A fitted surrogate or probe, a network's fitted estimator, or the network itself.

    Returns
    -------
    RawNetwork or None
        The network; None where there are no categories.
    """
    behind = read_encoder(getattr(estimator, "estimator_", estimator))
    return None if behind is None else RawNetwork(*behind)

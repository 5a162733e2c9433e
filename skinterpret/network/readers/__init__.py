"""Readers: from fitted estimators to networks.  A new kind is a new file, imported here."""

from skinterpret.network.readers import (
    categories,
    compositions,
    imputers,
    perceptrons,
    projections,
    scalers,
    transformers,
)
from skinterpret.network.readers.entry import as_network, check_readable

__all__ = [
    "as_network",
    "categories",
    "check_readable",
    "compositions",
    "imputers",
    "perceptrons",
    "projections",
    "scalers",
    "transformers",
]

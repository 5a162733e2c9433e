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
from skinterpret.network.readers.encoders import (
    Encoder,
    check_encoded,
    has_encoder,
    split_encoder,
    split_indicators,
)
from skinterpret.network.readers.entry import as_network, check_readable
from skinterpret.network.readers.imputers import imputer_in
from skinterpret.network.readers.words import refuse_words

__all__ = [
    "Encoder",
    "as_network",
    "categories",
    "check_encoded",
    "check_readable",
    "compositions",
    "has_encoder",
    "imputer_in",
    "imputers",
    "perceptrons",
    "projections",
    "refuse_words",
    "scalers",
    "split_encoder",
    "split_indicators",
    "transformers",
]

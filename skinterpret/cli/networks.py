"""The network that a command trains where none is given."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skinterpret.base import default_network, make_readable_network

FEW_ROWS = 1_000  # below which all rows at once are trained on faster than batch by batch
INTERRUPTED = "interrupted by user"  # what scikit-learn's networks say of Ctrl-C
MOST_EPOCHS = 2_000  # training ends long before on most tables


@dataclass(frozen=True)
class Training:
    """How a network was trained.

    Attributes
    ----------
    network : Pipeline
        The trained network.
    words : str
        Units, solver, regularisation, and after how many iterations it ended.
    """

    network: Any
    words: str


def untrained_network(X: pd.DataFrame, words: list[str]) -> Any:
    """Make a network for a table.

    Parameters
    ----------
    X : DataFrame of shape (n_samples, n_features)
        Inputs.
    words : list of str
        Columns that hold categories, which become indicators.

    Returns
    -------
    Pipeline
        `make_readable_network()` for fewer than 1,000 rows, otherwise the default network with up to
        2,000 epochs; behind indicators of all categories of the table and a `StandardScaler`.

    Raises
    ------
    ValueError
        If an indicator would have the name of another one or of a column.
    """
    network = make_readable_network() if len(X) < FEW_ROWS else default_network()
    network[-1].set_params(max_iter=MOST_EPOCHS)
    if not words:
        return network
    numbers = [name for name in X.columns if name not in words]
    known = OneHotEncoder().fit(X[words])
    _refuse_names([*known.get_feature_names_out(), *numbers])
    # of all rows: folds of a cross-validation need not hold each
    encoder = OneHotEncoder(categories=known.categories_)
    first = make_column_transformer((encoder, words), (StandardScaler(), numbers))
    return make_pipeline(first, network[-1])


def train(network: Any, X: pd.DataFrame, y: Any, seed: int) -> Training:
    """Train a network and say how it went.

    Parameters
    ----------
    network : Pipeline
        The untrained network, an `MLPClassifier` at its end.
    X : DataFrame of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,)
        Classes.
    seed : int
        Seed of the training.

    Returns
    -------
    Training
        The network, and what it is in words.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl-C ended the training, as of all solvers.
    """
    last = network[-1].set_params(random_state=seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        network.fit(X, y)
    if any(INTERRUPTED in str(warning.message) for warning in caught):
        raise KeyboardInterrupt  # which the network took for a wish to go on with what it has
    converged = not any(issubclass(warning.category, ConvergenceWarning) for warning in caught)
    sizes = " and ".join(map(str, last.hidden_layer_sizes))
    ended = "converged after" if converged else "not converged after all of its"
    return Training(
        network,
        f"{sizes} {last.activation} units, solver {last.solver}, alpha {last.alpha:g}, {ended} "
        f"{last.n_iter_:,} iterations",
    )


def _refuse_names(names: list[str]) -> None:
    twice = [name for k, name in enumerate(names) if name in names[:k]]
    if twice:
        raise ValueError(
            f"Two inputs would have the name {twice[0]!r}: indicators are named by column and category, such "
            "as site_A; rename one of the columns."
        )

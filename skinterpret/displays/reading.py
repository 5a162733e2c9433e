"""What displays read off estimators: the network, the inputs' names, the table they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skinterpret.base import NetworkMixin
from skinterpret.network import DenseNetwork, as_network
from skinterpret.probes.encoding import EncodedNetwork
from skinterpret.surrogates import SymbolicClassifier


def network_of(estimator: Any) -> DenseNetwork:
    """Find the network that an estimator explains, or is.

    Parameters
    ----------
    estimator : estimator or DenseNetwork
        A fitted surrogate or probe, a network's fitted estimator, or the network itself.

    Returns
    -------
    DenseNetwork
        The network as a differentiable function.

    Raises
    ------
    TypeError
        If it is none of these.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    Examples
    --------
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.displays.reading import network_of
    >>> network_of(MLPClassifier((3,), solver="lbfgs").fit([[0], [1]], [0, 1])).hidden_layer_sizes
    (3,)
    """
    if isinstance(estimator, DenseNetwork):
        return estimator
    network = getattr(estimator, "network_", None)
    if isinstance(network, EncodedNetwork):
        return as_network(estimator.estimator_)
    return network if isinstance(network, DenseNetwork) else _read(estimator)


def explained(estimator: Any) -> Any:
    """Find what to ask about attributions and paths: the network behind a surrogate or probe, or itself.

    Parameters
    ----------
    estimator : estimator or DenseNetwork
        A fitted surrogate or probe, a network's fitted estimator, or the network itself.

    Returns
    -------
    estimator or DenseNetwork
        What `saliency` and `trace_path` take.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If a surrogate or probe is not fitted.
    """
    if not isinstance(estimator, NetworkMixin):
        return estimator
    check_is_fitted(estimator)
    return estimator.estimator_


def input_names(estimator: Any, X: Any, n_features: int) -> list[str]:
    """Names of the inputs: those of the fit, else those of X, else `x0`, `x1`, ….

    Parameters
    ----------
    estimator : estimator or DenseNetwork
        What may know them.
    X : array-like
        What may carry them.
    n_features : int
        How many there are.

    Returns
    -------
    list of str
        One name an input.

    Examples
    --------
    >>> from skinterpret.displays.reading import input_names
    >>> input_names(None, [[1, 2]], 2)
    ['x0', 'x1']
    """
    for names in (
        getattr(estimator, "feature_names_in_", None),
        getattr(estimator, "feature_names", None),
        getattr(X, "columns", None),
    ):
        if names is not None and len(names) == n_features:
            return [str(name) for name in names]
    return [f"x{j}" for j in range(n_features)]


def checked_rows(X: Any, n_features: int) -> NDArray[np.float64]:
    """Validate rows in raw units.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Rows.
    n_features : int
        How many columns there must be.

    Returns
    -------
    ndarray of shape (n_samples, n_features)
        The rows.

    Raises
    ------
    ValueError
        If they cannot be used.
    """
    rows: NDArray[np.float64] = check_array(X, dtype=np.float64, input_name="X")
    if rows.shape[1] != n_features:
        raise ValueError(
            f"X has {rows.shape[1]} features, but the network takes {n_features}; pass the columns "
            "it was trained on."
        )
    return rows


def attribute_of(estimator: Any, name: str) -> Any:
    """Read a fitted attribute, or say that it is missing.

    Parameters
    ----------
    estimator : estimator
        What was fitted.
    name : str
        Name of the attribute.

    Returns
    -------
    object
        Its value.

    Raises
    ------
    TypeError
        If there is no such attribute.
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    """
    check_is_fitted(estimator)
    if not hasattr(estimator, name):
        raise TypeError(
            f"{type(estimator).__name__} has no attribute {name}; pass a fitted estimator that has it."
        )
    return getattr(estimator, name)


def check_class(known: list[Any], target: Any, estimator: Any) -> None:
    """Refuse a target that names none of several rules.

    Parameters
    ----------
    known : list
        Classes, or outputs, that have a rule each.
    target : object
        What was asked for.
    estimator : estimator
        What has these rules, for the message.

    Raises
    ------
    ValueError
        If it is none of them.
    """
    if target in known:
        return
    # as plain values: numpy's write their type as well
    names = ", ".join(repr(one.item() if isinstance(one, np.generic) else one) for one in known)
    if target is None:
        raise ValueError(
            f"{type(estimator).__name__} has a rule for each of {names}; name one of them as target."
        )
    raise ValueError(f"target={target!r} has no rule; choose from {names}.")


def check_columns(table: Any, caller: str, needed: list[str]) -> None:
    """Refuse what is no table, or a table that lacks a column.

    Parameters
    ----------
    table : DataFrame
        What was given.
    caller : str
        Who needs it.
    needed : list of str
        Names of the columns.

    Raises
    ------
    TypeError
        If it is not a DataFrame.
    ValueError
        If it is empty or lacks a column.
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"{caller} takes a DataFrame, got {type(table).__name__}.")
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise ValueError(f"{caller} needs the columns {needed}; the table lacks {missing}.")
    if table.empty:
        raise ValueError(f"{caller} needs at least one row; the table is empty.")


def named_columns(table: Any, rows: Any = None) -> Any:
    """Give the columns of an array names: those of the rows that it belongs to, or `x0, x1, …`.

    Parameters
    ----------
    table : DataFrame or array
        What was given.
    rows : array-like of shape (n_samples, n_features), default=None
        What it belongs to.

    Returns
    -------
    DataFrame
        The table; anything that is no array of two dimensions is given back as it is.
    """
    if not isinstance(table, np.ndarray) or table.ndim != 2:
        return table
    if isinstance(rows, pd.DataFrame) and rows.shape == table.shape:
        return pd.DataFrame(table, rows.index, rows.columns)
    return pd.DataFrame(table, columns=[f"x{j}" for j in range(table.shape[1])])


def _read(estimator: Any) -> DenseNetwork:
    if hasattr(estimator, "network_") or not hasattr(estimator, "fit"):
        raise TypeError(
            f"{type(estimator).__name__} holds no network of dense layers; pass a fitted surrogate, a "
            "fitted network, or a DenseNetwork."
        )
    if not hasattr(estimator, "steps"):
        check_is_fitted(estimator)
    if isinstance(estimator, SymbolicClassifier):
        raise TypeError(
            "SymbolicClassifier is fitted to labels and holds no network; pass a fitted network, or a "
            "surrogate of one such as SymbolicSurrogate (FrontDisplay draws the candidates of both)."
        )
    return as_network(estimator)

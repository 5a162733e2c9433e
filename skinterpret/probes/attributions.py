"""Saliency: what each input of a row does to a latent, by gradients."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state, check_scalar

from skinterpret.network import DenseNetwork, as_network
from skinterpret.network.rows import check_rows
from skinterpret.probes.baselines import baseline_of_categories, baseline_of_numbers
from skinterpret.probes.categories import as_given, read_encoder
from skinterpret.probes.integration import integrate_gradients, missing_shares, warn_of_jumps

Array = NDArray[np.float64]


def saliency(
    network: Any,
    X: Any,
    method: str = "gradient",
    *,
    target: Any = None,
    baseline: ArrayLike | str = "zero",
    n_steps: int = 64,
    noise: ArrayLike = 0.15,
    random_state: Any = None,
) -> Any:
    """Attribute a latent to the inputs, row by row.

    Categories behind a `OneHotEncoder` get the sum of what their indicators get, by the two methods
    that give parts of the latent; derivatives by a category do not exist.

    Parameters
    ----------
    network : DenseNetwork or estimator
        The network, or a fitted estimator that `as_network` or `split_encoder` reads.
    X : array-like of shape (n_samples, n_features)
        Rows in raw units.
    method : {"gradient", "gradient_x_input", "integrated", "smooth"}, default="gradient"
        What is computed.

        - `"gradient"`: the derivative by each input, in units of the latent per raw unit;
        - `"gradient_x_input"`: that times the input's distance from the baseline, in units of the
          latent;
        - `"integrated"`: integrated gradients along the straight line from the baseline
          (Sundararajan, Taly and Yan, 2017, arXiv:1703.01365, section 3), in units of the latent.
          They are complete: those of a row add up to `f(row) - f(baseline)`, unless the latent jumps
          on the line, as it does behind a `QuantileTransformer` of inputs with ties: gradients do
          not see a jump, so parts are missing, of which a warning tells;
        - `"smooth"`: SmoothGrad, the mean gradient over noisy copies of the row (Smilkov et al.,
          2017, arXiv:1706.03825), in the same units as `"gradient"`.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it.
    baseline : {"zero", "mean", "median"} or array-like of shape (n_features,), default="zero"
        Where inputs count as absent, in raw units: zeros, the mean of X and of categories the shares
        of each, the median of X and of categories the most frequent, or a row.  For data that are
        not centred, the mean says more; but with the mean or median of X a few rows are attributed
        against each other, so hand in that of the training data as a row then.  A single row has no
        mean but itself, and is refused.  The zero of a category is the one that the encoder drops,
        or else none at all.
    n_steps : int, default=64
        Points on the line (`"integrated"`), or noisy copies (`"smooth"`).  A rule of
        Gauss and Legendre is tried on the line first; rows for which it misses the change of the
        latent, as it may with `relu`, are integrated again in this many pieces, and pieces that
        still miss it are halved.
    noise : float or array-like of shape (n_features,), default=0.15
        Standard deviation of the noise of `"smooth"`: as a share of each input's range in X, or for
        each input in raw units.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise.

    Returns
    -------
    ndarray or DataFrame of shape (n_samples, n_features)
        One value a row and input; a DataFrame with the index and columns of X if X is one.

    Raises
    ------
    ValueError
        If the method or the target is unknown, if X or the baseline does not fit the network, or if
        derivatives by categories are asked for.
    TypeError
        If the estimator cannot be read.

    Warns
    -----
    UserWarning
        If integrated gradients of some rows miss the change of the latent by more than a thousandth
        of the largest change.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.probes import saliency
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
    >>> model = model.fit(X, 3 * X[:, 0] - X[:, 1])
    >>> saliency(model, [[2.0, 1.0]], "integrated").round(2)
    array([[ 6., -1.]])
    """
    return attribute(network, X, method, [target], baseline, n_steps, noise, random_state)[0]


def global_importance(
    network: Any,
    X: Any,
    method: str = "integrated",
    *,
    target: Any = None,
    baseline: ArrayLike | str = "mean",
    n_steps: int = 64,
    noise: ArrayLike = 0.15,
    random_state: Any = None,
) -> Any:
    """How much each input matters over all rows: the mean of its absolute saliency.

    Derivatives are multiplied by the standard deviation of their input, so that inputs in unlike
    units compare; every importance is in units of the latent.

    Parameters
    ----------
    network : DenseNetwork or estimator
        The network, or a fitted estimator that `as_network` reads.
    X : array-like of shape (n_samples, n_features)
        Rows in raw units.
    method : {"gradient", "gradient_x_input", "integrated", "smooth"}, default="integrated"
        Which saliency.
    target : object, default=None
        Which latent; with more than two classes `None` means the mean over all of them.
    baseline : {"zero", "mean", "median"} or array-like of shape (n_features,), default="mean"
        Where inputs count as absent, as for `saliency`.
    n_steps : int, default=64
        As for `saliency`.
    noise : float or array-like of shape (n_features,), default=0.15
        As for `saliency`.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise.

    Returns
    -------
    ndarray or Series of shape (n_features,)
        Importance of each input, in the order of the columns; a Series if X is a DataFrame.

    Raises
    ------
    ValueError
        As for `saliency`.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.probes import global_importance
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = MLPClassifier((5,), activation="tanh", solver="lbfgs", max_iter=500, random_state=0)
    >>> model = model.fit(X, y)
    >>> global_importance(model, X).idxmax()
    'petal ...'
    """
    targets = targets_averaged(network, target)
    values = attribute(network, X, method, targets, baseline, n_steps, noise, random_state)
    unit = np.std(np.asarray(X, dtype=np.float64), axis=0) if method in DERIVATIVES else 1.0
    return mean_size(values).mean(axis=0) * unit


METHODS = ("gradient", "gradient_x_input", "integrated", "smooth")
PARTS = ("gradient_x_input", "integrated")  # methods that give parts of the latent
DERIVATIVES = ("gradient", "smooth")


def targets_averaged(network: Any, target: Any) -> list[Any]:
    """List the latents that are meant: every class of more than two, where none is named.

    Parameters
    ----------
    network : DenseNetwork or estimator
        What is asked.
    target : object
        What was named; None for nothing.

    Returns
    -------
    list
        Targets, as `DenseNetwork.latent` takes them.
    """
    behind = read_encoder(network)
    dense = read(network) if behind is None else behind[1]
    if target is None and dense.classes is not None and len(dense.biases[-1]) > 1:
        classes: list[Any] = dense.classes.tolist()
        return classes
    return [target]


def mean_size(attributions: Sequence[Any]) -> Any:
    """Average the sizes of what `attribute` gives.

    Parameters
    ----------
    attributions : sequence of ndarray or DataFrame of shape (n_samples, n_features)
        Attributions, a table a latent.

    Returns
    -------
    ndarray or DataFrame of shape (n_samples, n_features)
        Mean absolute values over the tables.
    """
    return sum(np.abs(table) for table in attributions) / len(attributions)


def attribute(
    network: Any,
    X: Any,
    method: str,
    targets: list[Any],
    baseline: ArrayLike | str = "zero",
    n_steps: int = 64,
    noise: ArrayLike = 0.15,
    random_state: Any = None,
) -> list[Any]:
    """Attribute several latents; what there is to warn of is said once.

    Parameters
    ----------
    network : DenseNetwork or estimator
        As for `saliency`.
    X : array-like of shape (n_samples, n_features)
        Rows in raw units.
    method : {"gradient", "gradient_x_input", "integrated", "smooth"}
        What is computed.
    targets : list
        Which latents.
    baseline : {"zero", "mean", "median"} or array-like of shape (n_features,), default="zero"
        As for `saliency`.
    n_steps : int, default=64
        As for `saliency`.
    noise : float or array-like of shape (n_features,), default=0.15
        As for `saliency`.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise.

    Returns
    -------
    list of ndarray or DataFrame of shape (n_samples, n_features)
        A table a latent, as `saliency` gives it.
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r} is unknown; choose from {', '.join(map(repr, METHODS))}.")
    check_scalar(n_steps, "n_steps", Integral, min_val=1)
    _refuse_one_dimension(X)
    if (behind := read_encoder(network)) is not None:
        _refuse_derivatives(method)
        encoder, inner = behind
        rows = encoder.transform(X)
        _refuse_own_mean(method, baseline, len(rows))
        start = baseline_of_categories(baseline, X, encoder)
        values = _of_each(inner, rows, start, method, targets, n_steps, noise, random_state)
        return [as_given(encoder.by_raw_column(of_one), encoder, X) for of_one in values]
    dense = read(network)
    rows = check_rows(X, dense.n_features_in, dense.feature_names).astype(np.float64)
    _refuse_own_mean(method, baseline, len(rows))
    start = baseline_of_numbers(baseline, rows, getattr(X, "columns", dense.feature_names))
    values = _of_each(dense, rows, start, method, targets, n_steps, noise, random_state)
    return [pd.DataFrame(one, X.index, X.columns) if isinstance(X, pd.DataFrame) else one for one in values]


def read(network: Any) -> DenseNetwork:
    """Read a network, unless it is one already.

    Parameters
    ----------
    network : DenseNetwork or estimator
        What is asked.

    Returns
    -------
    DenseNetwork
        The network.
    """
    return network if isinstance(network, DenseNetwork) else as_network(network)


def _of_each(
    network: DenseNetwork,
    rows: Array,
    start: Array,
    method: str,
    targets: list[Any],
    n_steps: int,
    noise: ArrayLike,
    random_state: Any,
) -> list[Array]:
    if method == "gradient":
        return [network.gradient(rows, target) for target in targets]
    if method == "gradient_x_input":
        return [network.gradient(rows, target) * (rows - start) for target in targets]
    if method == "integrated":
        values = [integrate_gradients(network, rows, start, n_steps, target) for target in targets]
        pairs = zip(values, targets, strict=True)
        warn_of_jumps([missing_shares(network, rows, start, parts, target) for parts, target in pairs])
        return values
    spread = _noise_in_raw_units(noise, rows)
    rngs = [check_random_state(random_state) for _ in targets]
    pairs = zip(targets, rngs, strict=True)
    return [_smooth(network, rows, spread, n_steps, target, rng) for target, rng in pairs]


def _refuse_one_dimension(X: Any) -> None:
    if getattr(X, "ndim", 2) == 1:
        one_row = "X.to_frame().T" if isinstance(X, pd.Series) else "X.reshape(1, -1)"
        raise ValueError(
            f"X is a {type(X).__name__} of one dimension, but rows are asked for; pass a table, and one row "
            f"as {one_row}."
        )


def _refuse_own_mean(method: str, baseline: Any, n_rows: int) -> None:
    if n_rows == 1 and method in PARTS and isinstance(baseline, str) and baseline in ("mean", "median"):
        raise ValueError(
            f"baseline={baseline!r} of a single row is that row itself, to which nothing would be "
            f"attributed; hand in the {baseline} of the training data as a row."
        )


def _refuse_derivatives(method: str) -> None:
    if method in METHODS and method not in PARTS:
        raise ValueError(
            f"method={method!r} gives derivatives, which categories do not have; take one of "
            f"{' and '.join(map(repr, PARTS))}, or ask the network of split_encoder about its indicators."
        )


def _smooth(
    network: DenseNetwork,
    rows: Array,
    spread: Array,
    n_steps: int,
    target: Any,
    rng: np.random.RandomState,
) -> Array:
    total = np.zeros_like(rows)
    for _ in range(n_steps):
        total += network.gradient(rows + spread * rng.standard_normal(rows.shape), target)
    return total / n_steps


def _noise_in_raw_units(noise: ArrayLike, rows: Array) -> Array:
    spread = np.asarray(noise, dtype=np.float64)
    if (spread.ndim and spread.shape != (rows.shape[1],)) or not (spread >= 0).all():
        raise ValueError(
            f"noise={noise!r} must be one share of the inputs' ranges, or {rows.shape[1]} standard "
            "deviations, none of them negative."
        )
    if spread.ndim:
        return spread
    if len(rows) == 1:
        raise ValueError(
            "One row has no range that noise could be a share of; pass noise as one standard "
            "deviation an input."
        )
    return np.asarray(spread * np.ptp(rows, axis=0))

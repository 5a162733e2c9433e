"""Activation maximisation: rows that drive a network to a class, within the data's box."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from sklearn.utils import check_array, check_random_state, check_scalar

from skinterpret.network import DenseNetwork
from skinterpret.network.readers import Encoder
from skinterpret.network.rows import check_rows
from skinterpret.probes.attributions import read
from skinterpret.probes.categories import NumbersAlone, category_columns, number_columns, read_encoder

Array = NDArray[np.float64]

CANDIDATES = 16  # rows drawn for each start
MOST_ROUNDS = 10  # of numbers and categories in turn
NEGLIGIBLE = 1e-6  # rise of the latent in a round


def maximise_activation(
    network: Any,
    target: Any = None,
    X: Any = None,
    *,
    bounds: ArrayLike | None = None,
    n_samples: int = 10,
    n_steps: int = 200,
    random_state: Any = None,
) -> Any:
    """Make synthetic rows at which a latent is as large as it gets inside a box.

    Each row climbs the latent's gradient from a start of its own (Simonyan, Vedaldi and Zisserman,
    2013, arXiv:1312.6034, section 2, with a box in place of their penalty), by L-BFGS-B in units of
    the box's width.  Inputs that hold whole numbers are moved as if they were continuous.  Categories
    behind a `OneHotEncoder` are tried one column at a time, each that occurs in X, and the numbers
    climb again, until neither helps.

    There are as many rows as were asked for, also where several starts lead to one maximum, which is
    then repeated as often.  Equal rows are an answer: from everywhere in the data the network knows
    one ideal of the target, often a corner of the box.  Different rows are different local maxima.

    Parameters
    ----------
    network : DenseNetwork or estimator
        The network, or a fitted estimator that `as_network` or `split_encoder` reads.
    target : object, default=None
        Which latent, as `DenseNetwork.latent` takes it: a class label for its log-odds,
        `("hidden", layer, unit)` for a hidden unit.
    X : array-like of shape (n_samples, n_features), default=None
        Rows of the data, in raw units.  The box reaches from the smallest to the largest value of
        each input; one climb starts at the best row of all, so that the first answer is never below
        it, and each other one at the best of a few rows drawn from it.
    bounds : array-like of shape (n_features, 2), default=None
        The box, lowest and highest value of each input, in raw units.  Without X, starts are drawn
        uniformly from it.  Either of the two must be given; with categories, X alone.
    n_samples : int, default=10
        How many rows to make, one a start; equal ones are kept.
    n_steps : int, default=200
        Most steps of each climb.
    random_state : int, RandomState instance or None, default=None
        Seed of the starts.

    Returns
    -------
    ndarray or DataFrame of shape (n_samples, n_features)
        Rows inside the box, the one with the largest latent first; rows that are equal, up to what
        the climb's tolerance leaves, are one maximum found that often.  A DataFrame if X is one.

    Raises
    ------
    ValueError
        If the target is unknown, if neither X nor bounds say where to search, or if bounds are given
        for categories.
    TypeError
        If the estimator cannot be read.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret.probes import maximise_activation
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier((5,), solver="lbfgs", max_iter=500, random_state=0).fit(X, y)
    >>> rows = maximise_activation(model, 2, X, n_samples=3, random_state=0)
    >>> model.predict(rows)
    array([2, 2, 2])

    How many maxima there are, and how many starts led to each:

    >>> maxima, n_starts = np.unique(rows.round(2), axis=0, return_counts=True)
    >>> int(n_starts.sum())
    3
    """
    check_scalar(n_samples, "n_samples", Integral, min_val=1)
    check_scalar(n_steps, "n_steps", Integral, min_val=1)
    if np.ndim(target) == 2:
        raise ValueError(
            "target is a table, but says which latent is to be large; rows come after it, as in "
            "maximise_activation(network, target, X)."
        )
    rng = check_random_state(random_state)
    if (behind := read_encoder(network)) is not None:
        if X is None or bounds is not None:
            raise ValueError("A box of categories has no bounds; pass X, and no bounds.")
        return _maximise_mixed(*behind, target, X, n_samples, n_steps, rng)
    dense = read(network)
    rows = None
    if X is not None:
        rows = check_rows(X, dense.n_features_in, dense.feature_names).astype(np.float64)
    low, high = _box(rows, bounds, dense.n_features_in)
    starts = [_start(dense, target, rows, low, high, rng) for _ in range(n_samples)]
    if rows is not None:  # no answer may lie below what the data reach
        inside = rows.clip(low, high)
        starts[0] = inside[dense.latent(inside, target).argmax()]
    found = np.array([_climb(dense, target, start, low, high, n_steps) for start in starts])
    found = found[np.argsort(-dense.latent(found, target), kind="stable")]
    return pd.DataFrame(found, columns=X.columns) if isinstance(X, pd.DataFrame) else found


def _start(
    network: Any, target: Any, rows: Array | None, low: Array, high: Array, rng: np.random.RandomState
) -> Array:
    """Draw a few rows and take the highest: some stand where saturated units leave no gradient."""
    if rows is None:
        drawn = rng.uniform(low, high, size=(CANDIDATES, len(low)))
    else:
        drawn = rows[rng.randint(len(rows), size=CANDIDATES)].clip(low, high)
    best: Array = drawn[network.latent(drawn, target).argmax()]
    return best


def _climb(network: Any, target: Any, start: Array, low: Array, high: Array, n_steps: int) -> Array:
    width = np.where(high > low, high - low, 1.0)

    def descend(share: Array) -> tuple[float, Array]:
        row = (low + share * width)[None]
        return -float(network.latent(row, target)[0]), -network.gradient(row, target)[0] * width

    result = minimize(
        descend,
        (start - low) / width,
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(np.zeros_like(low), (high - low) / width, strict=True)),
        options={"maxiter": n_steps},
    )
    top: Array = (low + result.x * width).clip(low, high)
    # rounding may leave a climb a little below its start, where the latent is flat
    below, above = network.latent(np.array([start, top]), target)
    return top if above >= below else start


def _maximise_mixed(
    encoder: Encoder,
    dense: DenseNetwork,
    target: Any,
    X: Any,
    n_samples: int,
    n_steps: int,
    rng: np.random.RandomState,
) -> Any:
    """Climb by numbers and by categories in turn; raw rows, the best first."""
    encoder.transform(X)  # refuses rows that do not fit
    frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(np.asarray(X, dtype=object)).infer_objects()
    if encoder.raw_names is not None and isinstance(X, pd.DataFrame):
        frame = frame[list(encoder.raw_names)]
    numbers = number_columns(encoder)
    values = frame.iloc[:, numbers].to_numpy(dtype=np.float64)
    low, high = values.min(axis=0), values.max(axis=0)
    found = []
    for n_found in range(n_samples):
        drawn = frame.iloc[rng.randint(len(frame), size=CANDIDATES)] if n_found else frame
        row, reached = _best_row(encoder, dense, target, drawn)
        for _ in range(MOST_ROUNDS):
            before = reached
            if numbers:
                climber: Any = NumbersAlone(encoder, dense, encoder.transform(row)[0])
                start = row.iloc[0, numbers].to_numpy(dtype=np.float64)
                top = _climb(climber, target, start, low, high, n_steps)
                row = _with_values(row, dict(zip(numbers, top[:, None], strict=True)))
            for j in category_columns(encoder):
                tried = _with_values(row, {j: frame.iloc[:, j].unique()})
                row, reached = _best_row(encoder, dense, target, tried)
            if not reached > before + NEGLIGIBLE:
                break
        found.append((reached, row))
    found.sort(key=lambda pair: -pair[0])
    rows = pd.concat([row for _, row in found], ignore_index=True)
    return rows if isinstance(X, pd.DataFrame) else rows.to_numpy()


def _best_row(
    encoder: Encoder, dense: DenseNetwork, target: Any, rows: pd.DataFrame
) -> tuple[pd.DataFrame, float]:
    latents = dense.latent(encoder.transform(rows), target)
    best = int(latents.argmax())
    return rows.iloc[[best]], float(latents[best])


def _with_values(row: pd.DataFrame, values: dict[int, Any]) -> pd.DataFrame:
    """Repeat a row, with other values in some columns."""
    size = len(next(iter(values.values())))
    columns = {
        j: pd.Series(values[j]) if j in values else pd.Series([row.iat[0, j]] * size)
        for j in range(row.shape[1])
    }
    return pd.DataFrame(columns).set_axis(row.columns, axis=1)


def _box(rows: Array | None, bounds: ArrayLike | None, n_features: int) -> tuple[Array, Array]:
    if bounds is None:
        if rows is None:
            raise ValueError("Neither X nor bounds say where to search; pass one of them.")
        return rows.min(axis=0), rows.max(axis=0)
    box = check_array(bounds, dtype=np.float64, input_name="bounds")
    if box.shape != (n_features, 2) or (box[:, 0] > box[:, 1]).any():
        raise ValueError(
            f"bounds must be {n_features} pairs, the lowest and the highest value of each input."
        )
    return box[:, 0], box[:, 1]

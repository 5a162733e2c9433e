"""Gradients averaged over a small neighbourhood, for networks whose gradients jump."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state, check_scalar

from skinterpret.network.dense import DenseNetwork
from skinterpret.network.immutable import Immutable
from skinterpret.network.outputs import Output
from skinterpret.network.rows import check_rows

Array = NDArray[Any]

BLOCK = 4096  # rows whose neighbours are asked for at a time


def smooth(
    network: DenseNetwork, scale: ArrayLike, *, n_samples: int = 64, random_state: Any = 0
) -> SmoothedNetwork:
    """Average a network's gradients over a Gaussian neighbourhood of each row.

    The gradient of a ReLU network is constant on each of its pieces and jumps between them.  Averaged
    over a neighbourhood (SmoothGrad: Smilkov et al., arXiv:1706.03825) it follows the function that
    the pieces approximate.

    Parameters
    ----------
    network : DenseNetwork
        What is smoothed, with all that stands before it.
    scale : float or array-like of shape (n_features,)
        Standard deviations of the neighbourhood, in raw units; a tenth of those of the data is a good
        start.
    n_samples : int, default=64
        Neighbours asked for each row, an even number; the time grows with it, the memory does not.
    random_state : int, RandomState instance or None, default=0
        Seed of the neighbours.

    Returns
    -------
    SmoothedNetwork
        The same network with other gradients.

    Raises
    ------
    ValueError
        If `scale` does not hold one positive number, or one an input, or `n_samples` is odd.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network, smooth
    >>> X = np.random.default_rng(0).uniform(-1, 1, (500, 1))
    >>> model = MLPRegressor(hidden_layer_sizes=(30,), solver="lbfgs", random_state=0)
    >>> network = as_network(model.fit(X, X[:, 0] ** 2))
    >>> rough = np.abs(network.gradient(X) - 2 * X).mean()
    >>> fine = np.abs(smooth(network, 0.1 * X.std(axis=0)).gradient(X) - 2 * X).mean()
    >>> bool(fine < 0.8 * rough)
    True
    """
    check_scalar(n_samples, "n_samples", Integral, min_val=2)
    if n_samples % 2:
        raise ValueError(f"n_samples must be even, as neighbours come in pairs, got {n_samples}.")
    width = np.asarray(scale, dtype=np.float64)
    if width.shape not in ((), (network.n_features_in,)) or not (np.isfinite(width) & (width > 0)).all():
        raise ValueError(
            f"scale must hold one positive finite number, or {network.n_features_in}, one an input, "
            f"got {scale!r}."
        )
    shape = n_samples // 2, network.n_features_in
    half = check_random_state(random_state).normal(size=shape) * width
    return SmoothedNetwork(network, np.vstack([half, -half]))


@dataclass(frozen=True, eq=False)
class SmoothedNetwork(Immutable):
    """A network whose gradients are means over neighbours of each row; made by `smooth`.

    They are the exact gradients of the mean of the latent over the same neighbours, and these lie on
    opposite sides of a row in pairs and at the same places around every row, so that equal rows have
    equal gradients.  Latents and predictions are those of the network itself.

    Parameters
    ----------
    network : DenseNetwork
        What is smoothed.
    offsets : ndarray of shape (n_samples, n_features)
        From a row to its neighbours, in raw units.

    Examples
    --------
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network, smooth
    >>> X = [[0.0], [1.0], [2.0]]
    >>> model = MLPRegressor(hidden_layer_sizes=(5,), solver="lbfgs", random_state=0).fit(X, [0.0, 1.0, 4.0])
    >>> smooth(as_network(model), 0.1, n_samples=16)
    SmoothedNetwork(DenseNetwork(1 input -> 5 relu -> 1 output), 16 neighbours)
    """

    network: DenseNetwork
    offsets: Array

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.network!r}, {len(self.offsets)} neighbours)"

    @property
    def classes(self) -> Array | None:
        """Class labels; None for a regressor."""
        return self.network.classes

    @property
    def output(self) -> Output:
        """What the last layer's values mean."""
        return self.network.output

    @property
    def biases(self) -> tuple[Array, ...]:
        """Biases of each layer."""
        return self.network.biases

    @property
    def n_features_in(self) -> int:
        """Number of raw inputs."""
        return self.network.n_features_in

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """Names of the raw inputs, where they are known."""
        return self.network.feature_names

    @property
    def hidden_layer_sizes(self) -> tuple[int, ...]:
        """Number of units of each hidden layer."""
        return self.network.hidden_layer_sizes

    def latent(self, X: Any, target: Any = None) -> Array:
        """Compute a latent of the network, which is not smoothed.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        target : object, default=None
            Which latent; see `DenseNetwork.latent`.

        Returns
        -------
        ndarray of shape (n_samples,)
            Latent values.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret.network import as_network, smooth
        >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 1))
        >>> model = MLPRegressor(hidden_layer_sizes=(20,), solver="lbfgs", max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, X[:, 0] ** 2))
        >>> smoothed = smooth(network, 0.1)
        >>> bool((smoothed.latent(X) == network.latent(X)).all())
        True
        """
        return self.network.latent(X, target)

    def gradient(self, X: Any, target: Any = None) -> Array:
        """Average the gradients of the network at the neighbours of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        target : object, default=None
            Which latent; see `DenseNetwork.latent`.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Mean derivatives of the latent, in its units per raw unit of each input.

        Raises
        ------
        ValueError
            If the target is unknown, or is needed and not given; or if X does not fit the network.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret.network import as_network, smooth
        >>> X = np.random.default_rng(0).uniform(-1, 1, (200, 1))
        >>> model = MLPRegressor(hidden_layer_sizes=(20,), solver="lbfgs", max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, X[:, 0] ** 2))
        >>> smoothed = smooth(network, 0.1)
        >>> rows = np.linspace(-0.5, 0.5, 101)[:, None]
        >>> jumps, smoothed_jumps = (abs(np.diff(f.gradient(rows)[:, 0])).max() for f in (network, smoothed))
        >>> bool(smoothed_jumps < jumps / 2)
        True
        """
        rows = check_rows(X, self.n_features_in, self.feature_names)
        result = np.zeros(rows.shape, np.result_type(rows, self.network.weights[0]))
        for start in range(0, len(rows), BLOCK):
            block = slice(start, start + BLOCK)
            for offset in self.offsets.astype(rows.dtype):
                result[block] += self.network.gradient(rows[block] + offset, target)
        result /= len(self.offsets)
        return result

    def activations(self, X: Any) -> list[Array]:
        """Compute the activations of all hidden layers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        list of ndarray of shape (n_samples, n_units)
            What `DenseNetwork.activations` gives.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import as_network, smooth
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, y))
        >>> smoothed = smooth(network, 0.1)
        >>> [values.shape for values in smoothed.activations(X)]
        [(150, 5), (150, 3)]
        """
        return self.network.activations(X)

    def predict(self, X: Any) -> Array:
        """Predict as the network does.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray
            What `DenseNetwork.predict` gives.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import as_network, smooth
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, y))
        >>> smoothed = smooth(network, 0.1)
        >>> bool((smoothed.predict(X) == network.predict(X)).all())
        True
        """
        return self.network.predict(X)

    def predict_proba(self, X: Any) -> Array:
        """Compute class probabilities as the network does.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            What `DenseNetwork.predict_proba` gives.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import as_network, smooth
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, y))
        >>> smoothed = smooth(network, 0.1)
        >>> bool((smoothed.predict_proba(X) == network.predict_proba(X)).all())
        True
        """
        return self.network.predict_proba(X)


def unsmoothed(network: Any) -> Any:
    """Give the network whose gradients are averaged, or the network itself where none are.

    Parameters
    ----------
    network : DenseNetwork or SmoothedNetwork
        Any network.

    Returns
    -------
    DenseNetwork
        The network as it is.
    """
    while isinstance(network, SmoothedNetwork):
        network = network.network
    return network

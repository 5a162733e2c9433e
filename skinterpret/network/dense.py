"""`DenseNetwork`: a trained multilayer perceptron as a differentiable function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.network.activations import Activation
from skinterpret.network.curvatures import Curvatures
from skinterpret.network.immutable import Immutable
from skinterpret.network.input_maps import IdentityMap, InputMap
from skinterpret.network.latents import Latent, UnitLatent, is_of_hidden_unit
from skinterpret.network.outputs import Output
from skinterpret.network.passes import Passes
from skinterpret.network.rows import check_rows
from skinterpret.network.shapes import check_shapes

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class DenseNetwork(Immutable):
    """A trained multilayer perceptron, seen as a differentiable function of its raw inputs.

    Made by `as_network`; copies what it is given and never changes.  Every method takes rows in raw
    units, as an array or as a DataFrame, works through them in blocks and calculates in float32 if
    both the rows and the weights are float32, in float64 otherwise.

    Parameters
    ----------
    weights : tuple of ndarray of shape (n_in, n_out)
        Weights of each layer.
    biases : tuple of ndarray of shape (n_out,)
        Biases of each layer.
    hidden_activations : tuple of str or Activation
        Activation of each hidden layer: a name in `skinterpret.network.activations.ACTIVATIONS`
        (`"identity"`, `"logistic"`, `"tanh"`, `"relu"`, `"elu"`, ...), or, for other parameters
        than the usual, a value such as `ELU(alpha=0.5)`.
    output : Output
        What the last layer's values mean.
    n_features_in : int
        Number of raw inputs.
    feature_names : tuple of str or None, default=None
        Names of the raw inputs, where they are known.
    input_map : InputMap, default=IdentityMap()
        What happens to the raw inputs before the first layer.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,) or None
        Class labels, or positions of the labels of a multi-label network; None for a regressor.
    hidden_layer_sizes : tuple of int
        Number of units of each hidden layer.

    Raises
    ------
    ValueError
        If the layers do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
    >>> network = as_network(model.fit(X, 3 * X[:, 0] - X[:, 1]))
    >>> network
    DenseNetwork(2 inputs -> 1 output)
    >>> network.gradient(X[:2]).round(2)
    array([[ 3., -1.],
           [ 3., -1.]])
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    hidden_activations: tuple[str | Activation, ...]
    output: Output
    n_features_in: int
    feature_names: tuple[str, ...] | None = None
    input_map: InputMap = field(default_factory=IdentityMap)

    def __post_init__(self) -> None:
        n_inputs = self.n_features_in if isinstance(self.input_map, IdentityMap) else None
        check_shapes(self.weights, self.biases, len(self.hidden_activations), n_inputs)
        super().__post_init__()

    def __repr__(self) -> str:
        # not the weights, of which there are thousands
        stages = [_counted(self.n_features_in, "input")]
        if not isinstance(self.input_map, IdentityMap):
            stages.append(type(self.input_map).__name__)
        sizes = zip(self.hidden_layer_sizes, self.hidden_activations, strict=True)
        stages += [f"{size} {activation}" for size, activation in sizes]
        stages.append(_counted(len(self.biases[-1]), "output"))
        classes = "" if self.classes is None else f", classes {self.classes.tolist()}"
        return f"{type(self).__name__}({' -> '.join(stages)}{classes})"

    @property
    def classes(self) -> Array | None:
        """Class labels; None for a regressor."""
        return self.output.classes

    @property
    def hidden_layer_sizes(self) -> tuple[int, ...]:
        """Number of units of each hidden layer."""
        return tuple(weight.shape[1] for weight in self.weights[:-1])

    def latent(self, X: Any, target: Any = None) -> Array:
        """Compute a latent: what is left of an output when its activation is removed.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        target : object, default=None
            Which latent.  `None`: the logit of the positive class, or the only output of a
            regressor.  A class label: its log-odds against the rest.  A position: that label of a
            multi-label network, or that output of a regressor (the logarithm of the mean, for
            `loss="poisson"`).  `("hidden", layer, unit)`: the pre-activation of a hidden unit, both
            numbers counted from 0.

        Returns
        -------
        ndarray of shape (n_samples,)
            Latent values.

        Raises
        ------
        ValueError
            If the target is unknown, or is needed and not given; or if X does not fit the network.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import as_network
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, y))
        >>> network.latent(X, target=2).shape  # the log-odds of class 2
        (150,)
        >>> network.latent(X, target=("hidden", 0, 4)).shape  # what the last unit of the first layer sums up
        (150,)
        """
        rows = check_rows(X, self.n_features_in, self.feature_names)
        layer, latent = self._find(target)
        passes = self._passes(rows, layer)
        result = np.empty(len(rows), self._dtype(rows))
        for block in passes.blocks():
            result[block] = latent.value(passes.forward(self.input_map.transform(rows[block])))
        return result

    def gradient(self, X: Any, target: Any = None) -> Array:
        """Differentiate a latent by the raw inputs, exactly, by reverse accumulation.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        target : object, default=None
            Which latent; see `latent`.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Derivatives of the latent, in its units per raw unit of each input.

        Raises
        ------
        ValueError
            If the target is unknown, or is needed and not given; or if X does not fit the network.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret.network import as_network
        >>> X = np.random.default_rng(0).normal(size=(50, 2))
        >>> model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0.0, random_state=0)
        >>> network = as_network(model.fit(X, 3 * X[:, 0] - X[:, 1]))
        >>> network.gradient([[0.0, 0.0], [1.0, 5.0]]).round(2).tolist()
        [[3.0, -1.0], [3.0, -1.0]]
        """
        rows = check_rows(X, self.n_features_in, self.feature_names)
        layer, latent = self._find(target)
        passes = self._passes(rows, layer)
        result = np.empty(rows.shape, self._dtype(rows))
        for block in passes.blocks():
            raw = rows[block]
            z = passes.forward(self.input_map.transform(raw))
            slope = passes.backward(latent.slope(z), len(raw))
            result[block] = self.input_map.pull_back(raw, slope)
        return result

    def hessian(self, X: Any, target: Any = None) -> Array:
        """Differentiate a latent twice by the raw inputs, exactly.

        Second derivatives pass the steps before the network by the chain rule, as gradients do, and
        those of the steps themselves are added.  Networks whose activations are piecewise linear have
        none of their own.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        target : object, default=None
            Which latent; see `latent`.

        Returns
        -------
        ndarray of shape (n_samples, n_features, n_features)
            Second derivatives of the latent, in its units per raw unit of either input.

        Raises
        ------
        ValueError
            If the target is unknown, or is needed and not given; or if X does not fit the network.
        NotImplementedError
            If an activation or a step before the network, which is named, has no second derivatives.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.neural_network import MLPRegressor
        >>> from skinterpret.network import as_network
        >>> X = np.random.default_rng(0).uniform(-1, 1, (500, 2))
        >>> model = MLPRegressor(
        ...     hidden_layer_sizes=(20,), activation="tanh", solver="lbfgs", max_iter=2000, random_state=0
        ... )
        >>> network = as_network(model.fit(X, X[:, 0] * X[:, 1]))
        >>> bool(np.abs(network.hessian([[0.0, 0.0]]) - [[0, 1], [1, 0]]).max() < 0.1)
        True
        """
        rows = check_rows(X, self.n_features_in, self.feature_names)
        layer, latent = self._find(target)
        curvatures = Curvatures(
            self.weights[: layer + 1],
            self.biases[: layer + 1],
            self.hidden_activations[:layer],
            latent,
            self._dtype(rows),
        )
        result = np.empty((*rows.shape, rows.shape[1]), self._dtype(rows))
        for block in curvatures.blocks(len(rows)):
            raw = rows[block]
            slope, bend = curvatures.at(self.input_map.transform(raw))
            result[block] = self.input_map.pull_back_twice(raw, bend)
            result[block] += self.input_map.curvature(raw, slope)
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
            One array a hidden layer.

        Raises
        ------
        ValueError
            If X does not fit the network.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import as_network
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, y))
        >>> [values.shape for values in network.activations(X)]
        [(150, 5), (150, 3)]
        """
        rows = check_rows(X, self.n_features_in, self.feature_names)
        passes = self._passes(rows, len(self.weights) - 1)
        shapes = [(len(rows), size) for size in self.hidden_layer_sizes]
        results = [np.empty(shape, self._dtype(rows)) for shape in shapes]
        for block in passes.blocks():
            passes.forward(self.input_map.transform(rows[block]))
            for result, values in zip(results, passes.hidden(len(rows[block])), strict=True):
                result[block] = values
        return results

    def predict(self, X: Any) -> Array:
        """Predict as the network's own estimator does.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Class labels, an indicator matrix if several may apply, or a regressor's values.

        Raises
        ------
        ValueError
            If X does not fit the network.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import as_network
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, y))
        >>> bool((network.predict(X) == model.predict(X)).all())
        True
        """
        return np.concatenate([self.output.predict(z) for z in self._last_values(X)])

    def predict_proba(self, X: Any) -> Array:
        """Compute class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes`.

        Raises
        ------
        AttributeError
            If the network is a regressor.
        ValueError
            If X does not fit the network.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret.network import as_network
        >>> X, y = load_iris(return_X_y=True)
        >>> model = MLPClassifier((5, 3), solver="lbfgs", alpha=1.0, max_iter=2000, random_state=0)
        >>> network = as_network(model.fit(X, y))
        >>> bool(np.allclose(network.predict_proba(X), model.predict_proba(X)))
        True
        """
        return np.concatenate([self.output.probabilities(z) for z in self._last_values(X)])

    def _last_values(self, X: Any) -> Iterator[Array]:
        rows = check_rows(X, self.n_features_in, self.feature_names)
        passes = self._passes(rows, len(self.weights) - 1)
        for block in passes.blocks():
            yield passes.forward(self.input_map.transform(rows[block]))

    def _passes(self, rows: Array, layer: int) -> Passes:
        return Passes(
            self.weights[: layer + 1],
            self.biases[: layer + 1],
            self.hidden_activations[:layer],
            len(rows),
            self._dtype(rows),
        )

    def _dtype(self, rows: Array) -> Any:
        return np.result_type(rows, self.weights[0])

    def _find(self, target: Any) -> tuple[int, Latent]:
        """Find the layer that a target is in, and its latent as a function of that layer."""
        if not is_of_hidden_unit(target):
            return len(self.weights) - 1, self.output.latent(target)
        _, layer, unit = target
        sizes = self.hidden_layer_sizes
        if not _is_position(layer, len(sizes)) or not _is_position(unit, sizes[layer]):
            raise ValueError(
                f"target={target!r} is unknown; name ('hidden', layer, unit), counted from 0, of "
                f"the hidden layers of {sizes} units."
            )
        return layer, UnitLatent(unit)


def _is_position(number: Any, size: int) -> bool:
    return isinstance(number, Integral) and 0 <= int(number) < size


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

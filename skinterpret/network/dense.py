"""`DenseNetwork`: a trained multilayer perceptron as a differentiable function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import check_array

from skinterpret.network.activations import ACTIVATIONS
from skinterpret.network.input_maps import InputMap
from skinterpret.network.outputs import IndependentOutput, MultilabelOutput, Output

BLOCK = 1024  # rows whose activations of two layers of 60 units stay in a cache of 1 MiB


@dataclass(frozen=True)
class DenseNetwork:
    """A trained multilayer perceptron, seen as a differentiable function of its raw inputs.

    Parameters
    ----------
    weights : tuple of ndarray of shape (n_in, n_out)
        Weights of each layer; made read-only.
    biases : tuple of ndarray of shape (n_out,)
        Biases of each layer; made read-only.
    activation : {"identity", "logistic", "tanh", "relu"}
        Activation of the hidden layers.
    output : Output
        What the last layer's values mean.
    input_maps : tuple of InputMap, default=()
        What happens to the raw inputs before the first layer, in order.
    n_features_in : int, default=None
        Number of raw inputs; `None` means as many as the first layer takes.
    feature_names : tuple of str or None, default=None
        Names of the raw inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPRegressor
    >>> from skinterpret.network import as_network
    >>> X = np.random.default_rng(0).normal(size=(50, 2))
    >>> model = MLPRegressor((), solver="lbfgs", max_iter=500).fit(X, 3 * X[:, 0] - X[:, 1])
    >>> as_network(model).gradient(X[:2]).round(2)
    array([[ 3., -1.],
           [ 3., -1.]])
    """

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]
    activation: str
    output: Output
    input_maps: tuple[InputMap, ...] = ()
    n_features_in: int | None = None
    feature_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name in ("weights", "biases"):
            arrays = tuple(np.array(array) for array in getattr(self, name))
            for array in arrays:
                array.flags.writeable = False
            object.__setattr__(self, name, arrays)
        if self.n_features_in is None:
            object.__setattr__(self, "n_features_in", self.weights[0].shape[0])

    @property
    def classes(self) -> Any:
        """Class labels, shape (n_classes,); None for a regressor."""
        if type(self.output) is IndependentOutput:
            return None
        return np.array(self.output.labels)

    @property
    def hidden_layer_sizes(self) -> tuple[int, ...]:
        """Number of units of each hidden layer."""
        return tuple(weight.shape[1] for weight in self.weights[:-1])

    def latent(self, X: Any, target: Any = None) -> Any:
        """Latent values.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        target : object, default=None
            Which latent: `None` for the only one, a class label (its log-odds), the number of an
            output of a regressor, or `("hidden", layer, unit)` for a unit's pre-activation.

        Returns
        -------
        ndarray of shape (n_samples,)
            Latent values.

        Raises
        ------
        ValueError
            If the target is unknown, or needed and not given.
        """
        rows = self._rows(X)
        layer, read, _ = self._resolve(target)
        result = np.empty(len(rows), dtype=self._dtype(rows))
        for block in _blocks(len(rows)):
            result[block] = read(self._forward(self._enter(rows[block]), layer)[-1])
        return result

    def gradient(self, X: Any, target: Any = None) -> Any:
        """Input gradients of a latent, in raw units, by reverse accumulation.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.
        target : object, default=None
            Which latent, as for `latent`.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Derivatives of the latent by each raw input.

        Raises
        ------
        ValueError
            If the target is unknown, or needed and not given.
        """
        rows = self._rows(X)
        layer, _, seed = self._resolve(target)
        slope = ACTIVATIONS[self.activation].multiply_by_derivative
        result = np.empty(rows.shape, dtype=self._dtype(rows))
        for block in _blocks(len(rows)):
            entered = self._enter(rows[block])
            values = self._forward(entered, layer)
            adjoint = seed(values[-1]) @ self.weights[layer].T
            for k in range(layer - 1, -1, -1):
                if len(adjoint) == 1 and len(values[k + 1]) != 1:
                    adjoint = np.repeat(adjoint, len(values[k + 1]), axis=0)
                slope(values[k + 1], adjoint)
                adjoint = adjoint @ self.weights[k].T
            result[block] = self._leave(rows[block], np.broadcast_to(adjoint, entered.shape))
        return result

    def activations(self, X: Any) -> list[Any]:
        """Activations of all hidden layers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        list of ndarray of shape (n_samples, n_units)
            One array a hidden layer.
        """
        return self._forward(self._enter(self._rows(X)), len(self.weights) - 1)[1:-1]

    def predict_proba(self, X: Any) -> Any:
        """Class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes`.
        """
        rows = self._rows(X)
        return np.vstack(
            [
                self.output.probabilities(
                    self._forward(self._enter(rows[block]), len(self.weights) - 1)[-1]
                )
                for block in _blocks(len(rows))
            ]
        )

    def predict(self, X: Any) -> Any:
        """Classes of a classifier, values of a regressor.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in raw units.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predictions, as the network's own estimator gives them.
        """
        if isinstance(self.output, MultilabelOutput):
            return (self.predict_proba(X) > 0.5).astype(int)
        if self.classes is not None:
            return self.classes[np.argmax(self.predict_proba(X), axis=1)]
        values = np.column_stack([self.latent(X, label) for label in self.output.labels])
        return values[:, 0] if values.shape[1] == 1 else values

    def _rows(self, X: Any) -> Any:
        rows = check_array(X, dtype=[np.float64, np.float32])
        if rows.shape[1] != self.n_features_in:
            raise ValueError(
                f"X has {rows.shape[1]} features, but the network takes {self.n_features_in}; "
                "pass the columns it was trained on."
            )
        return rows

    def _dtype(self, rows: Any) -> Any:
        return np.result_type(rows.dtype, self.weights[0].dtype)

    def _enter(self, rows: Any) -> Any:
        for input_map in self.input_maps:
            rows = input_map.transform(rows)
        return rows

    def _leave(self, rows: Any, gradient: Any) -> Any:
        stages = [rows]
        for input_map in self.input_maps[:-1]:
            stages.append(input_map.transform(stages[-1]))
        for input_map, stage in zip(reversed(self.input_maps), reversed(stages), strict=False):
            gradient = input_map.pull_back(stage, gradient)
        return gradient

    def _forward(self, entered: Any, last: int) -> list[Any]:
        """Values of all layers up to `last`, whose own are left before the activation."""
        apply = ACTIVATIONS[self.activation].apply
        values = [entered]
        for k in range(last + 1):
            z = values[-1] @ self.weights[k]
            z += self.biases[k]
            if k < last:
                apply(z)
            values.append(z)
        return values

    def _resolve(self, target: Any) -> tuple[int, Any, Any]:
        """The layer that a target reads, how it reads it, and where its gradient starts."""
        if not (isinstance(target, tuple) and len(target) == 3 and target[0] == "hidden"):
            self.output.latent(np.zeros((1, self.weights[-1].shape[1])), target)
            return (
                len(self.weights) - 1,
                lambda z: self.output.latent(z, target),
                lambda z: self.output.seed(z, target),
            )
        _, layer, unit = target
        sizes = self.hidden_layer_sizes
        if layer not in range(len(sizes)) or unit not in range(sizes[layer]):
            raise ValueError(
                f"target={target!r} is unknown; the hidden layers have {sizes} units, and both "
                "numbers start at 0."
            )

        def seed(z: Any) -> Any:
            start = np.zeros((1, z.shape[1]), dtype=z.dtype)
            start[0, unit] = 1
            return start

        return layer, lambda z: z[:, unit], seed


def _blocks(n_rows: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, n_rows, BLOCK))

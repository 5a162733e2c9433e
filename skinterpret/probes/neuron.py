"""`NeuronProbe`: which hidden units stand for which class, and what drives them."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skinterpret._sklearn import Interval, check_input_names, fit_context
from skinterpret.base import ESTIMATOR, ClassifierNetworkMixin
from skinterpret.probes.activity import activity_table, carrier_table, input_table, unit_table
from skinterpret.probes.categories import read_indicators
from skinterpret.probes.encoding import split_steps
from skinterpret.probes.input_names import name_indicators
from skinterpret.probes.paths import as_row, trace_path

GRADIENT_ROWS = 1000  # one pass a unit; the mean over more rows says no more


class NeuronProbe(  # type: ignore[misc]
    ClassifierNetworkMixin, TransformerMixin, BaseEstimator
):
    """Which hidden units of a network stand for which class, and what drives them.

    Classes are those that the network gives, whatever the labels say.

    Parameters
    ----------
    estimator : estimator, default=None
        The network: an `MLPClassifier`, alone or at the end of a pipeline.  It is cloned and fitted;
        one that is wrapped in `FrozenEstimator`, or a trained network that `as_network` reads and that is
        no estimator, such as one of torch, is used as it is.  `None` means
        `MLPClassifier((60, 60), activation="tanh")` behind a `StandardScaler`.
    layer : int, default=None
        Which hidden layer's activations `transform` gives, counted from 0, or from the last one with
        negative numbers; `None` means the last.  The tables hold all layers.
    redundancy : float, default=0.99
        Absolute correlation from which on two units of a layer count as redundant.
    random_state : int, RandomState instance or None, default=None
        Seed of the network's training, where the network leaves it open, and of the choice of 1000
        rows, where there are more, for the mean gradients.

    Attributes
    ----------
    estimator_ : estimator
        The fitted network.
    network_ : DenseNetwork
        The network as a differentiable function.
    layer_ : int
        The hidden layer that `transform` gives, counted from 0.
    activity_ : DataFrame
        One row a unit, with the index (layer, unit).  Columns `("rate", class)`: share of the
        class's rows in which the unit's pre-activation is positive; `("mean", class)`: its mean
        activation; `("selectivity", class)`: rank-biserial correlation of its activation with the
        class, from -1 to 1 (1: larger in each row of the class than in any other).
    units_ : DataFrame
        One row a unit: the class that it is most selective for, that `selectivity`, whether it is
        `dead` (its activation moves by less than a thousandth of what the liveliest unit of the
        layer does; its class is `None` then, and its selectivity NaN), and `redundant_with`: the
        first earlier unit of the layer with which it correlates, -1 if there is none.
    carriers_ : DataFrame
        The units that carry each class, without dead ones: class, layer, unit, `relevance`, what the
        unit contributes to the class's latent in the rows of the class, less what it does in the others
        (see `trace_path`), and `by`: `"firing"` if its mean activation is larger in the class than in the
        others, `"silence"` if it is not, as of a unit that speaks against the class and never fires
        there.  The largest first, by class and layer.
    inputs_ : DataFrame
        One row a unit, one column an input: by how much the unit's pre-activation changes with one
        standard deviation of the input.  In the first layer that is the incoming weight, with its
        sign; in deeper ones the mean of the absolute gradient.  Behind a `OneHotEncoder` the inputs
        are its indicators, each apart from the others of its column, named `column=category` as in
        `path`.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of inputs.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, when X has string column names.

    Raises
    ------
    ValueError
        If the data or a parameter cannot be used.
    TypeError
        If the estimator or a step of the pipeline cannot be read.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import NeuronProbe
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> network = MLPClassifier((5,), activation="tanh", solver="lbfgs", max_iter=500)
    >>> probe = NeuronProbe(network, random_state=0).fit(X, y)
    >>> probe.activity_["rate"].shape
    (5, 3)
    >>> path = probe.path(X.iloc[0])
    >>> path["target"].iloc[-2]
    'output ...'
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": ESTIMATOR,
        "layer": [Interval(Integral, None, None, closed="neither"), None],
        "redundancy": [Interval(Real, 0, 1, closed="right")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        layer: int | None = None,
        redundancy: float = 0.99,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.layer = layer
        self.redundancy = redundancy
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None) -> NeuronProbe:
        """Fit or take the network, and describe its hidden units.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Labels; not needed when the network is trained and frozen.

        Returns
        -------
        NeuronProbe
            The fitted probe.
        """
        rng = check_random_state(self.random_state)
        rows = self._fit_network(X, y)
        self.layer_ = self._find_layer(len(self.network_.hidden_layer_sizes))
        self._n_features_out = self.network_.hidden_layer_sizes[self.layer_]
        labels = self.network_.predict(rows)
        some = np.arange(len(rows))
        if len(rows) > GRADIENT_ROWS:
            some = np.sort(rng.choice(len(rows), GRADIENT_ROWS, replace=False))
        self.activity_ = activity_table(self.network_, rows, labels)
        self.units_ = unit_table(self.network_, rows, self.activity_, self.redundancy)
        self.carriers_ = carrier_table(self.network_, rows, labels, self.units_["dead"])
        network, names = self.network_, self._input_names()
        if (behind := read_indicators(self.estimator_)) is not None:
            encoder, network = behind
            rows, names = encoder.transform(X), name_indicators(encoder)
        self.inputs_ = input_table(network, rows[some], names, rows.std(axis=0))
        return self

    def transform(self, X: Any) -> Any:
        """Activations of a hidden layer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_units)
            Activations of the units of layer `layer_`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import NeuronProbe
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5, 3), activation="tanh", solver="lbfgs", alpha=1.0, max_iter=2000)
        >>> probe = NeuronProbe(network, layer=0, random_state=0).fit(X, y)
        >>> probe.transform(X).shape
        (150, 5)
        """
        check_is_fitted(self)
        return self.network_.activations(self._rows(X))[self.layer_]

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Names of what `transform` gives.

        Parameters
        ----------
        input_features : array-like of str of shape (n_features,), default=None
            Names of the inputs; they must be those that `fit` has seen.

        Returns
        -------
        ndarray of str objects of shape (n_units,)
            `"h{layer}.{unit}"`, as in `path`.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import NeuronProbe
        >>> X, y = load_iris(return_X_y=True, as_frame=True)
        >>> network = MLPClassifier((5, 3), activation="tanh", solver="lbfgs", alpha=1.0, max_iter=2000)
        >>> probe = NeuronProbe(network, random_state=0).fit(X, y)
        >>> probe.get_feature_names_out().tolist()  # of the last hidden layer, if none is named
        ['h1.0', 'h1.1', 'h1.2']
        """
        check_is_fitted(self)
        check_input_names(self, input_features)
        return np.array([f"h{self.layer_}.{unit}" for unit in range(self._n_features_out)], dtype=object)

    def path(self, x: Any, target: Any = None) -> pd.DataFrame:
        """Trace one row: which inputs drive which units, and which units drive the latent.

        Parameters
        ----------
        x : array-like of shape (n_features,) or (1, n_features)
            The row, in raw units.
        target : object, default=None
            Which latent: a class label or `("hidden", layer, unit)`.  `None` means that of the second
            of two classes, or of the class that the network gives if there are more.

        Returns
        -------
        DataFrame
            One row a connection; `trace_path` says what the columns mean and which sums hold.

        Examples
        --------
        Behind a `OneHotEncoder` the latent that the relevance adds up to is asked of `split_encoder`:

        >>> import pandas as pd
        >>> from sklearn.neural_network import MLPClassifier
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import OneHotEncoder
        >>> from skinterpret import NeuronProbe
        >>> from skinterpret.network import split_encoder
        >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 10})
        >>> model = make_pipeline(OneHotEncoder(), MLPClassifier((3,), solver="lbfgs"))
        >>> probe = NeuronProbe(model, random_state=0).fit(X, X["colour"] == "red")
        >>> path = probe.path(X.iloc[0])
        >>> total = path.loc[path["kind"] != "unit", "relevance"].sum()
        >>> encoder, network = split_encoder(probe.estimator_)
        >>> bool(abs(total - network.latent(encoder.transform(X[:1]))[0]) < 1e-8)
        True
        """
        check_is_fitted(self)
        row = self._validate_rows(as_row(x), reset=False)
        names = None if self.encoder_ is not None else self._input_names()
        return trace_path(self.estimator_, row, target, feature_names=names)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def _check_readable(self) -> None:
        super()._check_readable()
        sizes = getattr(split_steps(self._given)[1], "hidden_layer_sizes", None)
        if sizes is not None:
            self._find_layer(np.size(sizes))

    def _find_layer(self, n_layers: int) -> int:
        if n_layers == 0:
            raise ValueError("The network has no hidden layers, so there are no units to probe.")
        layer = -1 if self.layer is None else self.layer
        if not -n_layers <= layer < n_layers:
            raise ValueError(
                f"layer={layer} is not one of the network's {n_layers} hidden layers; choose from 0 to "
                f"{n_layers - 1}."
            )
        return layer % n_layers

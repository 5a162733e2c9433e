"""Networks behind steps that encode raw rows, categories among them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from scipy.special import log_expit
from sklearn.base import OneToOneFeatureMixin
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import OneHotEncoder

from skinterpret.network import as_network

# stands for no category at all: a OneHotEncoder that ignores what it does not know makes zeros of it
BLANK = "(no category)"


class EncodedNetwork:
    """A trained network as a function of raw rows: numbers, categories or both.

    The rows pass the steps of the pipeline, whatever these are, and then the network.  So there are
    latents and probabilities, and no gradients.

    Parameters
    ----------
    estimator : estimator
        A fitted network, alone, in a `FrozenEstimator` or at the end of a `Pipeline`.

    Attributes
    ----------
    network : DenseNetwork
        The network, which takes encoded rows.
    classes : ndarray of shape (n_classes,)
        Class labels.
    n_features_in : int
        Number of raw inputs.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import OneHotEncoder
    >>> from skinterpret.probes.encoding import EncodedNetwork
    >>> X = pd.DataFrame({"colour": ["red", "green", "blue"] * 10})
    >>> model = make_pipeline(OneHotEncoder(), MLPClassifier((3,), solver="lbfgs", random_state=0))
    >>> network = EncodedNetwork(model.fit(X, X["colour"] == "red"))
    >>> network.predict(X[:3])
    array([ True, False, False])
    """

    def __init__(self, estimator: Any) -> None:
        self._steps, last = split_steps(estimator)
        self.network = as_network(last)
        self.output = self.network.output
        self.classes = self.network.classes
        first = self._steps[0] if self._steps else last
        self.n_features_in: int = first.n_features_in_ if self._steps else self.network.n_features_in
        self._names = getattr(first, "feature_names_in_", None)
        self._forgiving_steps = deepcopy(self._steps)
        for step in self._forgiving_steps:
            for encoder in one_hot_encoders(step):
                encoder.handle_unknown = "ignore"

    @property
    def targets(self) -> list[Any]:
        """Targets of the latents: the positive class of two, else every class."""
        assert self.classes is not None  # a classifier was asked for
        labels: list[Any] = self.classes.tolist()
        return labels[1:] if len(labels) == 2 else labels

    def encode(self, rows: Any, *, blanks: bool = False) -> Any:
        """Pass rows through the steps before the network.

        Parameters
        ----------
        rows : DataFrame of shape (n_samples, n_features)
            Raw rows.
        blanks : bool, default=False
            Whether some cells hold no category, so that encoders are not to object.

        Returns
        -------
        ndarray or DataFrame of shape (n_samples, n_encoded)
            What the network takes.
        """
        values = pd.DataFrame(rows)
        encoded: Any = values.to_numpy() if self._names is None else values.set_axis(self._names, axis=1)
        with warnings.catch_warnings():
            if blanks:
                warnings.filterwarnings("ignore", message="Found unknown categories")
            for step in self._forgiving_steps if blanks else self._steps:
                encoded = step.transform(encoded)
        return encoded.toarray() if issparse(encoded) else encoded

    def margins(self, rows: Any, *, blanks: bool = False) -> NDArray[np.float64]:
        """Compute what adds up where inputs do not interact.

        For two classes that is the latent.  For more it is what the softmax takes, less its mean over
        the classes: a class's log-odds against the rest are not additive even in a linear network.

        Parameters
        ----------
        rows : DataFrame of shape (n_samples, n_features)
            Raw rows.
        blanks : bool, default=False
            As for `encode`.

        Returns
        -------
        ndarray of shape (n_samples, n_margins)
            Log-odds of the second of two classes, or centred log-probabilities of every class.
        """
        return margins_of(self.latents(self.encode(rows, blanks=blanks)))

    def latents(self, encoded: Any) -> NDArray[np.float64]:
        """Compute the latent of the second of two classes, else of every class.

        Parameters
        ----------
        encoded : array-like of shape (n_samples, n_encoded)
            Encoded rows.

        Returns
        -------
        ndarray of shape (n_samples, n_latents)
            Log-odds.
        """
        return np.column_stack([self.network.latent(encoded, target) for target in self.targets])

    def predict(self, rows: Any) -> Any:
        """Predict as the estimator does.

        Parameters
        ----------
        rows : DataFrame of shape (n_samples, n_features)
            Raw rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Class labels.
        """
        return self.network.predict(self.encode(rows))


def margins_of(latents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn latents into margins; see `EncodedNetwork.margins`.

    Parameters
    ----------
    latents : ndarray of shape (n_samples, n_latents)
        Log-odds of the second of two classes, or of every class against the rest.

    Returns
    -------
    ndarray of shape (n_samples, n_latents)
        The first as they are, the others as centred log-probabilities.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.special import logit
    >>> from skinterpret.probes.encoding import margins_of
    >>> margins_of(logit([[0.2, 0.2, 0.6]])).round(3)
    array([[-0.366, -0.366,  0.732]])
    """
    if latents.shape[1] == 1:
        return latents
    margins: NDArray[np.float64] = log_expit(latents)
    margins -= margins.mean(axis=1, keepdims=True)
    return margins


def split_steps(estimator: Any) -> tuple[list[Any], Any]:
    """Split nested pipelines into the steps that change rows and what comes last.

    Parameters
    ----------
    estimator : estimator
        Fitted or not.

    Returns
    -------
    steps : list of transformers
        In the order in which rows pass them.
    last : estimator
        The network, if it is one.
    """
    if isinstance(estimator, FrozenEstimator):
        return split_steps(estimator.estimator)
    if isinstance(estimator, Pipeline) and (steps := _real_steps(estimator)):
        inner, last = split_steps(steps[-1])
        return [*steps[:-1], *inner], last
    return [], estimator


def one_hot_encoders(step: Any) -> Iterator[OneHotEncoder]:
    """Find the one-hot encoders in a step, fitted if the step is.

    Parameters
    ----------
    step : transformer
        A step of a pipeline, which may be a pipeline or a column transformer itself.

    Yields
    ------
    OneHotEncoder
        Each that is found.
    """
    if isinstance(step, OneHotEncoder):
        yield step
    for part in _parts(step):
        yield from one_hot_encoders(part)


def one_hot_columns(estimator: Any, X: pd.DataFrame) -> set[int]:
    """Find the columns of the raw rows that a one-hot encoder will turn into categories.

    Parameters
    ----------
    estimator : estimator
        A pipeline, fitted or not.
    X : DataFrame of shape (n_samples, n_features)
        Rows, for selectors that look at names or types of columns.

    Returns
    -------
    set of int
        Positions of columns; columns behind a step that mixes or moves them are not followed.
    """
    for step in _flat(split_steps(estimator)[0]):
        if isinstance(step, ColumnTransformer):
            return _columns_in_parts(step, X)
        if any(one_hot_encoders(step)):
            return set(range(X.shape[1]))
        if not isinstance(step, OneToOneFeatureMixin | SimpleImputer):
            break
    return set()


def _flat(steps: list[Any]) -> Iterator[Any]:
    for step in steps:
        if isinstance(step, Pipeline | FrozenEstimator):
            yield from _flat(_parts(step))
        else:
            yield step


def _columns_in_parts(step: ColumnTransformer, X: pd.DataFrame) -> set[int]:
    named: set[int] = set()
    found: set[int] = set()
    for _, transformer, columns in step.transformers:
        positions = _positions(columns, X)
        named |= positions
        if any(one_hot_encoders(transformer)):
            found |= positions
    if any(one_hot_encoders(step.remainder)):
        found |= set(range(X.shape[1])) - named
    return found


def _positions(columns: Any, X: pd.DataFrame) -> set[int]:
    """Resolve what a column transformer takes for columns."""
    if callable(columns):
        columns = columns(X)
    keys = [columns.start, columns.stop] if isinstance(columns, slice) else np.atleast_1d(columns)
    places = pd.Series(np.arange(X.shape[1]), index=X.columns)
    by_name = any(isinstance(key, str) for key in keys)
    chosen = places.loc[columns] if by_name else places.to_numpy()[columns]
    return set(np.atleast_1d(chosen).tolist())


def _parts(step: Any) -> list[Any]:
    if isinstance(step, FrozenEstimator):
        return [step.estimator]
    if isinstance(step, Pipeline):
        return _real_steps(step)
    if isinstance(step, FeatureUnion):
        return [part for _, part in step.transformer_list]
    if isinstance(step, ColumnTransformer):
        fitted = getattr(step, "transformers_", None)
        return [part for _, part, _ in (step.transformers if fitted is None else fitted)]
    return []


def _real_steps(pipeline: Pipeline) -> list[Any]:
    return [step for _, step in pipeline.steps if step is not None and not isinstance(step, str)]

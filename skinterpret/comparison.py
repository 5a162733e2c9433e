"""Which surrogate stands in for a network best, and at what length."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import check_cv
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import type_of_target

from skinterpret._sklearn import InvalidParameterError, take_rows
from skinterpret.base import NetworkMixin, default_network, refuse_other_labels
from skinterpret.metrics import alignment_of, complexity_score, fidelity_score
from skinterpret.network import as_network, check_readable, split_encoder
from skinterpret.network.readers import check_encoded, has_encoder, refuse_words
from skinterpret.probes import OneHotProbe
from skinterpret.search import Engine, EvolutionEngine
from skinterpret.search.evolution.preparation import compile_search
from skinterpret.surrogates import (
    PrunedSurrogate,
    PrunedSurrogateRegressor,
    SymbolicClassifier,
    SymbolicSurrogate,
    SymbolicSurrogateRegressor,
    TreeSurrogate,
    TreeSurrogateRegressor,
)

__all__ = ["Comparison", "EqualComplexity", "compare_surrogates"]

NO_FIGURES = ("fold", "surrogate")


@dataclass(frozen=True)
class EqualComplexity:
    """A surrogate that may be at most as complex as another one came out on the same rows.

    It may come out simpler, for its own choice holds inside the limit: a `TreeSurrogate` gives up a
    standard error of fidelity for a simpler tree, unless it has `selection="best"`.

    Parameters
    ----------
    surrogate : estimator
        One with a parameter `max_complexity`, such as `TreeSurrogate`.
    to : str
        Name of the other one, which must come before it in the comparison.

    Examples
    --------
    >>> from skinterpret import SymbolicSurrogate, TreeSurrogate
    >>> from skinterpret.comparison import EqualComplexity
    >>> surrogates = {
    ...     "symbolic": SymbolicSurrogate(),
    ...     "tree": EqualComplexity(TreeSurrogate(selection="best"), to="symbolic"),
    ... }
    """

    surrogate: Any
    to: str


@dataclass(frozen=True)
class Comparison:
    """What a comparison found.

    Attributes
    ----------
    folds : DataFrame
        One row a fold and surrogate: fold, surrogate, fidelity, accuracy (of labels; of regressors `r2`
        in its place, R² to the values that were given), alignment, complexity and fit_seconds (without the
        compilation of an engine, which is once in a process).  NaN where a figure is not defined: alignment
        is so for trees and probes, and for linear models of more than two classes whose probabilities
        are not the softmax of their scores.
    network : DataFrame
        One row a fold: the network's own accuracy or `r2` on the held-out rows, and the seconds of its
        training.
    estimators : list of dict
        The fitted surrogates of each fold, by name.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import compare_surrogates
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000)
    >>> surrogates = {"linear": LogisticRegression(max_iter=1000)}
    >>> comparison = compare_surrogates(network, X, y, surrogates, cv=3, random_state=0)
    >>> comparison
    Comparison of 1 surrogate on 3 folds, means:
            fidelity  accuracy  alignment  complexity
    linear ...
    >>> comparison.folds.shape, len(comparison.estimators)
    ((3, 7), 3)
    """

    folds: pd.DataFrame
    network: pd.DataFrame
    estimators: list[dict[str, Any]]

    def __repr__(self) -> str:
        figures = [figure for figure in self._figures if figure != "fit_seconds"]
        means = self.folds.groupby("surrogate", sort=False)[figures].mean()
        n_folds, many = self.folds["fold"].nunique(), "" if len(means) == 1 else "s"
        table = means.rename_axis(None).round(3).to_string()
        return f"Comparison of {len(means)} surrogate{many} on {n_folds} folds, means:\n{table}"

    @property
    def summary(self) -> pd.DataFrame:
        """Mean and standard error over the folds, and paired differences to the first surrogate.

        One row a surrogate.  The columns are pairs: a figure, and `mean`, `standard_error` (the
        deviation between folds divided by the root of their number), `difference` (mean over the folds of
        the difference to the first surrogate in the same fold) or `difference_error` (its standard
        error).  Folds share training rows, so these errors are too small rather than too large
        (Nadeau & Bengio, Machine Learning 52, 2003).

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neural_network import MLPClassifier
        >>> from skinterpret import TreeSurrogate, compare_surrogates
        >>> X, y = load_iris(return_X_y=True)
        >>> network = MLPClassifier((5,), solver="lbfgs", alpha=1.0, max_iter=2000)
        >>> surrogates = {f"depth {d}": TreeSurrogate(n_synthetic=0, max_depth=d) for d in (3, 1)}
        >>> comparison = compare_surrogates(network, X, y, surrogates, cv=3, random_state=0)
        >>> comparison.summary["fidelity"].round(2)
                   mean  standard_error  difference  difference_error
        surrogate
        depth 3    0.9...          0...         0.0...            0.0...
        depth 1    0.6...          0...        -0...            0...
        """
        names = self.folds["surrogate"].unique()
        parts = {}
        for figure in self._figures:
            table = self.folds.pivot(index="fold", columns="surrogate", values=figure)[names]
            paired = table.sub(table[names[0]], axis=0)
            parts[figure] = pd.DataFrame(
                {
                    "mean": table.mean(),
                    "standard_error": table.sem(),
                    "difference": paired.mean(),
                    "difference_error": paired.sem(),
                }
            )
        return pd.concat(parts, axis=1)

    @property
    def _figures(self) -> list[str]:
        return [str(column) for column in self.folds if column not in NO_FIGURES]


def compare_surrogates(
    estimator: Any,
    X: Any,
    y: Any,
    surrogates: Mapping[str, Any] | None = None,
    *,
    groups: Any = None,
    cv: Any = 5,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> Comparison:
    """Compare surrogates of one network by cross-validation.

    In each fold the network is trained once, on the training rows, and handed to every surrogate as
    it is; all are judged on the same held-out rows.

    Parameters
    ----------
    estimator : estimator or None
        The network, which is cloned and trained in each fold; one that is wrapped in
        `FrozenEstimator` is used as it is (and may have seen the held-out rows: fidelity is honest
        all the same, its accuracy is not).  `None` means the default network of the surrogates.
    X : array-like of shape (n_samples, n_features)
        Rows.
    y : array-like of shape (n_samples,)
        Labels or values.
    surrogates : mapping of str to estimator, default=None
        What to compare, by name; the first is what the others are compared with.  Surrogates of this
        package get the network, which takes the place of an `estimator` of their own; other classifiers
        and regressors are fitted to its answers, and so is `SymbolicClassifier`, which alone is fitted to
        the labels that it is given; an `EqualComplexity` limits one to the length of another.  `None`
        means, for a classifier, `SymbolicSurrogate`, `TreeSurrogate`, the most faithful tree at most as
        complex as the former, `OneHotProbe`, `PrunedSurrogate` and a scaled `LogisticRegression`; for a
        regressor, `SymbolicSurrogateRegressor`, `TreeSurrogateRegressor`, `PrunedSurrogateRegressor` and
        a scaled `LinearRegression`.  Without the linear ones where inputs are categories.
    groups : array-like of shape (n_samples,), default=None
        Group of each row, for splitters such as `GroupKFold`, which keep groups together.
    cv : int, cross-validation generator or iterable, default=5
        Folds; an int means stratified ones for a classifier, in the order of the rows as
        `cross_validate` has it.
    n_jobs : int, default=None
        Folds at the same time, as in joblib; seconds are only comparable with 1.
    random_state : int, RandomState instance or None, default=None
        Seed of the networks and of the surrogates, where they leave it open.

    Returns
    -------
    Comparison
        The figures of all folds and their summary.

    Raises
    ------
    ValueError
        If X or y does not suit the network, there is nothing to compare, a surrogate gives values where the
        network tells classes (or the other way round), an `EqualComplexity` names no
        earlier surrogate or holds one without a parameter `max_complexity`, or a surrogate, which is
        named, refuses the rows or has an invalid parameter.
    TypeError
        If the network cannot be read, or a surrogate, which is named, is no estimator or refuses the rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import TreeSurrogate, compare_surrogates
    >>> X, y = load_iris(return_X_y=True)
    >>> network = MLPClassifier((8,), solver="lbfgs", max_iter=2000)
    >>> found = compare_surrogates(
    ...     network,
    ...     X,
    ...     y,
    ...     {"tree": TreeSurrogate(n_synthetic=500), "linear": LogisticRegression(max_iter=1000)},
    ...     random_state=0,
    ... )
    >>> found.folds.shape
    (10, 7)
    >>> found.summary["fidelity"].columns.tolist()
    ['mean', 'standard_error', 'difference', 'difference_error']
    """
    network = default_network() if estimator is None else estimator
    check_encoded(network) if has_encoder(network) else check_readable(network)
    refuse_words(network, X)
    _check_target(network, y)
    if surrogates is not None and not isinstance(surrogates, Mapping):
        raise TypeError(
            f"surrogates must be a mapping from names to estimators, got {type(surrogates).__name__}."
        )
    named = _default_surrogates(network) if surrogates is None else dict(surrogates)
    _check(named, network)
    folds = list(check_cv(cv, y, classifier=is_classifier(network)).split(X, y, groups))
    rng = check_random_state(random_state)
    seeds = rng.randint(np.iinfo(np.int32).max, size=len(folds))
    results = Parallel(n_jobs=n_jobs)(
        delayed(_run_fold)(network, named, X, y, train, test, int(seed))
        for (train, test), seed in zip(folds, seeds, strict=True)
    )
    rows = [
        {"fold": fold, "surrogate": name, **figures}
        for fold, (_, judged, _) in enumerate(results)
        for name, figures in judged.items()
    ]
    networks = pd.DataFrame([{"fold": fold, **result[0]} for fold, result in enumerate(results)])
    return Comparison(pd.DataFrame(rows), networks, [result[2] for result in results])


def _run_fold(
    estimator: Any, surrogates: dict[str, Any], X: Any, y: Any, train: Any, test: Any, seed: int
) -> tuple[dict[str, float], dict[str, dict[str, float]], dict[str, Any]]:
    """Train the network and judge each surrogate on the same held-out rows."""
    X_train, y_train = take_rows(X, train), take_rows(y, train)
    X_test, y_test = take_rows(X, test), take_rows(y, test)
    start = time.perf_counter()
    fitted = estimator
    if not isinstance(estimator, FrozenEstimator):
        fitted = _seeded(estimator, seed).fit(X_train, y_train)
    to_labels = "r2" if is_regressor(fitted) else "accuracy"
    own = {to_labels: _agreement(y_test, fitted.predict(X_test), fitted)}
    own["fit_seconds"] = time.perf_counter() - start
    frozen = fitted if isinstance(fitted, FrozenEstimator) else FrozenEstimator(fitted)
    encoder, read = split_encoder(fitted) if has_encoder(fitted) else (None, as_network(fitted))
    judged: dict[str, dict[str, float]] = {}
    estimators: dict[str, Any] = {}
    for surrogate in surrogates.values():
        _prepare_engine(surrogate)
    for name, surrogate in surrogates.items():
        start = time.perf_counter()
        one = _prepared(surrogate, frozen, estimators, seed)
        _fit(one, name, X_train, y_train if isinstance(one, NetworkMixin) else fitted.predict(X_train))
        seconds = time.perf_counter() - start
        predicted = one.predict(X_test)
        judged[name] = {
            "fidelity": _agreement(fitted.predict(X_test), predicted, fitted),
            to_labels: _agreement(y_test, predicted, fitted),
            "alignment": _alignment(one, encoder, read, X_test),
            "complexity": known_complexity(one),
            "fit_seconds": seconds,
        }
        estimators[name] = one
    return own, judged, estimators


def _prepare_engine(surrogate: Any) -> None:
    """Compile what a surrogate searches with, which is done once in a process and is no part of its fit."""
    inner = surrogate.surrogate if isinstance(surrogate, EqualComplexity) else surrogate
    last = inner[-1] if isinstance(inner, Pipeline) else inner
    parameters = last.get_params(deep=False)
    if "engine" not in parameters:
        return
    engine = parameters["engine"]
    if engine is None or isinstance(engine, EvolutionEngine):
        compile_search(on_labels=isinstance(last, SymbolicClassifier))
    elif isinstance(engine, Engine):
        engine.prepare()


def _fit(surrogate: Any, name: str, X: Any, y: Any) -> None:
    """Fit a surrogate; where it refuses, say which one it was."""
    try:
        surrogate.fit(X, y)
    except InvalidParameterError as error:
        raise InvalidParameterError(f"{name!r} cannot be fitted: {error}") from error
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"{name!r}, a {type(surrogate).__name__}, cannot be fitted to these rows ({error}); put what it "
            "needs before it in a pipeline, or leave it out of surrogates."
        ) from error


def _alignment(surrogate: Any, encoder: Any, network: Any, X: Any) -> float:
    if encoder is None:
        return alignment_of(surrogate, network, X)
    # what takes categories as they are has no gradient by their indicators
    takes_indicators = hasattr(surrogate, "encoder_")
    return alignment_of(surrogate, network, encoder.transform(X)) if takes_indicators else np.nan


def _prepared(surrogate: Any, frozen: Any, earlier: dict[str, Any], seed: int) -> Any:
    if isinstance(surrogate, EqualComplexity):
        limit = int(complexity_score(earlier[surrogate.to]))
        return _prepared(clone(surrogate.surrogate).set_params(max_complexity=limit), frozen, earlier, seed)
    prepared: Any = _seeded(surrogate, seed)
    takes_network = isinstance(prepared, NetworkMixin)
    return prepared.set_params(estimator=frozen) if takes_network else prepared


def _seeded(estimator: Any, seed: int) -> Any:
    """Clone an estimator and set the seeds that it leaves open."""
    copy = clone(estimator)
    parameters = copy.get_params().items()
    open_seeds = [
        name for name, value in parameters if name.split("__")[-1] == "random_state" and value is None
    ]
    return copy.set_params(**dict.fromkeys(open_seeds, seed))


def _agreement(truth: Any, predicted: Any, network: Any) -> float:
    if is_regressor(network):
        return float(r2_score(truth, predicted))
    return fidelity_score(truth, predicted)


def known_complexity(surrogate: Any) -> float:
    """Complexity where it is defined, as `complexity_score` counts it; NaN for other kinds.

    Parameters
    ----------
    surrogate : estimator
        A fitted surrogate.

    Returns
    -------
    float
        Complexity.
    """
    try:
        return float(complexity_score(surrogate))
    except TypeError:
        return np.nan


def _default_surrogates(network: Any) -> dict[str, Any]:
    if is_regressor(network):
        named: dict[str, Any] = {
            "SymbolicSurrogateRegressor": SymbolicSurrogateRegressor(),
            "TreeSurrogateRegressor": TreeSurrogateRegressor(),
            "PrunedSurrogateRegressor": PrunedSurrogateRegressor(),
        }
        linear: Any = LinearRegression()
    else:
        named = {
            "SymbolicSurrogate": SymbolicSurrogate(),
            "TreeSurrogate": TreeSurrogate(),
            "TreeSurrogate, at most as complex": EqualComplexity(
                TreeSurrogate(selection="best"), to="SymbolicSurrogate"
            ),
            "OneHotProbe": OneHotProbe(baseline="mean"),
            "PrunedSurrogate": PrunedSurrogate(),
        }
        linear = LogisticRegression(max_iter=1000)
    if not has_encoder(network):  # a linear model takes numbers only
        named[type(linear).__name__] = make_pipeline(StandardScaler(), linear)
    return named


def _check_target(network: Any, y: Any) -> None:
    kind = "unknown" if y is None else type_of_target(y, input_name="y")
    if is_classifier(network) and kind.startswith("continuous"):
        raise ValueError("y is continuous, but the network tells classes; pass labels, or a regressor.")
    if is_classifier(network) and isinstance(network, FrozenEstimator) and y is not None:
        refuse_other_labels(y, network.classes_)
    if is_regressor(network) and np.asarray(y).dtype.kind in "USO" and kind in ("binary", "multiclass"):
        raise ValueError("y holds labels, but the network gives values; pass numbers, or a classifier.")


def _check(surrogates: dict[str, Any], network: Any) -> None:
    if not surrogates:
        raise ValueError("surrogates is empty; name at least one to compare.")
    earlier: list[str] = []
    for name, surrogate in surrogates.items():
        held = isinstance(surrogate, EqualComplexity)
        inner = surrogate.surrogate if held else surrogate
        _check_kind(inner, name, network)
        if held and "max_complexity" not in inner.get_params():
            raise ValueError(
                f"{name!r} is a {type(inner).__name__}, which has no parameter max_complexity to hold it to "
                f"the complexity of {surrogate.to!r}; pass a TreeSurrogate or another one that has it."
            )
        if held and surrogate.to not in earlier:
            raise ValueError(
                f"{name!r} is to have the complexity of {surrogate.to!r}, which does not come before it; "
                f"put it behind one of that name."
            )
        earlier.append(name)


def _check_kind(surrogate: Any, name: str, network: Any) -> None:
    """Refuse what cannot be fitted, or answers with values where the network tells classes."""
    if isinstance(surrogate, type):
        raise TypeError(
            f"{name!r} is the class {surrogate.__name__} itself; pass one made of it, {surrogate.__name__}()."
        )
    kind = type(surrogate).__name__
    if not hasattr(surrogate, "predict"):
        raise TypeError(f"{name!r} is a {kind}, which predicts nothing to compare.")
    if not hasattr(surrogate, "get_params"):
        raise TypeError(
            f"{name!r} is a {kind}, which cannot be cloned; pass an estimator as scikit-learn has them."
        )
    if is_classifier(network) and is_regressor(surrogate):
        raise ValueError(
            f"{name!r} is a {kind}, which gives values, but the network tells classes; pass a classifier."
        )
    if is_regressor(network) and is_classifier(surrogate):
        raise ValueError(
            f"{name!r} is a {kind}, which tells classes, but the network gives values; pass a regressor."
        )

"""What other readings of the same network say, for the page: surrogates beside the rule, probes, neurons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.frozen import FrozenEstimator
from sklearn.utils import _safe_indexing

from skinterpret.comparison import known_complexity
from skinterpret.metrics import complexity_score
from skinterpret.probes import NeuronProbe, OneHotProbe
from skinterpret.report.few_values import TOLD as FEW_VALUES
from skinterpret.report.few_values import few_values
from skinterpret.surrogates import PrunedSurrogate, TreeSurrogate
from skinterpret.surrogates.trees.base_tree import fit_lengths

MOST_ROWS = 4_000
MOST_INPUTS = 8
MOST_UNITS = 20
SEED = 0


def compared(surrogate: Any, X: Any, labels: Any = None, X_fit: Any = None) -> pd.DataFrame | None:
    """Judge other surrogates of the same network beside the rule.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    X : array-like of shape (n_samples, n_features)
        Rows on which all are judged.
    labels : ndarray of shape (n_samples,), default=None
        Their labels.
    X_fit : array-like of shape (n_fitted, n_features), default=None
        Rows to which the others are fitted; `None` means half of X, and that all are judged on the
        other half.

    Returns
    -------
    DataFrame or None
        Fidelity, accuracy where there are labels, and complexity, a row a surrogate; `None` where the
        rule speaks for one class or unit alone, which the others cannot be asked for.

    Examples
    --------
    >>> from sklearn.frozen import FrozenEstimator
    >>> from skinterpret import SymbolicSurrogate, make_readable_network
    >>> from skinterpret.datasets import make_wetzel
    >>> from skinterpret.report import compared
    >>> X, y = make_wetzel(1, n_samples=1000, random_state=0, return_X_y=True)
    >>> network = FrozenEstimator(make_readable_network((10,), random_state=0).fit(X, y))
    >>> surrogate = SymbolicSurrogate(network, random_state=0).fit(X[:500])
    >>> compared(surrogate, X[500:], y[500:], X[:500]).index[:2].tolist()
    ['this rule', 'decision tree of that length']
    """
    if surrogate.target is not None or not _has_classes(surrogate, X):
        return None
    rows, labels = _some_rows(X, labels)
    if X_fit is None:
        half = len(rows) // 2
        X_fit, rows, labels = rows[:half], rows[half:], None if labels is None else labels[half:]
        fitted_to = f"{half:,} others of these rows"
    else:
        X_fit = _some_rows(X_fit)[0]
        fitted_to = f"{len(X_fit):,} rows given for that"
    told = {"estimator": FrozenEstimator(surrogate.estimator_), "random_state": SEED}
    short, free = fit_lengths(TreeSurrogate(**told), X_fit, [complexity_score(surrogate), None])
    fitted = {
        "this rule": surrogate,
        "decision tree of that length": short.select("best"),
        "decision tree": free,
        "sum of single inputs": OneHotProbe(baseline="mean", **told).fit(X_fit),
        "pruned network": PrunedSurrogate(n_steps=12, **told).fit(X_fit),
    }
    table = {name: _figures(each, rows, labels) for name, each in fitted.items()}
    shown = pd.DataFrame(table).T.rename_axis("surrogate")
    which = "all" if len(rows) == len(X) else f"{len(rows):,} of the"
    shown.attrs["note"] = (
        f"All are measured on {which} {len(X):,} rows given to this page; the others were fitted to the "
        f"network's answers on {fitted_to}."
    )
    return shown


def probed(surrogate: Any, X: Any) -> pd.DataFrame | None:
    """Feed the network the values of one input at a time.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    X : array-like of shape (n_samples, n_features)
        Rows.

    Returns
    -------
    DataFrame or None
        Class probabilities, for the inputs that move them most: rows (feature, value), a column a class;
        `None` where the network gives one class only.
    """
    if not _has_classes(surrogate, X):
        return None
    probe = OneHotProbe(FrozenEstimator(surrogate.estimator_), baseline="mean", random_state=SEED)
    rows = _some_rows(X)[0]
    table = probe.fit(rows).probe_table_["probability"]
    first, inputs = table.iloc[:1], table.iloc[1:]
    reach = inputs.groupby(level=0, sort=False).agg(np.ptp).max(axis=1)
    most = reach.sort_values(ascending=False, kind="stable").index[:MOST_INPUTS]
    few = few_values(inputs.index, rows)
    kept = inputs.index.get_level_values(0).isin(most) & few
    shown: pd.DataFrame = pd.concat([first, inputs[kept]])
    n_inputs = len(reach)
    shown.attrs["note"] = (
        f"All other inputs are at their mean over {len(rows):,} of the rows given to this page, or at their "
        "most frequent category; the baseline has all of them there."
        + (f"  Shown are the {len(most)} of {n_inputs} inputs that move them most." * (n_inputs > len(most)))
        + f"  {FEW_VALUES}" * (not few.all())
    )
    return shown


def neurons(surrogate: Any, X: Any) -> pd.DataFrame | None:
    """Say which hidden units stand for which class.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    X : array-like of shape (n_samples, n_features)
        Rows.

    Returns
    -------
    DataFrame or None
        The units that carry each class: what they contribute to its latent in its rows, less what they
        do in the others, and their mean activation by class; `None` where the network gives one class only.
    """
    if not _has_classes(surrogate, X):
        return None
    probe = NeuronProbe(FrozenEstimator(surrogate.estimator_), random_state=SEED).fit(_some_rows(X)[0])
    carriers = probe.carriers_
    if len(probe.classes_) == 2:  # what a unit does for one it does against the other
        carriers = carriers[carriers["relevance"] > 0]
        carriers = carriers[carriers["class"] == probe.classes_[1]].drop(columns="class")
    carriers = carriers.sort_values("relevance", ascending=False, kind="stable")[:MOST_UNITS]
    carriers = carriers.set_index(["layer", "unit"])
    shown: pd.DataFrame = carriers.join(probe.activity_["mean"].add_prefix("mean activation, "))
    subject = "the class" if "class" in shown else str(probe.classes_[1])
    shown.attrs["note"] = (
        f"Relevance: what a unit contributes to the network's log-odds of {subject} in the rows that the "
        "network gives that class, less what it does in the others, on average over the rows given to this "
        f"page. Shown are the {len(shown)} largest; layers and units are counted from 0."
    )
    return shown


#: how each table of a page is made, by its name
TABLES: dict[str, Callable[..., pd.DataFrame | None]] = {
    "comparison": compared,
    "probes": lambda surrogate, X, labels: probed(surrogate, X),
    "neurons": lambda surrogate, X, labels: neurons(surrogate, X),
}


def _figures(fitted: Any, X: Any, labels: Any) -> dict[str, float]:
    figures = {"fidelity": fitted.score(X)}
    if labels is not None:
        figures["accuracy"] = float(np.mean(fitted.predict(X) == labels))
    return figures | {"complexity": known_complexity(fitted)}


def _some_rows(X: Any, labels: Any = None) -> Any:
    """Take some rows in random order, with their labels."""
    chosen = np.random.default_rng(SEED).permutation(len(X))[:MOST_ROWS]
    return _safe_indexing(X, chosen), None if labels is None else np.asarray(labels)[chosen]


def _has_classes(surrogate: Any, X: Any) -> bool:
    """Whether the network tells more than one class apart on these rows."""
    return len(np.unique(surrogate.estimator_.predict(_some_rows(X)[0]))) > 1

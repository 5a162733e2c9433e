"""What is needed to get the same report again."""

from __future__ import annotations

import inspect
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sklearn.frozen import FrozenEstimator

import skinterpret
from skinterpret.network.estimators import is_network

PACKAGES = ("numpy", "scipy", "scikit-learn", "pandas", "sympy", "numba", "joblib")
LONGEST_VALUE = 300


def versions() -> list[tuple[str, str]]:
    """Versions of what took part.

    Returns
    -------
    list of (str, str)
        Name and version.
    """
    return [
        ("skinterpret", skinterpret.__version__),
        ("Python", platform.python_version()),
        *((name, _version(name)) for name in PACKAGES),
        ("system", platform.platform(terse=True)),
    ]


def call_of(surrogate: Any) -> dict[str, str]:
    """Say how a surrogate came about, as far as it knows itself.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.

    Returns
    -------
    dict of str to str
        What, and in words.
    """
    taken = isinstance(surrogate.estimator, FrozenEstimator) or is_network(surrogate.estimator)
    seed = surrogate.random_state
    return {
        "Call": f"{_on_a_line(repr(surrogate))}.fit(X{'' if taken else ', y'})",
        "Rows and split": (
            "not known to this page: which rows the surrogate was fitted to, and how they were split from "
            f"those shown here.  Of those it was fitted to, {surrogate.validation_fraction:g} were held "
            "back from the search at random."
        ),
        "Network": "trained before and taken as it is; its settings are below"
        if taken
        else "trained by the surrogate on the rows it was fitted to; its settings are below",
        "Seed": "none was given, so that another run may end with another rule"
        if seed is None
        else f"{_on_a_line(repr(seed))}, of all randomness that the network's own settings leave open",
    }


def changed_settings(estimator: Any) -> list[tuple[str, str]]:
    """Parameters of an estimator, and of all that it holds, that differ from their defaults.

    Parameters
    ----------
    estimator : estimator
        Surrogate or network.

    Returns
    -------
    list of (str, str)
        Name and value, the latter cut where it is long.  Where the value is an estimator itself, its
        parameters follow.
    """
    if isinstance(estimator, FrozenEstimator):  # which hides the parameters of what it holds
        return changed_settings(estimator.estimator)
    values = estimator.get_params(deep=True)
    owners = {"": estimator} | {name: value for name, value in values.items() if _is_estimator(value)}
    found = []
    for name, value in sorted(values.items()):
        owner, _, parameter = name.rpartition("__")
        if not _is_default(owners.get(owner, estimator), parameter, value):
            text = type(value).__name__ if _is_estimator(value) else _on_a_line(repr(value))
            found.append((name, _cut(text)))
    return found


def _is_default(owner: Any, parameter: str, value: Any) -> bool:
    known = inspect.signature(type(owner).__init__).parameters.get(parameter)
    return known is not None and known.default is not known.empty and repr(known.default) == repr(value)


def _is_estimator(value: Any) -> bool:
    return hasattr(value, "get_params") and not isinstance(value, type)


def _on_a_line(text: str) -> str:
    return " ".join(text.split())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # installed without metadata
        return "unknown"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"

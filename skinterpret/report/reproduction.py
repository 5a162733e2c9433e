"""What is needed to get the same report again."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import skinterpret

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


def settings(estimator: Any) -> list[tuple[str, str]]:
    """Parameters of an estimator and of all that it holds.

    Parameters
    ----------
    estimator : estimator
        Surrogate or network.

    Returns
    -------
    list of (str, str)
        Name and value, the latter cut where it is long.
    """
    return [
        (name, _cut(" ".join(repr(value).split())))
        for name, value in sorted(estimator.get_params(deep=True).items())
    ]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # installed without metadata
        return "unknown"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]} …"

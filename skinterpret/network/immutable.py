"""Values that nobody can change, down to the numbers in their arrays."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np


class Immutable:
    """Base of frozen dataclasses: every array is copied and made read-only.

    A frozen dataclass forbids setting attributes, but neither `network.weights[0][0, 0] = 1` nor
    further training of the estimator that the arrays came from.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import dataclass
    >>> from skinterpret.network.immutable import Immutable
    >>> @dataclass(frozen=True, eq=False)
    ... class Point(Immutable):
    ...     coordinates: np.ndarray
    >>> Point(np.zeros(2)).coordinates.flags.writeable
    False
    """

    def __post_init__(self) -> None:
        for name, value in zip(_names(self), _values(self), strict=True):
            object.__setattr__(self, name, _locked(value))

    def __reduce__(self) -> tuple[Any, ...]:
        # the default would restore the arrays writeable and never come by __post_init__
        return type(self), _values(self)


def _names(value: Any) -> list[str]:
    return [field.name for field in fields(value)]


def _values(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in _names(value))


def _locked(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_locked(item) for item in value)
    if isinstance(value, np.ndarray):
        value = value.copy()
        value.flags.writeable = False
    return value

"""From numbers to the coordinates, paths and ticks of an inline picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Tick:
    """A mark on an axis.

    Attributes
    ----------
    position : float
        Where it stands, in the units of the picture.
    label : str
        What it says.
    """

    position: float
    label: str


@dataclass(frozen=True)
class Axis:
    """From values to positions in a picture.

    Parameters
    ----------
    low, high : float
        Values at the ends.
    start, end : float
        Positions of the ends.
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, values: Array | float) -> Array:
        """Positions of values."""
        share = (np.asarray(values, dtype=np.float64) - self.low) / (self.high - self.low)
        return np.asarray(self.start + share * (self.end - self.start))

    @property
    def ticks(self) -> list[Tick]:
        """Round values on the axis, about five."""
        step = _round_step((self.high - self.low) / 5)
        first, last = np.ceil(self.low / step - 1e-9), np.floor(self.high / step + 1e-9)
        values = np.arange(first, last + 1) * step
        return [Tick(round(float(self(value)), 1), f"{value + 0.0:.6g}") for value in values]

    @property
    def decades(self) -> list[Tick]:
        """Powers of ten on an axis of decimal logarithms, at most about seven."""
        step = max(1, round((self.high - self.low) / 6))
        exponents = range(int(np.ceil(self.low - 1e-9)), int(np.floor(self.high + 1e-9)) + 1, step)
        return [Tick(round(float(self(float(k))), 1), f"{10.0**k:g}") for k in exponents]


def path(lines: Iterable[Array]) -> str:
    """Write lines as the data of an SVG path, to a tenth of a unit.

    Parameters
    ----------
    lines : iterable of ndarray of shape (n_points, 2)
        Positions.

    Returns
    -------
    str
        The path; empty without lines.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.report.drawing import path
    >>> path([np.array([[0, 0], [10.04, 5]])])
    'M0 0L10 5'
    """
    return "".join("M" + "L".join(f"{x:.4g} {y:.4g}" for x, y in np.round(line, 1)) for line in lines)


def dots(positions: Array) -> str:
    """Write points as the data of an SVG path of lines without length, which round or square caps show.

    Parameters
    ----------
    positions : ndarray of shape (n_points, 2)
        Positions.

    Returns
    -------
    str
        The path.
    """
    return "".join(f"M{x:.4g} {y:.4g}h0" for x, y in np.round(positions, 1))


def _round_step(width: float) -> float:
    """Next larger of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= width * (1 - 1e-9)))

"""Boundaries of network and rules over the two inputs that matter most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import contourpy
import numpy as np
from numpy.typing import NDArray

from skinterpret.report.drawing import Axis, Tick, dots, path

Array = NDArray[np.float64]

WIDTH, HEIGHT = 420, 340
LEFT, RIGHT, TOP, BOTTOM = 58, 408, 12, 290
N_GRID = 81
MOST_POINTS = 300
MOST_NAMED = 6  # inputs whose fixed values are written out


@dataclass(frozen=True)
class Outline:
    """Where a rule holds in a plane.

    Attributes
    ----------
    region : str
        Where it holds, as data of an SVG path.
    line : str
        Its boundary; empty when it does not cross the plane.
    """

    region: str
    line: str


class Plane:
    """A plane through the space of the inputs.

    Its two inputs are those that matter most; the others are held at the median of the rows that are
    nearest to the network's boundary, so that the boundary is likely to cross it.

    Parameters
    ----------
    latent : callable
        The network's log-odds of rows.
    rows : ndarray of shape (n_rows, n_features)
        Rows that span the plane; some of them are drawn.
    ranking : sequence of int
        Inputs, what matters most first.
    names : list of str
        Names of the inputs.

    Attributes
    ----------
    names : tuple of str
        Names of the two inputs; the second is empty when there is only one.
    fixed : list of (str, str)
        Names and values of the most important other inputs.
    n_fixed : int
        Number of all other inputs.
    yes, no : str
        Rows on which the network says yes and no, as data of SVG paths.
    network : Outline
        Where the network says yes.
    """

    def __init__(
        self, latent: Callable[[Array], Array], rows: Array, ranking: list[int], names: list[str]
    ) -> None:
        values = latent(rows)
        nearest = np.argsort(np.abs(values), kind="stable")[: max(20, len(rows) // 20)]
        self._centre = np.median(rows[nearest], axis=0)
        self._inputs = ranking[:2]
        self._axes = [
            _axis(rows[:, j], start, end)
            for j, start, end in zip(self._inputs, (LEFT, BOTTOM), (RIGHT, TOP), strict=False)
        ]
        self.names = (names[ranking[0]], names[ranking[1]] if len(ranking) > 1 else "")
        self.fixed = [(names[j], f"{self._centre[j]:.4g}") for j in ranking[2 : 2 + MOST_NAMED]]
        self.n_fixed = len(ranking[2:])
        self.network = self.outline(latent)
        positions, visible = self._positions(rows)
        shown = np.flatnonzero(visible)[:MOST_POINTS]
        self.yes = dots(positions[shown[values[shown] > 0]])
        self.no = dots(positions[shown[values[shown] <= 0]])

    @property
    def x_ticks(self) -> list[Tick]:
        """Marks on the horizontal axis."""
        return self._axes[0].ticks

    @property
    def y_ticks(self) -> list[Tick]:
        """Marks on the vertical axis; none when there is only one input."""
        return self._axes[1].ticks if len(self._axes) > 1 else []

    def outline(self, log_odds: Callable[[Array], Array]) -> Outline:
        """Trace where log-odds are positive.

        Parameters
        ----------
        log_odds : callable
            From rows of shape (n_rows, n_features) to values of shape (n_rows,).

        Returns
        -------
        Outline
            Region and boundary.
        """
        x, y = np.linspace(LEFT, RIGHT, N_GRID), np.linspace(BOTTOM, TOP, N_GRID)
        rows = np.tile(self._centre, (N_GRID * N_GRID, 1))
        for j, axis, grid in zip(self._inputs, self._axes, np.meshgrid(x, y), strict=False):
            share = (grid.ravel() - axis.start) / (axis.end - axis.start)
            rows[:, j] = axis.low + share * (axis.high - axis.low)
        values = np.ma.masked_invalid(np.asarray(log_odds(rows)).reshape(N_GRID, N_GRID))
        if values.count() == 0:
            return Outline("", "")
        # contours are linear between grid points, so huge values next to a pole must not pull them
        size = float(np.median(np.abs(values.compressed()))) or 1.0
        contours: Any = contourpy.contour_generator(x, y, np.ma.clip(values, -size, size))
        polygons, offsets = contours.filled(0, np.inf)
        rings = [
            ring
            for polygon, starts in zip(polygons, offsets, strict=True)
            for ring in np.split(polygon, starts[1:-1])
        ]
        return Outline(path(rings), path(contours.lines(0)))

    def _positions(self, rows: Array) -> tuple[Array, NDArray[np.bool_]]:
        columns = [axis(rows[:, j]) for j, axis in zip(self._inputs, self._axes, strict=True)]
        if len(columns) == 1:  # one input: rows are spread over the height, which means nothing
            columns.append(np.linspace(BOTTOM - 10, TOP + 10, len(rows)))
        x, y = columns
        visible = (x >= LEFT) & (x <= RIGHT) & (y >= TOP) & (y <= BOTTOM)
        return np.column_stack([x, y]), visible


def rank_inputs(gradient: Array, rows: Array, used: tuple[int, ...]) -> list[int]:
    """Order inputs by what they matter to the network, those of the rule first.

    Parameters
    ----------
    gradient : ndarray of shape (n_rows, n_features)
        The network's gradients.
    rows : ndarray of shape (n_rows, n_features)
        Rows at which they were taken.
    used : tuple of int
        Inputs of the rule.

    Returns
    -------
    list of int
        All inputs.
    """
    scaled = gradient * rows.std(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        directions = np.nan_to_num(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))
    size = np.sqrt(np.mean(directions**2, axis=0))
    return sorted(range(rows.shape[1]), key=lambda j: (j not in used, -size[j]))


def _axis(values: Array, start: float, end: float) -> Axis:
    low, high = np.quantile(values, [0.01, 0.99])
    if low == high:
        low, high = values.min(), values.max()
    margin = 0.03 * (high - low) or 0.5
    return Axis(float(low - margin), float(high + margin), start, end)

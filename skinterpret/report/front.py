"""The front of candidates as a chart of points to choose from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skinterpret.report.drawing import Axis, Tick, path

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 74, 622, 18, 246
LOWEST_LOSS = 1e-12  # what is below cannot be told from rounding


@dataclass(frozen=True)
class FrontChart:
    """Where the candidates stand.

    Attributes
    ----------
    x_ticks, y_ticks : list of Tick
        Marks of complexity and loss.
    line : str
        Through the candidates that fit better than all simpler ones, as data of an SVG path.
    positions : list of (float, float)
        Of each candidate, in percent of width and height.
    """

    x_ticks: list[Tick]
    y_ticks: list[Tick]
    line: str
    positions: list[tuple[float, float]]


def front_chart(equations: pd.DataFrame) -> FrontChart:
    """Place candidates by complexity and, on a logarithmic scale, by loss.

    Parameters
    ----------
    equations : DataFrame
        The candidates in any order, with columns complexity and loss.

    Returns
    -------
    FrontChart
        The chart.
    """
    complexity = equations["complexity"].to_numpy(dtype=np.float64)
    logarithm = np.log10(np.maximum(equations["loss"].to_numpy(dtype=np.float64), LOWEST_LOSS))
    x = Axis(0.0, float(max(complexity.max(), 4) + 1), LEFT, RIGHT)
    y = Axis(float(np.floor(logarithm.min())), float(max(logarithm.max(), 0.0)) + 0.05, BOTTOM, TOP)
    points = np.column_stack([x(complexity), y(logarithm)])
    order = np.lexsort([logarithm, complexity])
    lowest = np.minimum.accumulate(logarithm[order])
    steps = order[np.concatenate([[True], np.diff(lowest) < 0])]
    percent = 100 * points / [WIDTH, HEIGHT]
    return FrontChart(
        x.ticks, y.decades, path([points[steps]]), [(float(a), float(b)) for a, b in percent.round(2)]
    )

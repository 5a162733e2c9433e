"""Where displays draw: axes that are given or made, and the one word on a missing matplotlib."""

from __future__ import annotations

from typing import Any

import numpy as np


def import_pyplot(caller: str) -> Any:
    """Import matplotlib's pyplot, which is an extra.

    Parameters
    ----------
    caller : str
        Who draws, for the message.

    Returns
    -------
    module
        `matplotlib.pyplot`.

    Raises
    ------
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from skinterpret.displays.axes import import_pyplot
    >>> import_pyplot("FrontDisplay").__name__
    'matplotlib.pyplot'
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{caller} draws with matplotlib, which is not installed; install it by "
            "pip install 'skinterpret[plot]'."
        ) from error
    return plt


def open_axes(caller: str, ax: Any, figsize: tuple[float, float]) -> Any:
    """Take the axes that are given, or make a figure that holds one.

    Parameters
    ----------
    caller : str
        Who draws, for messages.
    ax : Axes or None
        What was given.
    figsize : tuple of float
        Width and height of a new figure in inches.

    Returns
    -------
    Axes
        Where to draw.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    TypeError
        If what was given is no Axes, such as an array of several.

    Examples
    --------
    >>> from skinterpret.displays.axes import open_axes
    >>> open_axes("FrontDisplay", None, (4, 3)).figure.get_size_inches()
    array([4., 3.])
    """
    plt = import_pyplot(caller)
    if ax is None:
        return plt.subplots(figsize=figsize, layout="constrained")[1]
    if not isinstance(ax, plt.Axes):
        raise TypeError(
            f"{caller} draws on one Axes, but ax is a {type(ax).__name__}; pass one of several, as axes[0]."
        )
    return ax


def open_panels(caller: str, ax: Any, n_panels: int, figsize: tuple[float, float], **subplots: Any) -> Any:
    """Take the axes that are given, or make as many, in the place of one or in a new figure.

    Parameters
    ----------
    caller : str
        Who draws, for messages.
    ax : Axes, array-like of Axes or None
        What was given; one Axes is switched off and gives its place to the panels, as in scikit-learn's
        `PartialDependenceDisplay`.
    n_panels : int
        How many axes there must be.
    figsize : tuple of float
        Width and height of a new figure in inches.
    **subplots : dict
        Handed to `subplots` of matplotlib, where axes are made.

    Returns
    -------
    ndarray of Axes of shape (n_panels,)
        Where to draw.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    ValueError
        If another number of axes is given.

    Examples
    --------
    >>> from skinterpret.displays.axes import open_panels
    >>> open_panels("FrontDisplay", None, 2, (4, 3)).shape
    (2,)
    """
    plt = import_pyplot(caller)
    if ax is None:
        grid = plt.figure(figsize=figsize, layout="constrained").add_gridspec(n_panels)
        return grid.subplots(squeeze=False, **subplots)[:, 0]
    panels = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
    if len(panels) == n_panels:
        return panels
    if len(panels) > 1:
        raise ValueError(
            f"{caller} draws on {n_panels} axes, but ax holds {len(panels)}; pass {n_panels}, or one whose "
            "place they may take."
        )
    panels[0].set_axis_off()
    return _grid_inside(panels[0], n_panels).subplots(squeeze=False, **subplots)[:, 0]


def _grid_inside(ax: Any, n_panels: int) -> Any:
    place = ax.get_subplotspec()
    if place is not None:
        return place.subgridspec(n_panels, 1)
    box = ax.get_position()  # it was put by hand
    edges = {"left": box.x0, "right": box.x1, "bottom": box.y0, "top": box.y1}
    return ax.figure.add_gridspec(n_panels, **edges)

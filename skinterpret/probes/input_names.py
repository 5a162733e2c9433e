"""Names of what the first layer of a network gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.pipeline import Pipeline

from skinterpret.network.readers import Encoder
from skinterpret.probes.encoding import split_steps


def name_inputs(estimator: Any, width: int, columns: Any, names: Sequence[str]) -> list[str]:
    """Name what the first layer takes.

    Parameters
    ----------
    estimator : DenseNetwork or estimator
        The network, with the steps before it.
    width : int
        How many inputs the first layer takes.
    columns : ndarray of shape (width,) or None
        Which of the columns each of them belongs to; None where steps have mixed them.
    names : sequence of str
        Names of the columns.

    Returns
    -------
    list of str
        A name for each: that of its column; where steps have mixed columns, the name that these give
        it; `input k` where they give none, or where two would have the same.
    """
    found = _names_of_steps(estimator, names) if columns is None else [names[j] for j in columns]
    if len(found) == width == len(set(found)):
        return [str(name) for name in found]
    return [f"input {k}" for k in range(width)]


def _names_of_steps(estimator: Any, names: Sequence[str]) -> list[str]:
    steps, _ = split_steps(estimator)
    known: Any = getattr(steps[0], "feature_names_in_", names) if steps else []
    try:
        for step in steps:
            known = step.get_feature_names_out(known)
    except (AttributeError, TypeError, ValueError):  # such as functions that say nothing of names
        return []
    return list(known)


def name_indicators(encoder: Encoder) -> list[str]:
    """Write indicators as `column=category`, unless the user has said how, and numbers as their columns.

    Parameters
    ----------
    encoder : Encoder
        What stands before the network, as `split_indicators` gives it.

    Returns
    -------
    list of str
        A name for each encoded column.
    """
    written = []
    blocks = [block for block in encoder.blocks for _ in block.names]
    for block, name, pair in zip(blocks, encoder.names, encoder.indicated, strict=True):
        written.append(name if pair is None or _is_said(block.encoder) else f"{pair[0]}={pair[1]}")
    return written


def _is_said(encoder: Any) -> bool:
    last = encoder.steps[-1][1] if isinstance(encoder, Pipeline) else encoder
    return bool(last.feature_name_combiner != "concat")

"""What a stored rule says of how far it may be trusted: verdicts, and where it was checked."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM

Region = Mapping[int, tuple[float, float]]

VERDICTS = ("concept", "decision only", "values only", NO_CLOSED_FORM)
KEYS = frozenset(["verdicts", "region"])  # that a file need not have


def written(verdicts: Sequence[str] | None, region: Region | None) -> dict[str, Any]:
    """Turn verdicts and region into plain values.

    Parameters
    ----------
    verdicts, region : object
        As `ClassificationRule` takes them.

    Returns
    -------
    dict
        What is known of the two.
    """
    content: dict[str, Any] = {}
    if verdicts is not None:
        content["verdicts"] = [str(verdict) for verdict in verdicts]
    if region is not None:
        content["region"] = [
            {"input": int(position), "low": float(low), "high": float(high)}
            for position, (low, high) in region.items()
        ]
    return content


def checked(content: dict[str, Any], n_rules: int, n_features: int) -> dict[str, Any]:
    """Check what `written` gave.

    Parameters
    ----------
    content : dict
        Anything that JSON can hold, by key.
    n_rules : int
        Number of formulas.
    n_features : int
        Number of inputs.

    Returns
    -------
    dict
        Verdicts and region as `ClassificationRule` takes them; None for what is not there.

    Raises
    ------
    ValueError
        If one is something else; the message says what.
    """
    return {
        "verdicts": _verdicts(content["verdicts"], n_rules) if "verdicts" in content else None,
        "region": _region(content["region"], n_features) if "region" in content else None,
    }


def _verdicts(verdicts: Any, n_rules: int) -> list[str]:
    if not isinstance(verdicts, list) or not all(verdict in VERDICTS for verdict in verdicts):
        raise ValueError(f"verdicts must be a list of texts out of {', '.join(map(repr, VERDICTS))}.")
    if len(verdicts) != n_rules:
        raise ValueError(f"verdicts must have one entry a formula ({n_rules}), but it has {len(verdicts)}.")
    return verdicts


def _region(entries: Any, n_features: int) -> dict[int, tuple[float, float]]:
    if not isinstance(entries, list):
        raise ValueError("region must be a list of inputs with the values between which they were checked.")
    region: dict[int, tuple[float, float]] = {}
    for number, entry in enumerate(entries):
        what = f"Entry {number} of region"
        if not isinstance(entry, dict) or set(entry) != {"input", "low", "high"}:
            raise ValueError(f"{what} must have input, low and high, and nothing else.")
        position, low, high = entry["input"], entry["low"], entry["high"]
        if type(position) is not int or not 0 <= position < n_features or position in region:
            raise ValueError(f"{what} must have the number of an input, counted from 0, that no other has.")
        if not (_is_number(low) and _is_number(high) and low <= high):
            raise ValueError(f"{what} must have finite numbers for low and high, low the smaller one.")
        region[position] = float(low), float(high)
    return region


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max

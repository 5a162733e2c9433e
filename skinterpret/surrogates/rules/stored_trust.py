"""What a stored rule says of how far to trust it: verdicts, where it was checked, what ended its search."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from skinterpret.surrogates.judging.figures import NO_CLOSED_FORM

Region = Mapping[int, tuple[float, float]]

VERDICTS = ("concept", "decision only", "values only", NO_CLOSED_FORM)
LONGEST_REASON = 1_000
KEYS = frozenset(["verdicts", "region", "stop_reasons"])  # that a file need not have


def written(
    verdicts: Sequence[str] | None, region: Region | None, stop_reasons: Sequence[str] | None
) -> dict[str, Any]:
    """Turn verdicts, region and reasons to stop into plain values.

    Parameters
    ----------
    verdicts, region, stop_reasons : object
        As `ClassificationRule` takes them.

    Returns
    -------
    dict
        What is known of the three.
    """
    content: dict[str, Any] = {}
    if verdicts is not None:
        content["verdicts"] = [str(verdict) for verdict in verdicts]
    if region is not None:
        content["region"] = [
            {"input": int(position), "low": float(low), "high": float(high)}
            for position, (low, high) in region.items()
        ]
    if stop_reasons is not None:
        content["stop_reasons"] = [str(reason) for reason in stop_reasons]
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
        Verdicts, region and reasons to stop as `ClassificationRule` takes them; None for what is not there.

    Raises
    ------
    ValueError
        If one is something else; the message says what.
    """
    return {
        "verdicts": _verdicts(content["verdicts"], n_rules) if "verdicts" in content else None,
        "region": _region(content["region"], n_features) if "region" in content else None,
        "stop_reasons": _reasons(content["stop_reasons"], n_rules) if "stop_reasons" in content else None,
    }


def _verdicts(verdicts: Any, n_rules: int) -> list[str]:
    if not isinstance(verdicts, list) or not all(verdict in VERDICTS for verdict in verdicts):
        raise ValueError(f"verdicts must be a list of texts out of {', '.join(map(repr, VERDICTS))}.")
    _check_length(verdicts, "verdicts", n_rules)
    return verdicts


def _reasons(reasons: Any, n_rules: int) -> list[str]:
    """Check why searches ended, which an engine of one's own says in words of its own."""
    are_texts = isinstance(reasons, list) and all(isinstance(reason, str) for reason in reasons)
    if not are_texts or any(len(reason) > LONGEST_REASON for reason in reasons):
        raise ValueError(f"stop_reasons must be a list of texts of at most {LONGEST_REASON:,} characters.")
    _check_length(reasons, "stop_reasons", n_rules)
    return list(reasons)


def _check_length(entries: list[Any], key: str, n_rules: int) -> None:
    if len(entries) != n_rules:
        raise ValueError(f"{key} must have one entry a formula ({n_rules}), but it has {len(entries)}.")


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

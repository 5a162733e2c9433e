"""What directions tell before any search: which inputs matter, and which enter together."""

from skinterpret.search.structure.discovery import (
    HYPOTHESES,
    check_hypotheses,
    discover_structure,
    small_engine,
)
from skinterpret.search.structure.findings import NOTHING_TRIED, Finding, Structure
from skinterpret.search.structure.recall import structure_for

__all__ = [
    "HYPOTHESES",
    "NOTHING_TRIED",
    "Finding",
    "Structure",
    "check_hypotheses",
    "discover_structure",
    "small_engine",
    "structure_for",
]

"""The embedded engine: compiled evolution over islands."""

from skinterpret.search.evolution.engine import EvolutionEngine

__all__ = ["EvolutionEngine"]

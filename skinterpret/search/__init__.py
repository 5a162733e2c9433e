"""Engines: arrays in, candidates out."""

from skinterpret.search.engine import Engine, LabelEngine
from skinterpret.search.entry import search_directions
from skinterpret.search.evolution import EvolutionEngine
from skinterpret.search.front import Candidate, Front
from skinterpret.search.pysr import PySREngine
from skinterpret.search.structure import Finding, Structure, discover_structure

__all__ = [
    "Candidate",
    "Engine",
    "EvolutionEngine",
    "Finding",
    "Front",
    "LabelEngine",
    "PySREngine",
    "Structure",
    "discover_structure",
    "search_directions",
]

"""Engines: arrays in, candidates out."""

from skinterpret.search.engine import Engine
from skinterpret.search.entry import search_directions
from skinterpret.search.evolution import EvolutionEngine
from skinterpret.search.front import Candidate, Front

__all__ = ["Candidate", "Engine", "EvolutionEngine", "Front", "search_directions"]

"""Closed-form decision rules and other honest readings of trained neural networks."""

from skinterpret.metrics import alignment_score, fidelity_score
from skinterpret.surrogates import SymbolicSurrogate

__version__ = "0.1.0.dev0"

__all__ = ["SymbolicSurrogate", "alignment_score", "fidelity_score"]

"""Estimators that stand in for a network."""

from skinterpret.surrogates.pruned import PrunedSurrogate, PrunedSurrogateRegressor
from skinterpret.surrogates.symbolic import SymbolicSurrogate
from skinterpret.surrogates.symbolic_classifier import SymbolicClassifier
from skinterpret.surrogates.tree import TreeSurrogate, TreeSurrogateRegressor

__all__ = [
    "PrunedSurrogate",
    "PrunedSurrogateRegressor",
    "SymbolicClassifier",
    "SymbolicSurrogate",
    "TreeSurrogate",
    "TreeSurrogateRegressor",
]

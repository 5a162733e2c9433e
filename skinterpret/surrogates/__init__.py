"""Estimators that stand in for a network."""

from skinterpret.surrogates.pruned import PrunedSurrogate, PrunedSurrogateRegressor
from skinterpret.surrogates.symbolic import SymbolicSurrogate
from skinterpret.surrogates.tree import TreeSurrogate, TreeSurrogateRegressor

__all__ = [
    "PrunedSurrogate",
    "PrunedSurrogateRegressor",
    "SymbolicSurrogate",
    "TreeSurrogate",
    "TreeSurrogateRegressor",
]

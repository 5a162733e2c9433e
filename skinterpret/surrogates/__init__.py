"""Estimators that stand in for a network."""

from skinterpret.surrogates.symbolic import SymbolicSurrogate
from skinterpret.surrogates.tree import TreeSurrogate, TreeSurrogateRegressor

__all__ = ["SymbolicSurrogate", "TreeSurrogate", "TreeSurrogateRegressor"]

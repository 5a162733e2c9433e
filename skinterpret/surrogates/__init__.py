"""Estimators that stand in for a network."""

from skinterpret.surrogates.regression import SymbolicSurrogateRegressor
from skinterpret.surrogates.symbolic import SymbolicSurrogate

__all__ = ["SymbolicSurrogate", "SymbolicSurrogateRegressor"]

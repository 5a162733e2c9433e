"""Estimators that stand in for a network."""

from skinterpret.surrogates.symbolic import SymbolicSurrogate

__all__ = ["SymbolicSurrogate"]

"""Estimators that stand in for a network."""

from skinterpret.surrogates.regression import SymbolicSurrogateRegressor
from skinterpret.surrogates.rule import ClassificationRule, RegressionRule, load_rule
from skinterpret.surrogates.symbolic import SymbolicSurrogate

__all__ = [
    "ClassificationRule",
    "RegressionRule",
    "SymbolicSurrogate",
    "SymbolicSurrogateRegressor",
    "load_rule",
]

"""Estimators that stand in for a network."""

from skinterpret.surrogates.pruned import PrunedSurrogate, PrunedSurrogateRegressor
from skinterpret.surrogates.regression import SymbolicSurrogateRegressor
from skinterpret.surrogates.rule import ClassificationRule, RegressionRule, load_rule
from skinterpret.surrogates.symbolic import SymbolicSurrogate
from skinterpret.surrogates.symbolic_classifier import SymbolicClassifier
from skinterpret.surrogates.tree import TreeSurrogate, TreeSurrogateRegressor

__all__ = [
    "ClassificationRule",
    "PrunedSurrogate",
    "PrunedSurrogateRegressor",
    "RegressionRule",
    "SymbolicClassifier",
    "SymbolicSurrogate",
    "SymbolicSurrogateRegressor",
    "TreeSurrogate",
    "TreeSurrogateRegressor",
    "load_rule",
]

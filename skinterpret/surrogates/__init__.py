"""Estimators that stand in for a network."""

from skinterpret.surrogates.pruning.pruned import PrunedSurrogate, PrunedSurrogateRegressor
from skinterpret.surrogates.regression import SymbolicSurrogateRegressor
from skinterpret.surrogates.rules.rule import ClassificationRule, RegressionRule, load_rule
from skinterpret.surrogates.symbolic import SymbolicSurrogate
from skinterpret.surrogates.symbolic_classifier import SymbolicClassifier
from skinterpret.surrogates.trees.tree import TreeSurrogate, TreeSurrogateRegressor

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

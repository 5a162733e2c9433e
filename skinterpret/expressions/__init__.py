"""Formulas as values: the operator table, `Expression` and its compiled kernels."""

from skinterpret.expressions.expression import Expression
from skinterpret.expressions.operators import DEFAULT_OPERATORS, OPERATORS, Operator

__all__ = ["DEFAULT_OPERATORS", "OPERATORS", "Expression", "Operator"]

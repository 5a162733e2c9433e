"""Expressions as the arrays that kernels take."""

import numpy as np

from skinterpret.expressions.kernels.gradients import make_workspace


def as_arrays(expressions, max_nodes=64):
    """Tokens, constants and lengths of expressions, one a row."""
    tokens = np.zeros((len(expressions), max_nodes), dtype=np.int16)
    constants = np.zeros((len(expressions), max_nodes))
    lengths = np.array([len(expression.tokens) for expression in expressions])
    for row, expression in enumerate(expressions):
        tokens[row, : lengths[row]] = expression.tokens
        constants[row, : lengths[row]] = expression.constants
    return tokens, constants, lengths


def workspace(n_features, max_nodes=64):
    return make_workspace(n_features, max_nodes)

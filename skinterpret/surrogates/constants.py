"""Constants of a formula fitted to the network's directions over the whole shell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.constants import fit_programs
from skinterpret.expressions.kernels.gradients import CONSTANT, Rows, make_workspace
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.surrogates.judgement import Judge

Array = NDArray[np.float64]

FIT_STEPS = 8


def refitted(expression: Expression, judge: Judge) -> Expression:
    """Fit the constants of a candidate to all rows of the shell; the search saw a few hundred.

    Parameters
    ----------
    expression : Expression
        A formula of the scaled inputs.
    judge : Judge
        Shell of the network.

    Returns
    -------
    Expression
        The same formula with constants that fit at least as well.
    """
    if not expression.constant_values:
        return expression
    rows = make_rows(judge.scaled_shell, judge.directions)
    constants = fit_constants_to(rows, expression)
    return expression.with_constants(constants.tolist())


def fit_constants_to(rows: Rows, program: Expression) -> Array:
    """Fit all constants by Levenberg–Marquardt, from where they stand.

    Parameters
    ----------
    rows : Rows
        Rows with their directions and weights.
    program : Expression
        The formula, over the leaves of the rows.

    Returns
    -------
    ndarray of shape (n_constants,)
        The constants, in the order of the program.
    """
    tokens = np.array([program.tokens], dtype=np.int16)
    constants = np.array([program.constants], dtype=np.float64)
    lengths = np.array([tokens.shape[1]])
    work = make_workspace(rows.X.shape[1], tokens.shape[1])
    fit_programs(tokens, constants, lengths, rows, FIT_STEPS, work, np.empty(1))
    return np.asarray(constants[0, tokens[0] == CONSTANT])

"""From PySR's formulas to candidates: our simplification, our loss, our complexity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.expressions.compilation import entry_kernel
from skinterpret.expressions.kernels.gradients import Rows, make_workspace
from skinterpret.expressions.kernels.matching import direction_loss, make_rows
from skinterpret.search.evolution.programs import Program, make_program
from skinterpret.search.evolution.simplify import simplify, strip_even_root
from skinterpret.search.front import Candidate

Array = NDArray[np.float64]

LARGEST_NUMBER = 1e6  # of constants in what sympy gets, which would compute 2**(10**9) to the last digit


def judge(
    expressions: Sequence[Expression], X: Array, directions: Array, sample_weight: Array
) -> list[Candidate]:
    """Simplify formulas and compute their losses anew.

    Parameters
    ----------
    expressions : sequence of Expression
        Formulas as they were found: `exp(exp(g))`, `g + 1.2` and `g` are one concept.
    X : ndarray of shape (n_samples, n_features)
        Rows.
    directions : ndarray of shape (n_samples, n_features)
        Directions.
    sample_weight : ndarray of shape (n_samples,)
        Positive weights.

    Returns
    -------
    list of Candidate
        The forms of each formula, with finite losses.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search.pysr.candidates import judge
    >>> X = np.random.default_rng(0).uniform(1, 2, (50, 2))
    >>> found = Expression.parse("exp(exp(x0*x0/(x1/x1))) + 1.2")
    >>> candidates = judge([found], X, np.tile([1.0, 0.0], (50, 1)), np.ones(50))
    >>> min(candidates, key=lambda candidate: candidate.complexity).expression
    Expression('x0')
    """
    rows = make_rows(X, directions, sample_weight)
    candidates = []
    for expression in expressions:
        for form in _forms(expression, rows):
            loss = float(_loss(*_arrays(form), rows))
            if np.isfinite(loss):
                candidates.append(Candidate(form, loss))
    return candidates


def _forms(expression: Expression, rows: Rows) -> Iterator[Expression]:
    """Yield the formula by the rules of the search, and by sympy's as well."""
    with suppress(ValueError):  # a constant may overflow; sympy may answer with unknown functions
        plain = _simplified(expression, rows)
        yield plain
        if all(abs(value) < LARGEST_NUMBER for value in plain.constant_values):
            yield _simplified(Expression.from_sympy(plain.to_sympy()), rows)


def _simplified(expression: Expression, rows: Rows) -> Expression:
    program, work = _arrays(expression)
    _simplify(program, rows, work)
    length = program.length[0]
    return Expression(program.tokens[:length], program.constants[:length])


def _arrays(expression: Expression) -> tuple[Program, Any]:
    length = len(expression.tokens)
    program = make_program(length)
    program.tokens[:length] = expression.tokens
    program.constants[:length] = expression.constants
    program.length[0] = length
    n_leaves = expression.variables[-1] + 1 if expression.variables else 1
    return program, make_workspace(n_leaves, len(program.tokens))


@entry_kernel
def _simplify(program: Program, rows: Rows, work: Any) -> None:
    simplify(program, rows, work)
    while strip_even_root(program, rows, work):
        simplify(program, rows, work)


@entry_kernel
def _loss(program: Program, work: Any, rows: Rows) -> Any:
    return direction_loss(program.tokens, program.constants, program.length[0], rows, np.inf, work)

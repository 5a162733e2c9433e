"""From formulas of centred inputs back to formulas whose inputs count from 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from skinterpret.directions import Directions
from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.gradients import Rows
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.inner_product import mapped
from skinterpret.metrics import alignment_score
from skinterpret.search import Candidate, Front
from skinterpret.surrogates.reading.constants import fitted_to
from skinterpret.surrogates.reading.units import Units, collected

Array = NDArray[np.float64]

UNLIKELY = 100.0  # times the largest constant of the whole formula


def without_centre(
    front: Front, units: Units, sample: Directions, weight: Array, metric: Array | None = None
) -> Front:
    """Write the candidates of a search as formulas of inputs that are scaled and not centred.

    The centre that the search had was a guess, so each candidate's constants, the centre among them,
    are fitted to the directions.  Next to each candidate stand those that lack one of its constants:
    `(x0 - 300 + 298)*x1` is a longer form of `x0*x1`.  Not so those whose other constants become
    enormous, as that of `exp(x0)` does when it stands for `exp(x0 - 300)`.
    Complexity and loss are those of the new formulas.

    Parameters
    ----------
    front : Front
        Candidates over centred inputs.
    units : Units
        What the search counted in.
    sample : Directions
        What it saw, with directions as they are compared.
    weight : ndarray of shape (n_rows,)
        Weights of the rows.
    metric : ndarray of shape (n_features, n_features), default=None
        How gradients are compared.

    Returns
    -------
    Front
        The new candidates.
    """
    scaled = sample.X / units.scale
    rows = make_rows(scaled, sample.directions, weight, metric=metric)
    found: list[Candidate] = []
    for candidate in front:
        if not units.moves(candidate.expression):
            found.append(candidate)
            continue
        whole = _fitted(units.without_centre(candidate.expression), rows)
        shorter = [_fitted(form, rows) for form in _without_a_constant(whole)]
        for fitted in [whole, *(form for form in shorter if _largest(form) < UNLIKELY * _largest(whole))]:
            with np.errstate(over="ignore"):
                gradient = mapped(fitted.gradient(scaled), metric)
            loss = max(0.0, 1 - alignment_score(sample.directions, gradient, sample_weight=weight))
            found.append(Candidate(fitted, loss))
    return replace(front, candidates=found)


def _without_a_constant(expression: Expression) -> Iterator[Expression]:
    """Yield a formula without each of its constants."""
    values = expression.constant_values
    for index in range(len(values)):
        trial = expression.with_constants([*values[:index], 0.0, *values[index + 1 :]])
        try:
            shorter = Expression.from_sympy(trial.to_sympy())
        except ValueError:  # without it the formula is no number
            continue
        if shorter.variables:
            yield shorter


def _fitted(expression: Expression, rows: Rows) -> Expression:
    if not expression.constant_values:
        return expression
    return collected(fitted_to(rows, expression))


def _largest(expression: Expression) -> float:
    return max((abs(value) for value in expression.constant_values), default=0.0) + 1.0

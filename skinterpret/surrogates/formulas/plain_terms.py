"""Terms of a sum without the functions around them, where directions do not tell one from the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.surrogates.formulas.canonical import canonical
from skinterpret.surrogates.formulas.tidying import WORTH_OF_ROUND_NUMBERS, Fit

Array = NDArray[np.float64]


def with_plain_terms(
    expression: Expression, rows: Array, fit: Fit, is_as_faithful: Callable[[Expression], bool]
) -> Expression:
    """Take off the functions around terms of a sum, and give these terms weights instead.

    A square or an exponential around a term whose values span little bends it less than a network's own
    errors do, and stands for a weight: `(x0*x1 + x2)**2 + exp(sin(x1))` tells no more than
    `x0*x1 + x2 + 0.4*sin(x1)`, which reads as two parts and how much each of them counts.  As round
    numbers are put in the place of constants, so is nothing in the place of such a function.

    Parameters
    ----------
    expression : Expression
        The formula, with the constants that fit best.
    rows : ndarray of shape (n_samples, n_features)
        Rows over which functions must be monotone to be taken off.
    fit : Fit
        Loss and constants of an expression.
    is_as_faithful : callable
        `is_as_faithful(form)`: whether decisions are as good by another form.

    Returns
    -------
    Expression
        The formula with plain terms as far as these cost at most 28 % more loss and no fidelity, its
        constants fitted anew; the same object where it is no sum, or where no function can be taken off.
    """
    terms = given = _terms(expression)
    if len(terms) < 2:
        return expression
    most = fit.loss(expression) + WORTH_OF_ROUND_NUMBERS * fit.noise(expression)

    def is_as_good(terms: list[_Term]) -> bool:
        form = fit.refit(_sum(terms))
        return fit.loss(form) <= most and is_as_faithful(form)

    for k in range(len(terms)):
        terms = _with_plain_term(terms, k, rows, is_as_good)
    return expression if terms is given else fit.refit(_sum(terms))


@dataclass(frozen=True)
class _Term:
    """A term of a sum: a factor, and what varies."""

    factor: float
    form: Expression

    def around(self, form: Expression, rows: Array) -> _Term:
        """Give the term that has another form, and is as steep on average."""
        with np.errstate(all="ignore"):
            values, plain = self.form(rows), form(rows)
        known = np.isfinite(values) & np.isfinite(plain)
        slope = np.polyfit(plain[known], values[known], 1)[0]
        return _Term(self.factor * float(slope), form)


def _with_plain_term(
    terms: list[_Term], k: int, rows: Array, is_as_good: Callable[[list[_Term]], bool]
) -> list[_Term]:
    """Take as many functions off one term as is as good; the same list where that is none."""

    def replaced(form: Expression) -> list[_Term]:
        return [*terms[:k], terms[k].around(form, rows), *terms[k + 1 :]]

    given = terms[k].form
    form = canonical(given, rows, lambda form, _: is_as_good(replaced(form)))
    return terms if form is given else replaced(form)


def _terms(expression: Expression) -> list[_Term]:
    """Split a sum into its terms; what is no sum is one term."""
    parts = sympy.Add.make_args(expression.to_sympy())
    split = [part.as_independent(*part.free_symbols, as_Add=False) for part in parts if part.free_symbols]
    return [_Term(float(factor), Expression.from_sympy(form)) for factor, form in split]


def _sum(terms: Sequence[_Term]) -> Expression:
    """Add terms up on the scale of the first, each with one constant (sympy would multiply it into sums)."""
    first, *others = terms
    total = first.form
    for term in others:
        factor = Expression.constant(term.factor / first.factor)
        total = Expression.apply("add", total, Expression.apply("mul", factor, term.form))
    return total

"""A concept and its link as one formula."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.digits import without_rounding_error
from skinterpret.expressions import Expression

Array = NDArray[np.float64]

MOST_COMPLEX = 80  # nothing is gained on longer formulas, and sympy takes its time
SAME = 1e-9  # of the spread of the values


def compose(link: Expression, concept: Expression, rows: Array) -> Expression:
    """Put a concept into its link and simplify what comes out.

    Parameters
    ----------
    link : Expression
        φ, with the concept as its only input.
    concept : Expression
        T, in raw units.
    rows : ndarray of shape (n_samples, n_features)
        Rows in raw units, at which a simpler form must have the same values.  Identities such as
        `log(x**2) = 2*log(x)` hold for positive inputs only, so the sign of each input is taken from them.

    Returns
    -------
    Expression
        `φ(T(x))`, in the shortest of the forms that sympy finds.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.formulas.composition import compose
    >>> rows = np.random.default_rng(0).uniform(1, 2, (10, 2))
    >>> compose(Expression.parse("3*exp(x0)"), Expression.parse("2*log(x0) + log(x1)"), rows)
    Expression('3*x1*x0**2')
    """
    whole = link.substitute({0: concept})
    if whole.complexity > MOST_COMPLEX:
        return whole
    values = whole(rows)
    finite = values[np.isfinite(values)]
    tolerance = SAME * (float(np.ptp(finite)) if len(finite) else 0.0)
    best = whole
    for form in _forms(whole, rows):
        if form.complexity < best.complexity and np.allclose(
            form(rows), values, rtol=SAME, atol=tolerance, equal_nan=True
        ):
            best = form
    return best.with_constants([without_rounding_error(value) for value in best.constant_values])


def _forms(whole: Expression, rows: Array) -> Iterator[Expression]:
    plain = whole.to_sympy()
    signed = {
        sympy.Symbol(f"x{j}"): sympy.Symbol(f"x{j}", positive=True)
        if rows[:, j].min() > 0
        else sympy.Symbol(f"x{j}", real=True)
        for j in whole.variables
    }
    unsigned = {symbol: name for name, symbol in signed.items()}
    known = plain.xreplace(signed)
    for rewrite in REWRITES:
        try:
            yield Expression.from_sympy(rewrite(known).xreplace(unsigned))
        except ValueError:  # a function that the operator table lacks, or no finite number
            continue


def _without_logarithms(formula: sympy.Expr) -> sympy.Expr:
    return sympy.powsimp(sympy.expand_power_exp(sympy.expand_log(formula)))


REWRITES = (
    lambda formula: formula,
    sympy.expand_mul,
    sympy.factor_terms,
    sympy.powsimp,
    sympy.powdenest,
    sympy.together,
    _without_logarithms,
)

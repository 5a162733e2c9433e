"""The canonical formula of a concept: without outer monotone functions, factors and constant terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.inner_product import unit_rows
from skinterpret.search import Candidate, Front
from skinterpret.surrogates.formulas.scale import without_scale_and_offset

Array = NDArray[np.float64]

SAME = 1e-9  # of 1 - |cos| between the gradients of two forms
ROUNDING = 1e-12  # of the spread of values


def canonical_front(
    front: Front, rows: Array, is_as_good: Callable[[Expression, Expression], bool] | None = None
) -> Front:
    """Give each candidate its canonical form, and leave out those that are no better than a simpler one.

    Parameters
    ----------
    front : Front
        Candidates.
    rows : ndarray of shape (n_samples, n_features)
        Rows over which formulas must be the same concept, in the inputs of the candidates.
    is_as_good : callable, default=None
        As for `canonical`.

    Returns
    -------
    Front
        The canonical forms, with their own complexities and the losses that the search found.  What is
        defined nowhere, and has values by rounding errors alone, is left out where something else is left.
    """
    real = [found for found in front if not _is_nowhere_defined(found.expression)] or front
    forms = [Candidate(canonical(found.expression, rows, is_as_good), found.loss) for found in real]
    sound = [found for found in forms if not _is_nowhere_defined(found.expression)]
    return replace(front, candidates=sound or forms)


def canonical(
    expression: Expression, rows: Array, is_as_good: Callable[[Expression, Expression], bool] | None = None
) -> Expression:
    """Strip what belongs to the link and not to the concept.

    `exp(x0**2 + 2*x1**2)`, `1 - 3*(x0**2 + 2*x1**2)` and `1/(x0**2 + 2*x1**2)` are one concept
    (arXiv:2401.04978, section 3).  A function is stripped where it is monotone over the rows: a square
    where what is squared keeps its sign, a sine where it spans less than half a period.

    Parameters
    ----------
    expression : Expression
        The formula.
    rows : ndarray of shape (n_samples, n_features)
        Rows over which the answer must be the same concept.
    is_as_good : callable, default=None
        `is_as_good(form, expression)`: whether the link can do what was stripped;
        `None` means that it can do anything monotone.

    Returns
    -------
    Expression
        The shortest form that is as good; the same object where there is no shorter one.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.surrogates.formulas.canonical import canonical
    >>> rows = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    >>> canonical(Expression.parse("1 - 3*exp(x0**2 + 2*x1**2)"), rows)
    Expression('x0**2 + 2*x1**2')
    >>> square = Expression.parse("(x0 + x1)**2")
    >>> canonical(square, rows), canonical(square, rows**2)
    (Expression('(x0 + x1)**2'), Expression('x0 + x1'))
    """
    shorter = reversed(_forms(expression, rows)[1:])
    return next((form for form in shorter if is_as_good is None or is_as_good(form, expression)), expression)


def is_monotone(inner: Array, outer: Array) -> bool:
    """Tell whether values rise with others, or fall, and are defined where these are.

    Parameters
    ----------
    inner : ndarray of shape (n_rows,)
        Values.
    outer : ndarray of shape (n_rows,)
        Values that may be a monotone function of them.

    Returns
    -------
    bool
        Whether they are one, but for rounding.
    """
    sound = np.isfinite(inner)
    if not sound.any() or not np.isfinite(outer[sound]).all():
        return False
    values = outer[sound][np.argsort(inner[sound], kind="stable")]
    rounding = ROUNDING * np.ptp(values)
    steps = np.diff(values)
    return bool(rounding > 0 and ((steps >= -rounding).all() or (steps <= rounding).all()))


def _is_nowhere_defined(expression: Expression) -> bool:
    # the logarithm of a negative constant is no real number
    return bool(expression.to_sympy().has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I))


def _forms(expression: Expression, rows: Array) -> list[Expression]:
    """List what is left after each step, from the expression itself to the shortest form."""
    forms = [expression]
    while True:
        while (inner := _operand(forms[-1])) and is_monotone(inner(rows), forms[-1](rows)):
            forms.append(inner)
        root = _common_root(forms[-1])
        if root is not None and is_monotone(root(rows), forms[-1](rows)):
            forms.append(root)
            continue
        form = _simplified(forms[-1], rows)
        if form is forms[-1]:
            return forms
        forms.append(form)


def _operand(expression: Expression) -> Expression | None:
    """Give the part that the outermost operator is applied to; None unless it is the only one with inputs."""
    _, operands = expression.root or ("", ())
    varying = [operand for operand in operands if operand.variables]
    return varying[0] if len(varying) == 1 else None


def _common_root(expression: Expression) -> Expression | None:
    """Give `x0/x1` of `x0**2/x1**2`, which sympy makes of `(x0/x1)**2`; None where there is none."""
    if expression.root is None or len(expression.root[1]) == 1:
        return None
    powers = expression.to_sympy().as_independent(*expression.to_sympy().free_symbols, as_Add=False)[1]
    factors = [factor.as_base_exp() for factor in sympy.Mul.make_args(powers)]
    if len(factors) < 2 or not all(exponent.is_Integer for _, exponent in factors):
        return None
    common = sympy.igcd(*[exponent for _, exponent in factors])
    if common < 2:
        return None
    try:
        return Expression.from_sympy(sympy.Mul(*[base ** (exponent / common) for base, exponent in factors]))
    except ValueError:  # sympy may answer with functions that the operator table lacks
        return None


def _simplified(expression: Expression, rows: Array) -> Expression:
    """Give a shorter form of the same concept, if sympy finds one."""
    plain = without_scale_and_offset(expression.to_sympy())
    rewritten = [plain, sympy.expand_mul(-plain, deep=False)]
    if (plain.is_Mul or plain.has(sympy.log)) and _is_defined(expression, rows):
        rewritten.append(without_scale_and_offset(_joined(plain)))
    try:
        forms = [Expression.from_sympy(each) for each in rewritten]
    except ValueError:  # a function that the operator table lacks, or no finite number
        return expression
    form = min(forms, key=lambda each: each.complexity)
    if form.complexity >= expression.complexity or not form.variables:
        return expression
    return form if _same_directions(form, expression, rows) else expression


def _joined(formula: sympy.Expr) -> sympy.Expr:
    """Write products of exponentials and of powers, and sums of logarithms, as one each.

    What holds for positive numbers only is judged on the rows.
    """
    return sympy.logcombine(sympy.powsimp(formula, force=True), force=True)


def _is_defined(expression: Expression, rows: Array) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.isfinite(expression(rows)).all())


def _same_directions(one: Expression, other: Expression, rows: Array) -> bool:
    with np.errstate(all="ignore"):
        cosine = np.einsum("ij,ij->i", unit_rows(one.gradient(rows)), unit_rows(other.gradient(rows)))
        known = np.isfinite(other.gradient(rows)).all(axis=1)
    turned = abs(float(cosine[known].mean())) if known.any() else 0.0
    return turned > 1 - SAME and bool(np.isfinite(one(rows)[known]).all())

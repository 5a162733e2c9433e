"""What cancels in the formulas that a search ends with.

Evolution adds a term as readily as it takes one away, so that a formula which fits exactly may be
`(sin(x0) - 1)*x1 + x1`.  No single step leads from there to `x1*sin(x0)`, but algebra does.  And where
formulas fit noise, `x1*(x0/x1)` is as good as `x0`, and may stand for it under a larger complexity.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import sympy
from numpy.typing import NDArray

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.gradients import Rows, make_workspace
from skinterpret.expressions.kernels.judging import program_losses
from skinterpret.search.evolution.offsets import without_offset
from skinterpret.search.front import Candidate, Front

LARGEST_DEGREE = 8  # of polynomials; beyond, algebra may take minutes
DIGITS = 9  # of constants: what evolution finds differs from whole numbers by rounding errors
Rewriting = Callable[[sympy.Expr], sympy.Expr]
READING: Sequence[Rewriting] = (sympy.sympify,)
REWRITINGS = (*READING, sympy.expand, sympy.cancel, sympy.factor, sympy.factor_terms)
ROUNDING = 1e-6  # of a loss


def without_what_cancels(front: Front, rows: Rows, operators: Collection[int], target_loss: float) -> Front:
    """Write formulas in the shortest form that algebra gives them.

    Parameters
    ----------
    front : Front
        Candidates in the inputs of the rows.
    rows : Rows
        Rows with their directions.
    operators : collection of int
        Those that formulas may be made of, besides their own.
    target_loss : float
        Loss up to which a formula is exact.  Others fit noise, and little cancels in them but what sympy
        cancels whenever it reads a formula.

    Returns
    -------
    Front
        The front with shorter forms, which are as good.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.expressions.kernels.matching import make_rows
    >>> from skinterpret.search import Candidate, Front
    >>> from skinterpret.search.cancelling import without_what_cancels
    >>> long = Expression.parse("(x0 - 1)*x1 + (x1 + x0)")
    >>> X = np.random.default_rng(0).uniform(1, 2, (50, 2))
    >>> gradient = long.gradient(X)
    >>> directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    >>> rows = make_rows(X, directions, np.ones(50))
    >>> without_what_cancels(Front([Candidate(long, 0.0)]), rows, [1, 2, 3], 1e-9)[-1].expression
    Expression('x0*x1 + x0')
    """
    shorter = []
    for found in front:
        is_exact = found.loss <= target_loss
        most = target_loss if is_exact else found.loss * (1 + ROUNDING)
        forms = [
            _rooted(form, rows) for form in _forms(found.expression, REWRITINGS if is_exact else READING)
        ]
        allowed = {*operators, *_operators_of(found.expression)}
        for form in sorted(forms, key=lambda each: each.complexity):
            if form.complexity >= found.complexity:
                break
            loss = _loss(form, rows) if allowed.issuperset(_operators_of(form)) else np.inf
            if loss <= most:
                shorter.append(Candidate(form, loss))
                break
    return replace(front, candidates=[*front, *shorter]) if shorter else front


def _operators_of(expression: Expression) -> set[int]:
    return {token for token in expression.tokens if token > 0}


def _rooted(expression: Expression, rows: Rows) -> Expression:
    """Strip squares of what keeps its sign: they change no direction."""
    while expression.root is not None and expression.root[0] in ("square", "abs"):
        (inner,) = expression.root[1]
        values = inner(_inputs_of(rows))
        if not ((values > 0).all() or (values < 0).all()):
            break
        expression = without_offset(inner)
    return expression


def _inputs_of(rows: Rows) -> NDArray[np.float64]:
    """Rows without those that fill the last tile."""
    return np.asarray(np.moveaxis(rows.X, 1, -1).reshape(-1, rows.X.shape[1])[rows.W.ravel() > 0])


def _forms(expression: Expression, rewritings: Sequence[Rewriting]) -> Iterator[Expression]:
    rounded = expression.with_constants(
        [float(f"{value:.{DIGITS}g}") for value in expression.constant_values]
    )
    # fractions, as algebra is exact with these alone
    formula, hidden = _as_fraction(sympy.nsimplify(rounded.to_sympy(), rational=True))
    for rewrite in rewritings if max(_degrees(formula)) <= LARGEST_DEGREE else READING:
        try:
            rewritten = rewrite(formula)
            for form in (rewritten, rewritten.as_content_primitive()[1], *_scaled(rewritten)):
                for symbol, meaning in hidden:
                    form = form.xreplace({symbol: meaning})
                yield without_offset(Expression.from_sympy(form))
        except (ValueError, sympy.PolynomialError):  # what the operator table lacks, or is no polynomial
            continue


def _scaled(formula: sympy.Expr) -> Iterator[sympy.Expr]:
    """Divide sums by one of their coefficients: the whole formula, or the factors of a product."""
    factors = sympy.Mul.make_args(formula)
    for k, factor in enumerate(factors):
        base, exponent = factor.as_base_exp()
        if not (base.is_Add and exponent.is_Integer):
            continue
        terms = [term.as_coeff_Mul() for term in base.args]
        for unit in {coefficient for coefficient, _ in terms if abs(coefficient) != 1}:
            divided = sympy.Add(*[coefficient / unit * term for coefficient, term in terms])
            yield sympy.Mul(*factors[:k], divided**exponent, *factors[k + 1 :])


def _as_fraction(formula: sympy.Expr) -> tuple[sympy.Expr, list[tuple[sympy.Dummy, sympy.Expr]]]:
    """Write a quotient of polynomials, with a symbol for each function in it, the outermost first.

    To algebra `exp(0.501*x0)` is a power of degree 501 of `exp(x0/1000)`.
    """
    hidden: dict[sympy.Expr, sympy.Dummy] = {}
    fraction = formula.replace(_is_function, lambda part: hidden.setdefault(part, sympy.Dummy()))
    return fraction, [(symbol, part) for part, symbol in reversed(hidden.items())]


def _degrees(formula: sympy.Expr) -> tuple[int, int]:
    """Largest degrees that numerator and denominator may have on one line."""
    if formula.is_Pow:
        above, below = (abs(int(formula.exp)) * degree for degree in _degrees(formula.base))
        return (above, below) if formula.exp > 0 else (below, above)
    if formula.is_Symbol or not formula.args:
        return int(formula.is_Symbol), 0
    degrees = [_degrees(part) for part in formula.args]
    below = sum(degree for _, degree in degrees)
    if formula.is_Mul:
        return sum(degree for degree, _ in degrees), below
    return max(above + below - own for above, own in degrees), below


def _is_function(part: sympy.Expr) -> bool:
    return part.is_Function or (part.is_Pow and not part.exp.is_Integer)


def _loss(expression: Expression, rows: Rows) -> float:
    tokens = np.array([expression.tokens], dtype=np.int16)
    lengths = np.array([len(expression.tokens)], dtype=np.int64)
    losses = np.empty(1)
    work = make_workspace(rows.X.shape[1], tokens.shape[1])
    program_losses(tokens, np.array([expression.constants]), lengths, rows, work, losses)
    return float(losses[0])

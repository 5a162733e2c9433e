"""The value type `Expression`: an immutable postfix program over the operator table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from numpy.typing import ArrayLike, NDArray

from skinterpret.expressions import symbolic, text
from skinterpret.expressions.latex import to_latex
from skinterpret.expressions.operators import (
    CONSTANT_COMPLEXITY,
    OPERATORS,
    VARIABLE_COMPLEXITY,
    find_operators,
)

Array = NDArray[np.float64]
CONSTANT = 0


class Expression:
    """A closed-form formula.

    The program is in postfix order.  A token is an operator's number (its position in the operator
    table, from 1), 0 for a constant, or `-1 - j` for input `j`.

    Parameters
    ----------
    tokens : sequence of int
        The program.
    constants : sequence of float
        Values of the constants, each at the position of its token; 0 elsewhere.

    Raises
    ------
    ValueError
        If the program is not well formed, names an unknown operator or holds a constant that is
        not finite.

    Examples
    --------
    >>> from skinterpret.expressions import Expression
    >>> expression = Expression.parse("x0**2 + 2*sin(x1)")
    >>> expression([[3.0, 0.0]])
    array([9.])
    >>> expression.gradient([[3.0, 0.0]])
    array([[6., 2.]])
    >>> expression
    Expression('x0**2 + 2*sin(x1)')
    """

    __slots__ = ("__dict__", "_constants", "_tokens")

    _tokens: tuple[int, ...]
    _constants: tuple[float, ...]

    def __init__(self, tokens: Sequence[int], constants: Sequence[float]) -> None:
        program = tuple(int(token) for token in tokens)
        values = tuple(
            float(value) if token == CONSTANT else 0.0
            for token, value in zip(program, constants, strict=True)
        )
        _check_program(program, values)
        object.__setattr__(self, "_tokens", program)
        object.__setattr__(self, "_constants", values)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"An Expression is immutable; {name} cannot be set.")

    @classmethod
    def variable(cls, index: int) -> Expression:
        """Make the expression that is one input.

        Parameters
        ----------
        index : int
            Number of the input, from 0.

        Returns
        -------
        Expression
            The input.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.variable(2)
        Expression('x2')
        """
        return cls([-1 - index], [0.0])

    @classmethod
    def constant(cls, value: float) -> Expression:
        """Make the expression that is one constant.

        Parameters
        ----------
        value : float
            Its value.

        Returns
        -------
        Expression
            The constant.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.apply("add", Expression.variable(0), Expression.constant(0.5))
        Expression('x0 + 0.5')
        """
        return cls([CONSTANT], [value])

    @classmethod
    def apply(cls, operator: str, *operands: Expression) -> Expression:
        """Apply an operator to expressions.

        Parameters
        ----------
        operator : str
            Name or symbol of the operator.
        *operands : Expression
            As many as the operator takes.

        Returns
        -------
        Expression
            The result.

        Raises
        ------
        ValueError
            If the operator is unknown or takes another number of operands.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.apply("mul", Expression.constant(2), Expression.variable(0))
        Expression('2*x0')
        """
        (number,) = find_operators([operator])
        if len(operands) != OPERATORS[number - 1].arity:
            raise ValueError(f"{operator} takes {OPERATORS[number - 1].arity} operands, not {len(operands)}.")
        tokens = [token for operand in operands for token in operand._tokens]
        constants = [value for operand in operands for value in operand._constants]
        return cls([*tokens, number], [*constants, 0.0])

    @classmethod
    def parse(cls, formula: str, feature_names: Sequence[str] | None = None) -> Expression:
        """Read an expression from its text form.

        Parameters
        ----------
        formula : str
            A formula such as `"x0**2 + 2*sin(x1)"`; names that are no identifiers stand between
            backticks.
        feature_names : sequence of str, default=None
            Names of the inputs; `None` means `x0`, `x1`, ….

        Returns
        -------
        Expression
            The formula.

        Raises
        ------
        ValueError
            If the text is not a formula over these names; the message says where.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> formula = Expression.parse("2*sqrt(dose) - `body weight`", ["dose", "body weight"])
        >>> formula
        Expression('2*sqrt(x0) - x1')
        >>> formula([[4.0, 1.0]]).tolist()
        [3.0]
        """
        tokens, constants = text.parse(formula, feature_names)
        return cls(tokens, constants)

    @classmethod
    def from_sympy(cls, expression: sympy.Expr, feature_names: Sequence[str] | None = None) -> Expression:
        """Read an expression from sympy.

        Parameters
        ----------
        expression : sympy.Expr
            A formula over symbols with the names of the inputs.
        feature_names : sequence of str, default=None
            Names of the inputs; `None` means `x0`, `x1`, ….

        Returns
        -------
        Expression
            The formula.

        Raises
        ------
        ValueError
            If it holds something that the operator table lacks.

        Examples
        --------
        >>> import sympy
        >>> from skinterpret.expressions import Expression
        >>> dose, age = sympy.symbols("dose age")
        >>> Expression.from_sympy(sympy.exp(dose) * age, ["dose", "age"])
        Expression('x1*exp(x0)')
        """
        tokens, constants = symbolic.from_sympy(expression, feature_names)
        return cls(tokens, constants)

    @property
    def tokens(self) -> tuple[int, ...]:
        """The program.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> formula = Expression.parse("x0 + 2")
        >>> formula.tokens  # an input, a constant, and the number of the operator
        (-1, 0, ...)
        """
        return self._tokens

    @property
    def constants(self) -> tuple[float, ...]:
        """Values of the constants at the positions of their tokens, 0 elsewhere.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("x0 + 2").constants
        (0.0, 2.0, 0.0)
        """
        return self._constants

    @property
    def constant_values(self) -> tuple[float, ...]:
        """Values of the constants, in the order of the program.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("1.5*x0 + 2").constant_values
        (1.5, 2.0)
        """
        pairs = zip(self._tokens, self._constants, strict=True)
        return tuple(value for token, value in pairs if token == CONSTANT)

    @cached_property
    def complexity(self) -> int:
        """Sum of the complexities of all nodes."""
        return sum(
            OPERATORS[token - 1].complexity
            if token > 0
            else (CONSTANT_COMPLEXITY if token == CONSTANT else VARIABLE_COMPLEXITY)
            for token in self._tokens
        )

    @property
    def root(self) -> tuple[str, tuple[Expression, ...]] | None:
        """Name of the outermost operator, and what it is applied to; None for an input or a constant.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("exp(x0) - 2*x1").root
        ('sub', (Expression('exp(x0)'), Expression('2*x1')))
        """
        last = len(self._tokens) - 1
        if last not in self._operands:
            return None
        operator = OPERATORS[self._tokens[last] - 1]
        ends = sorted(set(self._operands[last]))
        starts = [0, *(end + 1 for end in ends)]
        operands = tuple(
            Expression(self._tokens[start : end + 1], self._constants[start : end + 1])
            for start, end in zip(starts, ends, strict=False)
        )
        return operator.name, operands

    @property
    def variables(self) -> tuple[int, ...]:
        """Numbers of the inputs that occur, in rising order.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("x4*x1 + x1").variables
        (1, 4)
        """
        return tuple(sorted({-1 - token for token in self._tokens if token < 0}))

    def with_constants(self, values: Sequence[float]) -> Expression:
        """Replace all constants.

        Parameters
        ----------
        values : sequence of float
            New values, in the order of `constant_values`.

        Returns
        -------
        Expression
            The same formula with other constants.

        Raises
        ------
        ValueError
            If there are more or fewer values than constants.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("1.5*x0 + 2").with_constants([3.0, 1.0])
        Expression('3*x0 + 1')
        """
        if len(values) != len(self.constant_values):
            raise ValueError(
                f"The expression has {len(self.constant_values)} constants, but {len(values)} "
                "values were given."
            )
        new = iter(values)
        constants = [next(new) if token == CONSTANT else 0.0 for token in self._tokens]
        return Expression(self._tokens, constants)

    def substitute(self, mapping: Mapping[int, Expression]) -> Expression:
        """Put expressions in the place of inputs.

        Parameters
        ----------
        mapping : mapping of int to Expression
            What stands for which input; other inputs stay.

        Returns
        -------
        Expression
            The composed formula.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("x0**2").substitute({0: Expression.parse("x1 - x2")})
        Expression('(x1 - x2)**2')
        """
        tokens: list[int] = []
        constants: list[float] = []
        for token, value in zip(self._tokens, self._constants, strict=True):
            inner = mapping.get(-1 - token) if token < 0 else None
            tokens.extend([token] if inner is None else inner._tokens)
            constants.extend([value] if inner is None else inner._constants)
        return Expression(tokens, constants)

    def __call__(self, X: ArrayLike) -> Array:
        """Evaluate the expression.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
            Values; NaN or infinite where the formula is not defined.
        """
        rows = self._rows(X)
        return np.array(np.broadcast_to(self._values(rows)[-1], len(rows)), dtype=np.float64)

    def gradient(self, X: ArrayLike) -> Array:
        """Gradient with respect to the inputs, by reverse accumulation.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            Derivatives by each input; NaN where the formula is not defined.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("x0**2 + 3*x1").gradient([[1.0, 0.0], [2.0, 5.0]]).tolist()
        [[2.0, 3.0], [4.0, 3.0]]
        """
        rows = self._rows(X)
        values = self._values(rows)
        adjoints: list[Any] = [0.0] * len(values)
        gradient = np.zeros(rows.shape)
        with np.errstate(all="ignore"):
            # NaN where the value is not finite: log(x) has no gradient at -1, although 1/x is defined
            adjoints[-1] = np.broadcast_to(1.0 + 0.0 * values[-1], len(rows))
            for k in range(len(values) - 1, -1, -1):
                token = self._tokens[k]
                if token < 0:
                    gradient[:, -1 - token] += adjoints[k]
                elif token > 0:
                    operator = OPERATORS[token - 1]
                    left, right = self._operands[k]
                    triple = values[left], values[right], values[k]
                    adjoints[left] = adjoints[k] * operator.da(*triple)
                    if operator.arity == 2:
                        adjoints[right] = adjoints[k] * operator.db(*triple)
        return gradient

    def to_text(self, feature_names: Sequence[str] | None = None) -> str:
        """Write the expression in its text form, which `parse` reads back exactly.

        Parameters
        ----------
        feature_names : sequence of str, default=None
            Names of the inputs; `None` means `x0`, `x1`, ….

        Returns
        -------
        str
            The formula.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> formula = Expression.parse("x0**2/x1")
        >>> formula.to_text(["dose", "body weight"])
        'dose**2/`body weight`'
        >>> Expression.parse(formula.to_text()) == formula
        True
        """
        return text.write(self._tokens, self._constants, feature_names)

    def to_sympy(self, feature_names: Sequence[str] | None = None) -> sympy.Expr:
        """Convert to sympy, which sorts terms and collects constants on the way.

        Parameters
        ----------
        feature_names : sequence of str, default=None
            Names of the inputs; `None` means `x0`, `x1`, ….

        Returns
        -------
        sympy.Expr
            The formula over plain symbols with these names.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> Expression.parse("x1 + x0 + x1").to_sympy(["dose", "age"])
        2*age + dose
        """
        return symbolic.to_sympy(self._tokens, self._constants, feature_names)

    def to_latex(self, feature_names: Sequence[str] | None = None) -> str:
        """Write the expression in LaTeX.

        Parameters
        ----------
        feature_names : sequence of str, default=None
            Names of the inputs; `None` means `x0`, `x1`, ….

        Returns
        -------
        str
            The formula, without dollar signs.

        Examples
        --------
        >>> from skinterpret.expressions import Expression
        >>> print(Expression.parse("x0**2 + 3*x1").to_latex())
        x_{0}^{2} + 3 x_{1}
        """
        return to_latex(self.to_sympy(feature_names))

    def _rows(self, X: ArrayLike) -> Array:
        rows = np.asarray(X, dtype=np.float64)
        needed = self.variables[-1] + 1 if self.variables else 0
        if rows.ndim != 2 or rows.shape[1] < needed:
            raise ValueError(
                f"X has shape {rows.shape}, but the expression needs two dimensions and at least "
                f"{needed} columns."
            )
        return rows

    @cached_property
    def _operands(self) -> dict[int, tuple[int, int]]:
        """Positions of the operands of each operator; a unary one has its operand twice."""
        operands: dict[int, tuple[int, int]] = {}
        stack: list[int] = []
        for k, token in enumerate(self._tokens):
            if token > 0:
                right = stack.pop()
                left = stack.pop() if OPERATORS[token - 1].arity == 2 else right
                operands[k] = (left, right)
            stack.append(k)
        return operands

    def _values(self, rows: Array) -> list[Any]:
        values: list[Any] = []
        with np.errstate(all="ignore"):
            for k, token in enumerate(self._tokens):
                if token < 0:
                    values.append(rows[:, -1 - token])
                elif token == CONSTANT:
                    values.append(np.float64(self._constants[k]))
                else:
                    left, right = self._operands[k]
                    values.append(OPERATORS[token - 1].value(values[left], values[right]))
        return values

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return self._tokens == other._tokens and self._constants == other._constants

    def __hash__(self) -> int:
        return hash((self._tokens, self._constants))

    def __reduce__(self) -> Any:
        # the text form names operators, so it outlives changes of the table's order
        return Expression.parse, (self.to_text(),)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"Expression({self.to_text()!r})"

    def _repr_latex_(self) -> str:
        return f"${self.to_latex()}$"


def _check_program(tokens: tuple[int, ...], constants: tuple[float, ...]) -> None:
    depth = 0
    for k, token in enumerate(tokens):
        if token > len(OPERATORS):
            raise ValueError(f"Token {token} at position {k} is not in the operator table.")
        if token > 0:
            operator = OPERATORS[token - 1]
            depth -= operator.arity
            if depth < 0:
                raise ValueError(f"{operator.name} at position {k} lacks an operand.")
            if operator.constant_exponent and tokens[k - 1] != CONSTANT:
                raise ValueError(f"The second operand of {operator.name} must be a constant.")
        elif token == CONSTANT and not np.isfinite(constants[k]):
            raise ValueError(f"The constant at position {k} is {constants[k]}, which is not finite.")
        depth += 1
    if depth != 1:
        raise ValueError(f"A program must leave one value, but this one leaves {depth}.")

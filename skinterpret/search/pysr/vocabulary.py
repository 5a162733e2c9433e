"""Operators as users name them to what PySR takes, with what reads them back."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from skinterpret.expressions import OPERATORS, Expression
from skinterpret.expressions.operators import VARIABLE_COMPLEXITY
from skinterpret.expressions.text import Definition
from skinterpret.search.pysr.equations import DEFINITIONS, ONLY_READ, name_in_pysr, name_in_table

JULIA_DEFINITION = re.compile(r"\s*([^\W\d]\w*)\s*\(([^)]*)\)")
JULIA_BLOCK = re.compile(r"\s*function\b")

Operators = Sequence[str] | Mapping[int, Sequence[str]]
SympyMappings = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Vocabulary:
    """What formulas may be made of.

    Parameters
    ----------
    julia : dict of int to list of str
        Operators as PySR takes them, by their number of operands.
    complexities : dict of str to int
        What a use of each adds to the complexity of a formula, by its name in Julia.
    definitions : dict of str to Definition
        Functions of the user's, for reading equations.
    """

    julia: dict[int, list[str]]
    complexities: dict[str, int]
    definitions: dict[str, Definition]


def make_vocabulary(operators: Operators, mappings: SympyMappings | None) -> Vocabulary:
    """Find out what each operator is.

    Parameters
    ----------
    operators : sequence of str, or mapping of int to sequence of str
        Operators of the table, of PySR's, or definitions in Julia; or lists of them by their number
        of operands.
    mappings : mapping of str to callable, or None
        sympy's form of each function that is defined in Julia.

    Returns
    -------
    Vocabulary
        What PySR takes and what reads its equations.

    Raises
    ------
    ValueError
        If an operator is unknown, cannot be expressed in the operator table, or takes another number
        of operands than said.

    Examples
    --------
    >>> from skinterpret.search.pysr.vocabulary import make_vocabulary
    >>> make_vocabulary(["+", "mul", "sin"], None).julia
    {2: ['+', '*'], 1: ['sin']}
    """
    vocabulary = Vocabulary({}, {}, {})
    by_arity = operators if isinstance(operators, Mapping) else {None: operators}
    for arity, names in by_arity.items():
        for name in names:
            _add(vocabulary, name, arity, mappings or {})
    if not vocabulary.julia:
        raise ValueError(f"No operators; choose operators from: {_known()}.")
    return vocabulary


def _add(vocabulary: Vocabulary, given: str, said: int | None, mappings: SympyMappings) -> None:
    if not isinstance(given, str):
        raise ValueError(f"operators holds {given!r}; each operator must be a str.")
    julia, name, arity, complexity = _describe(given, said, mappings, vocabulary.definitions)
    if said is not None and said != arity:
        raise ValueError(f"The operator {given!r} takes {arity} operands, not {said}.")
    row = vocabulary.julia.setdefault(arity, [])
    if julia not in row:
        row.append(julia)
    vocabulary.complexities[name] = complexity


def _describe(
    given: str, said: int | None, mappings: SympyMappings, definitions: dict[str, Definition]
) -> tuple[str, str, int, int]:
    """Text for PySR, name in Julia, number of operands, complexity."""
    if JULIA_BLOCK.match(given):
        raise ValueError(
            f"The operator {given!r} is a function block, of which PySR 1.5 does not find the name; "
            "write it in one line, as in 'quart(x) = x^4'."
        )
    found = JULIA_DEFINITION.match(given)
    name = found[1] if found else given
    in_table = "neg" if (given, said) == ("-", 1) else name_in_table(name)
    if name in mappings:
        arity = _count(found[2]) if found else _operands_of(name, mappings[name])
        definitions[name] = _from_sympy(name, mappings[name], arity)
        # PySR takes all that stands before the parenthesis for the name
        text = JULIA_DEFINITION.sub(f"{name}({found[2]})", given, count=1) if found else given
        return text, name, arity, _complexity(definitions[name])
    if found:
        raise ValueError(
            f"The operator {given!r} is defined in Julia; give its sympy form as well, as in "
            f"extra_sympy_mappings={{{name!r}: lambda x: ...}}."
        )
    if in_table is not None:
        operator = next(row for row in OPERATORS if row.name == in_table)
        julia = name_in_pysr(in_table)
        return julia, julia, operator.arity, operator.complexity
    if name in ONLY_READ:
        raise ValueError(
            f"The operator {given!r} exists in PySR's tables but not in Julia; choose "
            f"{name.removesuffix('_abs')!r}, which is undefined where the other takes absolute values."
        )
    if name in DEFINITIONS:
        return name, name, DEFINITIONS[name].arity, _complexity(DEFINITIONS[name])
    raise ValueError(
        f"Unknown operator {given!r}; choose operators from: {_known()}, or give one that is defined "
        "in Julia, such as 'cub(x) = x^3', with its sympy form in extra_sympy_mappings."
    )


def _from_sympy(name: str, mapping: Callable[..., Any], arity: int) -> Definition:
    symbols = sympy.symbols([f"x{k}" for k in range(arity)])
    formula = sympy.sympify(mapping(*symbols))
    try:
        expression = _read_sympy(formula)
    except ValueError as error:
        raise ValueError(
            f"extra_sympy_mappings[{name!r}] gives {formula}, which cannot be written in the operator "
            f"table: {error}"
        ) from None
    return Definition(arity, (list(expression.tokens), list(expression.constants)))


def _read_sympy(formula: sympy.Expr) -> Expression:
    try:
        return Expression.from_sympy(formula)
    except ValueError:
        # tan, sinh and powers of any exponent are exponentials, too
        return Expression.from_sympy(formula.rewrite(sympy.exp))


def _count(parameters: str) -> int:
    return len([parameter for parameter in parameters.split(",") if parameter.strip()])


def _operands_of(name: str, mapping: Callable[..., Any]) -> int:
    try:
        return len(inspect.signature(mapping).parameters)
    except (TypeError, ValueError):
        raise ValueError(
            f"How many operands {name!r} takes cannot be told; write its sympy form as a lambda in "
            "extra_sympy_mappings."
        ) from None


def _complexity(definition: Definition) -> int:
    """Complexity of the formula without its operands."""
    operands = sum(token < 0 for token in definition.program[0])
    return Expression(*definition.program).complexity - operands * VARIABLE_COMPLEXITY


def _known() -> str:
    names = [row.symbol or row.name for row in OPERATORS]
    others = [name for name in DEFINITIONS if name_in_table(name) is None and name not in ONLY_READ]
    return ", ".join([*names, *others])

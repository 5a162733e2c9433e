"""The text form of expressions: a printer, and a parser of a grammar of our own.

```text
sum     = product (("+" | "-") product)*
product = signed (("*" | "/") signed)*
signed  = "-" signed | power
power   = atom (("**" | "^") ["-"] atom)?
atom    = NUMBER | NAME | FUNCTION "(" sum ("," sum)? ")" | "(" sum ")"
```

What the printer writes the parser reads back to the same program, node by node.  An exponent must be
free of inputs.  Callers may define further functions for the parser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from skinterpret.expressions.operators import OPERATORS

LONGEST_TEXT = 100_000
DEEPEST_NESTING = 60

NUMBER_OF = {operator.name: number for number, operator in enumerate(OPERATORS, start=1)}
SUM, PRODUCT, SIGN, POWER, ATOM = range(5)
INFIX = {"add": SUM, "sub": SUM, "mul": PRODUCT, "div": PRODUCT}
SHORT_POWERS = {"square": 2.0, "cube": 3.0}

LEXEME = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|`(?P<quoted>(?:[^`]|``)+)`"
    r"|(?P<symbol>\*\*|[-+*/^(),]))"
)

Program = tuple[list[int], list[float]]


class Definition(NamedTuple):
    """A function beyond the operator table: a program over its operands, which stand as inputs 0, 1, …."""

    arity: int
    program: Program


def quoted(name: str) -> str:
    """Write a name as it stands in a formula: between backticks where it is no word, or that of an operator.

    Parameters
    ----------
    name : str
        Name of an input.

    Returns
    -------
    str
        The name itself, or between backticks, with a backtick in it doubled.
    """
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name not in NUMBER_OF
    return name if plain else "`" + name.replace("`", "``") + "`"


def write(tokens: Sequence[int], constants: Sequence[float], feature_names: Sequence[str] | None) -> str:
    """Write a program as a formula.

    Parameters
    ----------
    tokens : sequence of int
        The program.
    constants : sequence of float
        Values of its constants, by position.
    feature_names : sequence of str or None
        Names of the inputs; `None` means `x0`, `x1`, ….

    Returns
    -------
    str
        The formula, with no more parentheses than it needs.
    """
    stack: list[tuple[str, int]] = []  # each formula with how tightly it binds
    for k, token in enumerate(tokens):
        if token < 0:
            stack.append((_name(-1 - token, feature_names), ATOM))
        elif token == 0:
            stack.append(
                (
                    _number(constants[k]),
                    SIGN if constants[k] < 0 or _is_minus_zero(constants[k]) else ATOM,
                )
            )
        else:
            arity = OPERATORS[token - 1].arity
            operands = stack[len(stack) - arity :]
            del stack[len(stack) - arity :]
            stack.append(_write_operator(OPERATORS[token - 1].name, operands, tokens, k))
    return stack[0][0]


def parse(
    formula: str,
    feature_names: Sequence[str] | None,
    definitions: Mapping[str, Definition] | None = None,
) -> Program:
    """Read a formula into a program.

    Parameters
    ----------
    formula : str
        The formula.
    feature_names : sequence of str or None
        Names of the inputs; `None` means `x0`, `x1`, ….
    definitions : mapping of str to Definition, default=None
        Further functions; one named `"pow"` also stands for powers whose exponent holds inputs.

    Returns
    -------
    tokens : list of int
        The program.
    constants : list of float
        Values of its constants, by position.

    Raises
    ------
    ValueError
        If the text is not a formula over these names; the message says where.
    """
    return _Parser(formula, feature_names, definitions or {}).read()


def _write_operator(
    name: str, operands: list[tuple[str, int]], tokens: Sequence[int], k: int
) -> tuple[str, int]:
    if name in INFIX:
        level = INFIX[name]
        left = _enclose(operands[0], level)
        # a - (b - c) and a - (b + c) keep their parentheses: operators group to the left
        right = _enclose(operands[1], level + 1)
        symbol = OPERATORS[NUMBER_OF[name] - 1].symbol
        space = " " if level == SUM else ""
        return f"{left}{space}{symbol}{space}{right}", level
    if name in SHORT_POWERS:
        return f"{_enclose(operands[0], ATOM)}**{_number(SHORT_POWERS[name])}", POWER
    if name == "neg":
        inner, level = operands[0]
        # -2 is a constant, -(2) is the negative of one
        enclosed = f"({inner})" if tokens[k - 1] == 0 else _enclose((inner, level), SIGN)
        return f"-{enclosed}", SIGN
    if name == "pow" and float(operands[1][0]) not in SHORT_POWERS.values():
        return f"{_enclose(operands[0], ATOM)}**{operands[1][0]}", POWER
    return f"{name}({', '.join(formula for formula, _ in operands)})", ATOM


def _enclose(operand: tuple[str, int], level: int) -> str:
    formula, binding = operand
    return formula if binding >= level else f"({formula})"


def _number(value: float) -> str:
    short = repr(value)
    return short[:-2] if short.endswith(".0") else short


def _is_minus_zero(value: float) -> bool:
    return value == 0 and repr(value).startswith("-")


def _name(index: int, feature_names: Sequence[str] | None) -> str:
    if feature_names is None:
        return f"x{index}"
    return quoted(str(feature_names[index]))


class _Parser:
    """Recursive descent over the lexemes of one formula, one method a rule of the grammar."""

    def __init__(
        self, formula: str, feature_names: Sequence[str] | None, definitions: Mapping[str, Definition]
    ) -> None:
        if len(formula) > LONGEST_TEXT:
            raise ValueError(f"The formula is longer than {LONGEST_TEXT:,} characters.")
        self._formula = formula
        self._names = None if feature_names is None else [str(name) for name in feature_names]
        self._definitions = definitions
        self._lexemes = list(self._cut())
        self._next = 0
        self._depth = 0

    def read(self) -> Program:
        program = self._sum()
        if self._kind() != "end":
            raise self._error("an operator or the end")
        return program

    def _cut(self) -> list[tuple[str, str, int]]:
        lexemes: list[tuple[str, str, int]] = []
        position = 0
        end = len(self._formula.rstrip())
        while position < end:
            match = LEXEME.match(self._formula, position)
            if match is None:
                position += len(self._formula[position:]) - len(self._formula[position:].lstrip())
                raise ValueError(
                    f"The formula {self._formula[:80]!r} has a character at position {position} that "
                    f"is no part of a formula: {self._formula[position]!r}."
                )
            kind = str(match.lastgroup)
            lexemes.append((kind, match[kind], match.start(kind)))
            position = match.end()
        return [*lexemes, ("end", "", end)]

    def _kind(self) -> str:
        return self._lexemes[self._next][0]

    def _text(self) -> str:
        kind, lexeme, _ = self._lexemes[self._next]
        return lexeme if kind in ("symbol", "name", "number") else ""

    def _take(self, *symbols: str) -> str:
        """Read one of these symbols if it comes next."""
        if self._kind() == "symbol" and self._text() in symbols:
            self._next += 1
            return self._lexemes[self._next - 1][1]
        return ""

    def _expect(self, symbol: str) -> None:
        if not self._take(symbol):
            raise self._error(repr(symbol))

    def _error(self, expected: str) -> ValueError:
        _, lexeme, position = self._lexemes[self._next]
        found = repr(lexeme) if lexeme else "the end"
        return ValueError(
            f"The formula {self._formula[:80]!r} has {found} at position {position} where "
            f"{expected} should stand."
        )

    def _sum(self) -> Program:
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise ValueError(f"The formula is nested deeper than {DEEPEST_NESTING} levels.")
        program = self._product()
        while symbol := self._take("+", "-"):
            program = _join("add" if symbol == "+" else "sub", program, self._product())
        self._depth -= 1
        return program

    def _product(self) -> Program:
        program = self._signed()
        while symbol := self._take("*", "/"):
            program = _join("mul" if symbol == "*" else "div", program, self._signed())
        return program

    def _signed(self) -> Program:
        minuses = 0
        while self._take("-"):
            minuses += 1
        literal = self._kind() == "number"
        program = self._power()
        if minuses and literal and program[0] == [0]:
            program = [0], [-program[1][0]]
            minuses -= 1
        for _ in range(minuses):
            program = _join("neg", program)
        return program

    def _power(self) -> Program:
        base = self._atom()
        if not self._take("**", "^"):
            return base
        negative = bool(self._take("-"))
        exponent = self._atom()
        if negative:
            exponent = _join("neg", exponent)
        return self._raise_to(base, exponent)

    def _raise_to(self, base: Program, exponent: Program) -> Program:
        if any(token < 0 for token in exponent[0]):
            if "pow" not in self._definitions:
                raise self._error("a power with a constant exponent")
            return _insert(self._definitions["pow"], [base, exponent])
        value = _compute(exponent)
        for name, power in SHORT_POWERS.items():
            if value == power:
                return _join(name, base)
        return _join("pow", base, ([0], [value]))

    def _atom(self) -> Program:
        kind, lexeme, _ = self._lexemes[self._next]
        if self._take("("):
            program = self._sum()
            self._expect(")")
            return program
        if kind == "number":
            self._next += 1
            return [0], [float(lexeme)]
        if kind == "name" and self._is_function():
            return self._call()
        if kind in ("name", "quoted"):
            return [-1 - self._input(lexeme.replace("``", "`") if kind == "quoted" else lexeme)], [0.0]
        raise self._error("a number, a name or '('")

    def _is_function(self) -> bool:
        following = self._lexemes[self._next + 1]
        known = self._text() in NUMBER_OF or self._text() in self._definitions
        return known and following[:2] == ("symbol", "(")

    def _call(self) -> Program:
        name = self._text()
        self._next += 1
        self._expect("(")
        operands = [self._sum()]
        while self._take(","):
            operands.append(self._sum())
        self._expect(")")
        defined = self._definitions.get(name)
        arity = OPERATORS[NUMBER_OF[name] - 1].arity if defined is None else defined.arity
        if len(operands) != arity:
            raise ValueError(f"{name} takes {arity} operands, not {len(operands)}.")
        if name == "pow":
            return self._raise_to(*operands) if defined else _power_by_name(*operands)
        return _join(name, *operands) if defined is None else _insert(defined, operands)

    def _input(self, name: str) -> int:
        position = self._lexemes[self._next][2]
        self._next += 1
        if self._names is None and re.fullmatch(r"x\d{1,6}", name):
            return int(name[1:])
        if self._names is not None and name in self._names:
            return self._names.index(name)
        known = "x0, x1, …" if self._names is None else ", ".join(self._names[:20])
        raise ValueError(
            f"The formula {self._formula[:80]!r} has an unknown name {name!r} at position "
            f"{position}; known are: {known}."
        )


def _power_by_name(base: Program, exponent: Program) -> Program:
    if exponent[0] != [0]:
        raise ValueError("The second operand of pow must be a constant.")
    return _join("pow", base, exponent)


def _compute(program: Program) -> float:
    """Value of a program without inputs."""
    stack: list[np.float64] = []
    with np.errstate(all="ignore"):
        for token, constant in zip(*program, strict=True):
            if token == 0:
                stack.append(np.float64(constant))
                continue
            right = stack.pop()
            left = stack.pop() if OPERATORS[token - 1].arity == 2 else right
            stack.append(np.float64(OPERATORS[token - 1].value(left, right)))
    return float(stack[0])


def _insert(definition: Definition, operands: Sequence[Program]) -> Program:
    """Put operands in the place of the inputs of a defined function."""
    tokens: list[int] = []
    constants: list[float] = []
    for token, constant in zip(*definition.program, strict=True):
        inner = operands[-1 - token] if token < 0 else ([token], [constant])
        tokens += inner[0]
        constants += inner[1]
    return tokens, constants


def _join(name: str, *operands: Program) -> Program:
    tokens = [token for operand in operands for token in operand[0]]
    constants = [value for operand in operands for value in operand[1]]
    return [*tokens, NUMBER_OF[name]], [*constants, 0.0]

"""The text form of expressions: a printer, and a parser of a grammar of our own.

```text
sum     = product (("+" | "-") product)*
product = signed (("*" | "/") signed)*
signed  = "-" signed | power
power   = atom (("**" | "^") signed)?                  the exponent must come out as a constant
atom    = NUMBER | NAME | FUNCTION "(" sum ("," sum)* ")" | "(" sum ")"
```

What the printer writes the parser reads back to the same program, node by node.  Names that are no
identifiers stand between backticks, as in `pandas.DataFrame.query`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from skinterpret.expressions.operators import OPERATORS

Program = tuple[list[int], list[float]]

CONSTANT = 0
NUMBER_OF = {operator.name: number for number, operator in enumerate(OPERATORS, start=1)}
LONGEST_TEXT = 100_000
DEEPEST_NESTING = 1_000  # operators and parentheses that wait for their operands at once

# how tightly a formula binds, from an opening parenthesis, which nothing crosses, to an atom
OPENING, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)
INFIX = {"add": ("+", SUM), "sub": ("-", SUM), "mul": ("*", PRODUCT), "div": ("/", PRODUCT)}
INFIX_NAMES = {symbol: name for name, (symbol, _) in INFIX.items()}
POWER_SYMBOLS = ("**", "^")
SHORT_POWERS = {"square": 2.0, "cube": 3.0}
SHORT_POWER_NAMES = {exponent: name for name, exponent in SHORT_POWERS.items()}

IDENTIFIER = r"[^\W\d]\w*"
LEXEME = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<name>{IDENTIFIER})"
    r"|`(?P<quoted>(?:[^`]|``)*)`"
    r"|(?P<symbol>\*\*|[-+*/^(),])"
    r"|(?P<unknown>.)",
    re.DOTALL,
)


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

    Raises
    ------
    ValueError
        If there are fewer names than inputs.
    """
    stack: list[tuple[str, int]] = []  # each formula with how tightly it binds
    for k, token in enumerate(tokens):
        if token < 0:
            stack.append((_quote(input_name(-1 - token, feature_names)), ATOM))
        elif token == CONSTANT:
            number = _number(constants[k])
            stack.append((number, SIGN if number.startswith("-") else ATOM))
        else:
            operator = OPERATORS[token - 1]
            operands = stack[-operator.arity :]
            del stack[-operator.arity :]
            ends_in_constant = tokens[k - 1] == CONSTANT
            stack.append(_write_operator(operator.name, operands, ends_in_constant))
    return stack[0][0]


def parse(formula: str, feature_names: Sequence[str] | None) -> Program:
    """Read a formula into a program.

    Parameters
    ----------
    formula : str
        The formula.
    feature_names : sequence of str or None
        Names of the inputs; `None` means `x0`, `x1`, ….

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
    return _Parser(formula, feature_names).read()


def input_name(index: int, feature_names: Sequence[str] | None) -> str:
    """Find the name of an input; `None` means `x0`, `x1`, …."""
    if feature_names is None:
        return f"x{index}"
    if index >= len(feature_names):
        raise ValueError(
            f"The expression uses input {index}, but feature_names has {len(feature_names)} names."
        )
    return str(feature_names[index])


def input_index(name: str, feature_names: Sequence[str] | None) -> int:
    """Find the input that has a name; `None` means `x0`, `x1`, …."""
    if feature_names is None:
        if re.fullmatch(r"x[0-9]{1,18}", name):
            return int(name[1:])
        raise ValueError(f"Unknown name {name!r}; known are: x0, x1, ….")
    known = [str(known) for known in feature_names]
    if known.count(name) == 1:
        return known.index(name)
    if name in known:
        raise ValueError(f"The name {name!r} is ambiguous; give each input a name of its own.")
    raise ValueError(f"Unknown name {name!r}; known are: {', '.join(known)}.")


def _write_operator(name: str, operands: list[tuple[str, int]], ends_in_constant: bool) -> tuple[str, int]:
    if name in INFIX:
        symbol, level = INFIX[name]
        # operators group to the left, so a right operand of the same level is enclosed
        left, right = _enclose(operands[0], level), _enclose(operands[1], level + 1)
        return f"{left} {symbol} {right}" if level == SUM else f"{left}{symbol}{right}", level
    if name == "neg":
        # -2 is a constant, -(2) is the negative of one
        operand = _enclose(operands[0], ATOM + 1 if ends_in_constant and _is_number(operands[0][0]) else SIGN)
        return f"-{operand}", SIGN
    if name in SHORT_POWERS:
        return f"{_enclose(operands[0], ATOM)}**{_number(SHORT_POWERS[name])}", POWER
    if name == "pow" and float(operands[1][0]) not in SHORT_POWER_NAMES:
        return f"{_enclose(operands[0], ATOM)}**{operands[1][0]}", POWER
    return f"{name}({', '.join(formula for formula, _ in operands)})", ATOM

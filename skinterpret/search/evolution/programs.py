"""Surgery on postfix programs: find, cut, splice and grow subtrees.

A program is a row of `tokens` and a row of `constants`, of which the first `length` entries count.
A token is an operator's number (from 1), `CONSTANT` (0), or `-1 - j` for input `j`; the value of a
constant stands at its own position.  A subtree is a run of neighbours that ends at its root.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from skinterpret.expressions.compilation import allocating_kernel, kernel
from skinterpret.expressions.kernels.gradients import ARITY, CONSTANT
from skinterpret.expressions.operators import CONSTANT_COMPLEXITY, OPERATORS
from skinterpret.search.evolution.generator import (
    random_choice,
    random_integer,
    random_normal,
    random_uniform,
)

OPERATOR_COMPLEXITY = np.array([0] + [operator.complexity for operator in OPERATORS])
TAKES_CONSTANT = np.array([False] + [operator.constant_exponent for operator in OPERATORS])
CONSTANT_SHARE = 0.25  # of the leaves of a random program


class Grammar(NamedTuple):
    """What programs may be made of.

    `unary` and `binary` hold the numbers of the allowed operators, and `unary_weights` and
    `binary_weights` the cumulative weights with which they are drawn; `leaf_weights` those of inputs
    and parts; `leaf_complexities` what each counts.
    """

    unary: Any
    unary_weights: Any
    binary: Any
    binary_weights: Any
    leaf_weights: Any
    leaf_complexities: Any
    max_complexity: Any
    max_nodes: Any


class Program(NamedTuple):
    """Room for one program while it is built; `length[0]` entries count."""

    tokens: Any
    constants: Any
    length: Any


def make_program(max_nodes: int) -> Program:
    """Allocate room for a program of up to twice `max_nodes`, as splicing may need for a moment."""
    room = 2 * max_nodes + 8
    return Program(np.zeros(room, dtype=np.int16), np.zeros(room), np.zeros(1, dtype=np.int64))


@kernel
def subtree_start(tokens: Any, end: Any) -> Any:
    """First position of the subtree that ends at `end`."""
    needed = 1
    k = end
    while True:
        token = tokens[k]
        needed += (ARITY[token] if token > 0 else 0) - 1
        if needed == 0:
            return k
        k -= 1


@kernel
def complexity_of(tokens: Any, length: Any, grammar: Grammar) -> Any:
    """Sum of the complexities of all nodes."""
    total = 0
    for k in range(length):
        token = tokens[k]
        if token > 0:
            total += OPERATOR_COMPLEXITY[token]
        else:
            total += CONSTANT_COMPLEXITY if token == CONSTANT else grammar.leaf_complexities[-1 - token]
    return total


@kernel
def append(program: Program, token: Any, constant: Any) -> None:
    """Put one node behind the last."""
    k = program.length[0]
    program.tokens[k] = token
    program.constants[k] = constant
    program.length[0] = k + 1


@kernel
def append_subtree(program: Program, tokens: Any, constants: Any, start: Any, end: Any) -> None:
    """Put the nodes `start … end` of another program behind the last; no more than fit."""
    for k in range(start, end + 1):
        if program.length[0] < program.tokens.size:
            append(program, tokens[k], constants[k])


@kernel
def splice(
    target: Program, tokens: Any, constants: Any, length: Any, start: Any, end: Any, graft: Program
) -> None:
    """Put a program into `target` in which `graft` stands for the subtree `start … end`."""
    target.length[0] = 0
    append_subtree(target, tokens, constants, 0, start - 1)
    append_subtree(target, graft.tokens, graft.constants, 0, graft.length[0] - 1)
    append_subtree(target, tokens, constants, end + 1, length - 1)


@kernel
def append_leaf(program: Program, grammar: Grammar, state: Any) -> None:
    """Append an input or a random constant."""
    if random_uniform(state) < CONSTANT_SHARE:
        append_constant(program, state)
    else:
        append(program, -1 - random_choice(state, grammar.leaf_weights), 0.0)


@kernel
def append_constant(program: Program, state: Any) -> None:
    """Append a random constant."""
    append(program, CONSTANT, 2.0 * random_normal(state))


@allocating_kernel
def append_random_subtree(program: Program, grammar: Grammar, n_nodes: Any, state: Any) -> None:
    """Append a random subtree of about `n_nodes` nodes.

    The stack holds how many nodes each subtree that is still to be written may have; a negative
    entry is an operator whose operands have been written.
    """
    stack = np.empty(4 * n_nodes + 8, dtype=np.int64)
    stack[0] = max(n_nodes, 1)
    depth = 1
    n_unary, n_binary = grammar.unary.size, grammar.binary.size
    while depth > 0:
        depth -= 1
        size = stack[depth]
        if size < 0:
            append(program, -size, 0.0)
        elif size == 1 or (size == 2 and n_unary == 0) or n_unary + n_binary == 0:
            append_leaf(program, grammar, state)
        elif size == 2 or n_binary == 0 or random_uniform(state) * (n_unary + 2 * n_binary) < n_unary:
            stack[depth] = -grammar.unary[random_choice(state, grammar.unary_weights)]
            stack[depth + 1] = size - 1
            depth += 2
        else:
            operator = grammar.binary[random_choice(state, grammar.binary_weights)]
            first = 1 + random_integer(state, size - 2)
            stack[depth] = -operator
            depth += 1
            if TAKES_CONSTANT[operator]:
                # the exponent is written after the base: operator below, exponent, base on top
                stack[depth] = 0
                stack[depth + 1] = size - 2
            else:
                stack[depth] = size - 1 - first
                stack[depth + 1] = first
            depth += 2
        if depth > 0 and stack[depth - 1] == 0:
            depth -= 1
            append_constant(program, state)


@kernel
def is_well_formed(tokens: Any, length: Any) -> Any:
    """Whether each operator that takes a constant second operand has one."""
    for k in range(length):
        token = tokens[k]
        if token > 0 and TAKES_CONSTANT[token] and tokens[k - 1] != CONSTANT:
            return False
    return True

"""The ways in which a program turns into another: one function each, all with the same signature.

Each reads `parent` and writes the child into `child`; `graft` is room for the piece that is put in.
"""

from __future__ import annotations

import math
from typing import Any

from skinterpret.expressions.compilation import kernel
from skinterpret.expressions.kernels.gradients import ARITY, CONSTANT
from skinterpret.expressions.operators import find_operators
from skinterpret.search.evolution.generator import (
    random_choice,
    random_integer,
    random_normal,
    random_uniform,
)
from skinterpret.search.evolution.programs import (
    TAKES_CONSTANT,
    Grammar,
    Program,
    append,
    append_constant,
    append_leaf,
    append_random_subtree,
    append_subtree,
    splice,
    subtree_start,
)

(MULTIPLY,) = find_operators(["mul"])


@kernel
def perturb_constant(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Multiply a constant by a random factor, now and then with a change of sign."""
    _copy(parent, child)
    k = _find(parent, CONSTANT, state)
    if k < 0:
        return
    factor = math.exp(random_normal(state) * (1.0 if random_uniform(state) < 0.3 else 0.1))
    child.constants[k] *= -factor if random_uniform(state) < 0.05 else factor


@kernel
def scale_subtree(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Put a constant factor before a subtree; worth little before it is fitted."""
    end = random_integer(state, parent.length[0])
    start = subtree_start(parent.tokens, end)
    graft.length[0] = 0
    append_subtree(graft, parent.tokens, parent.constants, start, end)
    append(graft, CONSTANT, math.exp(0.3 * random_normal(state)))
    append(graft, MULTIPLY, 0.0)
    _put(parent, child, graft, start, end)


@kernel
def change_operator(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Replace an operator by another of the same arity."""
    _copy(parent, child)
    k = random_integer(state, parent.length[0])
    token = parent.tokens[k]
    if token <= 0:
        return
    if ARITY[token] == 1:
        child.tokens[k] = grammar.unary[random_choice(state, grammar.unary_weights)]
    else:
        child.tokens[k] = grammar.binary[random_choice(state, grammar.binary_weights)]


@kernel
def change_leaf(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Replace a leaf by another."""
    k = random_integer(state, parent.length[0])
    while parent.tokens[k] > 0:
        k = (k + 1) % parent.length[0]
    graft.length[0] = 0
    append_leaf(graft, grammar, state)
    _put(parent, child, graft, k, k)


@kernel
def insert_operator(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Put an operator on top of a subtree; a binary one gets a small random second operand."""
    end = random_integer(state, parent.length[0])
    if random_uniform(state) < 0.25:
        end = parent.length[0] - 1
    start = subtree_start(parent.tokens, end)
    graft.length[0] = 0
    n_unary, n_binary = grammar.unary.size, grammar.binary.size
    if random_uniform(state) * (n_unary + 2 * n_binary) < n_unary:
        append_subtree(graft, parent.tokens, parent.constants, start, end)
        append(graft, grammar.unary[random_choice(state, grammar.unary_weights)], 0.0)
    elif n_binary > 0:
        operator = grammar.binary[random_choice(state, grammar.binary_weights)]
        size = 1 + random_integer(state, 3)
        if TAKES_CONSTANT[operator]:
            append_subtree(graft, parent.tokens, parent.constants, start, end)
            append_constant(graft, state)
        elif random_uniform(state) < 0.5:
            append_subtree(graft, parent.tokens, parent.constants, start, end)
            append_random_subtree(graft, grammar, size, state)
        else:
            append_random_subtree(graft, grammar, size, state)
            append_subtree(graft, parent.tokens, parent.constants, start, end)
        append(graft, operator, 0.0)
    _put(parent, child, graft, start, end)


@kernel
def delete_operator(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Replace an operator by one of its operands."""
    end = random_integer(state, parent.length[0])
    token = parent.tokens[end]
    graft.length[0] = 0
    if token <= 0:
        _copy(parent, child)
        return
    start = subtree_start(parent.tokens, end)
    middle = subtree_start(parent.tokens, end - 1)
    if ARITY[token] == 2 and random_uniform(state) < 0.5:
        append_subtree(graft, parent.tokens, parent.constants, start, middle - 1)
    else:
        append_subtree(graft, parent.tokens, parent.constants, middle, end - 1)
    _put(parent, child, graft, start, end)


@kernel
def replace_subtree(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Replace a subtree by a small random one."""
    end = random_integer(state, parent.length[0])
    graft.length[0] = 0
    append_random_subtree(graft, grammar, 1 + random_integer(state, 5), state)
    _put(parent, child, graft, subtree_start(parent.tokens, end), end)


@kernel
def swap_operands(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Exchange the operands of a binary operator."""
    end = random_integer(state, parent.length[0])
    token = parent.tokens[end]
    if token <= 0 or ARITY[token] == 1:
        _copy(parent, child)
        return
    start = subtree_start(parent.tokens, end)
    middle = subtree_start(parent.tokens, end - 1)
    graft.length[0] = 0
    append_subtree(graft, parent.tokens, parent.constants, middle, end - 1)
    append_subtree(graft, parent.tokens, parent.constants, start, middle - 1)
    append(graft, token, 0.0)
    _put(parent, child, graft, start, end)


@kernel
def mirror_subtree(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Put beside a subtree its like in other inputs, as in `x1**2 + x2**2`.

    Formulas of science treat like inputs alike; the mirrored part would otherwise have to be built
    node by node through formulas that are no better.
    """
    end = random_integer(state, parent.length[0])
    start = subtree_start(parent.tokens, end)
    graft.length[0] = 0
    append_subtree(graft, parent.tokens, parent.constants, start, end)
    begin = graft.length[0]
    append_subtree(graft, parent.tokens, parent.constants, start, end)
    for k in range(begin, graft.length[0]):
        if graft.tokens[k] < 0 and random_uniform(state) < 0.8:
            kept = graft.length[0]
            graft.length[0] = k
            append_leaf(graft, grammar, state)
            graft.length[0] = kept
    if grammar.binary.size > 0:
        operator = grammar.binary[random_integer(state, grammar.binary.size)]
        append(graft, operator, 0.0)
    else:
        graft.length[0] = begin
    _put(parent, child, graft, start, end)


@kernel
def promote_subtree(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Let a subtree stand for the whole."""
    end = random_integer(state, parent.length[0])
    child.length[0] = 0
    start = subtree_start(parent.tokens, end)
    append_subtree(child, parent.tokens, parent.constants, start, end)


@kernel
def start_anew(parent: Program, child: Program, graft: Program, grammar: Grammar, state: Any) -> None:
    """Forget the parent and write a random program."""
    child.length[0] = 0
    append_random_subtree(child, grammar, 2 + random_integer(state, 7), state)


@kernel
def cross(parent: Program, donor: Program, child: Program, graft: Program, state: Any) -> None:
    """Replace a subtree by one of another program."""
    end = random_integer(state, donor.length[0])
    start = subtree_start(donor.tokens, end)
    graft.length[0] = 0
    append_subtree(graft, donor.tokens, donor.constants, start, end)
    end = random_integer(state, parent.length[0])
    _put(parent, child, graft, subtree_start(parent.tokens, end), end)


@kernel
def _put(parent: Program, child: Program, graft: Program, start: Any, end: Any) -> None:
    splice(child, parent.tokens, parent.constants, parent.length[0], start, end, graft)


@kernel
def _copy(parent: Program, child: Program) -> None:
    child.length[0] = 0
    append_subtree(child, parent.tokens, parent.constants, 0, parent.length[0] - 1)


@kernel
def _find(program: Program, token: Any, state: Any) -> Any:
    """Find a random position of that token; -1 where there is none."""
    length = program.length[0]
    k = random_integer(state, length)
    for _ in range(length):
        if program.tokens[k] == token:
            return k
        k = (k + 1) % length
    return -1

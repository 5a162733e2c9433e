"""Simplification during the search, and the hash that recognises equal programs.

Only rules that hold for every input and cost next to nothing: constant folding, neutral elements,
merging of neighbouring constants, and stripping of what changes the values but not the concept
(arXiv:2401.04978, section 3: a monotone function or an affine wrapper at the root).  On labels only
an affine wrapper is stripped: there the slope and the threshold of a program's own make up for it,
whereas a monotone function, which decides the same, still changes the loss.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skinterpret.expressions.compilation import inlined_kernel, kernel
from skinterpret.expressions.kernels.dispatch import set_value
from skinterpret.expressions.kernels.gradients import ARITY, CONSTANT, Rows
from skinterpret.expressions.kernels.judging import AnyRows, by_rows
from skinterpret.expressions.kernels.labels import LabelledRows
from skinterpret.expressions.kernels.matching import keeps_sign
from skinterpret.expressions.operators import OPERATORS
from skinterpret.search.evolution.generator import mix_bits
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.programs import Program, append, subtree_start

NUMBER = {operator.name: number for number, operator in enumerate(OPERATORS, start=1)}
ADD, SUB, MUL, DIV = (NUMBER[name] for name in ("add", "sub", "mul", "div"))
NEG, SQUARE, ABS = (NUMBER[name] for name in ("neg", "square", "abs"))
MONOTONE = np.array([False] + [operator.monotone for operator in OPERATORS])
LARGEST_CONSTANT = 1e9


@kernel
def _strip_monotone_root(program: Program, rows: Rows) -> None:
    """Take away what the root does to the values but not to the concept."""
    tokens, constants = program.tokens, program.constants
    while program.length[0] > 1:
        root = program.length[0] - 1
        token = tokens[root]
        if ARITY[token] == 1:
            if not MONOTONE[token]:
                return
            program.length[0] = root
        elif tokens[root - 1] == CONSTANT:
            program.length[0] = root - 1
        else:
            start_b = subtree_start(tokens, root - 1)
            if start_b != 1 or tokens[0] != CONSTANT:
                return
            for k in range(root - 1):
                tokens[k] = tokens[k + 1]
                constants[k] = constants[k + 1]
            program.length[0] = root - 1


@kernel
def _strip_affine_root(program: Program, rows: LabelledRows) -> None:
    """Take away a factor, a term or a sign at the root."""
    tokens, constants = program.tokens, program.constants
    while program.length[0] > 1:
        root = program.length[0] - 1
        token = tokens[root]
        if token == NEG:
            program.length[0] = root
        elif token != ADD and token != SUB and token != MUL and token != DIV:
            return
        elif tokens[root - 1] == CONSTANT:
            program.length[0] = root - 1
        else:
            if token == DIV or tokens[0] != CONSTANT or subtree_start(tokens, root - 1) != 1:
                return
            for k in range(root - 1):
                tokens[k] = tokens[k + 1]
                constants[k] = constants[k + 1]
            program.length[0] = root - 1


@kernel
def _strip_even_root_on_directions(program: Program, rows: Rows, work: Any) -> Any:
    """Strip a square or an absolute value at the root whose operand keeps its sign on all rows.

    There it is monotone, so it does not change the concept.  Returns whether it was stripped.
    """
    root = program.length[0] - 1
    if root < 1 or (program.tokens[root] != SQUARE and program.tokens[root] != ABS):
        return False
    if not keeps_sign(program.tokens, program.constants, root, rows, work):
        return False
    program.length[0] = root
    return True


@kernel
def _strip_nothing(program: Program, rows: LabelledRows, work: Any) -> Any:
    """Leave the root, which changes the loss of labels."""
    return False


@by_rows(_strip_monotone_root, _strip_affine_root)
def _strip_root(program: Any, rows: Any) -> None:
    """Take away what the root does to the values but not to the answer."""


@by_rows(_strip_even_root_on_directions, _strip_nothing)
def strip_even_root(program: Any, rows: Any, work: Any) -> Any:
    """Strip an even function at the root where it is monotone; return whether it was stripped."""


@kernel
def simplify(program: Program, rows: AnyRows, work: Any) -> None:
    """Simplify a program in place."""
    _rewrite(program, work)
    _strip_root(program, rows)


@inlined_kernel
def _rewrite(program: Program, work: Any) -> None:
    """One pass from the leaves to the root; each operator sees operands already simplified.

    The simplified program is never longer than what has been read, so it is written over it.
    """
    tokens, constants = program.tokens, program.constants
    length = program.length[0]
    program.length[0] = 0
    for k in range(length):
        token, constant = tokens[k], constants[k]
        append(program, token, constant)
        if token <= 0:
            continue
        end = program.length[0] - 1
        if ARITY[token] == 1:
            _rewrite_unary(program, token, end, work)
        else:
            _rewrite_binary(program, token, end, work)


@inlined_kernel
def _rewrite_unary(program: Program, token: Any, end: Any, work: Any) -> None:
    tokens, constants = program.tokens, program.constants
    if tokens[end - 1] == CONSTANT:
        constants[end - 1] = _fold(token, constants[end - 1], 0.0, work)
        program.length[0] = end
    elif token == NEG and tokens[end - 1] == NEG:
        program.length[0] = end - 1


@kernel
def _rewrite_binary(program: Program, token: Any, end: Any, work: Any) -> None:
    tokens, constants = program.tokens, program.constants
    start_b = subtree_start(tokens, end - 1)
    start_a = subtree_start(tokens, start_b - 1)
    if tokens[start_b - 1] == CONSTANT and tokens[end - 1] == CONSTANT:
        constants[start_a] = _fold(token, constants[start_a], constants[end - 1], work)
        program.length[0] = start_a + 1
        return
    if tokens[start_b - 1] == CONSTANT and start_a == start_b - 1 and (token == ADD or token == MUL):
        # constants of sums and products stand second, where the next rules look for them
        constant = constants[start_a]
        for k in range(start_a, end - 1):
            tokens[k] = tokens[k + 1]
            constants[k] = constants[k + 1]
        tokens[end - 1] = CONSTANT
        constants[end - 1] = constant
        start_b = end - 1
    if tokens[end - 1] == CONSTANT:
        _rewrite_with_constant(program, token, start_b, end)
    elif (token == SUB or token == DIV) and _same(program, start_a, start_b, end):
        tokens[start_a] = CONSTANT
        constants[start_a] = 0.0 if token == SUB else 1.0
        program.length[0] = start_a + 1


@inlined_kernel
def _rewrite_with_constant(program: Program, token: Any, start_b: Any, end: Any) -> None:
    """Rewrite an operator whose second operand, at `start_b`, is a constant."""
    tokens, constants = program.tokens, program.constants
    if token == SUB:
        token = ADD
        constants[start_b] = -constants[start_b]
    elif token == DIV and constants[start_b] != 0.0:
        token = MUL
        constants[start_b] = 1.0 / constants[start_b]
    tokens[end] = token
    if token != ADD and token != MUL:
        return
    if tokens[start_b - 1] == token and tokens[start_b - 2] == CONSTANT:
        # (x + c) + d and (x * c) * d hold one constant, not two
        if token == ADD:
            constants[start_b - 2] += constants[start_b]
        else:
            constants[start_b - 2] *= constants[start_b]
        program.length[0] = start_b
    elif constants[start_b] == (0.0 if token == ADD else 1.0):
        program.length[0] = start_b


@kernel
def _same(program: Program, start_a: Any, start_b: Any, end: Any) -> Any:
    """Whether the two operands are the same to the letter."""
    if end - start_b != start_b - start_a:
        return False
    shift = start_b - start_a
    for k in range(start_a, start_b):
        if program.tokens[k] != program.tokens[k + shift]:
            return False
        if program.tokens[k] == CONSTANT and program.constants[k] != program.constants[k + shift]:
            return False
    return True


@kernel
def _fold(token: Any, a: Any, b: Any, work: Any) -> Any:
    """Value of an operator on constants."""
    for i in range(work.V.shape[1]):
        work.V[0, i] = a
        work.V[1, i] = b
    set_value(token, work.V, 0, 1, 2)
    return work.V[2, 0]


@kernel
def has_sound_constants(program: Program) -> Any:
    """Whether all constants are finite and of a size that a formula may bear."""
    for k in range(program.length[0]):
        if program.tokens[k] == CONSTANT and not abs(program.constants[k]) < LARGEST_CONSTANT:
            return False
    return True


def refuse_unsound(members: Members) -> None:
    """Give programs whose constants have grown beyond all sense no loss.

    With a `c` of 1e13 rounding errors are all that is left of `x0` in `(x0 + c*x1)/x1`, and these may fit
    noise.
    """
    members.losses[(np.abs(members.constants) >= LARGEST_CONSTANT).any(axis=1)] = np.inf


@kernel
def hash_program(tokens: Any, constants: Any, length: Any, bits: Any) -> Any:
    """Hash that is the same for `a + b` and `b + a`, `a * b` and `b * a`.

    `bits` is room for one word a node.  Each subtree's hash is mixed from those of its operands.
    """
    depth = 0
    for k in range(length):
        token = tokens[k]
        if token == CONSTANT:
            word = mix_bits(np.uint64(constants[k : k + 1].view(np.uint64)[0]) ^ np.uint64(0xC0FFEE))
        elif token < 0:
            word = mix_bits(np.uint64(-token) * np.uint64(0x9E3779B97F4A7C15))
        else:
            own = mix_bits(np.uint64(token) + np.uint64(0x5851F42D4C957F2D))
            depth -= 1
            if ARITY[token] == 1:
                word = mix_bits(bits[depth] ^ own)
            else:
                second = bits[depth]
                depth -= 1
                if token == ADD or token == MUL:
                    word = mix_bits((bits[depth] + second) ^ own)
                else:
                    word = mix_bits(bits[depth] ^ mix_bits(second + own))
        bits[depth] = word
        depth += 1
    return bits[0]

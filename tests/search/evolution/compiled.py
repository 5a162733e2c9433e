"""Doors into kernels that only kernels call."""

import numpy as np

from skinterpret.expressions import Expression
from skinterpret.expressions.compilation import entry_kernel
from skinterpret.expressions.kernels.gradients import make_workspace
from skinterpret.expressions.kernels.labels import make_labelled_rows
from skinterpret.expressions.kernels.matching import make_rows
from skinterpret.expressions.operators import OPERATORS, find_operators
from skinterpret.search.evolution import mutation
from skinterpret.search.evolution.generator import (
    make_state,
    random_choice,
    random_integer,
    random_normal,
    random_uniform,
)
from skinterpret.search.evolution.programs import (
    Grammar,
    append_random_subtree,
    complexity_of,
    is_well_formed,
    make_program,
)
from skinterpret.search.evolution.simplify import hash_program, simplify

MAX_NODES = 40
MUTATIONS = (
    "perturb_constant",
    "change_operator",
    "change_leaf",
    "insert_operator",
    "delete_operator",
    "replace_subtree",
    "swap_operands",
    "mirror_subtree",
    "promote_subtree",
    "start_anew",
    "cross",
)


def make_grammar(operators=("+", "-", "*", "/", "square", "exp", "sin", "pow"), n_features=3):
    numbers = find_operators(operators)
    unary = np.array([n for n in numbers if OPERATORS[n - 1].arity == 1], dtype=np.int64)
    binary = np.array([n for n in numbers if OPERATORS[n - 1].arity == 2], dtype=np.int64)
    return Grammar(
        unary,
        np.arange(1.0, len(unary) + 1),
        binary,
        np.arange(1.0, len(binary) + 1),
        np.cumsum(np.ones(n_features)),
        np.ones(n_features, dtype=np.int64),
        MAX_NODES,
        MAX_NODES,
    )


def as_program(expression):
    program = make_program(MAX_NODES)
    length = len(expression.tokens)
    program.tokens[:length] = expression.tokens
    program.constants[:length] = expression.constants
    program.length[0] = length
    return program


def as_expression(program):
    length = program.length[0]
    return Expression(program.tokens[:length], program.constants[:length])


@entry_kernel
def _draw(kind, n, weights, state, out):
    for i in range(out.size):
        if kind == 0:
            out[i] = random_uniform(state)
        elif kind == 1:
            out[i] = random_integer(state, n)
        elif kind == 2:
            out[i] = random_normal(state)
        else:
            out[i] = random_choice(state, weights)


def draw(kind, size, seed=0, n=1, weights=(1.0,)):
    out = np.empty(size)
    kinds = ["uniform", "integer", "normal", "choice"]
    _draw(kinds.index(kind), n, np.cumsum(weights), make_state(seed, 0, 0), out)
    return out


@entry_kernel
def _simplify(program, rows, work):
    simplify(program, rows, work)


def simplified(expression, labels=False):
    program, X = as_program(expression), np.zeros((1, 4))
    rows = make_labelled_rows(X, [True]) if labels else make_rows(X, X)
    _simplify(program, rows, make_workspace(4, 2 * MAX_NODES))
    return as_expression(program)


@entry_kernel
def _hash(program, bits):
    return hash_program(program.tokens, program.constants, program.length[0], bits)


def hashed(expression):
    return int(_hash(as_program(expression), np.zeros(2 * MAX_NODES, dtype=np.uint64)))


@entry_kernel
def _describe(program, grammar):
    length = program.length[0]
    return complexity_of(program.tokens, length, grammar), is_well_formed(program.tokens, length)


def described(expression):
    return _describe(as_program(expression), make_grammar(n_features=4))


def is_sound(program):
    return bool(_describe(program, make_grammar())[1])


@entry_kernel
def _grow(program, grammar, n_nodes, state):
    program.length[0] = 0
    append_random_subtree(program, grammar, n_nodes, state)


def grown(grammar, n_nodes, state):
    program = make_program(MAX_NODES)
    _grow(program, grammar, n_nodes, state)
    return as_expression(program)


@entry_kernel
def _mutate(kind, parent, donor, child, graft, grammar, state):
    if kind == 0:
        mutation.perturb_constant(parent, child, graft, grammar, state)
    elif kind == 1:
        mutation.change_operator(parent, child, graft, grammar, state)
    elif kind == 2:
        mutation.change_leaf(parent, child, graft, grammar, state)
    elif kind == 3:
        mutation.insert_operator(parent, child, graft, grammar, state)
    elif kind == 4:
        mutation.delete_operator(parent, child, graft, grammar, state)
    elif kind == 5:
        mutation.replace_subtree(parent, child, graft, grammar, state)
    elif kind == 6:
        mutation.swap_operands(parent, child, graft, grammar, state)
    elif kind == 7:
        mutation.mirror_subtree(parent, child, graft, grammar, state)
    elif kind == 8:
        mutation.promote_subtree(parent, child, graft, grammar, state)
    elif kind == 9:
        mutation.start_anew(parent, child, graft, grammar, state)
    else:
        mutation.cross(parent, donor, child, graft, state)


def mutated(name, parent, grammar, state, donor=None):
    """The child as a program: it may break the rule that an exponent is a constant."""
    child, graft = make_program(MAX_NODES), make_program(MAX_NODES)
    donor = parent if donor is None else donor
    _mutate(MUTATIONS.index(name), as_program(parent), as_program(donor), child, graft, grammar, state)
    return child

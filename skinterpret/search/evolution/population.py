"""The state of an island, as arrays: populations, halls of fame and what has been seen.

Everything is a plain array, so that compiled code works on it, a checkpoint writes it as it is, and
a worker process gets it without a pickle of ours.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from skinterpret.expressions.compilation import kernel
from skinterpret.search.evolution.programs import Program

SEEN_SIZE = 1 << 14


class Members(NamedTuple):
    """Programs with their losses, one a row, as a struct of arrays.

    A population holds its members in any order; a hall of fame holds in row `c` the best program of
    complexity `c`, with an infinite loss where there is none.

    Attributes
    ----------
    tokens : ndarray of shape (n_members, max_nodes), dtype int16
    constants : ndarray of shape (n_members, max_nodes), dtype float64
    lengths : ndarray of shape (n_members,), dtype int64
    losses : ndarray of shape (n_members,), dtype float64
    complexities : ndarray of shape (n_members,), dtype int64
    """

    tokens: Any
    constants: Any
    lengths: Any
    losses: Any
    complexities: Any


def make_members(n_members: int, max_nodes: int) -> Members:
    """Allocate members without programs."""
    return Members(
        np.zeros((n_members, max_nodes), dtype=np.int16),
        np.zeros((n_members, max_nodes)),
        np.zeros(n_members, dtype=np.int64),
        np.full(n_members, np.inf),
        np.zeros(n_members, dtype=np.int64),
    )


def copy_members(members: Members) -> Members:
    """Copy all arrays."""
    return Members(*(array.copy() for array in members))


class Seen(NamedTuple):
    """Programs met before: `hashes[h % size] == h` says that `losses` holds that program's loss."""

    hashes: Any
    losses: Any


def make_seen() -> Seen:
    """Allocate an empty memory of programs."""
    return Seen(np.zeros(SEEN_SIZE, dtype=np.uint64), np.zeros(SEEN_SIZE))


@kernel
def store(members: Members, index: Any, program: Program, loss: Any, complexity: Any) -> None:
    """Write a program into a row of `members`."""
    length = program.length[0]
    for k in range(length):
        members.tokens[index, k] = program.tokens[k]
        members.constants[index, k] = program.constants[k]
    members.lengths[index] = length
    members.losses[index] = loss
    members.complexities[index] = complexity


@kernel
def load(members: Members, index: Any, program: Program) -> None:
    """Read a program from a row of `members`."""
    length = members.lengths[index]
    for k in range(length):
        program.tokens[k] = members.tokens[index, k]
        program.constants[k] = members.constants[index, k]
    program.length[0] = length

"""Rows as the kernels take them; value and input gradient of a program on one tile of them.

Reverse accumulation costs about three times the value, whatever the number of inputs; forward
accumulation costs one value per input (Griewank and Walther, Evaluating Derivatives, 2008, §3.2).

Leaves of a program are inputs and *parts*: functions of inputs that are known beforehand, such as
`x3 - x4`.  A part is evaluated once a row and not once a program; its Jacobian carries the
adjoint that arrives at the part on to the inputs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from skinterpret.expressions.compilation import inlined_kernel, kernel
from skinterpret.expressions.kernels.dispatch import (
    TILE,
    pull_tangent_to_first,
    pull_tangent_to_second,
    pull_to_first,
    pull_to_second,
    push_tangent,
    set_value,
)
from skinterpret.expressions.operators import OPERATORS

CONSTANT = 0
CACHE_LINE = 64  # bytes
ARITY = np.array([0] + [operator.arity for operator in OPERATORS])


class Rows(NamedTuple):
    """Rows, their directions and weights, cut into tiles.

    The weights of all rows sum to 1; rows that only fill the last tile weigh 0.

    Attributes
    ----------
    X : ndarray of shape (n_tiles, n_features + n_parts, TILE)
        Values of the leaves: the inputs, then the parts.
    D : ndarray of shape (n_tiles, n_features, TILE)
        Directions.
    W : ndarray of shape (n_tiles, TILE)
        Weights.
    inputs : ndarray of shape (n_parts, n_inputs), dtype int64
        Numbers of the inputs of each part; -1 fills up.
    J : ndarray of shape (n_tiles, n_parts, n_inputs, TILE)
        Derivatives of the parts by these inputs.
    S : ndarray of shape (n_features, n_features) or (0, 0)
        Where gradients are not compared as they are: the linear map that comes before, from derivatives by
        inputs in its columns to what is compared.
    """

    X: Any
    D: Any
    W: Any
    inputs: Any
    J: Any
    S: Any


class Workspace(NamedTuple):
    """Memory for the evaluation of one program at a time; a thread needs one of its own.

    `V`, `G`, `T` and `H` hold values, adjoints, tangents of values and tangents of adjoints, a row
    per node as `dispatch` describes; `left` and `right` the rows of each node's operands; `row` the
    row in which a node's own value stands; `occurs` says which leaves occur, `reached` to which an
    adjoint has come so far.
    """

    V: Any
    G: Any
    T: Any
    H: Any
    left: Any
    right: Any
    row: Any
    stack: Any
    occurs: Any
    reached: Any


def make_workspace(n_leaves: int, max_nodes: int) -> Workspace:
    """Allocate a workspace for programs of at most `max_nodes` nodes."""
    rows = n_leaves + max_nodes + 1  # the last one takes what flows to a leaf
    V, G, T, H = (aligned_copy(np.zeros((rows, TILE))) for _ in range(4))
    left, right, row, stack = (np.zeros(max_nodes + 1, dtype=np.int64) for _ in range(4))
    occurs, reached = (np.zeros(n_leaves, dtype=np.bool_) for _ in range(2))
    return Workspace(V, G, T, H, left, right, row, stack, occurs, reached)


def aligned_copy(values: Any) -> Any:
    """Copy floats to where no vector load crosses a line of the cache, in C order."""
    raw = np.empty(values.size + CACHE_LINE // 8)
    start = -raw.ctypes.data % CACHE_LINE // 8
    copy = raw[start : start + values.size].reshape(values.shape)
    copy[...] = values
    return copy


@kernel
def link_program(tokens: Any, constants: Any, length: Any, n_leaves: Any, work: Any) -> None:
    """Find the operands of each node and fill the rows of the constants."""
    depth = 0
    work.occurs[:] = False
    for k in range(length):
        token = tokens[k]
        row = n_leaves + k
        if token < 0:
            row = -1 - token
            work.occurs[row] = True
        elif token == CONSTANT:
            for i in range(TILE):
                work.V[row, i] = constants[k]
        else:
            if ARITY[token] == 2:
                depth -= 1
                work.right[k] = work.stack[depth]
            depth -= 1
            work.left[k] = work.stack[depth]
            if ARITY[token] == 1:
                work.right[k] = work.left[k]
        work.row[k] = row
        work.stack[depth] = row
        depth += 1


@kernel
def evaluate_tile(tokens: Any, length: Any, rows: Rows, tile: Any, work: Any) -> None:
    """Put the values of all nodes into `V` and the input gradient into the first rows of `G`."""
    set_values(tokens, length, rows, tile, work)
    _pull_adjoints(tokens, length, rows.X.shape[1], work)
    if rows.inputs.shape[0] > 0:  # a call costs as much as a node
        _pull_through_parts(rows, tile, work.occurs, work.reached, work.G)
    if rows.S.size > 0:
        _map_gradient(rows.S, work.reached, work.G, work.T)


@inlined_kernel
def set_values(tokens: Any, length: Any, rows: Any, tile: Any, work: Any) -> None:
    """Put the values of all nodes on one tile into `V`."""
    V = work.V
    n_leaves = rows.X.shape[1]
    for j in range(n_leaves):
        for i in range(TILE):
            V[j, i] = rows.X[tile, j, i]
    for k in range(length):
        if tokens[k] > 0:
            set_value(tokens[k], V, work.left[k], work.right[k], n_leaves + k)


@inlined_kernel
def _pull_adjoints(tokens: Any, length: Any, n_leaves: Any, work: Any) -> None:
    V, G, reached = work.V, work.G, work.reached
    spill = G.shape[0] - 1
    reached[:] = False
    root = work.row[length - 1]
    for i in range(TILE):
        # NaN where the value is not finite: log(x) has no gradient at -1, although 1/x is defined
        G[root, i] = 1.0 + 0.0 * V[root, i]
    if root < n_leaves:
        reached[root] = True
    for k in range(length - 1, -1, -1):
        token = tokens[k]
        if token <= 0:
            continue
        a, b, v = work.left[k], work.right[k], n_leaves + k
        # nobody asks for the adjoint of a constant
        if a < n_leaves or tokens[a - n_leaves] != CONSTANT:
            again = a < n_leaves and reached[a]
            pull_to_first(token, V, G, a, b, v, spill if again else a)
            if again:
                _add_row(G, spill, a)
            elif a < n_leaves:
                reached[a] = True
        if ARITY[token] == 2 and (b < n_leaves or tokens[b - n_leaves] != CONSTANT):
            again = b < n_leaves and reached[b]
            pull_to_second(token, V, G, a, b, v, spill if again else b)
            if again:
                _add_row(G, spill, b)
            elif b < n_leaves:
                reached[b] = True
    for j in range(n_leaves):
        if not reached[j]:
            for i in range(TILE):
                G[j, i] = 0.0


@kernel
def differentiate_by_constant(
    tokens: Any, length: Any, rows: Rows, tile: Any, position: Any, work: Any
) -> None:
    """Put the derivative of the input gradient by one constant into the first rows of `H`.

    Forward over reverse accumulation, after `evaluate_tile` on the same tile (Griewank and Walther,
    2008, §5.1).
    """
    V, G, T, H = work.V, work.G, work.T, work.H
    n_leaves = rows.X.shape[1]
    spill = G.shape[0] - 1
    push_tangents(tokens, length, n_leaves, position, work)
    for j in range(n_leaves):
        for i in range(TILE):
            H[j, i] = 0.0
    for i in range(TILE):
        H[work.row[length - 1], i] = 0.0
    for k in range(length - 1, -1, -1):
        token = tokens[k]
        if token <= 0:
            continue
        a, b, v = work.left[k], work.right[k], n_leaves + k
        pull_tangent_to_first(token, V, T, G, H, a, b, v, spill if a < n_leaves else a)
        if a < n_leaves:
            _add_row(H, spill, a)
        if ARITY[token] == 2:
            pull_tangent_to_second(token, V, T, G, H, a, b, v, spill if b < n_leaves else b)
            if b < n_leaves:
                _add_row(H, spill, b)
    _pull_through_parts(rows, tile, work.occurs, work.reached, H)
    if rows.S.size > 0:
        _map_gradient(rows.S, work.reached, H, T)


@inlined_kernel
def push_tangents(tokens: Any, length: Any, n_leaves: Any, position: Any, work: Any) -> None:
    """Put the derivatives of all nodes by one constant into `T`, after the values."""
    V, T = work.V, work.T
    for j in range(n_leaves):
        for i in range(TILE):
            T[j, i] = 0.0
    for k in range(length):
        token = tokens[k]
        if token > 0:
            push_tangent(token, V, T, work.left[k], work.right[k], n_leaves + k)
        elif token == CONSTANT:
            seed = 1.0 if k == position else 0.0
            for i in range(TILE):
                T[n_leaves + k, i] = seed


@kernel
def _pull_through_parts(rows: Rows, tile: Any, occurs: Any, reached: Any, G: Any) -> None:
    """Carry what has arrived at the parts on to their inputs."""
    n_features = rows.D.shape[1]
    for part in range(rows.inputs.shape[0]):
        # one that does not occur may be undefined on this tile, and 0 · NaN is NaN
        if occurs[n_features + part]:
            for k in range(rows.inputs.shape[1]):
                j = rows.inputs[part, k]
                if j >= 0:
                    reached[j] = True
                    for i in range(TILE):
                        G[j, i] += G[n_features + part, i] * rows.J[tile, part, k, i]


@kernel
def _map_gradient(S: Any, reached: Any, G: Any, room: Any) -> None:
    """Apply a linear map to the first rows of `G`, with the first rows of `room` to work in."""
    n_features = S.shape[0]
    for k in range(n_features):
        for i in range(TILE):
            room[k, i] = 0.0
    for j in range(n_features):
        if reached[j]:  # few of the inputs occur in a program
            for k in range(n_features):
                for i in range(TILE):
                    room[k, i] += S[k, j] * G[j, i]
    for k in range(n_features):
        for i in range(TILE):
            G[k, i] = room[k, i]


@inlined_kernel
def _add_row(rows: Any, source: Any, target: Any) -> None:
    for i in range(TILE):
        rows[target, i] += rows[source, i]

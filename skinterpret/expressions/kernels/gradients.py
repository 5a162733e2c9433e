"""Value and input gradient of a program on one tile of rows, by reverse accumulation.

Reverse accumulation costs about three times the value, whatever the number of inputs; forward
accumulation costs one value per input (Griewank and Walther, Evaluating Derivatives, 2008, §3.2).
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
ARITY = np.array([0] + [operator.arity for operator in OPERATORS])


class Workspace(NamedTuple):
    """Memory for the evaluation of one program at a time; a thread needs one of its own.

    `V`, `G`, `T` and `H` hold values, adjoints, tangents of values and tangents of adjoints, a row
    per node as `dispatch` describes; `left` and `right` the rows of each node's operands; `row` the
    row in which a node's own value stands.
    """

    V: Any
    G: Any
    T: Any
    H: Any
    left: Any
    right: Any
    row: Any
    stack: Any


def make_workspace(n_features: int, max_nodes: int) -> Workspace:
    """Allocate a workspace for programs of at most `max_nodes` nodes."""
    rows = n_features + max_nodes + 1  # the last one takes what flows to a leaf
    tiles = [np.zeros((rows, TILE)) for _ in range(4)]
    indices = [np.zeros(max_nodes + 1, dtype=np.int64) for _ in range(4)]
    return Workspace(*tiles, *indices)


@kernel
def link_program(tokens: Any, constants: Any, length: Any, n_features: Any, work: Any) -> None:
    """Find the operands of each node and fill the rows of the constants."""
    depth = 0
    for k in range(length):
        token = tokens[k]
        row = n_features + k
        if token < 0:
            row = -1 - token
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
def evaluate_tile(tokens: Any, length: Any, X: Any, tile: Any, work: Any) -> None:
    """Put the values of all nodes into `V` and the input gradient into the first rows of `G`."""
    V = work.V
    n_features = X.shape[1]
    for j in range(n_features):
        for i in range(TILE):
            V[j, i] = X[tile, j, i]
    for k in range(length):
        if tokens[k] > 0:
            set_value(tokens[k], V, work.left[k], work.right[k], n_features + k)
    _pull_adjoints(tokens, length, n_features, work)


@inlined_kernel
def _pull_adjoints(tokens: Any, length: Any, n_features: Any, work: Any) -> None:
    V, G = work.V, work.G
    spill = G.shape[0] - 1
    for j in range(n_features):
        for i in range(TILE):
            G[j, i] = 0.0
    root = work.row[length - 1]
    for i in range(TILE):
        # NaN where the value is not finite: log(x) has no gradient at -1, although 1/x is defined
        G[root, i] = 1.0 + 0.0 * V[root, i]
    for k in range(length - 1, -1, -1):
        token = tokens[k]
        if token <= 0:
            continue
        a, b, v = work.left[k], work.right[k], n_features + k
        # a leaf may occur often: what flows to an input is summed up
        pull_to_first(token, V, G, a, b, v, spill if a < n_features else a)
        if a < n_features:
            _add_row(G, spill, a)
        if ARITY[token] == 2:
            pull_to_second(token, V, G, a, b, v, spill if b < n_features else b)
            if b < n_features:
                _add_row(G, spill, b)


@kernel
def differentiate_by_constant(tokens: Any, length: Any, n_features: Any, position: Any, work: Any) -> None:
    """Put the derivative of the input gradient by one constant into the first rows of `H`.

    Forward over reverse accumulation, after `evaluate_tile` on the same tile (Griewank and Walther,
    2008, §5.1).
    """
    V, G, T, H = work.V, work.G, work.T, work.H
    spill = G.shape[0] - 1
    for j in range(n_features):
        for i in range(TILE):
            T[j, i] = 0.0
            H[j, i] = 0.0
    for k in range(length):
        token = tokens[k]
        if token > 0:
            push_tangent(token, V, T, work.left[k], work.right[k], n_features + k)
        elif token == CONSTANT:
            seed = 1.0 if k == position else 0.0
            for i in range(TILE):
                T[n_features + k, i] = seed
    for i in range(TILE):
        H[work.row[length - 1], i] = 0.0
    for k in range(length - 1, -1, -1):
        token = tokens[k]
        if token <= 0:
            continue
        a, b, v = work.left[k], work.right[k], n_features + k
        pull_tangent_to_first(token, V, T, G, H, a, b, v, spill if a < n_features else a)
        if a < n_features:
            _add_row(H, spill, a)
        if ARITY[token] == 2:
            pull_tangent_to_second(token, V, T, G, H, a, b, v, spill if b < n_features else b)
            if b < n_features:
                _add_row(H, spill, b)


@kernel
def _add_row(rows: Any, source: Any, target: Any) -> None:
    for i in range(TILE):
        rows[target, i] += rows[source, i]

"""One compiled loop over a tile of rows for each operator of the table, chosen by its number.

Every function here has a branch per operator, generated from the operator table, so that a new row
of the table needs no other edit.  The loops run over `TILE` rows, a constant, so that the compiler
unrolls them into vector instructions without a remainder.

Arrays of this package's kernels hold one *row per node* and `TILE` columns: rows `0 … d-1` belong to
the inputs, row `d + k` to node `k` of the program.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any

from skinterpret.expressions.compilation import kernel
from skinterpret.expressions.operators import OPERATORS, Operator

TILE = 128  # rows per tile: 15 nodes with value and adjoint take 31 KiB, which stays in the L1 cache


def _branch_per_operator(
    name: str,
    parameters: str,
    statement: str,
    functions: dict[str, Callable[[Operator], Any]],
    operators: tuple[Operator, ...] = OPERATORS,
) -> Any:
    """Compile `def name(operator, …)` with the statement's loop in a branch for each operator.

    `statement` is the body of the loop over `i`; each name in `functions` stands for a function
    that is looked up in the operator's row.
    """
    names: dict[str, Any] = {"TILE": TILE}
    lines = [f"def {name}(operator, {parameters}):"]
    for number, operator in enumerate(OPERATORS, start=1):
        if operator not in operators:
            continue
        body = statement
        for part, of in functions.items():
            names[f"{part}_{number}"] = _compiled(of(operator))
            body = body.replace(f"{part}(", f"{part}_{number}(")
        lines += [f"  if operator == {number}:", "    for i in range(TILE):", f"      {body}"]
        lines += ["    return"]
    exec("\n".join(lines), names)  # text of our own, generated from the operator table
    return kernel(names[name])


@cache
def _compiled(function: Any) -> Any:
    """One dispatcher a function: rows share some, and each compilation counts.

    Functions without a name of their own get one: machine code read from disk finds a function by name,
    and must not find another that was compiled since.
    """
    if function.__name__ == "<lambda>":
        text = repr((function.__code__.co_code, function.__code__.co_consts, function.__code__.co_names))
        function.__qualname__ = f"formula_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return kernel(function)


_BINARY = tuple(operator for operator in OPERATORS if operator.arity == 2)

#: `V[out] = value(V[a], V[b])`
set_value = _branch_per_operator(
    "set_value",
    "V, a, b, out",
    "V[out, i] = value(V[a, i], V[b, i])",
    {"value": lambda operator: operator.value},
)

#: `G[out] = G[v] · ∂v/∂a`: the adjoint of the first operand
pull_to_first = _branch_per_operator(
    "pull_to_first",
    "V, G, a, b, v, out",
    "G[out, i] = G[v, i] * da(V[a, i], V[b, i], V[v, i])",
    {"da": lambda operator: operator.da},
)

#: `G[out] = G[v] · ∂v/∂b`: the adjoint of the second operand
pull_to_second = _branch_per_operator(
    "pull_to_second",
    "V, G, a, b, v, out",
    "G[out, i] = G[v, i] * db(V[a, i], V[b, i], V[v, i])",
    {"db": lambda operator: operator.db},
    _BINARY,
)

#: `T[v] = ∂v/∂a · T[a] + ∂v/∂b · T[b]`: the tangent of the value
push_tangent = _branch_per_operator(
    "push_tangent",
    "V, T, a, b, v",
    "T[v, i] = da(V[a, i], V[b, i], V[v, i]) * T[a, i] + db(V[a, i], V[b, i], V[v, i]) * T[b, i]",
    {"da": lambda operator: operator.da, "db": lambda operator: operator.db},
)

#: `H[out] = H[v] · ∂v/∂a + G[v] · (∂²v/∂a² · T[a] + ∂²v/∂a∂b · T[b])`: the tangent of the adjoint
pull_tangent_to_first = _branch_per_operator(
    "pull_tangent_to_first",
    "V, T, G, H, a, b, v, out",
    "H[out, i] = H[v, i] * da(V[a, i], V[b, i], V[v, i]) + G[v, i] * ("
    "daa(V[a, i], V[b, i], V[v, i]) * T[a, i] + dab(V[a, i], V[b, i], V[v, i]) * T[b, i])",
    {
        "da": lambda operator: operator.da,
        "daa": lambda operator: operator.daa,
        "dab": lambda operator: operator.dab,
    },
)

#: the same for the second operand
pull_tangent_to_second = _branch_per_operator(
    "pull_tangent_to_second",
    "V, T, G, H, a, b, v, out",
    "H[out, i] = H[v, i] * db(V[a, i], V[b, i], V[v, i]) + G[v, i] * ("
    "dab(V[a, i], V[b, i], V[v, i]) * T[a, i] + dbb(V[a, i], V[b, i], V[v, i]) * T[b, i])",
    {
        "db": lambda operator: operator.db,
        "dab": lambda operator: operator.dab,
        "dbb": lambda operator: operator.dbb,
    },
    _BINARY,
)

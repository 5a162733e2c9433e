"""What arrays of programs must be before compiled code sees them.

Compiled code checks no index: a token that is no operator, or a program that is not complete, would make it
read and write beyond its arrays.  Files may come from strangers, so what is read from them is checked here.
Losses are found again: a front must not say more of its formulas than the rows do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions.kernels.gradients import ARITY, CONSTANT, make_workspace
from skinterpret.expressions.kernels.judging import AnyRows, first_tile, program_losses
from skinterpret.expressions.operators import CONSTANT_COMPLEXITY, find_operators
from skinterpret.search.evolution.adaptation import Credit
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.programs import OPERATOR_COMPLEXITY, TAKES_CONSTANT, Grammar

ROUNDING = 1e-9  # of a loss
SAME = 1e-6  # of losses that were found on another machine, or in another way
ADD, SUB, MUL, DIV = (find_operators([name])[0] for name in ("add", "sub", "mul", "div"))
WRITTEN_AS = {SUB: ADD, DIV: MUL}  # where the second operand is a constant


class ChangedFileError(ValueError):
    """What is wrong with a file that can be read, but does not hold what was written."""


def allowed_tokens(grammar: Grammar) -> list[int]:
    """Tokens that programs of a grammar may hold; `x - c` and `x / c` are written as sum and product."""
    operators = {*map(int, grammar.unary), *map(int, grammar.binary)}
    written_as = {WRITTEN_AS[operator] for operator in operators & WRITTEN_AS.keys()}
    return [*range(-len(grammar.leaf_complexities), 1), *sorted(operators | written_as)]


def check_members(name: str, members: Members, grammar: Grammar) -> None:
    """Refuse programs that are not whole, not of this grammar, or not as complex as they say.

    Parameters
    ----------
    name : str
        What they are, for the error.
    members : Members
        Arrays of the right shapes and types.
    grammar : Grammar
        What programs may be made of.

    Raises
    ------
    ChangedFileError
        If they must not be used; the message says why, without a full stop.
    """
    losses, lengths = members.losses, members.lengths
    _refuse(name, (lengths < 0) | (lengths > grammar.max_nodes), "has a length that does not fit")
    _refuse(name, (lengths == 0) & (losses < np.inf), "has a loss, but no program")
    _refuse(name, ~np.isin(members.tokens, allowed_tokens(grammar)).all(axis=1), "holds an unknown token")
    inside = np.arange(members.tokens.shape[1]) < lengths[:, None]
    tokens = np.where(inside, members.tokens, CONSTANT)
    _refuse(name, ~_are_complete(tokens, inside), "is not a complete program")
    _refuse(name, (lengths > 0) & ~(tokens < 0).any(axis=1), "has no inputs")
    finite = np.isfinite(members.constants) | ~inside | (tokens != CONSTANT)
    _refuse(name, ~finite.all(axis=1), "holds a constant that is not finite")
    complexities = _complexities(tokens, inside, grammar)
    sound = (members.complexities == complexities) & (complexities <= grammar.max_complexity)
    _refuse(name, ~sound, "has another complexity than it says, or too large a one")


def check_fame(name: str, fame: Members, rows: AnyRows) -> None:
    """Refuse a hall of fame in which a program has another place than its complexity, or another loss."""
    misplaced = (fame.lengths > 0) & (fame.complexities != np.arange(len(fame.lengths)))
    _refuse(name, misplaced, "has another complexity than its place says")
    _refuse(name, ~_is_loss(fame, _losses(fame, rows)), "has another loss than on these rows")


def check_population(name: str, members: Members, rows: AnyRows) -> None:
    """Refuse a population in which a program has another loss than on the rows, or on their first tile."""
    # beyond that a search does not go where a program is hopeless
    sound = _is_loss(members, _losses(members, rows)) | _is_loss(members, _losses(members, first_tile(rows)))
    _refuse(name, ~sound, "has another loss than on these rows")


def check_credit(name: str, credit: Credit) -> None:
    """Refuse experience with mutations that no search can have made."""
    sound = np.isfinite(credit.tried) & (credit.improved >= 0) & (credit.improved <= credit.tried)
    _refuse(name, ~sound, "is no count of trials and successes")


def _losses(members: Members, rows: AnyRows) -> Any:
    """Losses of all programs; infinite where there is none."""
    there = np.flatnonzero(members.lengths > 0)
    losses, found = np.full(len(members.lengths), np.inf), np.empty(len(there))
    work = make_workspace(rows.X.shape[1], members.tokens.shape[1])
    tokens, constants, lengths = members.tokens[there], members.constants[there], members.lengths[there]
    program_losses(tokens, constants, lengths, rows, work, found)
    losses[there] = found
    return losses


def _is_loss(members: Members, losses: Any) -> Any:
    return np.isclose(members.losses, losses, rtol=SAME, atol=ROUNDING)


def _are_complete(tokens: NDArray[np.int16], inside: Any) -> Any:
    """Whether each operator finds its operands, and one value is left at the end."""
    operators = np.maximum(tokens, 0)
    depth = np.cumsum(np.where(inside, 1 - ARITY[operators], 0), axis=1)
    before = np.roll(tokens, 1, axis=1)  # of the first node nothing: an operator there has no operands
    served = (depth >= 1) & (~TAKES_CONSTANT[operators] | (before == CONSTANT))
    return (served | ~inside).all(axis=1) & ((depth[:, -1] == 1) | ~inside.any(axis=1))


def _complexities(tokens: NDArray[np.int16], inside: Any, grammar: Grammar) -> Any:
    leaves = np.asarray(grammar.leaf_complexities)[np.maximum(-1 - tokens, 0)]
    nodes = np.where(tokens < 0, leaves, OPERATOR_COMPLEXITY[np.maximum(tokens, 0)])
    nodes = np.where(tokens == CONSTANT, CONSTANT_COMPLEXITY, nodes)
    return np.where(inside, nodes, 0).sum(axis=1)


def _refuse(name: str, wrong: Any, what: str) -> None:
    if np.any(wrong):
        raise ChangedFileError(f"row {int(np.argmax(wrong))} of {name} {what}")

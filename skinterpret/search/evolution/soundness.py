"""What arrays of programs must be before compiled code sees them.

Compiled code checks no index: a token that is no operator, or a program that is not complete, would make it
read and write beyond its arrays.  Files may come from strangers, so what is read from them is checked here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skinterpret.expressions.kernels.gradients import ARITY, CONSTANT
from skinterpret.expressions.operators import CONSTANT_COMPLEXITY, find_operators
from skinterpret.search.evolution.adaptation import Credit
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.programs import OPERATOR_COMPLEXITY, TAKES_CONSTANT, Grammar

ROUNDING = 1e-9  # of a loss
ADD, SUB, MUL, DIV = (find_operators([name])[0] for name in ("add", "sub", "mul", "div"))
WRITTEN_AS = {SUB: ADD, DIV: MUL}  # where the second operand is a constant


class ChangedFileError(ValueError):
    """What is wrong with a file that can be read, but does not hold what was written."""


def allowed_tokens(grammar: Grammar) -> list[int]:
    """Tokens that programs of a grammar may hold; `x - c` and `x / c` are written as sum and product."""
    operators = {*map(int, grammar.unary), *map(int, grammar.binary)}
    written_as = {WRITTEN_AS[operator] for operator in operators & WRITTEN_AS.keys()}
    return [*range(-len(grammar.leaf_complexities), 1), *sorted(operators | written_as)]


def check_members(name: str, members: Members, grammar: Grammar, largest_loss: float) -> None:
    """Refuse programs that are not whole, not of this grammar, or not as complex as they say.

    Parameters
    ----------
    name : str
        What they are, for the error.
    members : Members
        Arrays of the right shapes and types.
    grammar : Grammar
        What programs may be made of.
    largest_loss : float
        What no finite loss exceeds.

    Raises
    ------
    ChangedFileError
        If they must not be used; the message says why, without a full stop.
    """
    losses, lengths = members.losses, members.lengths
    sound = (losses >= -ROUNDING) & ((losses <= largest_loss + ROUNDING) | (losses == np.inf))
    _refuse(name, ~sound, "has a loss that none can have")
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


def check_fame(name: str, fame: Members) -> None:
    """Refuse a hall of fame in which a program does not stand in the row of its complexity."""
    misplaced = (fame.lengths > 0) & (fame.complexities != np.arange(len(fame.lengths)))
    _refuse(name, misplaced, "has another complexity than its place says")


def check_credit(name: str, credit: Credit) -> None:
    """Refuse experience with mutations that no search can have made."""
    sound = np.isfinite(credit.tried) & (credit.improved >= 0) & (credit.improved <= credit.tried)
    _refuse(name, ~sound, "is no count of trials and successes")


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

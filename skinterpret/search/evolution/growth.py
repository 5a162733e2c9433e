"""Famous programs, each joined with every small one: what a search that has come to a halt tries.

A sum of two terms is hard to evolve when one of them is worth little by itself: the second term must
be right at once.  All small programs can be tried as that term, first as they are, then the best of
them with a fitted factor, as forward selection does with the columns of a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skinterpret.expressions.kernels.gradients import CONSTANT, make_workspace
from skinterpret.expressions.kernels.judging import AnyRows, fit_programs, program_losses
from skinterpret.expressions.operators import OPERATORS, find_operators
from skinterpret.search.evolution.enumeration import FACTOR_COMPLEXITY, MULTIPLY, all_small_programs
from skinterpret.search.evolution.population import Members, make_members
from skinterpret.search.evolution.programs import Grammar
from skinterpret.search.evolution.simplify import refuse_unsound

MOST_SMALL = 2_000
SEEDS = 24  # small programs that grow as well as the famous ones: the best of a complexity may mislead
BEST = 40  # of the sums with a program, which are tried with a factor before the new term
FIT_STEPS = 8
TERMS = find_operators(["add", "sub"])
JOINTS = (*TERMS, *find_operators(["mul", "div"]))


def small_programs(rows: AnyRows, grammar: Grammar) -> Members:
    """Build the terms that programs are joined with.

    Parameters
    ----------
    rows : Rows or LabelledRows
        Rows with their directions or labels.
    grammar : Grammar
        Operators and leaves.

    Returns
    -------
    Members
        Distinct programs without constants, all up to the same complexity, with their losses.
    """
    small = all_small_programs(rows, grammar, MOST_SMALL)
    program_losses(small.tokens, small.constants, small.lengths, rows, _work(rows, grammar), small.losses)
    return small


def best_of(small: Members) -> Members:
    """Choose the small programs that are to grow.

    Parameters
    ----------
    small : Members
        Programs with their losses.

    Returns
    -------
    Members
        The best of them.
    """
    chosen = np.argsort(small.losses, kind="stable")[:SEEDS]
    return Members(*(array[chosen] for array in small))


def cost_of_growth(programs: Members, row: int, small: Members, grammar: Grammar) -> int:
    """Tell what it takes at most to let a program grow, before it is done.

    Parameters
    ----------
    programs : Members
        Programs.
    row : int
        Which of them.
    small : Members
        What it is to be joined with.
    grammar : Grammar
        Operators and leaves.

    Returns
    -------
    int
        Evaluations.
    """
    joined = sum(
        len(_short_enough(programs, row, small, each, grammar)) for each in _allowed(JOINTS, grammar)
    )
    n_constants = 1 + int(np.count_nonzero(programs.tokens[row, : programs.lengths[row]] == CONSTANT))
    return joined + min(BEST, joined) * (1 + FIT_STEPS * (3 + 2 * n_constants))


def grow(rows: AnyRows, grammar: Grammar, programs: Members, small: Members) -> tuple[Members, int]:
    """Join programs with every small one.

    Parameters
    ----------
    rows : Rows or LabelledRows
        Rows with their directions or labels.
    grammar : Grammar
        Operators and leaves.
    programs : Members
        What is to grow.
    small : Members
        What it is joined with.

    Returns
    -------
    Members
        The best program of each complexity, in the row of that number.
    int
        Evaluations that this took.
    """
    best = make_members(int(grammar.max_complexity) + 1, int(grammar.max_nodes))
    evaluations = 0
    for row in np.flatnonzero(np.isfinite(programs.losses)):
        joined = _joined(programs, int(row), small, grammar)
        program_losses(
            joined.tokens, joined.constants, joined.lengths, rows, _work(rows, grammar), joined.losses
        )
        scaled = _with_a_factor(joined, int(programs.lengths[row]), grammar)
        cost = fit_programs(
            scaled.tokens,
            scaled.constants,
            scaled.lengths,
            rows,
            FIT_STEPS,
            _work(rows, grammar),
            scaled.losses,
        )
        refuse_unsound(scaled)
        evaluations += len(joined.losses) + int(cost)
        for found in (joined, scaled):
            _remember_best(best, found)
    return best, evaluations


def _joined(programs: Members, row: int, small: Members, grammar: Grammar) -> Members:
    """One program with every small one, by every operator of the grammar that joins two."""
    length, complexity = int(programs.lengths[row]), int(programs.complexities[row])
    parts = []
    for operator in _allowed(JOINTS, grammar):
        complexities = small.complexities + complexity + OPERATORS[operator - 1].complexity
        lengths = small.lengths + length + 1
        short = _short_enough(programs, row, small, operator, grammar)
        found = make_members(len(short), int(grammar.max_nodes))
        width = min(small.tokens.shape[1], found.tokens.shape[1] - length)
        found.tokens[:, :length] = programs.tokens[row, :length]
        found.constants[:, :length] = programs.constants[row, :length]
        found.tokens[:, length : length + width] = small.tokens[short, :width]
        found.tokens[np.arange(len(short)), lengths[short] - 1] = operator
        found.lengths[:] = lengths[short]
        found.complexities[:] = complexities[short]
        parts.append(found)
    return _together(parts, grammar)


def _short_enough(programs: Members, row: int, small: Members, operator: int, grammar: Grammar) -> Any:
    """Find the small programs that a program can be joined with."""
    complexities = small.complexities + programs.complexities[row] + OPERATORS[operator - 1].complexity
    lengths = small.lengths + programs.lengths[row] + 1
    return np.flatnonzero((complexities <= grammar.max_complexity) & (lengths <= grammar.max_nodes))


def _with_a_factor(joined: Members, length: int, grammar: Grammar) -> Members:
    """Put a constant factor before the new term of the best sums; the term begins at `length`."""
    last = joined.tokens[np.arange(len(joined.lengths)), joined.lengths - 1]
    sums = np.flatnonzero(
        np.isin(last, TERMS)
        & (joined.complexities + FACTOR_COMPLEXITY <= grammar.max_complexity)
        & (joined.lengths + 2 <= grammar.max_nodes)
        & np.isfinite(joined.losses)
    )
    if MULTIPLY not in grammar.binary:
        sums = sums[:0]
    chosen = sums[np.argsort(joined.losses[sums], kind="stable")[:BEST]]
    found = Members(*(array[chosen] for array in joined))
    each, end = np.arange(len(chosen)), found.lengths - 1
    operator = found.tokens[each, end]
    for offset, token in enumerate(
        (np.full(len(chosen), CONSTANT), np.full(len(chosen), MULTIPLY), operator)
    ):
        found.tokens[each, end + offset] = token
    found.constants[each, end] = 1.0
    found.lengths[:] += 2
    found.complexities[:] += FACTOR_COMPLEXITY
    return found


def _remember_best(best: Members, found: Members) -> None:
    """Enter the best program of each complexity where it is better than what is there."""
    order = np.argsort(found.losses, kind="stable")
    complexities, first = np.unique(found.complexities[order], return_index=True)
    rows = order[first]
    better = found.losses[rows] < best.losses[complexities]
    for ours, theirs in zip(best, found, strict=True):
        ours[complexities[better]] = theirs[rows[better]]


def _allowed(operators: Sequence[int], grammar: Grammar) -> list[int]:
    return [operator for operator in operators if operator in grammar.binary]


def _together(parts: list[Members], grammar: Grammar) -> Members:
    if not parts:
        return make_members(0, int(grammar.max_nodes))
    return Members(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _work(rows: AnyRows, grammar: Grammar) -> Any:
    return make_workspace(rows.X.shape[1], int(grammar.max_nodes))

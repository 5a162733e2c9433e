"""One epoch of one island: the evolution loop, compiled as a whole.

Regularised evolution (Real et al., AAAI 2019, algorithm 1): a child of the winner of a tournament
takes the place of the oldest member.  The tournament looks at the loss and at how crowded the
winner's complexity is (adaptive parsimony: Cranmer, arXiv:2305.01582, section 2.1).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from skinterpret.expressions.compilation import entry_kernel, inlined_kernel, kernel
from skinterpret.expressions.kernels.gradients import CONSTANT
from skinterpret.expressions.kernels.judging import AnyRows, fit_constants, program_loss
from skinterpret.search.evolution import mutation
from skinterpret.search.evolution.adaptation import SCALE_SUBTREE
from skinterpret.search.evolution.generator import random_choice, random_integer, random_uniform
from skinterpret.search.evolution.population import Members, Seen, load, store
from skinterpret.search.evolution.programs import (
    Grammar,
    Program,
    append_random_subtree,
    complexity_of,
    is_well_formed,
    make_program,
)
from skinterpret.search.evolution.simplify import (
    has_sound_constants,
    hash_program,
    simplify,
    strip_even_root,
)

TOURNAMENT = 8
CROWDING = 8.0  # weight of the share of members with the same complexity, against log loss
HOPELESS = 4.0  # times the parent's loss: beyond it the first tile decides
FIT_STEPS = 6
FIT_SHARE = 0.05  # of the children that are worse than their parents get their constants fitted


class Desk(NamedTuple):
    """Room in which children are made."""

    parent: Any
    donor: Any
    child: Any
    graft: Any
    bits: Any


def make_desk(max_nodes: int) -> Desk:
    """Allocate room for programs of `max_nodes` nodes while they are made."""
    parent, donor, child, graft = (make_program(max_nodes) for _ in range(4))
    return Desk(parent, donor, child, graft, np.zeros(2 * max_nodes + 8, dtype=np.uint64))


class Counts(NamedTuple):
    """What has been done: arrays of one integer, or of one a mutation.

    Attributes
    ----------
    evaluations : ndarray of shape (1,)
        Programs evaluated on all rows.  A step of constant fitting counts as the evaluations that
        it costs.
    rejections : ndarray of shape (1,)
        Programs given up after the first tile.
    recognised : ndarray of shape (1,)
        Programs whose loss was known.
    steps : ndarray of shape (1,)
        Children made.
    births : ndarray of shape (1,)
        Children that entered the population.
    tried, improved : ndarray of shape (n_mutations,)
        Children that each mutation made, and those among them that were better than their parents.
    """

    evaluations: Any
    rejections: Any
    recognised: Any
    steps: Any
    births: Any
    tried: Any
    improved: Any


def make_counts(n_mutations: int) -> Counts:
    """Begin to count."""
    totals = [np.zeros(1, dtype=np.int64) for _ in range(5)]
    return Counts(*totals, *(np.zeros(n_mutations) for _ in range(2)))


@entry_kernel
def evolve(
    members: Members,
    fame: Members,
    rows: AnyRows,
    grammar: Grammar,
    mutation_weights: Any,
    state: Any,
    desk: Desk,
    seen: Seen,
    counts: Counts,
    work: Any,
    budget: Any,
    target_loss: Any,
) -> None:
    """Let a population evolve until `budget` evaluations or four times as many steps are done.

    It ends earlier when a program reaches `target_loss` for the first time.

    Rows of length 0 are filled with random programs first; rows with a loss of NaN (seeds,
    migrants) get their loss.
    """
    _complete(members, fame, rows, grammar, state, desk, seen, counts, work)
    n_members = members.lengths.size
    crowd = np.zeros(fame.lengths.size)
    for index in range(n_members):
        crowd[members.complexities[index]] += 1.0
    best = fame.losses.min()
    if best <= target_loss:
        best = np.inf  # what remains to be done is to find a simpler one
        target_loss = -np.inf
    evaluations_end = counts.evaluations[0] + budget
    steps_end = counts.steps[0] + 4 * budget
    while counts.evaluations[0] < evaluations_end and counts.steps[0] < steps_end and best > target_loss:
        counts.steps[0] += 1
        winner = _tournament(members, crowd, state)
        load(members, winner, desk.parent)
        kind = random_choice(state, mutation_weights)
        _mutate(members, crowd, kind, grammar, desk, state)
        counts.tried[kind] += 1
        hopeless = HOPELESS * members.losses[winner]
        loss, complexity = _judge(desk.child, hopeless, rows, grammar, desk, seen, counts, work)
        if complexity == 0:
            continue
        if loss < members.losses[winner] and strip_even_root(desk.child, rows, work):
            loss, complexity = _judge(desk.child, hopeless, rows, grammar, desk, seen, counts, work)
        promising = loss < members.losses[winner] or kind == SCALE_SUBTREE
        if (promising or random_uniform(state) < FIT_SHARE) and loss < hopeless:
            loss = _polish(desk.child, loss, rows, seen, desk, counts, work)
            if not has_sound_constants(desk.child):
                continue
        if loss < members.losses[winner]:
            counts.improved[kind] += 1
        # beyond that the loss is one of the first tile alone
        if loss <= hopeless:
            _remember(fame, desk.child, loss, complexity)
        best = min(best, loss)
        # every birth takes the next row, so the row whose turn it is holds the oldest member
        index = counts.births[0] % n_members
        counts.births[0] += 1
        crowd[members.complexities[index]] -= 1.0
        crowd[complexity] += 1.0
        store(members, index, desk.child, loss, complexity)


@inlined_kernel
def _complete(
    members: Members,
    fame: Members,
    rows: AnyRows,
    grammar: Grammar,
    state: Any,
    desk: Desk,
    seen: Seen,
    counts: Counts,
    work: Any,
) -> None:
    for index in range(members.lengths.size):
        if members.lengths[index] > 0 and members.losses[index] == members.losses[index]:
            continue
        load(members, index, desk.child)
        loss, complexity = np.inf, 0
        while complexity == 0:
            if desk.child.length[0] == 0:
                size = 1 + random_integer(state, 6)
                append_random_subtree(desk.child, grammar, size, state)
            loss, complexity = _judge(desk.child, np.inf, rows, grammar, desk, seen, counts, work)
            if complexity == 0:
                desk.child.length[0] = 0
        store(members, index, desk.child, loss, complexity)
        _remember(fame, desk.child, loss, complexity)


@kernel
def _judge(
    child: Program,
    hopeless: Any,
    rows: AnyRows,
    grammar: Grammar,
    desk: Desk,
    seen: Seen,
    counts: Counts,
    work: Any,
) -> Any:
    """Simplify a program and find its loss and complexity; complexity 0 says that it is refused."""
    if child.length[0] < 1 or child.length[0] > grammar.max_nodes:
        return np.inf, 0
    if not is_well_formed(child.tokens, child.length[0]):
        return np.inf, 0
    simplify(child, rows, work)
    complexity = complexity_of(child.tokens, child.length[0], grammar)
    if complexity > grammar.max_complexity or not has_sound_constants(child):
        return np.inf, 0
    if child.length[0] == 1 and child.tokens[0] == CONSTANT:
        return np.inf, 0
    word = hash_program(child.tokens, child.constants, child.length[0], desk.bits)
    slot = np.int64(word & np.uint64(seen.hashes.size - 1))
    if seen.hashes[slot] == word:
        counts.recognised[0] += 1
        return seen.losses[slot], complexity
    loss = program_loss(child.tokens, child.constants, child.length[0], rows, hopeless, work)
    if loss > hopeless:
        counts.rejections[0] += 1
    else:
        counts.evaluations[0] += 1
        seen.hashes[slot] = word
        seen.losses[slot] = loss
    return loss, complexity


@inlined_kernel
def _polish(
    child: Program, loss: Any, rows: AnyRows, seen: Seen, desk: Desk, counts: Counts, work: Any
) -> Any:
    """Fit the constants of a child and remember the loss that this gives."""
    fitted, cost = fit_constants(child.tokens, child.constants, child.length[0], rows, FIT_STEPS, work)
    counts.evaluations[0] += cost - 1
    if fitted < loss and has_sound_constants(child):
        word = hash_program(child.tokens, child.constants, child.length[0], desk.bits)
        slot = np.int64(word & np.uint64(seen.hashes.size - 1))
        seen.hashes[slot] = word
        seen.losses[slot] = fitted
    return fitted


@kernel
def _tournament(members: Members, crowd: Any, state: Any) -> Any:
    """Pick the best of a few random members."""
    n_members = members.lengths.size
    best = 0
    best_score = np.inf
    for _ in range(TOURNAMENT):
        index = random_integer(state, n_members)
        score = math.log(members.losses[index] + 1e-16)
        score += CROWDING * crowd[members.complexities[index]] / n_members
        if score < best_score:
            best = index
            best_score = score
    return best


@kernel
def _remember(fame: Members, program: Program, loss: Any, complexity: Any) -> None:
    """Enter a program into the hall of fame where it is the best of its complexity."""
    if loss < fame.losses[complexity]:
        store(fame, complexity, program, loss, complexity)


@kernel
def _mutate(members: Members, crowd: Any, kind: Any, grammar: Grammar, desk: Desk, state: Any) -> None:
    parent, child, graft = desk.parent, desk.child, desk.graft
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
    elif kind == SCALE_SUBTREE:
        mutation.scale_subtree(parent, child, graft, grammar, state)
    else:
        load(members, _tournament(members, crowd, state), desk.donor)
        mutation.cross(parent, desk.donor, child, graft, state)

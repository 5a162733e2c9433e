"""Islands between epochs: what a task gets and returns, and how programs travel.

A task is a pure function of its arguments, so it may run in this thread, in another, or on another
machine, and gives the same arrays bit for bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.gradients import make_workspace
from skinterpret.expressions.kernels.judging import AnyRows
from skinterpret.search.evolution.adaptation import Credit, add_credit, make_credit, mutation_weights
from skinterpret.search.evolution.epoch import evolve, make_counts, make_desk
from skinterpret.search.evolution.generator import make_state
from skinterpret.search.evolution.population import (
    Members,
    copy_members,
    make_members,
    make_seen,
)
from skinterpret.search.evolution.programs import Grammar

BETTER = 20  # times as many small programs as settlers are candidates for settling


class Island(NamedTuple):
    """A population with its own hall of fame and its experience with mutations."""

    members: Members
    fame: Members
    credit: Credit


class Task(NamedTuple):
    """All that one epoch of one island depends on."""

    rows: AnyRows
    grammar: Grammar
    island: Island
    seed: int
    number: int
    epoch: int
    budget: int
    target_loss: float


def make_island(population_size: int, grammar: Grammar) -> Island:
    """Make an island without programs; its first epoch fills it."""
    return Island(
        make_members(population_size, grammar.max_nodes),
        make_members(grammar.max_complexity + 1, grammar.max_nodes),
        make_credit(),
    )


def settle(island: Island, small: Members, n_settlers: int, rng: np.random.Generator) -> Island:
    """Put some of the better small programs into an empty population, and all into the hall of fame.

    `small` holds programs with their losses, best first.  Where they are too few some settle twice.
    """
    members, fame = copy_members(island.members), copy_members(island.fame)
    if not len(small.losses):  # of rows that no small program tells apart
        return island
    better = min(len(small.losses), BETTER * max(n_settlers, 1))
    chosen = np.resize(rng.choice(better, min(n_settlers, better), replace=False), n_settlers)
    complexities, best = np.unique(small.complexities, return_index=True)
    for ours, fames, theirs in zip(members, fame, small, strict=True):
        ours[: len(chosen)] = theirs[chosen]
        fames[complexities] = theirs[best]
    return island._replace(members=members, fame=fame)


def run_epoch(task: Task) -> tuple[Island, int]:
    """Let one island evolve for one epoch; return it and the evaluations that this took."""
    grammar = task.grammar
    room = 2 * grammar.max_nodes + 8
    members, fame = copy_members(task.island.members), copy_members(task.island.fame)
    counts = make_counts(len(task.island.credit.tried))
    evolve(
        members,
        fame,
        task.rows,
        grammar,
        mutation_weights(task.island.credit, grammar),
        make_state(task.seed, task.number, task.epoch),
        make_desk(grammar.max_nodes),
        make_seen(),
        counts,
        make_workspace(task.rows.X.shape[1], room),
        task.budget,
        task.target_loss,
    )
    credit = add_credit(task.island.credit, counts.tried, counts.improved)
    return Island(members, fame, credit), int(counts.evaluations[0])


def merge_fame(halls: list[Members]) -> Members:
    """Best program of each complexity over several halls of fame; the first wins a tie."""
    best = copy_members(halls[0])
    for hall in halls[1:]:
        better = hall.losses < best.losses
        for ours, theirs in zip(best, hall, strict=True):
            ours[better] = theirs[better]
    return best


def immigrate(island: Island, fame: Members, share: float, rng: np.random.Generator) -> Island:
    """Replace a share of the population by programs of the common hall of fame."""
    members = copy_members(island.members)
    famous = np.flatnonzero(np.isfinite(fame.losses))
    n_migrants = min(int(share * len(members.lengths)), len(famous))
    sources = rng.choice(famous, n_migrants, replace=False)
    targets = rng.choice(len(members.lengths), n_migrants, replace=False)
    for ours, theirs in zip(members, fame, strict=True):
        ours[targets] = theirs[sources]
    return island._replace(members=members)


def clear_population(island: Island) -> Island:
    """Forget the population but not the hall of fame: a restart."""
    return island._replace(members=make_members(*island.members.tokens.shape))


def forget_losses(island: Island) -> Island:
    """Keep the programs, for other rows: their losses are found anew."""
    members = copy_members(island.members)
    members.losses[:] = np.nan
    return island._replace(members=members, fame=make_members(*island.fame.tokens.shape))


def expression_at(members: Members, index: int) -> Expression:
    """Read the program in a row of `members` as an expression."""
    length = int(members.lengths[index])
    return Expression(members.tokens[index, :length], members.constants[index, :length])

"""Weights of mutations and operators that follow what has helped so far.

Both are probability matching (Thierens, An adaptive pursuit strategy for allocating operator
probabilities, GECCO 2005, section 3.1): the weight is proportional to the rate of success, with a
floor, because what does not help now may help later.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skinterpret.search.evolution.mutation import MULTIPLY
from skinterpret.search.evolution.population import Members
from skinterpret.search.evolution.programs import Grammar

Array = NDArray[np.float64]

# Chosen on experiments 1 to 6; the order is that of `epoch._mutate`.
MUTATION_WEIGHTS = np.array([1.0, 1.0, 1.0, 2.0, 1.0, 1.0, 0.3, 0.5, 0.2, 0.2, 1.0, 0.5])
SCALE_SUBTREE = 11
MEMORY = 0.8  # of the successes so far that an epoch leaves
PRIOR = 200.0  # children that count as if a mutation had had the mean rate of success
MOST = 3.0  # times its weight at the start that a mutation may get, or the inverse of it
USED_SHARE = 0.25  # of the draws of operators that follow the hall of fame; with half, searches get stuck


class Credit(NamedTuple):
    """How often each mutation has been tried, and how often the child was better than its parent.

    Attributes
    ----------
    tried : ndarray of shape (n_mutations,), dtype float64
    improved : ndarray of shape (n_mutations,), dtype float64
    """

    tried: Any
    improved: Any


def make_credit() -> Credit:
    """Begin without any experience."""
    return Credit(np.zeros(len(MUTATION_WEIGHTS)), np.zeros(len(MUTATION_WEIGHTS)))


def add_credit(credit: Credit, tried: Any, improved: Any) -> Credit:
    """Take in one epoch; older ones fade."""
    return Credit(MEMORY * credit.tried + tried, MEMORY * credit.improved + improved)


def mutation_weights(credit: Credit, grammar: Grammar) -> Array:
    """Cumulative weights of the mutations for the next epoch."""
    weights = MUTATION_WEIGHTS.copy()
    if MULTIPLY not in grammar.binary:
        weights[SCALE_SUBTREE] = 0.0
    if credit.improved.sum() > 0:
        mean = credit.improved.sum() / credit.tried.sum()
        rate = (credit.improved + PRIOR * mean) / (credit.tried + PRIOR)
        weights = weights * np.clip(rate / mean, 1 / MOST, MOST)
    return np.cumsum(weights)


def adapt_operators(grammar: Grammar, fame: Members) -> Grammar:
    """Draw a share of the operators as often as the hall of fame uses them."""
    famous = np.isfinite(fame.losses)
    used = fame.tokens[famous][np.arange(fame.tokens.shape[1]) < fame.lengths[famous, None]]
    return grammar._replace(
        unary_weights=_follow(grammar.unary, used), binary_weights=_follow(grammar.binary, used)
    )


def _follow(operators: Any, used: Any) -> Array:
    counts = np.array([np.count_nonzero(used == operator) for operator in operators], dtype=float)
    even = np.ones(len(operators)) / max(len(operators), 1)
    share = counts / counts.sum() if counts.any() else even
    return np.cumsum((1 - USED_SHARE) * even + USED_SHARE * share)

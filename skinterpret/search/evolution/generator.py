"""Random numbers inside compiled code: a stream that depends on (seed, island, epoch) alone.

SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014,
Figure 14): one word of state, so that a checkpoint holds it and no two streams share memory.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from skinterpret.expressions.compilation import kernel


def make_state(seed: int, island: int, epoch: int) -> Any:
    """State of the stream of one island in one epoch, an array of one unsigned integer."""
    return np.random.SeedSequence([seed, island, epoch]).generate_state(1, dtype=np.uint64)


@kernel
def random_bits(state: Any) -> Any:
    """Draw 64 random bits."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    return mix_bits(state[0])


@kernel
def mix_bits(bits: Any) -> Any:
    """Spread 64 bits so that neighbours land far apart."""
    bits = np.uint64(bits)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


@kernel
def random_uniform(state: Any) -> Any:
    """Draw from [0, 1)."""
    return np.float64(random_bits(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def random_integer(state: Any, n: Any) -> Any:
    """Draw from 0, …, n - 1."""
    return np.int64(random_uniform(state) * n)


@kernel
def random_normal(state: Any) -> Any:
    """Draw from the standard normal distribution (Box and Muller, 1958)."""
    radius = math.sqrt(-2.0 * math.log(1.0 - random_uniform(state)))
    return radius * math.cos(2.0 * math.pi * random_uniform(state))


@kernel
def random_choice(state: Any, cumulative_weights: Any) -> Any:
    """Draw an index with the given cumulative weights."""
    u = random_uniform(state) * cumulative_weights[-1]
    for index in range(cumulative_weights.size):
        if u < cumulative_weights[index]:
            return index
    return cumulative_weights.size - 1

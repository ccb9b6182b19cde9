"""Which samples each step trains on: every epoch goes through all once, in an order of its own."""

from functools import lru_cache

import numpy as np


def drawn(count: int, number: int, size: int, seed: int) -> np.ndarray:
    """(size,) indices below `count` of step `number`; they depend on these four alone, so that a resumed run sees the same."""
    positions = range(number * size, (number + 1) * size)
    return np.array([_order(count, position // count, seed)[position % count] for position in positions])


@lru_cache(maxsize=2)  # a batch may lie in two epochs
def _order(count: int, epoch: int, seed: int) -> np.ndarray:
    return np.random.default_rng((seed, 1, epoch)).permutation(count)

"""The order of items in batches (``src/data/batches.ts``), and the part of each batch that a process has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..job_error import JobError
from ..seed import Seed, permutation, split_seed
from .sampling import Draws, drawn_items

Batches = list[list[int]]
"""Positions of items, one list per batch."""


@dataclass(frozen=True)
class Batching:
    """What determines the batches of an epoch."""

    bs: int
    """Images of a batch, of all processes together."""
    shuffle: bool
    drop_last: bool
    """Whether training drops an incomplete last batch."""
    seed: Seed
    draws: Draws | None = None
    """Balanced sampling; None: each item once."""


def batch_count(n: int, bs: int, drop_last: bool) -> int:
    """The number of batches of ``n`` items, including the incomplete last one unless it is dropped."""
    return n // bs if drop_last else -(-n // bs)


def train_order(of: Batching, n: int, epoch: int) -> Batches:
    """The training batches of an epoch over ``n`` items; ``JobError`` if there is none."""
    places = permutation(split_seed(of.seed, "order", epoch), n) if of.shuffle else list(range(n))
    if of.draws is not None:
        drawn = drawn_items(of.draws, of.seed, epoch)
        places = [drawn[place] for place in places]
    count = batch_count(n, of.bs, of.drop_last)
    if count == 0:
        least = of.bs if of.drop_last else 1
        raise JobError(
            "data.train",
            f"at least {least} training images for batches of {of.bs}",
            f"{n}",
            "use smaller batches, or withDropLast(false)" if n > 0 else "add training images",
        )
    return [places[k * of.bs : (k + 1) * of.bs] for k in range(count)]


def valid_order(n: int, bs: int) -> Batches:
    """The validation batches: all items in order."""
    return [list(range(k, min(n, k + bs))) for k in range(0, n, bs)]


def slice_of(batch: Sequence[int], rank: int, world: int) -> range:
    """The positions in a global batch that process ``rank`` of ``world`` has.

    A full training batch, whose size ``world`` divides, has equal slices. Those of a short last batch differ by one at
    most, and may be empty; every position belongs to exactly one process.
    """
    n = len(batch)
    return range(n * rank // world, n * (rank + 1) // world)

"""How often each training image is drawn in an epoch (``src/data/Sampling.ts``)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..seed import Seed, permutation, split_seed


@dataclass(frozen=True)
class Draws:
    """Balanced sampling of items with known classes."""

    power: float
    """0: classes as they are; 1: all classes equally often."""
    classes: Sequence[int]
    """The class of each item."""


def _sum(values: Sequence[float]) -> float:
    """The sum from left to right; Python's ``sum`` compensates for rounding, which JavaScript's does not."""
    total = 0.0
    for value in values:
        total += value
    return total


def apportioned(quotas: Sequence[float]) -> list[int]:
    """Whole numbers near the quotas, adding up to the floor of their sum: the largest remainders are rounded up."""
    floors = [math.floor(quota) for quota in quotas]
    # the sum of products may fall short of a whole number by rounding
    total = math.floor(_sum(quotas) + 1e-9)
    rest = total - sum(floors)
    by_part = sorted(range(len(quotas)), key=lambda i: (-(quotas[i] - floors[i]), i))
    up = set(by_part[: max(rest, 0)])
    return [floor + (1 if i in up else 0) for i, floor in enumerate(floors)]


def drawn_items(draws: Draws, seed: Seed, epoch: int) -> list[int]:
    """The positions of an epoch's items, ascending, as many as there are items."""
    n = len(draws.classes)
    members: dict[int, list[int]] = {}
    for i, c in enumerate(draws.classes):
        members.setdefault(c, []).append(i)
    present = [members[c] for c in sorted(members)]
    shares = [len(its) ** (1 - draws.power) for its in present]
    total = _sum(shares)
    counts = apportioned([n * share / total for share in shares])
    times = np.zeros(n, dtype=np.int64)
    for c, (its, count) in enumerate(zip(present, counts, strict=True)):
        times[its] = count // len(its)
        for k in permutation(split_seed(seed, "sample", epoch, c), len(its))[: count % len(its)]:
            times[its[k]] += 1
    return np.repeat(np.arange(n), times).tolist()


def repeats_in(batches: Sequence[Sequence[int]]) -> list[list[int]]:
    """How often each item of an epoch's batches has been drawn earlier in the same epoch."""
    seen: dict[int, int] = {}
    repeats = []
    for batch in batches:
        before = []
        for i in batch:
            before.append(seen.get(i, 0))
            seen[i] = before[-1] + 1
        repeats.append(before)
    return repeats

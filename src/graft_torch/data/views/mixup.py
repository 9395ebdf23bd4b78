"""Mixup: each image of a training batch with another one of the batch (``src/data/views/mixup.ts``)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...seed import Generator, Seed, generator, permutation, split_seed
from .rows import BatchSetting, BatchView, Places, Rows


def _gamma(random: Generator, a: float) -> float:
    """Gamma(a, 1) by Marsaglia and Tsang (2000); for a < 1 through Gamma(a + 1, 1)."""
    if a < 1:
        whole = _gamma(random, a + 1)
        return whole * (1 - random.uniform()) ** (1 / a)
    d = a - 1 / 3
    c = 1 / math.sqrt(9 * d)
    while True:
        x = random.normal()
        v = (1 + c * x) ** 3
        if v > 0 and math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * math.log(v):
            return d * v


def beta(random: Generator, alpha: float) -> float:
    """Beta(α, α). For a tiny α both gammas may underflow to 0; then either end is equally likely."""
    x = _gamma(random, alpha)
    y = _gamma(random, alpha)
    return math.floor(random.uniform() + 0.5) if x + y == 0 else x / (x + y)


def mixed_rows(own: NDArray, other: NDArray, shares: NDArray[np.float64]) -> NDArray[np.float32]:
    """``own * share + other * (1 - share)`` for each row."""
    share = shares.reshape(-1, *[1] * (own.ndim - 1))
    return (own.astype(np.float64) * share + other.astype(np.float64) * (1 - share)).astype(np.float32)


@dataclass(frozen=True)
class Mix:
    """Each image's partner, and its share λ of the result."""

    partners: list[int]
    shares: list[float]

    def targets(self, rows: Rows, keep: Places) -> NDArray:
        """Class targets become rows of three: own class, partner's class, λ; others are mixed."""
        own, other = rows.y[rows.of(keep)], rows.y[rows.of([self.partners[i] for i in keep])]
        shares = np.array([self.shares[i] for i in keep])
        if np.issubdtype(own.dtype, np.integer):
            return np.stack([own, other, shares], axis=1).astype(np.float32)
        return mixed_rows(own, other, shares)

    def seen(self, rows: Rows, keep: Places) -> Rows:
        """Images and targets mixed."""
        own, other = rows.x[rows.of(keep)], rows.x[rows.of([self.partners[i] for i in keep])]
        shares = np.array([self.shares[i] for i in keep])
        return Rows(keep, mixed_rows(own, other, shares), self.targets(rows, keep))


def draw_mix(view: BatchView, seed: Seed, n: int, sides: tuple[int, int], of: BatchSetting) -> Mix:
    """The mix of a batch of ``n``, drawn from a seed."""
    random = generator(split_seed(seed, "shares"))
    drawn = [beta(random, view["alpha"]) for _ in range(n)]
    return Mix(permutation(split_seed(seed, "partners"), n), [max(b, 1 - b) for b in drawn])

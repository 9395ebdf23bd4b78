"""Seeds and random generators, with the same numbers as ``src/Seed.ts``.

Every random choice has its own generator, seeded from the run's seed by name (``split_seed(seed, "order", epoch)``), so
a choice does not depend on how many others were made before it.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

Seed = int
"""An unsigned 32-bit number."""

_MASK32 = 0xFFFFFFFF
_MASK64 = 0xFFFFFFFFFFFFFFFF


def _mix(hash_: int, word: int) -> int:
    k = (word * 0xCC9E2D51) & _MASK32
    k = ((k << 15) | (k >> 17)) & _MASK32
    k = (k * 0x1B873593) & _MASK32
    h = hash_ ^ k
    h = ((h << 13) | (h >> 19)) & _MASK32
    return (h * 5 + 0xE6546B64) & _MASK32


def _finish(hash_: int) -> int:
    h = hash_ ^ (hash_ >> 16)
    h = (h * 0x85EBCA6B) & _MASK32
    h ^= h >> 13
    h = (h * 0xC2B2AE35) & _MASK32
    return h ^ (h >> 16)


def split_seed(seed: Seed, *names: str | int) -> Seed:
    """The seed of a named part (MurmurHash3's 32-bit mixing over the names)."""
    hash_ = _mix(0x9747B28C, seed & _MASK32)
    for name in names:
        text = name if isinstance(name, str) else f"#{name}"
        # UTF-16 code units, as JavaScript's strings have them
        units = np.frombuffer(text.encode("utf-16-le"), dtype="<u2")
        for unit in units.tolist():
            hash_ = _mix(hash_, unit)
        hash_ = _mix(hash_, 0x10000 + len(units))
    return _finish(hash_)


def _step(s0: int, s1: int) -> tuple[int, int]:
    """One step of xoroshiro128+ (24, 16, 37)."""
    a = s1 ^ s0
    return (
        ((s0 << 24) & _MASK64 | s0 >> 40) ^ a ^ ((a << 16) & _MASK64),
        (a << 37) & _MASK64 | a >> 27,
    )


_Words = NDArray[np.uint64]


def _step_all(s0: _Words, s1: _Words) -> tuple[_Words, _Words]:
    """The same step for many states."""
    a = s1 ^ s0
    rotated = (s0 << np.uint64(24)) | (s0 >> np.uint64(40))
    return rotated ^ a ^ (a << np.uint64(16)), (a << np.uint64(37)) | (a >> np.uint64(27))


_STRIDE = 256
"""The number of draws of each lane; see ``Generator.uniforms``."""


def _bits_of(s0: _Words, s1: _Words) -> NDArray[np.uint8]:
    """The 128 bits of each state, one state a row."""
    words = np.stack([s0, s1], axis=1).astype("<u8")
    return np.unpackbits(words.view(np.uint8), axis=1, bitorder="little")


def _words_of(bits: NDArray[np.uint8]) -> tuple[_Words, _Words]:
    words = np.packbits(bits, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    return words[:, 0], words[:, 1]


def _times(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The product of two matrices of bits, modulo 2."""
    # float32 is exact up to 2^24, and its product is much faster than that of integers
    return (a.astype(np.float32) @ b.astype(np.float32)).astype(np.int32).astype(np.uint8) & 1


@cache
def _jump(power: int) -> NDArray[np.uint8]:
    """The matrix that advances a state, a row of bits, by ``_STRIDE * 2**power`` steps: a step is linear in bits."""
    if power > 0:
        half = _jump(power - 1)
        return _times(half, half)
    units = np.eye(128, dtype=np.uint8)
    s0, s1 = _words_of(units)
    for _ in range(_STRIDE):
        s0, s1 = _step_all(s0, s1)
    return _bits_of(s0, s1)


def _lanes(s0: int, s1: int, n: int) -> tuple[_Words, _Words]:
    """``n`` states, each ``_STRIDE`` steps after the one before."""
    bits = _bits_of(np.array([s0], dtype=np.uint64), np.array([s1], dtype=np.uint64))
    power = 0
    while len(bits) < n:
        bits = np.concatenate([bits, _times(bits, _jump(power))])
        power += 1
    return _words_of(np.ascontiguousarray(bits[:n]))


class Generator:
    """A source of random numbers (xoroshiro128+); each call advances it."""

    def __init__(self, seed: Seed) -> None:
        seed &= _MASK32
        self._s0 = (_MASK32 << 32) | (seed ^ _MASK32)
        self._s1 = seed << 32
        self._spare: float | None = None
        # numbers that have been drawn but not used
        self._ahead: NDArray[np.float64] = np.empty(0)

    def uniform(self) -> float:
        """Uniform in [0, 1), 32 bits of resolution."""
        if len(self._ahead) > 0:
            first = float(self._ahead[0])
            self._ahead = self._ahead[1:]
            return first
        out = (self._s0 + self._s1) & _MASK32
        self._s0, self._s1 = _step(self._s0, self._s1)
        return out / 0x100000000

    def uniforms(self, n: int) -> NDArray[np.float64]:
        """The next ``n`` uniform numbers, computed in lanes of ``_STRIDE`` draws side by side."""
        kept, self._ahead = self._ahead[:n], self._ahead[n:]
        missing = n - len(kept)
        if missing < 2 * _STRIDE:
            return np.concatenate([kept, np.array([self.uniform() for _ in range(missing)], dtype=np.float64)])
        count = -(-missing // _STRIDE)
        s0, s1 = _lanes(self._s0, self._s1, count)
        drawn = np.empty((count, _STRIDE), dtype=np.uint32)
        for k in range(_STRIDE):
            drawn[:, k] = (s0 + s1).astype(np.uint32)
            s0, s1 = _step_all(s0, s1)
        self._s0, self._s1 = int(s0[-1]), int(s1[-1])
        every = drawn.reshape(-1) / 0x100000000
        self._ahead = every[missing:]
        return np.concatenate([kept, every[:missing]])

    def normal(self) -> float:
        """Standard normal (Box and Muller's polar form, after Marsaglia)."""
        if self._spare is not None:
            spare, self._spare = self._spare, None
            return spare
        while True:
            u = 2 * self.uniform() - 1
            v = 2 * self.uniform() - 1
            s = u * u + v * v
            if 0 < s < 1:
                scale = math.sqrt(-2 * math.log(s) / s)
                self._spare = v * scale
                return u * scale

    def normals(self, n: int) -> NDArray[np.float64]:
        """The next ``n`` standard normal numbers."""
        parts: list[NDArray[np.float64]] = []
        if n > 0 and self._spare is not None:
            parts.append(np.array([self.normal()]))
        missing = n - len(parts)
        while missing > 0:
            wanted = (missing + 1) // 2
            # a pair is accepted with probability π/4
            uv = 2 * self.uniforms(2 * (wanted + wanted // 3 + 8)).reshape(-1, 2) - 1
            s = (uv * uv).sum(axis=1)
            accepted = np.flatnonzero((s > 0) & (s < 1))[:wanted]
            used = int(accepted[-1]) + 1 if len(accepted) == wanted else len(uv)
            self._ahead = np.concatenate([(uv[used:].reshape(-1) + 1) / 2, self._ahead])
            scale = np.sqrt(-2 * np.log(s[accepted]) / s[accepted])
            normals = (uv[accepted] * scale[:, None]).reshape(-1)
            if len(normals) > missing:
                self._spare = float(normals[-1])
            parts.append(normals[:missing])
            missing -= len(parts[-1])
        return np.concatenate(parts) if parts else np.empty(0)

    def integer(self, n: int) -> int:
        """Uniform integer in [0, n)."""
        return math.floor(self.uniform() * n)


def generator(seed: Seed) -> Generator:
    """The generator of a seed."""
    return Generator(seed)


def permutation(seed: Seed, n: int) -> list[int]:
    """A uniformly random permutation of 0..n-1 (Fisher and Yates)."""
    order = list(range(n))
    ends = np.arange(n - 1, 0, -1)
    draws = np.floor(generator(seed).uniforms(len(ends)) * (ends + 1)).astype(np.int64)
    for i, j in zip(ends.tolist(), draws.tolist(), strict=True):
        order[i], order[j] = order[j], order[i]
    return order

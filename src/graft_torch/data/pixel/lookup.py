"""Transforms of 8-bit samples by a table: one for all channels, or one for each, from its histogram (``ImageOps``)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Pixels

Table = NDArray[np.uint8]
"""The new level of each of the 256 levels."""

_LEVELS = np.arange(256)


def solarized(image: Pixels, threshold: float) -> Pixels:
    """Inverts samples of at least ``threshold``."""
    return np.where(threshold > _LEVELS, _LEVELS, 255 - _LEVELS).astype(np.uint8)[image]


def posterized(image: Pixels, bits: int) -> Pixels:
    """Keeps the highest bits of each sample."""
    return image & np.uint8(~(2 ** (8 - bits) - 1) & 255)


def inverted(image: Pixels) -> Pixels:
    """Inverts samples."""
    return 255 - image


def blended(of: NDArray[np.integer] | int, to: NDArray[np.integer], factor: float) -> Pixels:
    """``Image.blend``: ``of + factor * (to - of)`` in float32, cut off and clamped."""
    moved = (float(np.float32(factor)) * (to.astype(np.float64) - of)).astype(np.float32)
    mixed = (of + moved.astype(np.float64)).astype(np.float32)
    return np.clip(np.trunc(mixed), 0, 255).astype(np.uint8)


def away_from(image: Pixels, level: int, factor: float) -> Pixels:
    """Moves samples away from one level."""
    return blended(level, _LEVELS, factor)[image]


def _by_channel(image: Pixels, table_of: Callable[[NDArray[np.int64]], Table | None]) -> Pixels:
    """By tables made from each channel's histogram; None: the channel stays as it is."""
    result = image.copy()
    for k in range(image.shape[2]):
        table = table_of(np.bincount(image[:, :, k].reshape(-1), minlength=256))
        if table is not None:
            result[:, :, k] = table[image[:, :, k]]
    return result


def _equalizing(counts: NDArray[np.int64]) -> Table | None:
    occurring = np.flatnonzero(counts)
    last = int(counts[occurring[-1]]) if len(occurring) > 0 else 0
    step = (int(counts.sum()) - last) // 255
    # also if all samples are equal
    if step == 0:
        return None
    before = np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.clip((before + step // 2) // step, 0, 255).astype(np.uint8)


def equalized(image: Pixels) -> Pixels:
    """Spreads the levels of each channel evenly."""
    return _by_channel(image, _equalizing)


def _stretching(counts: NDArray[np.int64]) -> Table | None:
    occurring = np.flatnonzero(counts)
    if len(occurring) < 2:
        return None
    low, high = int(occurring[0]), int(occurring[-1])
    scale = 255 / (high - low)
    return np.array([min(max(math.trunc(v * scale - low * scale), 0), 255) for v in range(256)], dtype=np.uint8)


def auto_contrasted(image: Pixels) -> Pixels:
    """Stretches the levels of each channel to the full range."""
    return _by_channel(image, _stretching)

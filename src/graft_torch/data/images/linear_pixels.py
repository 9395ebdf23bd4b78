"""Scaling of large JPEGs unless ``exact``, as libvips does it (``src/io/formats/sharpImages.ts``); Pillow has only the
first step, the shrinking in libjpeg."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .resizing import Pixels, Sides

_POSITIONS = 64
"""Parts of a pixel in which positions are counted."""

_ONE = 4096
"""A weight of 1."""


def decoding_shrink(own: Sides, sides: Sides) -> int:
    """By how much libjpeg divides an image's sides while it decodes them: 1, 2, 4 or 8."""
    ratio = min(own[0] / sides[0], own[1] / sides[1])
    most = next(by for by in (8, 4, 2, 1) if ratio >= by)
    # sharp leaves a step for the filter when the ratio is hardly larger
    return most // 2 if most > 1 and int(ratio) == most else most


def _averaged(lines: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
    """Means of ``by`` lines each; the last one is repeated to fill up."""
    if by == 1:
        return lines
    count = math.ceil(len(lines) / by)
    groups = lines[np.minimum(np.arange(count * by), len(lines) - 1)].reshape(count, by, *lines.shape[1:])
    sums = groups.sum(axis=1, dtype=np.int64) + by // 2
    return (sums * (2**32 // (256 * by)) >> 24).astype(np.uint8)


def _weights(part: NDArray[np.int64], taps: int, shrink: float) -> NDArray[np.int32]:
    """The triangle's weights at each position, [positions, taps]."""
    centres = part[:, None] / _POSITIONS + taps / 2 - 1
    weights = np.maximum(0, 1 - np.abs((np.arange(taps) - centres) * (1 / shrink)))
    return (weights / weights.sum(axis=1, keepdims=True) * _ONE).astype(np.int32)


def _reduced(lines: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Reduces the first axis to ``count`` lines."""
    own = len(lines)
    if own == count:
        return lines
    by = max(1, math.floor(own / count / 2))
    lines = _averaged(lines, by)
    # the same doubles as in sharp and libvips, which pass on 1 / ratio: positions are often halfway between two parts
    ratio = 1 / (1 / (own / count))
    shrink, extra = ratio / by, (count * ratio - own) / by
    if shrink == 1:
        return lines
    taps = 2 * round(shrink) + 1
    start = 0.5 * shrink - 0.5 - ((1 + extra) / 2 - 1)
    at = np.add.accumulate(np.array([start] + [shrink] * (count - 1)))
    first = at.astype(np.int64) - taps // 2
    part = ((at * (2 * _POSITIONS)).astype(np.int64) % (2 * _POSITIONS) + 1) // 2
    weights = _weights(part, taps, shrink).reshape(count, taps, *[1] * (lines.ndim - 1))
    sums = np.full((count, *lines.shape[1:]), _ONE // 2, dtype=np.int32)
    for tap in range(taps):
        sums += weights[:, tap] * lines[np.clip(first + tap, 0, len(lines) - 1)]
    return (sums // _ONE).astype(np.uint8)


def linear_pixels(image: Pixels, sides: Sides) -> Pixels:
    """Reduces an image by libvips' linear kernel: the rows, then the columns."""
    rows = _reduced(image, sides[0])
    return _reduced(rows.swapaxes(0, 1), sides[1]).swapaxes(0, 1)

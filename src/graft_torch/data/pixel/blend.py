"""Enhancements that blend an image with a degenerate version of itself (Pillow's ``ImageEnhance``)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Pixels
from .lookup import away_from, blended


def _grey(image: Pixels) -> NDArray[np.int64]:
    """Pillow's ``L`` of each pixel."""
    return (image.astype(np.int64) @ np.array([19_595, 38_470, 7471]) + 0x8000) >> 16


def with_brightness(image: Pixels, factor: float) -> Pixels:
    """Away from black."""
    return away_from(image, 0, factor)


def with_contrast(image: Pixels, factor: float) -> Pixels:
    """Away from the mean grey."""
    grey = _grey(image) if image.shape[2] == 3 else image[:, :, 0]
    return away_from(image, math.trunc(int(grey.sum()) / grey.size + 0.5), factor)


def with_colour(image: Pixels, factor: float) -> Pixels:
    """Away from grey."""
    return blended(_grey(image)[:, :, None], image, factor) if image.shape[2] == 3 else image


def with_sharpness(image: Pixels, factor: float) -> Pixels:
    """Away from the mean of 3 x 3 pixels, the middle one counted five times (``ImageFilter.SMOOTH``); edges stay."""
    height, width = image.shape[:2]
    if height < 3 or width < 3:
        return image
    wide = image.astype(np.int64)
    total = sum(wide[y : height - 2 + y, x : width - 2 + x] for y in range(3) for x in range(3))
    total = total + 4 * wide[1:-1, 1:-1]
    result = image.copy()
    # rounds total / 13, which is never half of a level
    result[1:-1, 1:-1] = blended((2 * total + 13) // 26, image[1:-1, 1:-1], factor)
    return result

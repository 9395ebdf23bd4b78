"""The part of an image that a random resized crop takes (torchvision's ``RandomResizedCrop.get_params``)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..images.resizing import Sides
from .place import Part


@dataclass(frozen=True)
class ResizedCrop:
    """Draws of area and aspect ratio, the position of the part, and the bounds of the ratio."""

    scale: tuple[float, ...]
    ratio: tuple[float, ...]
    row: float
    col: float
    within: tuple[float, float]


def _central(within: tuple[float, float], sides: Sides) -> Part:
    """The largest part in the centre whose aspect ratio is within bounds."""
    (least, most), (height, width) = within, sides
    ratio = width / height
    h, w = height, width
    if ratio < least:
        h = min(height, round(width / least))
    elif ratio > most:
        w = min(width, round(height * most))
    return Part((height - h) // 2, (width - w) // 2, max(1, h), max(1, w))


def resized_part(crop: ResizedCrop, sides: Sides) -> Part:
    """The first draw that fits into the image."""
    height, width = sides

    def at(free: int, position: float) -> int:
        return min(free, math.floor(position * (free + 1)))

    for scale, ratio in zip(crop.scale, crop.ratio, strict=True):
        area = height * width * scale
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            return Part(at(height - h, crop.row), at(width - w, crop.col), h, w)
    return _central(crop.within, sides)

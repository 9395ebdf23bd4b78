"""The sides to scale an image to, and the crop or padding that follows (``src/data/images``)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
"""8-bit samples, [height, width, channels]."""

Sides = tuple[int, int]
"""Height and width in pixels."""

_MAX_STRETCH = 8
"""Maximum ratio of a scaled side to the size asked for; the rest is cropped before scaling."""


def sides_of(size: int | list[int] | Sides) -> Sides:
    """Height and width of a size."""
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def scaled_sides(resize: str, size: Sides, own: Sides) -> Sides:
    """The sides to scale an image to before cropping or padding, rounded half to even."""
    if resize == "squish":
        return size
    pick = min if resize == "crop" else max
    ratio = pick(own[0] / size[0], own[1] / size[1])
    return max(1, round(own[0] / ratio)), max(1, round(own[1] / ratio))


def scaling_of(resize: str, size: Sides, own: Sides) -> tuple[Sides, Sides]:
    """The central part of an image to scale, and the sides to scale it to; limits extreme aspect ratios."""
    ratio = min(own[0] / size[0], own[1] / size[1])

    def most(side: int, wanted: int) -> int:
        return min(side, max(1, math.ceil(_MAX_STRETCH * wanted * ratio))) if resize == "crop" else side

    region = most(own[0], size[0]), most(own[1], size[1])
    return region, scaled_sides(resize, size, region)


def reflect(i: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Reflects positions into ``n`` pixels about the centres of the edge pixels, repeatedly if needed."""
    if n == 1:
        return np.zeros_like(i)
    period = 2 * (n - 1)
    at = i % period
    return np.where(at < n, at, period - at)


def rearranged(image: NDArray, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray:
    """Pixel (y, x) is input pixel (rows[y], cols[x]), or 0 if either is negative."""
    moved = image[np.maximum(rows, 0)][:, np.maximum(cols, 0)]
    moved[rows < 0] = 0
    moved[:, cols < 0] = 0
    return moved


def crop_pad(image: NDArray, sides: Sides) -> NDArray:
    """Crops the centre; a side that is too short is first padded by reflection, at both ends alike."""
    if image.shape[:2] == sides:
        return image

    def at(have: int, want: int) -> NDArray[np.int64]:
        padding = math.ceil((want - have) / 2) if have < want else 0
        first = (have + 2 * padding - want + 1) // 2 - padding
        return reflect(np.arange(first, first + want), have)

    return rearranged(image, at(image.shape[0], sides[0]), at(image.shape[1], sides[1]))


def _each_channel(image: Pixels, scaled: Callable[[Image.Image], Image.Image]) -> Pixels:
    planes = [np.asarray(scaled(Image.fromarray(image[:, :, c]))) for c in range(image.shape[2])]
    return np.stack(planes, axis=2)


def bilinear_pixels(image: Pixels, sides: Sides) -> Pixels:
    """Scales by Pillow's bilinear filter with antialiasing, which graft's own code equals to the level."""
    if image.shape[:2] == sides:
        return image

    def scaled(picture: Image.Image) -> Image.Image:
        return picture.resize((sides[1], sides[0]), Image.Resampling.BILINEAR)

    if image.shape[2] == 3:
        return np.asarray(scaled(Image.fromarray(np.ascontiguousarray(image))))
    return _each_channel(np.ascontiguousarray(image), scaled)


def nearest_pixels(image: NDArray, sides: Sides) -> NDArray:
    """Scales by nearest neighbour, without mixing values, so that classes stay classes."""
    if image.shape[:2] == sides:
        return image

    def at(have: int, want: int) -> NDArray[np.int64]:
        return np.floor((np.arange(want) + 0.5) * have / want).astype(np.int64)

    return image[at(image.shape[0], sides[0])][:, at(image.shape[1], sides[1])]


def greyed(image: Pixels) -> Pixels:
    """One channel, (299·red + 587·green + 114·blue) / 1000, rounded."""
    weighted = image.astype(np.float64) @ np.array([299.0, 587.0, 114.0])
    return np.floor(weighted / 1000 + 0.5).astype(np.uint8)[:, :, None]

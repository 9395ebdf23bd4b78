"""Affine maps of 8-bit pixels by nearest neighbour, in Pillow's fixed-point arithmetic (``Geometry.c``)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Sides

Affine = tuple[float, float, float, float, float, float]
"""``(a, b, c, d, e, f)`` takes the output position (x, y) to the input position (a·x + b·y + c, d·x + e·y + f).

Positions are in pixels; the centre of the first one is (0.5, 0.5).
"""


def shifted(x: float, y: float) -> Affine:
    """Moves right and down."""
    return (1, 0, -x, 0, 1, -y)


def sheared(x: float, y: float) -> Affine:
    """Shears along both axes."""
    return (1, x, 0, y, 1, 0)


def turned(degrees: float, sides: Sides) -> Affine:
    """Rotates anticlockwise, about the centre."""
    angle = (-degrees * math.pi) / 180
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = sides[1] / 2, sides[0] / 2
    return (cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y)


def _fixed(x: float) -> int:
    return math.floor(x * 65_536 + 0.5)


def moved_nearest(image: NDArray, by: Affine, fill: int) -> NDArray:
    """Samples an image at the given map's positions; pixels from outside of it are ``fill``."""
    a, b, c, d, e, f = by
    height, width = image.shape[:2]
    row, col = np.arange(height)[:, None], np.arange(width)[None, :]
    left = (_fixed(c + a * 0.5 + b * 0.5) + row * _fixed(b) + col * _fixed(a)) >> 16
    top = (_fixed(f + d * 0.5 + e * 0.5) + row * _fixed(e) + col * _fixed(d)) >> 16
    inside = (left >= 0) & (left < width) & (top >= 0) & (top < height)
    moved = np.full_like(image, fill)
    moved[inside] = image[top[inside], left[inside]]
    return moved

"""Transforms that move samples without interpolation: crop, pad, and the symmetries of the square."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Sides, rearranged, reflect


@dataclass(frozen=True)
class Part:
    """A rectangle of an image's pixels."""

    top: int
    left: int
    height: int
    width: int

    @property
    def sides(self) -> Sides:
        """Height and width."""
        return self.height, self.width


def _beyond(mode: str, i: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The pixels to read for positions that may be outside of ``n`` pixels; -1: none."""
    if mode == "reflection":
        return reflect(i, n)
    if mode == "border":
        return np.clip(i, 0, n - 1)
    return np.where((i >= 0) & (i < n), i, -1)


def _windowed(image: NDArray, mode: str, part: Part) -> NDArray:
    """A window onto an image that may extend past its edges."""
    rows = _beyond(mode, np.arange(part.top, part.top + part.height), image.shape[0])
    cols = _beyond(mode, np.arange(part.left, part.left + part.width), image.shape[1])
    return rearranged(image, rows, cols)


def padded(image: NDArray, mode: str, n: int) -> NDArray:
    """Pads every side by ``n`` pixels."""
    height, width = image.shape[:2]
    return _windowed(image, mode, Part(-n, -n, height + 2 * n, width + 2 * n))


def part_of(image: NDArray, part: Part) -> NDArray:
    """Crops to a rectangle."""
    return image if image.shape[:2] == part.sides else _windowed(image, "zeros", part)


def _offset(have: int, want: int, position: float) -> int:
    """How much a crop removes at the top or left; negative where it pads."""
    padding = max(0, math.ceil((want - have) / 2))
    part = 1 - 1e-7 if position == 1 else position
    return math.floor((have + 2 * padding - want + 1) * part) - padding


def window_at(own: Sides, wanted: Sides, row: float, col: float) -> Part:
    """The window of some sides at a position; it extends past the edges of a side that is too short."""
    return Part(_offset(own[0], wanted[0], row), _offset(own[1], wanted[1], col), *wanted)


def kept_at(own: Sides, wanted: Sides, row: float, col: float) -> Part:
    """The part of an image that ``cropped_at`` keeps; a side that is too short is kept whole."""
    return Part(
        max(0, _offset(own[0], wanted[0], row)),
        max(0, _offset(own[1], wanted[1], col)),
        min(own[0], wanted[0]),
        min(own[1], wanted[1]),
    )


def cropped_at(image: NDArray, mode: str, sides: Sides, row: float, col: float) -> NDArray:
    """Crops at a position; a side that is too short is first padded at both ends by half of the difference."""
    height, width = image.shape[:2]
    if (height, width) == sides:
        return image
    return _windowed(image, mode, window_at((height, width), sides, row, col))


def dihedral_of(image: NDArray, k: int) -> NDArray:
    """One of the eight symmetries: bit 0 flips the rows, bit 1 flips the columns, bit 2 then transposes."""
    flipped = image[:: -1 if k & 1 else 1, :: -1 if k & 2 else 1]
    return flipped.swapaxes(0, 1) if k & 4 else flipped


def dihedral_sides(k: int, sides: Sides) -> Sides:
    """The sides after ``dihedral_of``."""
    return (sides[1], sides[0]) if k & 4 else sides


def part_before(k: int, sides: Sides, after: Part) -> Part:
    """The part of an image that ``dihedral_of`` maps to a given part of its result."""
    its = Part(after.left, after.top, after.width, after.height) if k & 4 else after
    return Part(
        sides[0] - its.top - its.height if k & 1 else its.top,
        sides[1] - its.left - its.width if k & 2 else its.left,
        its.height,
        its.width,
    )

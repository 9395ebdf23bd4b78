"""The positions of an image's points after drawn transforms (``src/data/pixel/mapPoints.ts``).

Points are x and y in pixels; the centre of the first pixel is (0, 0).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Sides, scaled_sides, scaling_of
from ..transforms.draw import Drawn
from .apply_transforms import map_of, scaled_for
from .nearest_affine import Affine
from .place import Part, dihedral_sides, window_at
from .projective import IDENTITY, Projective, affine, after, inverse
from .resized_crop import resized_part
from .work import At, Move, Work, worked

Points = NDArray[np.float64]
"""x and y of each point, [n, 2]."""

NOWHERE: Projective = (math.nan,) * 9
"""The inverse of a map that flattens the image, which has none: NaN for every point."""


def _shifted_by(x: float, y: float) -> Projective:
    return affine(1, 0, x, 0, 1, y)


@dataclass(frozen=True)
class PointMap:
    """A map of points in pixels, and the sides of the image it leads to."""

    sides: Sides
    map: Projective = IDENTITY

    def _along(self, sides: Sides, following: Projective) -> PointMap:
        return PointMap(sides, after(following, self.map))

    def resized(self, sides: Sides) -> PointMap:
        """Scaling that treats pixels as areas, as Pillow does."""
        down, across = sides[0] / self.sides[0], sides[1] / self.sides[1]
        return self._along(sides, affine(across, 0, (across - 1) / 2, 0, down, (down - 1) / 2))

    def padded(self, pixels: int) -> PointMap:
        """Pixels added on every side."""
        height, width = self.sides
        return self._along((height + 2 * pixels, width + 2 * pixels), _shifted_by(pixels, pixels))

    def sampled(self, by: Projective, sides: Sides) -> PointMap:
        """Sampling on a grid moved by a map; image and grid are aligned at the centres of their corner pixels."""
        height, width = self.sides
        if by == IDENTITY and (height, width) == sides:
            return self
        (across, left), (down, top) = ((0.0, 0.0) if n == 1 else (2 / (n - 1), -1.0) for n in (width, height))
        right, bottom = (sides[1] - 1) / 2, (sides[0] - 1) / 2
        pixels = after(inverse(by) or NOWHERE, affine(across, 0, left, 0, down, top))
        return self._along(sides, after(affine(right, 0, right, 0, bottom, bottom), pixels))

    def turned(self, k: int) -> PointMap:
        """One of the eight symmetries: bit 0 flips the rows, bit 1 flips the columns, bit 2 then transposes."""
        height, width = self.sides
        x, right = (-1, width - 1) if k & 2 else (1, 0)
        y, bottom = (-1, height - 1) if k & 1 else (1, 0)
        turn = affine(0, y, bottom, x, 0, right) if k & 4 else affine(x, 0, right, 0, y, bottom)
        return self._along(dihedral_sides(k, self.sides), turn)

    def cropped(self, part: Part) -> PointMap:
        """A rectangle of the image."""
        return self._along(part.sides, _shifted_by(-part.left, -part.top))

    def moved(self, by: Affine) -> PointMap:
        """An affine map of pixels, whose coordinates begin at the corner of the first one."""
        back = inverse((*by, 0, 0, 1)) or NOWHERE
        return self._along(self.sides, after(_shifted_by(-0.5, -0.5), after(back, _shifted_by(0.5, 0.5))))


def moved_points(by: Projective, points: Points) -> Points:
    """Where a map takes points; NaN for one that is missing, or that a perspective puts behind the viewer."""
    x, y = points[:, 0], points[:, 1]
    w = by[6] * x + by[7] * y + by[8]
    with np.errstate(all="ignore"):
        moved = np.stack([(by[0] * x + by[1] * y + by[2]) / w, (by[3] * x + by[4] * y + by[5]) / w], axis=1)
        moved[~((w > 0) & np.isfinite(moved).all(1))] = np.nan
    return moved


def decoded_map(own: Sides, size: Sides | None, resize: str) -> PointMap:
    """The map from an original image to its decoded and scaled central part."""
    start = PointMap(own)
    if size is None:
        return start
    region, sides = scaling_of(resize, size, own)
    return start.cropped(window_at(own, region, 0.5, 0.5)).resized(sides)


def transformed_map(transforms: Sequence[Drawn], size: Sides, resize: str, start: PointMap) -> PointMap:
    """The map after drawn transforms and the crop to ``size``.

    Jitter moves each pixel independently, and therefore no point.
    """
    work = worked(transforms)
    done = start
    if work.presize is not None:
        done = done.resized(scaled_sides("crop", (work.presize, work.presize), done.sides))
    sides = scaled_for(work, size, resize, done.sides)
    if work.pads:
        done = done.sampled(map_of(Work(), sides), sides)
        for pixels, _ in work.pads:
            done = done.padded(pixels)
        sides = done.sides
    done = done.sampled(map_of(work, sides), sides)
    for k in work.moved:
        done = done.turned(k)
    if isinstance(work.crop, At):
        done = done.cropped(window_at(done.sides, size, work.crop.row, work.crop.col))
    else:
        done = done.cropped(resized_part(work.crop, done.sides)).resized(size)
    for step in work.pixel_steps():
        if isinstance(step, Move):
            done = done.moved(step.by(done.sides))
    return done

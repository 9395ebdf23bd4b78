"""The map between the network's coordinates and the pixels of the original image (``src/data/pixel/pointFrame.ts``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Sides
from ..points.name_pair import mirrored_order
from ..transforms.draw import Drawn
from .map_points import NOWHERE, Points, decoded_map, moved_points, transformed_map
from .projective import Projective, affine, after, determinant, inverse

PointFrame = Projective
"""From the network's coordinates, -1 to 1 between the edges of its input, to pixels (x, y) of the original image."""


def point_frame(
    own: Sides, decoded: tuple[Sides | None, str], transforms: Sequence[Drawn], size: Sides, resize: str
) -> PointFrame:
    """The frame of an image with upright sides ``own``, scaled for ``decoded``, transformed and cropped to ``size``."""
    seen = transformed_map(transforms, size, resize, decoded_map(own, *decoded))
    height, width = seen.sides
    unit = affine(2 / width, 0, 1 / width - 1, 0, 2 / height, 1 / height - 1)
    return inverse(after(unit, seen.map)) or NOWHERE


def _reordered(task: Mapping[str, Any], frame: PointFrame, points: Points) -> Points:
    """In a mirrored image, the names of each pair are exchanged; turns alone do not mirror."""
    return points[mirrored_order(task)] if determinant(frame) < 0 else points


def framed_points(task: Mapping[str, Any], frame: PointFrame, pixels: Sequence[float | None]) -> NDArray[np.float32]:
    """Takes points in pixels, x and y in turn, to targets, [points, 2]; NaN for a missing one (None or NaN)."""
    points = np.array(pixels, dtype=np.float64).reshape(-1, 2)
    by = inverse(frame)
    moved = np.full_like(points, np.nan) if by is None else moved_points(by, points)
    return _reordered(task, frame, moved).astype(np.float32)


def unframed_points(task: Mapping[str, Any], frame: PointFrame, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverse of ``framed_points``: rows of outputs, x and y in turn, as points in pixels of the original image."""
    moved = moved_points(frame, outputs.astype(np.float64).reshape(-1, 2))
    return _reordered(task, frame, moved).astype(np.float32).reshape(outputs.shape)

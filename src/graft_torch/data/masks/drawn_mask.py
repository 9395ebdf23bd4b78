"""The pixels of a mask that is drawn from polygons and run lengths (``src/data/masks/drawnMask.ts``)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint16]


def _fill_polygon(mask: Mask, value: int, polygon: Sequence[float]) -> None:
    """Fills the pixels whose centres are inside the outline (even-odd rule)."""
    height, width = mask.shape
    corners = [(polygon[i], polygon[i + 1]) for i in range(0, len(polygon) - 1, 2)]
    edges = [(*a, *b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    for row in range(height):
        y = row + 0.5
        crossings = sorted(
            x0 + ((y - y0) / (y1 - y0)) * (x1 - x0) for x0, y0, x1, y1 in edges if (y0 <= y) != (y1 <= y)
        )
        for left, right in zip(crossings[::2], crossings[1::2], strict=False):
            start, end = max(0, math.ceil(left - 0.5)), min(width, math.ceil(right - 0.5))
            mask[row, start : max(start, end)] = value


def _fill_runs(mask: Mask, value: int, runs: Sequence[int], order: str) -> None:
    """Fills every second run of pixels, down the columns or along the rows."""
    covered = np.repeat(np.arange(len(runs)) % 2 == 1, runs)[: mask.size]
    flat = np.zeros(mask.size, dtype=bool)
    flat[: len(covered)] = covered
    where = flat.reshape(mask.shape) if order == "rows" else flat.reshape(mask.shape[::-1]).T
    mask[where] = value


def drawn_mask(of: Mapping[str, Any]) -> Mask:
    """The values of a mask's pixels, [height, width]; 0 outside of its regions. Later regions cover earlier ones."""
    mask: Mask = np.zeros((of["height"], of["width"]), dtype=np.uint16)
    for region in of["regions"]:
        for polygon in region.get("polygons", []):
            _fill_polygon(mask, region["value"], polygon)
        if "runs" in region:
            _fill_runs(mask, region["value"], region["runs"]["runs"], region["runs"]["order"])
    return mask

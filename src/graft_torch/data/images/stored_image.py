"""An image's samples as stored in its file, and their conversion to RGB (``src/io/formats/StoredImage.ts``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .resizing import Pixels


@dataclass(frozen=True)
class StoredImage:
    """Samples of one channel (grey, or indices of a palette) or of three."""

    data: NDArray
    """[height, width, channels]."""
    white: int
    """The sample value of white; 255 for 32-bit integers and floats, which have none."""
    is_deep: bool = False
    """Whether samples have more than 8 bits, or are floats."""
    palette: NDArray[np.uint8] | None = None
    """Red, green and blue of each index."""

    def rgb(self, range_: Sequence[float] | None) -> Pixels:
        """8-bit RGB; ``range_`` gives the samples of a deep image that become black and white."""
        if self.palette is not None:
            return self.palette[self.data[:, :, 0]]
        levels = self._levels(range_)
        return np.repeat(levels, 3, axis=2) if levels.shape[2] == 1 else np.ascontiguousarray(levels)

    def _levels(self, range_: Sequence[float] | None) -> Pixels:
        data = self.data
        if self.is_deep and range_ is not None:
            black, white = range_
            clamped = np.clip(data.astype(np.float64) - black, 0, white - black)
            return _rounded(255 * clamped / (white - black))
        if self.white == 255:
            # Pillow truncates the fraction
            return np.clip(np.trunc(np.nan_to_num(data)), 0, 255).astype(np.uint8) if self.is_deep else data
        if self.white == 65_535:
            return (data >> 8).astype(np.uint8)
        return _rounded(255 * data.astype(np.float64) / self.white)


def _rounded(levels: NDArray[np.float64]) -> Pixels:
    return np.clip(np.floor(np.nan_to_num(levels) + 0.5), 0, 255).astype(np.uint8)

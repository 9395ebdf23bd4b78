"""Normalisation: ``(x - mean) / std`` for pixels in [0, 1] (``src/data/Stats.ts``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .images.resizing import Pixels


def per_channel(values: Sequence[float], channels: int = 3) -> list[float]:
    """One value for each channel; a single one applies to all."""
    return list(values) if len(values) == channels else [values[0]] * channels


class Normalise:
    """Normalises 8-bit pixels by a table of the 256 possible values of each channel."""

    def __init__(self, stats: Mapping[str, Any]) -> None:
        self.mean, self.std = per_channel(stats["mean"]), per_channel(stats["std"])
        units = np.arange(256) / 255
        tables = [(units - m) / s for m, s in zip(self.mean, self.std, strict=True)]
        self._tables = np.stack(tables).astype(np.float32)

    def __call__(self, pixels: Pixels) -> NDArray[np.float32]:
        """Float32 samples, [height, width, 3]."""
        return np.stack([table[pixels[..., c]] for c, table in enumerate(self._tables)], axis=-1)

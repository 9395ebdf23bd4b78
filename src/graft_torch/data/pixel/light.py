"""Lighting transforms, computed on the logits of samples (``src/data/pixel/light.ts``)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Pixels

UNITS: NDArray[np.float32] = (np.arange(256) * (1 / 255)).astype(np.float32)
"""The values in [0, 1] of 8-bit samples."""

_LEAST = 1e-7


@dataclass(frozen=True)
class Lighting:
    """``logit(x) * scale + shift``."""

    scale: float = 1
    shift: float = 0

    def brighter(self, change: float) -> Lighting:
        """Adds the logit of ``change``."""
        return Lighting(self.scale, self.shift + math.log(change / (1 - change)))

    def contrasted(self, by: float) -> Lighting:
        """Multiplies logits."""
        return Lighting(self.scale * by, self.shift * by)

    def levels(self, samples: NDArray[np.float32]) -> Pixels:
        """Lights samples in [0, 1] and rounds them to levels, half to even.

        Samples are clamped to [1e-7, 1 - 1e-7] to keep the logits finite.
        """
        if self != UNLIT:
            x = np.clip(samples.astype(np.float64), _LEAST, 1 - _LEAST)
            odds = (1 - x) / x
            factor = math.exp(-self.shift)
            samples = (1 / (1 + factor * (odds if self.scale == 1 else odds**self.scale))).astype(np.float32)
        return np.clip(np.rint(samples.astype(np.float64) * 255), 0, 255).astype(np.uint8)

    def relit(self, image: Pixels) -> Pixels:
        """Lights 8-bit pixels; only 256 values need to be computed."""
        return image if self == UNLIT else self.levels(UNITS)[image]


UNLIT = Lighting()

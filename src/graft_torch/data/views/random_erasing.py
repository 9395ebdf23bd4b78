"""Random erasing: a rectangle of an image is replaced (``src/data/views/randomErasing.ts``)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...seed import Generator, Seed, generator, split_seed
from .rows import BatchSetting, BatchView, Places, Rows


def _between(random: Generator, low: float, high: float) -> float:
    return low + random.uniform() * (high - low)


def _rectangle(view: BatchView, random: Generator, sides: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """Top, left, height and width of a rectangle within an image, if one of ten draws fits."""
    height, width = sides
    low, high = (math.log(bound) for bound in view["aspect"])
    for _ in range(10):
        pixels = _between(random, *view["area"]) * height * width
        ratio = math.exp(_between(random, low, high))
        h, w = round(math.sqrt(pixels * ratio)), round(math.sqrt(pixels / ratio))
        if h < height and w < width:
            top = random.integer(height - h + 1)
            return top, random.integer(width - w + 1), h, w
    return None


@dataclass(frozen=True)
class RandomErasing:
    """Erasing with the seed of a batch; each image has a generator of its own."""

    view: BatchView
    seed: Seed
    of: BatchSetting
    partners: None = None

    def _values(self, random: Generator, shape: tuple[int, int, int]) -> NDArray[np.float64] | float:
        fill = self.view["fill"]
        if fill == "noise":
            return random.normals(math.prod(shape)).reshape(shape)
        return 0.0 if fill == "mean" else -np.array(self.of.mean) / np.array(self.of.std)

    def _erase(self, image: NDArray[np.float32], place: int) -> None:
        random = generator(split_seed(self.seed, place))
        if not random.uniform() < self.view["p"]:
            return
        height, width, channels = image.shape
        found = _rectangle(self.view, random, (height, width))
        if found is not None:
            top, left, h, w = found
            image[top : top + h, left : left + w] = self._values(random, (h, w, channels))

    def seen(self, rows: Rows, keep: Places) -> Rows:
        """Images with rectangles erased; targets stay."""
        its = rows.of(keep)
        x = rows.x[its]
        for image, place in zip(x, keep, strict=True):
            self._erase(image, place)
        return Rows(keep, x, rows.y[its])


def draw_erasing(view: BatchView, seed: Seed, n: int, sides: tuple[int, int], of: BatchSetting) -> RandomErasing:
    """Erasing of the images of a batch."""
    return RandomErasing(view, seed, of)

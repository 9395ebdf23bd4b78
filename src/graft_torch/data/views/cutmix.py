"""CutMix: a box of another image of the batch in each image (``src/data/views/cutmix.ts``)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from numpy.typing import NDArray

from ...seed import Seed, generator, permutation, split_seed
from .mixup import Mix, beta
from .rows import BatchSetting, BatchView, Places, Rows


def _ends(n: int, ratio: float, centre: int) -> tuple[int, int]:
    half = math.floor(n * ratio) // 2
    return max(0, centre - half), min(n, centre + half)


@dataclass(frozen=True)
class CutMix:
    """Each image's partner, the box that it gives, and the share λ of the image that is left."""

    partners: list[int]
    rows: slice
    cols: slice
    share: float
    is_of_pixels: bool
    """Whether targets are of pixels, and so get the box too."""

    def _pasted(self, rows: Rows, keep: Places, of: NDArray) -> NDArray:
        result = of[rows.of(keep)]
        partners = of[rows.of([self.partners[i] for i in keep])]
        result[:, self.rows, self.cols] = partners[:, self.rows, self.cols]
        return result

    def seen(self, rows: Rows, keep: Places) -> Rows:
        """Boxes pasted into the images; other targets than those of pixels are mixed, with one share for all."""
        x = self._pasted(rows, keep, rows.x)
        if self.is_of_pixels:
            y = self._pasted(rows, keep, rows.y)
        else:
            y = Mix(self.partners, [self.share] * len(self.partners)).targets(rows, keep)
        return Rows(keep, x, y)


def draw_cut(view: BatchView, seed: Seed, n: int, sides: tuple[int, int], of: BatchSetting) -> CutMix:
    """The partners, the box and its λ of a batch of ``n``."""
    random = generator(split_seed(seed, "shares"))
    ratio = math.sqrt(1 - beta(random, view["alpha"]))
    (height, width), row = sides, random.integer(sides[0])
    (top, bottom), (left, right) = _ends(height, ratio, row), _ends(width, ratio, random.integer(width))
    share = 1 - ((bottom - top) * (right - left)) / (height * width)
    partners = permutation(split_seed(seed, "partners"), n)
    is_of_pixels = of.task in ("Segmentation", "ImageRegression")
    return CutMix(partners, slice(top, bottom), slice(left, right), share, is_of_pixels)

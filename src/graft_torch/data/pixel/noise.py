"""Transforms that fill pixels, from a seed: holes and noise (fastai's ``cutout`` and ``rgb_randomize``)."""

from __future__ import annotations

import math

import numpy as np

from ...seed import Generator, Seed, generator
from ..images.resizing import Pixels


def with_holes(image: Pixels, holes: int, length: int, seed: Seed) -> Pixels:
    """Blackens squares around random pixels."""
    random = generator(seed)
    result = image.copy()
    for _ in range(holes):
        rows = _ends(random, image.shape[0], length)
        result[rows, _ends(random, image.shape[1], length)] = 0
    return result


def _ends(random: Generator, n: int, length: int) -> slice:
    at = random.integer(n)
    return slice(math.trunc(max(at - length / 2, 0)), math.trunc(min(at + length / 2, n)))


def with_noise(image: Pixels, channel: int, thresh: float, seed: Seed) -> Pixels:
    """Fills a channel with noise of up to a random part of ``thresh``."""
    height, width, channels = image.shape
    if channel >= channels:
        return image
    random = generator(seed)
    most = random.uniform() * thresh * 255
    noise = np.floor(random.uniforms(height * width) * most + 0.5)
    result = image.copy()
    result[:, :, channel] = noise.reshape(height, width)
    return result

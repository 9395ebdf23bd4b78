"""Gaussian blur of 8-bit pixels (torchvision's ``gaussian_blur``): reflected edges, results rounded half to even."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Pixels, reflect

_LEAST = 1e-9
"""Weights below this part do not change a level."""


def _weights_of(sigma: float, kernel: int) -> list[float]:
    """The weights of a window, without negligible ones at its ends."""
    half = (kernel - 1) / 2
    every = [math.exp(-0.5 * ((i - half) / sigma) ** 2) for i in range(kernel)]
    total = 0.0
    for weight in every:
        total += weight
    first = next(i for i, weight in enumerate(every) if weight / total >= _LEAST)
    return [weight / total for weight in every[first : kernel - first]]


def _summed(weights: list[float], padded: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """The weighted sum of ``n`` rows from each of the first rows on."""
    sums = np.zeros((n, *padded.shape[1:]))
    for t, weight in enumerate(weights):
        sums += weight * padded[t : t + n]
    return sums


def blurred(image: Pixels, sigma: float, kernel: int) -> Pixels:
    """Blurs along the rows, then along the columns."""
    height, width = image.shape[:2]
    weights = _weights_of(sigma, kernel)
    reach = (len(weights) - 1) // 2
    cols = reflect(np.arange(-reach, width + reach), width)
    rows = reflect(np.arange(-reach, height + reach), height)
    across = _summed(weights, image[:, cols].swapaxes(0, 1).astype(np.float64), width).swapaxes(0, 1)
    return np.clip(np.rint(_summed(weights, across[rows], height)), 0, 255).astype(np.uint8)

"""Resampling an image: bilinear for images, nearest neighbour for masks (torch's ``grid_sample``, aligned corners)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...seed import Seed, generator
from ..images.resizing import Pixels, Sides
from .light import UNITS, Lighting
from .place import Part
from .projective import Projective

_Places = NDArray[np.float64]


@dataclass(frozen=True)
class Jitter:
    """Random distances, in units of half the side, that are added before the linear part of a map is applied."""

    linear: tuple[float, float, float, float]
    magnitude: float
    seed: Seed


@dataclass(frozen=True)
class Sampling:
    """A map to sample over a part of a grid of the given sides."""

    m: Projective
    sides: Sides
    part: Part
    mode: str
    """What lies beyond the edges: ``reflection``, ``border`` or ``zeros``."""
    jitter: Jitter | None = None


def _coordinates(first: int, count: int, n: int) -> _Places:
    pixel = np.arange(first, first + count, dtype=np.float64)
    return np.zeros(count) if n == 1 else (2 * pixel) / (n - 1) - 1


def _held(mode: str, place: _Places, last: int) -> _Places:
    """Positions outside of the pixels 0 to ``last``, reflected about the centres of the edge pixels, or clamped."""
    if mode == "zeros":
        return place
    if mode == "border":
        return np.clip(place, 0, last)
    outside = ~((place >= 0) & (place <= last))
    if not outside.any():
        return place
    period = 2 * last
    rest = np.fmod(np.abs(place[outside]), period) if last > 0 else np.zeros(int(outside.sum()))
    held = place.copy()
    held[outside] = np.where(rest > last, period - rest, rest)
    return held


def _places(how: Sampling, own: Sides) -> tuple[_Places, _Places]:
    """The input coordinates y and x, in pixels, of each pixel of the part."""
    m, part = how.m, how.part
    u = _coordinates(part.left, part.width, how.sides[1])[None, :]
    v = _coordinates(part.top, part.height, how.sides[0])[:, None]
    down, across = own[0] - 1, own[1] - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        depth = m[6] * u + m[7] * v + m[8]
        ys = ((m[3] * u + m[4] * v + m[5]) / depth + 1) / 2 * down
        xs = ((m[0] * u + m[1] * v + m[2]) / depth + 1) / 2 * across
        if how.jitter is not None:
            a, b, c, d = how.jitter.linear
            drawn = generator(how.jitter.seed).uniforms(2 * ys.size).reshape(*ys.shape, 2)
            u, v = np.moveaxis((drawn - 0.5) * 2 * how.jitter.magnitude, -1, 0)
            xs = xs + ((a * u + b * v) / 2) * across
            ys = ys + ((c * u + d * v) / 2) * down
        return _held(how.mode, ys, down), _held(how.mode, xs, across)


def _bilinear(how: Sampling, image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Interpolates, rounding to float32 after each addition; pixels outside the image are 0."""
    height, width, channels = image.shape
    y, x = _places(how, (height, width))
    # also false for coordinates that a perspective maps to infinity
    inside = (y >= -1) & (y < height) & (x >= -1) & (x < width)
    y, x = np.where(inside, y, 0), np.where(inside, x, 0)
    top, left = np.floor(y), np.floor(x)
    above = np.where(top >= 0, 1 - (y - top), 0) * inside
    below = np.where(top + 1 < height, y - top, 0) * inside
    before = np.where(left >= 0, 1 - (x - left), 0)
    after = np.where(left + 1 < width, x - left, 0)
    rows = [np.clip(at, 0, height - 1).astype(np.intp) * width for at in (top, top + 1)]
    cols = [np.clip(at, 0, width - 1).astype(np.intp) for at in (left, left + 1)]
    taps = [
        (row + col, vertical * horizontal)
        for row, vertical in zip(rows, (above, below), strict=True)
        for col, horizontal in zip(cols, (before, after), strict=True)
    ]
    total = np.empty((*y.shape, channels), dtype=np.float32)
    for c in range(channels):
        # channel by channel: numpy gathers single numbers faster than rows of three
        plane = np.ascontiguousarray(image[:, :, c]).reshape(-1)
        mixed = np.zeros(y.shape, dtype=np.float32)
        for index, weight in taps:
            mixed = (mixed + weight * plane.take(index)).astype(np.float32)
        total[:, :, c] = mixed
    return total


def _pooled(image: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """The sums of the rows in each of ``n`` bins, and the bins' numbers of rows in the last entry of each."""
    of = image.shape[0]
    return np.stack([image[(i * of) // n : -(-((i + 1) * of) // n)].sum(axis=0) for i in range(n)])


def _shrunk(image: NDArray[np.float32], sides: Sides) -> NDArray[np.float32]:
    """Adaptive average pooling, as in torch."""
    ones = np.ones((*image.shape[:2], 1))
    wide = np.concatenate([image.astype(np.float64), ones], axis=2)
    sums = _pooled(_pooled(wide, sides[0]).swapaxes(0, 1), sides[1]).swapaxes(0, 1)
    return (sums[:, :, :-1] / sums[:, :, -1:]).astype(np.float32)


def _reach(m: Projective) -> float:
    """The larger extent, in x or y, of the corners' input coordinates."""
    every = []
    for u in (-1, 1):
        for v in (-1, 1):
            w = m[6] * u + m[7] * v + m[8]
            if w == 0:
                return float("inf")
            every += [(m[0] * u + m[1] * v + m[2]) / w, (m[3] * u + m[4] * v + m[5]) / w]
    return max(every) - min(every)


def _shrinking_for(m: Projective, sides: Sides, own: Sides) -> float:
    """The factor by which an image is reduced before sampling: above 1 if the result is much smaller, not zoomed in."""
    shrinking = min(own[0] / sides[0], own[1] / sides[1]) / 2
    if shrinking <= 1:
        return 1
    reach = _reach(m)
    return shrinking if reach == 0 or shrinking > 2 / reach else 1


def sampled_pixels(image: Pixels, how: Sampling, lighting: Lighting) -> Pixels:
    """Samples 8-bit pixels bilinearly, lights them, and rounds to 8 bits."""
    samples = UNITS[image]
    by = _shrinking_for(how.m, how.sides, image.shape[:2])
    if by > 1:
        samples = _shrunk(samples, (int(image.shape[0] / by), int(image.shape[1] / by)))
    return lighting.levels(_bilinear(how, samples))


def sampled_nearest(mask: NDArray, how: Sampling) -> NDArray:
    """Samples by nearest neighbour, without mixing values; what is outside of the mask is 0."""
    height, width = mask.shape[:2]
    y, x = _places(how, (height, width))
    y, x = np.rint(y), np.rint(x)
    inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    moved = np.zeros((*y.shape, mask.shape[2]), dtype=mask.dtype)
    moved[inside] = mask[y[inside].astype(np.intp), x[inside].astype(np.intp)]
    return moved

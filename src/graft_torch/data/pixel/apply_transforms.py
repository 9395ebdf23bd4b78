"""Transforms of 8-bit images and of masks (``src/data/pixel/applyTransforms.ts``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..images.resizing import Sides, bilinear_pixels, nearest_pixels, scaled_sides
from ..transforms.draw import Drawn
from .light import UNLIT, Lighting
from .nearest_affine import moved_nearest
from .place import Part, cropped_at, dihedral_of, dihedral_sides, kept_at, padded, part_before, part_of
from .projective import IDENTITY, Projective, after, proportioned
from .resized_crop import resized_part
from .sampling import Jitter, Sampling, sampled_nearest, sampled_pixels
from .work import At, Move, PixelStep, Work, worked


@dataclass(frozen=True)
class Steps:
    """How each step treats one kind of image."""

    sampled: Callable[[NDArray, Sampling, Lighting], NDArray]
    still: Callable[[NDArray, Lighting], NDArray]
    """Replaces ``sampled`` if no pixel moves."""
    resized: Callable[[NDArray, Sides], NDArray]
    pixelwise: Callable[[NDArray, Sequence[PixelStep]], NDArray]


def _pixelwise(image: NDArray, steps: Sequence[PixelStep]) -> NDArray:
    for step in steps:
        image = moved_nearest(image, step.by(image.shape[:2]), 0) if isinstance(step, Move) else step.by(image)
    return image


def _maskwise(mask: NDArray, steps: Sequence[PixelStep]) -> NDArray:
    """Where moves bring in pixels from outside, masks have a value that is no class."""
    none = int(np.iinfo(mask.dtype).max)
    for step in steps:
        if isinstance(step, Move):
            mask = moved_nearest(mask, step.by(mask.shape[:2]), none)
    return mask


IMAGES = Steps(sampled_pixels, lambda image, lighting: lighting.relit(image), bilinear_pixels, _pixelwise)
"""Images of 8 bits."""

MASKS = Steps(
    lambda mask, how, lighting: sampled_nearest(mask, how), lambda mask, lighting: mask, nearest_pixels, _maskwise
)
"""Masks of integers, which are sampled by nearest neighbour and do not change otherwise."""


def _kept_part(work: Work, sides: Sides, size: Sides | None) -> Part:
    """The part of an image that remains after symmetries and crop."""
    before = [sides]
    for k in work.moved:
        before.append(dihedral_sides(k, before[-1]))
    last = before[-1]
    if isinstance(work.crop, At):
        part = kept_at(last, size or last, work.crop.row, work.crop.col)
    else:
        part = resized_part(work.crop, last)
    for k, own in zip(reversed(work.moved), reversed(before[:-1]), strict=True):
        part = part_before(k, own, part)
    return part


def map_of(work: Work, sides: Sides) -> Projective:
    """The map of all affine and perspective transforms, for a scaled image."""
    return after(proportioned(work.affine, sides), work.perspective_of(sides))


def _jitter_of(work: Work, sides: Sides) -> Jitter | None:
    if work.jitter is None:
        return None
    x, y, _, z, w = proportioned(work.affine, sides)[:5]
    return Jitter((x, y, z, w), *work.jitter)


def _mapped(image: NDArray, work: Work, sides: Sides, size: Sides | None, mode: str, steps: Steps) -> NDArray:
    """All affine and perspective transforms and the scaling to ``sides`` at once, only where the crop keeps pixels."""
    m = map_of(work, sides)
    part = _kept_part(work, sides, size)
    if image.shape[:2] == sides and m == IDENTITY and work.jitter is None:
        moved = steps.still(part_of(image, part), work.lighting)
    else:
        moved = steps.sampled(image, Sampling(m, sides, part, mode, _jitter_of(work, sides)), work.lighting)
    turned = sides
    for k in work.moved:
        moved = dihedral_of(moved, k)
        turned = dihedral_sides(k, turned)
    if isinstance(work.crop, At):
        return cropped_at(moved, mode, size or moved.shape[:2], work.crop.row, work.crop.col)
    return steps.resized(moved, size or turned)


def scaled_for(work: Work, size: Sides | None, resize: str, own: Sides) -> Sides:
    """The sides to scale an image to before the crop."""
    return scaled_sides(resize, size, own) if size is not None and isinstance(work.crop, At) else own


def apply_transforms(
    image: NDArray, transforms: Sequence[Drawn], size: Sides | None, resize: str, steps: Steps = IMAGES
) -> NDArray:
    """Presizing and padding, then one interpolation, symmetries and the crop to ``size``; then transforms of pixels.

    ``image`` is [height, width, channels], and so is the result; without ``size`` the image keeps its sides.
    """
    work = worked(transforms)
    mode = work.padding or "reflection"
    if work.presize is not None:
        square = (work.presize, work.presize)
        image = steps.resized(image, scaled_sides("crop", square, image.shape[:2]))
    sides = scaled_for(work, size, resize, image.shape[:2])
    if work.pads:
        image = _mapped(image, Work(lighting=UNLIT), sides, None, mode, steps)
        for pixels, padding in work.pads:
            image = padded(image, padding, pixels)
        sides = image.shape[:2]
    return steps.pixelwise(_mapped(image, work, sides, size, mode, steps), work.pixel_steps())

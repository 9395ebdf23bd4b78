"""A list of drawn transforms, grouped by kind (``src/data/pixel/Work.ts``).

They are applied in fastai's order, whatever the order of the list: scaling, padding, perspective, affine, lighting,
symmetries, crop; then transforms of pixels in the order of the list.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..images.resizing import Pixels, Sides
from ..transforms.draw import Drawn
from .blend import with_brightness, with_colour, with_contrast, with_sharpness
from .gaussian_blur import blurred
from .light import UNLIT, Lighting
from .lookup import auto_contrasted, equalized, inverted, posterized, solarized
from .nearest_affine import Affine, sheared, shifted, turned
from .noise import with_holes, with_noise
from .projective import (
    IDENTITY,
    Projective,
    after,
    perspective_warped,
    rotation,
    skewed,
    squished,
    symmetry,
    tilted,
    warped,
    zoom_squished,
    zoomed,
)
from .resized_crop import ResizedCrop


@dataclass(frozen=True)
class At:
    """A position at which an image is cropped to a given size, in fractions of the free space."""

    row: float = 0.5
    col: float = 0.5


@dataclass(frozen=True)
class Move:
    """A transform of pixels that moves them, depending on the sides."""

    by: Callable[[Sides], Affine]


@dataclass(frozen=True)
class Change:
    """A transform of pixels that changes their samples."""

    by: Callable[[Pixels], Pixels]


PixelStep = Move | Change


@dataclass
class Work:
    """What a list of transforms does."""

    presize: int | None = None
    pads: list[tuple[int, str]] = field(default_factory=list)
    """Pixels, and the mode of padding."""
    perspective: list[Callable[[Sides], Projective]] = field(default_factory=list)
    """Maps that depend on the sides of the scaled image, the first one first."""
    affine: Projective = IDENTITY
    jitter: tuple[float, int] | None = None
    """Magnitude and seed."""
    lighting: Lighting = UNLIT
    moved: list[int] = field(default_factory=list)
    """Symmetries of the square."""
    crop: At | ResizedCrop = At()
    padding: str | None = None
    noise: list[PixelStep] = field(default_factory=list)
    steps: list[PixelStep] = field(default_factory=list)
    holes: list[PixelStep] = field(default_factory=list)

    def perspective_of(self, sides: Sides) -> Projective:
        """The composition of all maps with perspective."""
        m = IDENTITY
        for of in self.perspective:
            m = after(of(sides), m)
        return m

    def pixel_steps(self) -> list[PixelStep]:
        """The transforms of pixels in their order: fastai's noise, then the others, then holes."""
        return [*self.noise, *self.steps, *self.holes]


def _presize(work: Work, t: Drawn) -> None:
    work.presize = t["pixels"]


def _pad(work: Work, t: Drawn) -> None:
    work.pads.append((t["pixels"], t.get("padding", "reflection")))


def _crop_pad(work: Work, t: Drawn) -> None:
    work.crop = At(t["row"], t["col"])
    work.padding = t.get("padding", work.padding)


def _resized_crop(work: Work, t: Drawn) -> None:
    work.crop = ResizedCrop(tuple(t["scale"]), tuple(t["ratio"]), t["row"], t["col"], tuple(t["within"]))


def _turn(k: Callable[[Drawn], int]) -> Callable[[Work, Drawn], None]:
    return lambda work, t: work.moved.append(k(t))


def _map(of: Callable[[Drawn], Projective]) -> Callable[[Work, Drawn], None]:
    def more(work: Work, t: Drawn) -> None:
        work.affine = after(work.affine, of(t))

    return more


def _see(of: Callable[[Drawn, Sides], Projective]) -> Callable[[Work, Drawn], None]:
    return lambda work, t: work.perspective.append(lambda sides: of(t, sides))


def _jitter(work: Work, t: Drawn) -> None:
    work.jitter = (t["magnitude"], t["seed"])


def _light(by: Callable[[Lighting, Drawn], Lighting]) -> Callable[[Work, Drawn], None]:
    def more(work: Work, t: Drawn) -> None:
        work.lighting = by(work.lighting, t)

    return more


def _move(by: Callable[[Drawn, Sides], Affine]) -> Callable[[Work, Drawn], None]:
    return lambda work, t: work.steps.append(Move(lambda sides: by(t, sides)))


def _change(
    by: Callable[[Pixels, Drawn], Pixels], into: Callable[[Work], list[Any]] = lambda work: work.steps
) -> Callable[[Work, Drawn], None]:
    return lambda work, t: into(work).append(Change(lambda image: by(image, t)))


def _fraction(part: float, pixels: int) -> int:
    # in float32, as torch has it
    return math.trunc(float(np.float32(part * pixels)))


EFFECTS: dict[str, Callable[[Work, Drawn], None]] = {
    "Presize": _presize,
    "Pad": _pad,
    "CropPad": _crop_pad,
    "RandomResizedCrop": _resized_crop,
    "FlipLr": _turn(lambda t: 2),
    "Dihedral": _turn(lambda t: t["k"]),
    "DihedralAffine": _map(lambda t: symmetry(t["k"])),
    "Rotate": _map(lambda t: rotation(t["degrees"])),
    "Zoom": _map(lambda t: zoomed(t["scale"], t["row"], t["col"])),
    "Squish": _map(lambda t: squished(t["scale"], t["row"], t["col"])),
    "ZoomSquish": _see(lambda t, sides: zoom_squished(t["scale"], t["squish"], t["invert"], t["row"], t["col"], sides)),
    "SymmetricWarp": _see(lambda t, sides: warped(t["magnitude"])),
    "PerspectiveWarp": _see(lambda t, sides: perspective_warped(t["magnitude"])),
    "Tilt": _see(lambda t, sides: tilted(t["direction"], t["magnitude"])),
    "Skew": _see(lambda t, sides: skewed(t["direction"], t["magnitude"])),
    "Jitter": _jitter,
    "Brightness": _light(lambda lighting, t: lighting.brighter(t["change"])),
    "Contrast": _light(lambda lighting, t: lighting.contrasted(t["scale"])),
    "RgbRandomize": _change(
        lambda image, t: with_noise(image, t["channel"], t["thresh"], t["seed"]), lambda work: work.noise
    ),
    "Cutout": _change(lambda image, t: with_holes(image, t["holes"], t["length"], t["seed"]), lambda work: work.holes),
    "Translate": _move(lambda t, sides: shifted(math.trunc(t["x"]), math.trunc(t["y"]))),
    "TranslateRel": _move(lambda t, sides: shifted(_fraction(t["x"], sides[1]), _fraction(t["y"], sides[0]))),
    "Shear": _move(lambda t, sides: sheared(t["x"], t["y"])),
    "RotateNearest": _move(lambda t, sides: turned(t["degrees"], sides)),
    "AdjustBrightness": _change(lambda image, t: with_brightness(image, t["factor"])),
    "AdjustContrast": _change(lambda image, t: with_contrast(image, t["factor"])),
    "Colour": _change(lambda image, t: with_colour(image, t["factor"])),
    "Sharpness": _change(lambda image, t: with_sharpness(image, t["factor"])),
    "Solarize": _change(lambda image, t: solarized(image, t["threshold"])),
    "Posterize": _change(lambda image, t: posterized(image, t["bits"])),
    "Equalize": _change(lambda image, t: equalized(image)),
    "AutoContrast": _change(lambda image, t: auto_contrasted(image)),
    "Invert": _change(lambda image, t: inverted(image)),
    "GaussianBlur": _change(lambda image, t: blurred(image, t["sigma"], t["kernel"])),
}
"""What each drawn transform adds to the work."""


def worked(transforms: Sequence[Drawn]) -> Work:
    """The work of a list of drawn transforms."""
    work = Work()
    for t in transforms:
        EFFECTS[t["_tag"]](work, t)
    return work

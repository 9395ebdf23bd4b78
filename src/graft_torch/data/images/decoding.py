"""Decoding of image files to 8-bit RGB (``src/data/images/Decoding.ts``, ``src/io/formats``)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from ...job_error import JobError
from .linear_pixels import decoding_shrink, linear_pixels
from .netpbm import is_netpbm, read_netpbm
from .orientation import orientation_of, stored, upright, upright_sides
from .resizing import Pixels, Sides, bilinear_pixels, crop_pad, scaling_of
from .stored_image import StoredImage

Decoding = Mapping[str, Any]
"""``colour``, ``orientation``, ``range`` and ``exact`` as in ``job.json``. WebP is always decoded exactly."""

Image.MAX_IMAGE_PIXELS = None


class Unsupported(ValueError):
    """A kind of image that graft decodes, but Pillow does not."""


def opened(bytes_: bytes) -> tuple[Image.Image, int]:
    """An image whose pixels are not read yet, and its orientation."""
    picture = Image.open(io.BytesIO(bytes_))
    return picture, orientation_of(picture)


def as_stored(array: NDArray, picture: Image.Image, orientation: int) -> NDArray:
    """Pixels in the order of the file: Pillow turns TIFFs upright by itself."""
    return stored(array, orientation) if picture.format == "TIFF" else array


def _converted(picture: Image.Image) -> Image.Image:
    """The image in sRGB by its embedded profile."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    if picture.mode not in ("RGB", "CMYK", "L"):
        picture = picture.convert("RGB")
    own, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    made = ImageCms.profileToProfile(picture, own, srgb, outputMode="RGB")
    return picture if made is None else made


_DEEP_WHITE = {"I;16": 65_535, "I;16L": 65_535, "I;16B": 65_535, "I": 255, "F": 255}


def stored_image(picture: Image.Image) -> StoredImage:
    """The samples of an image as Pillow reads them."""
    mode = picture.mode
    if mode in _DEEP_WHITE:
        white = _DEEP_WHITE[mode]
        is_16_bits = picture.format == "PNG" or (picture.format == "TIFF" and picture.tag_v2.get(258) == (16,))
        if mode == "I" and is_16_bits:
            white = 65_535
        return StoredImage(np.asarray(picture)[:, :, None], white, is_deep=True)
    if mode == "P":
        palette = np.zeros((256, 3), dtype=np.uint8)
        known = np.array(picture.getpalette() or [], dtype=np.uint8).reshape(-1, 3)
        palette[: len(known)] = known
        return StoredImage(np.asarray(picture)[:, :, None], 255, palette=palette)
    if mode == "LAB":
        raise Unsupported("a TIFF in CIELAB colours")
    if mode in ("LA", "La"):
        return StoredImage(np.asarray(picture)[:, :, :1], 255)
    if mode in ("1", "L"):
        return StoredImage(np.asarray(picture.convert("L"))[:, :, None], 255)
    return StoredImage(np.asarray(picture if mode == "RGB" else picture.convert("RGB")), 255)


def _deep_in_colour(picture: Image.Image, bytes_: bytes) -> bool:
    """Whether the file has colours of 16 bits, which Pillow reduces to 8."""
    if picture.format == "PNG":
        return bytes_[24] == 16 and picture.mode != "I;16"
    bits = picture.tag_v2.get(258) if picture.format == "TIFF" else None
    return bits is not None and len(bits) > 1 and max(bits) > 8


Scaling = tuple[Sides, Sides]
"""The central part of an image as stored, and the sides to scale it to."""


@dataclass(frozen=True)
class Decoded:
    """An image that was decoded and scaled."""

    pixels: Pixels
    """[height, width, 3], upright."""
    own: Sides
    """The upright sides of the original image."""


@dataclass(frozen=True)
class _Read:
    """The pixels to scale: those of a file, or of the part of it that is scaled."""

    pixels: Pixels
    turn: int
    """The orientation to undo."""
    own: Sides
    """The sides of the whole image as stored."""
    scaling: Scaling | None
    is_linear: bool = False
    """Whether they are scaled as libvips does."""

    def scaled(self) -> Pixels:
        if self.scaling is None:
            return self.pixels
        region, sides = self.scaling
        if not self.is_linear:
            return bilinear_pixels(crop_pad(self.pixels, region), sides)
        return linear_pixels(self.pixels, sides)


def _scaling(size: Sides | None, resize: str, turn: int, own: Sides) -> Scaling | None:
    """As stored, so that both directions are rounded in the same order as in TypeScript."""
    if size is None:
        return None
    region, sides = scaling_of(resize, size, upright_sides(turn, own))
    return upright_sides(turn, region), upright_sides(turn, sides)


def _is_linear(picture: Image.Image, decoding: Decoding, scaling: Scaling) -> bool:
    """Whether a file is one that TypeScript lets libvips scale."""
    if decoding["exact"] or picture.format not in ("JPEG", "MPO"):
        return False
    region, sides = scaling
    is_large = region[0] >= 2 * sides[0] and region[1] >= 2 * sides[1]
    return is_large and (picture.mode != "CMYK" or decoding["colour"] == "convert")


def _rgb(picture: Image.Image, decoding: Decoding) -> Pixels:
    picture.load()
    if decoding["colour"] == "convert" and picture.mode not in _DEEP_WHITE:
        return stored_image(_converted(picture)).rgb(None)
    return stored_image(picture).rgb(decoding["range"])


def _linear_source(picture: Image.Image, decoding: Decoding, scaling: Scaling) -> Pixels:
    """The pixels that libvips scales: a whole image, shrunk while it is decoded, or the part of one."""
    own = picture.height, picture.width
    region, sides = scaling
    if region != own:
        return crop_pad(_rgb(picture, decoding), region)
    by = decoding_shrink(own, sides)
    height, width = own[0] // by, own[1] // by
    picture.draft(None, (width, height))
    # libjpeg rounds up, and libvips leaves out the incomplete line
    return _rgb(picture, decoding)[:height, :width]


def _read(bytes_: bytes, decoding: Decoding, size: Sides | None, resize: str) -> _Read:
    if is_netpbm(bytes_):
        pixels = read_netpbm(bytes_).rgb(decoding["range"])
        own = pixels.shape[:2]
        return _Read(pixels, 1, own, _scaling(size, resize, 1, own))
    picture, orientation = opened(bytes_)
    if decoding["range"] is not None and _deep_in_colour(picture, bytes_):
        raise Unsupported("16-bit colours, of which Pillow reads 8 bits, with a range of samples")
    turn = orientation if decoding["orientation"] == "apply" else 1
    own = picture.height, picture.width
    scaling = _scaling(size, resize, turn, own)
    if scaling is not None and _is_linear(picture, decoding, scaling):
        return _Read(_linear_source(picture, decoding, scaling), turn, own, scaling, is_linear=True)
    pixels = as_stored(_rgb(picture, decoding), picture, orientation)
    own = pixels.shape[:2]
    return _Read(pixels, turn, own, _scaling(size, resize, turn, own))


def undecodable(name: str, what: str, error: Exception) -> JobError:
    """The fault of a file that cannot be decoded."""
    found = str(error).splitlines()[0] if str(error) else type(error).__name__
    hint = "restore the file, or make the job again"
    if isinstance(error, UnidentifiedImageError):
        found = "a file in no format that Pillow reads"
        hint = "restore the file, or convert it to PNG"
    elif isinstance(error, Unsupported):
        hint = "convert it to a PNG of 8 bits, or train with an engine of graft"
    return JobError(name, f"{what} that can be decoded", found, hint)


def decode(name: str, bytes_: bytes, decoding: Decoding, size: Sides | None, resize: str) -> Decoded:
    """An image, upright, scaled for a size but not cropped.

    Without a size it keeps its own sides. A file that cannot be decoded is a ``JobError`` that names it.
    """
    try:
        read = _read(bytes_, decoding, size, resize)
    except Exception as error:
        raise undecodable(name, "an image", error) from error
    return Decoded(upright(read.scaled(), read.turn), upright_sides(read.turn, read.own))

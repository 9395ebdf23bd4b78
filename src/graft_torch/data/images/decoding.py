"""Decoding of image files to 8-bit RGB (``src/data/images/Decoding.ts``, ``src/io/formats``)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, UnidentifiedImageError

from ...job_error import JobError
from .netpbm import is_netpbm, read_netpbm
from .orientation import orientation_of, stored, upright, upright_sides
from .resizing import Pixels, Sides, bilinear_pixels, crop_pad, scaling_of
from .stored_image import StoredImage

Decoding = Mapping[str, Any]
"""``colour``, ``orientation`` and ``range`` as in ``job.json``. JPEGs are always decoded exactly."""

Image.MAX_IMAGE_PIXELS = None


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
        raise ValueError("a TIFF in CIELAB colours, which is not supported")
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


def _read(bytes_: bytes, decoding: Decoding) -> tuple[Pixels, int]:
    if is_netpbm(bytes_):
        return read_netpbm(bytes_).rgb(decoding["range"]), 1
    picture, orientation = opened(bytes_)
    if decoding["range"] is not None and _deep_in_colour(picture, bytes_):
        raise ValueError("16-bit colours, of which Pillow reads 8 bits, with a range of samples")
    picture.load()
    if decoding["colour"] == "convert" and picture.mode not in _DEEP_WHITE:
        picture_in_srgb = _converted(picture)
        rgb = stored_image(picture_in_srgb).rgb(None)
    else:
        rgb = stored_image(picture).rgb(decoding["range"])
    return as_stored(rgb, picture, orientation), orientation


def undecodable(name: str, what: str, error: Exception) -> JobError:
    """The fault of a file that cannot be decoded."""
    found = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, UnidentifiedImageError):
        found = "a file in no format that Pillow reads"
    return JobError(name, f"{what} that can be decoded", found, "restore the file, or make the job again")


def decode(name: str, bytes_: bytes, decoding: Decoding, size: Sides | None, resize: str) -> Pixels:
    """An image's pixels, [height, width, 3], upright, scaled for a size but not cropped.

    Without a size it keeps its own sides. A file that cannot be decoded is a ``JobError`` that names it.
    """
    try:
        pixels, orientation = _read(bytes_, decoding)
    except Exception as error:
        raise undecodable(name, "an image", error) from error
    turn = orientation if decoding["orientation"] == "apply" else 1
    if size is not None:
        # scaled as stored, so that both directions are rounded in the same order as in TypeScript
        region, sides = scaling_of(resize, size, upright_sides(turn, pixels.shape[:2]))
        pixels = bilinear_pixels(crop_pad(pixels, upright_sides(turn, region)), upright_sides(turn, sides))
    return upright(pixels, turn)

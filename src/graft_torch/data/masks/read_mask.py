"""Masks as stored in their files: values and palette indices unchanged, no profile applied, nothing scaled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..images.decoding import as_stored, opened, stored_image, undecodable
from ..images.netpbm import is_netpbm, read_netpbm
from ..images.orientation import upright


@dataclass(frozen=True)
class MaskSamples:
    """The samples of a mask's file."""

    data: NDArray
    """One value for each pixel, [height, width], or red, green and blue as ``0xrrggbb``."""
    is_coloured: bool
    is_lossy: bool
    """Whether the file's compression is lossy, so that values are only approximate."""


def _is_lossy(picture: Image.Image, bytes_: bytes) -> bool:
    if picture.format == "WEBP":
        return b"VP8L" not in bytes_[12:4096]
    return picture.format in ("JPEG", "MPO", "AVIF", "HEIF")


def _bits_of(picture: Image.Image, bytes_: bytes) -> int:
    """The bits of a grey sample, which Pillow scales to 8."""
    if picture.format == "PNG":
        return bytes_[24] if bytes_[25] == 0 else 8
    found = picture.tag_v2.get(258, (8,)) if picture.format == "TIFF" else (8,)
    return found[0] if isinstance(found, tuple) else found


def _values(picture: Image.Image, bits: int) -> NDArray:
    """Values or indices as stored, or red, green and blue."""
    if picture.mode in ("1", "P", "I;16", "I;16B", "I", "F"):
        values = np.asarray(picture)
        return values.astype(np.uint8) if picture.mode == "1" else values
    if picture.mode in ("L", "LA", "La"):
        grey = np.asarray(picture if picture.mode == "L" else picture.getchannel(0))
        return grey if bits >= 8 else grey // (255 // (2**bits - 1))
    if picture.mode == "PA":
        return np.asarray(picture.getchannel(0))
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _read(bytes_: bytes, by: str, orientation: str) -> MaskSamples:
    if is_netpbm(bytes_):
        image = read_netpbm(bytes_)
        return _samples(image.rgb(None) if by == "colours" else image.data, by, False)
    picture, turn = opened(bytes_)
    bits = _bits_of(picture, bytes_)
    picture.load()
    data = stored_image(picture).rgb(None) if by == "colours" else _values(picture, bits)
    turned = upright(as_stored(data, picture, turn), turn if orientation == "apply" else 1)
    return _samples(turned, by, _is_lossy(picture, bytes_))


def _samples(data: NDArray, by: str, is_lossy: bool) -> MaskSamples:
    if data.ndim == 2:
        return MaskSamples(data, False, is_lossy)
    is_grey = data.shape[2] == 1 or bool((data == data[:, :, :1]).all())
    if by == "values" and is_grey:
        return MaskSamples(data[:, :, 0], False, is_lossy)
    wide = data.astype(np.int32)
    return MaskSamples((wide[:, :, 0] << 16) | (wide[:, :, 1] << 8) | wide[:, :, 2], True, is_lossy)


def read_mask(name: str, bytes_: bytes, by: str, orientation: str) -> MaskSamples:
    """A mask's samples for a legend ``by`` values or colours, rotated by its own orientation."""
    try:
        return _read(bytes_, by, orientation)
    except Exception as error:
        raise undecodable(name, "a mask", error) from error

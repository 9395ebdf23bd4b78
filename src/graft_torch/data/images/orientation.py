"""The EXIF orientation, and how to undo it (``src/data/images/orientation.ts``)."""

from __future__ import annotations

from numpy.typing import NDArray
from PIL import Image

from .resizing import Sides

_TAG = 0x0112


def orientation_of(picture: Image.Image) -> int:
    """The orientation in a file's EXIF data, 1 to 8; 1 if there is none."""
    found = picture.getexif().get(_TAG, 1)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def upright_sides(orientation: int, sides: Sides) -> Sides:
    """Height and width after the orientation is applied; orientations 5 to 8 swap them."""
    return (sides[1], sides[0]) if orientation >= 5 else sides


def upright(image: NDArray, orientation: int) -> NDArray:
    """Rotates and flips an image as its orientation says."""
    if orientation >= 5:
        image = image.swapaxes(0, 1)
    flips_rows, flips_cols = orientation in (3, 4, 7, 8), orientation in (2, 3, 6, 7)
    return image[:: -1 if flips_rows else 1, :: -1 if flips_cols else 1]


def stored(image: NDArray, orientation: int) -> NDArray:
    """The image that an orientation makes upright: the inverse of ``upright``."""
    return upright(image, {6: 8, 8: 6}.get(orientation, orientation))

"""Images with their masks or target images: decoded, transformed and cropped (``src/io/opened/pictures.ts``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..job_error import JobError
from .images.decoding import Decoded, decode
from .images.read_place import Places, check_bytes
from .images.resizing import Pixels, Sides, bilinear_pixels, crop_pad, greyed, nearest_pixels, scaling_of
from .manifest import Line
from .masks.mask_values import Legend, mask_targets
from .masks.read_mask import read_mask
from .pixel.apply_transforms import IMAGES, MASKS, Steps, apply_transforms
from .pixel.point_frame import PointFrame, framed_points, point_frame
from .transforms.draw import Drawn
from .transforms.transform_kinds import moves_pixels

View = Sequence[Drawn]
"""The drawn transforms of one image."""


@dataclass(frozen=True)
class Item:
    """An image and its target."""

    pixels: Pixels
    """[height, width, 3]."""
    target: Any
    """A class index, a list of numbers, classes of pixels [height, width], an image's pixels, or points [points, 2]."""
    frame: PointFrame | None = None
    """For points, the way back to the pixels of the original image."""


class Pictures:
    """The images of a job, cropped to height and width ``size``; ``data`` is that of ``job.json``."""

    def __init__(self, data: Mapping[str, Any], places: Places, size: Sides) -> None:
        self._data, self._places, self._size = data, places, size
        self._legend = None if data["legend"] is None else Legend(data["legend"])
        is_resized = list(size) != list(data["size"])
        self._is_sized: bool = data["sized"] or is_resized
        self._resize: str = data["resize"]
        if is_resized and not data["resizeGiven"]:
            self._resize = "crop" if size[0] == size[1] else "squish"

    def _decoded_for(self, view: View | None) -> tuple[Sides | None, str]:
        """What an image is scaled to when it is decoded: the data's size, a larger square, or its own."""
        for t in view or ():
            if t["_tag"] == "Presize":
                return (t["pixels"], t["pixels"]), "crop"
        if any(t["_tag"] == "RandomResizedCrop" for t in view or ()):
            return None, "crop"
        return self._size if self._is_sized else None, self._resize

    def _fitted(self, pixels: NDArray, view: View | None, steps: Steps) -> NDArray:
        """Scaled pixels, cropped to the data's sides."""
        if view is None:
            return crop_pad(pixels, self._size)
        return apply_transforms(pixels, view, self._size, self._resize, steps)

    def _decoded(self, name: str, place: Mapping[str, Any], bytes_: bytes, to: tuple[Sides | None, str]) -> Decoded:
        image = decode(name, bytes_, self._data["decoding"], *to)
        height, width = image.pixels.shape[:2]
        if not self._is_sized and (height, width) != self._size:
            expected = f"{self._size[0]} x {self._size[1]}, like the others"
            raise JobError(name, expected, f"{height} x {width}", "set a size: withSize(224)")
        return image

    def _mask(self, line: Line, view: View | None, to: tuple[Sides | None, str], own: Sides) -> NDArray[np.int64]:
        name, legend = line["label"], self._legend
        assert legend is not None
        bytes_ = self._places.bytes_of(name, line["target"])
        mask = legend.classified(name, read_mask(name, bytes_, legend.by, self._data["decoding"]["orientation"]))
        size, resize = to
        if size is None:
            mask = nearest_pixels(mask, own)
        else:
            region, sides = scaling_of(resize, size, mask.shape[:2])
            mask = nearest_pixels(crop_pad(mask, region), sides)
        return mask_targets(self._fitted(mask, view, MASKS), legend.codes)

    def _goal(self, line: Line, view: View | None, to: tuple[Sides | None, str], own: Sides) -> Pixels:
        name = line["label"]
        goal = self._decoded(name, line["target"], self._places.bytes_of(name, line["target"]), to).pixels
        if to[0] is None:
            goal = bilinear_pixels(goal, own)
        moves = None if view is None else [t for t in view if moves_pixels(t["_tag"])]
        goal = self._fitted(goal, moves, IMAGES)
        return greyed(goal) if self._data["task"]["channels"] == 1 else goal

    def item(self, line: Line, view: View | None) -> Item:
        """An image, transformed by a view; None: scaled and cropped to the centre."""
        name, to = line["file"], self._decoded_for(view)
        bytes_ = self._places.bytes_of(name, line)
        check_bytes(name, line, bytes_, line["bytes"], line.get("crc32"))
        image = self._decoded(name, line, bytes_, to)
        pixels, task = self._fitted(image.pixels, view, IMAGES), self._data["task"]
        match task["_tag"]:
            case "Segmentation":
                return Item(pixels, self._mask(line, view, to, image.pixels.shape[:2]))
            case "ImageRegression":
                return Item(pixels, self._goal(line, view, to, image.pixels.shape[:2]))
            case "Points":
                frame = point_frame(image.own, to, view or (), self._size, self._resize)
                return Item(pixels, framed_points(task, frame, line["target"]), frame)
            case _:
                return Item(pixels, line["target"])

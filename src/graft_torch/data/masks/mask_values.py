"""The class of a mask's pixel, by value or by colour (``src/data/masks/maskValues.ts``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...job_error import JobError
from .read_mask import MaskSamples

NOT_COUNTED = 0xFFFF
"""The class of pixels that do not count."""


class Legend:
    """The class of each value or colour of masks, from the ``legend`` of ``job.json``."""

    def __init__(self, json: Mapping[str, Any]) -> None:
        self.by: str = json["by"]
        self.mapped: bool = json["mapped"]
        self.codes: int = len(json["codes"])
        self.classes: dict[int, int] = dict(json["classes"])

    def _distance(self, a: float, b: float) -> float:
        if self.by == "values":
            return abs(a - b)
        parts = [((int(a) >> shift) & 255) - ((int(b) >> shift) & 255) for shift in (16, 8, 0)]
        return sum(part * part for part in parts)

    def _nearest(self, value: float) -> int | None:
        known = min(self.classes, key=lambda one: self._distance(one, value), default=None)
        return None if known is None else self.classes[known]

    def _class_of(self, value: float, of: MaskSamples) -> int | None:
        if of.is_coloured != (self.by == "colours"):
            return None
        found = self.classes.get(value)
        return self._nearest(value) if found is None and of.is_lossy and self.mapped else found

    def classified(self, name: str, of: MaskSamples) -> NDArray[np.uint16]:
        """The class of each pixel, [height, width, 1].

        Unknown values of a file with lossy compression are replaced by the nearest known ones; others are an error.
        """
        values, inverse = np.unique(of.data, return_inverse=True)
        classes = [self._class_of(value, of) for value in values.tolist()]
        unknown = [value for value, found in zip(values.tolist(), classes, strict=True) if found is None]
        if unknown:
            kind = "colour" if of.is_coloured else "value"
            shown = f"#{unknown[0]:06x}" if of.is_coloured else f"{unknown[0]}"
            hint = "restore the mask, or make the job again"
            raise JobError(name, f"{self.by} of the job's {self.codes} classes", f"{kind} {shown}", hint)
        return np.array(classes, dtype=np.uint16)[inverse.reshape(of.data.shape)][:, :, None]


def mask_targets(mask: NDArray[np.uint16], codes: int) -> NDArray[np.int64]:
    """The class index of each pixel, [height, width]; -1 for pixels that do not count."""
    classes = mask[:, :, 0].astype(np.int64)
    return np.where(classes >= codes, -1, classes)

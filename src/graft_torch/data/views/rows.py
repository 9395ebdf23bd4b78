"""Rows of a batch: its images and targets, or those of them that a process needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Places = list[int]
"""Places of rows in the whole batch, ascending."""


@dataclass(frozen=True)
class Rows:
    """Rows of a batch and their places in it."""

    at: Places
    x: NDArray[np.float32]
    """Normalised, [rows, height, width, channels]."""
    y: NDArray
    """Class indices [rows] (int64), or numbers or the samples of images, a row each (float32)."""

    def of(self, places: Sequence[int]) -> NDArray[np.intp]:
        """The rows' positions in the arrays, by their places in the batch."""
        return np.searchsorted(self.at, np.asarray(places, dtype=np.intp))


@dataclass(frozen=True)
class BatchSetting:
    """What all batches of some data have in common."""

    task: str
    """The task's tag."""
    mean: list[float]
    std: list[float]
    """The statistics of normalisation, one number for each channel."""


class DrawnView(Protocol):
    """A view with everything drawn for one batch."""

    partners: list[int] | None
    """The image that each image of the batch is mixed with; None: none."""

    def seen(self, rows: Rows, keep: Places) -> Rows:
        """The rows at some places; their partners are among the given ones."""
        ...


BatchView = dict[str, Any]
"""A view as JSON, with its kind (``_tag``)."""

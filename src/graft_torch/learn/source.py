"""`Source`: the batches of a job, for the training loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """This process's rows of a batch."""

    x: Tensor
    """`[n, channels, h, w]`, float32, normalised."""
    y: Tensor
    """Class indices `[n]` or `[n, pixels]` (int64), or numbers (float32): `[n, width]`, an image as `[n, c, h, w]`, or
    points as `[n, points, 2]` in the network's coordinates, NaN for missing ones."""
    w: Tensor | None
    """How much each image counts in the training loss, `[n]`; None: all the same."""
    start: int
    """The position of this process's first row in the whole batch."""
    total: int
    """The number of images in the whole batch, over all processes."""
    files: Sequence[str]
    """The images' names."""
    frames: Tensor | None = None
    """For validation on points: the map from the network's coordinates to each image's pixels, `[n, 9]`, float64."""


class Source(Protocol):
    """Batches of training and validation images. Random choices depend only on seeds, epoch, item and step."""

    batches: int
    """Training batches of an epoch."""
    valid_batches: int

    def train(self, epoch: int, first: int, step: int) -> Iterator[Batch]:
        """The batches of an epoch from batch `first` on; `step` is its training step, counted over the whole run."""
        ...

    def valid(self) -> Iterator[Batch]:
        """Every validation image once, in order."""
        ...

    def resized(self, size: tuple[int, int]) -> Source:
        """The same images in another height and width."""
        ...

"""``open_source``: the batches of a job, the same for any number of processes and workers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..learn.source import Batch
from ..seed import split_seed
from .batches import Batching, batch_count, slice_of, train_order, valid_order
from .images.read_place import Places
from .images.resizing import Sides
from .loading import Loading
from .manifest import Line, Manifest, check_files
from .pictures import Item, Pictures
from .sampling import Draws, repeats_in
from .stats import Normalise
from .targets import TARGETS
from .transforms.draw import draw_all
from .views.batch_view import Viewed
from .views.rows import BatchSetting, Rows

if TYPE_CHECKING:
    from ..engine.device import Device
    from ..engine.processes import Processes
    from ..job import Job


@dataclass(frozen=True)
class _TrainRequest:
    """A training batch: the images of the whole batch, and the random choices for them."""

    epoch: int
    step: int
    items: list[int]
    repeats: list[int] | None
    """How often each image has been drawn earlier in this epoch; None: never."""


@dataclass(frozen=True)
class Images:
    """Everything needed to make batches, in every process and worker."""

    data: Mapping[str, Any]
    training: Mapping[str, Any]
    manifest: Manifest
    places: Places
    size: Sides
    rank: int
    world: int

    @property
    def data_seed(self) -> int:
        """The seed of order and transforms, which combines the learner's with that of the data."""
        return split_seed(self.training["seed"], "data", self.data["seed"])

    @property
    def batching(self) -> Batching:
        """What determines the order of training images."""
        data, sampling = self.data, self.data["sampling"]
        draws = None
        if sampling["_tag"] == "Balanced":
            classes = [int(self.manifest[i]["target"]) for i in self.manifest.train]
            draws = Draws(sampling["power"], classes)
        return Batching(data["bs"], data["shuffle"], data["dropLast"], self.data_seed, draws)

    def requests(self, batching: Batching, epoch: int, first: int, step: int) -> list[_TrainRequest]:
        """The training batches of an epoch from batch ``first`` on; ``step`` is its training step in the run."""
        order = train_order(batching, len(self.manifest.train), epoch)
        repeats = None if batching.draws is None else repeats_in(order)
        return [
            _TrainRequest(epoch, step + k - first, order[k], None if repeats is None else repeats[k])
            for k in range(first, len(order))
        ]

    def train_batch(self, request: _TrainRequest) -> Batch:
        """This process's rows of a training batch, with the views of the whole batch."""
        n = len(request.items)
        keep = list(slice_of(request.items, self.rank, self.world))
        normalise = Normalise(self.data["stats"])
        setting = BatchSetting(self.data["task"]["_tag"], normalise.mean, normalise.std)
        views = self.training["batchViews"]
        viewed = Viewed(views, self.training["seed"], request.step, n, keep, self.size, setting)
        lines = {place: self.manifest[self.manifest.train[request.items[place]]] for place in viewed.needed}
        pictures = Pictures(self.data, self.places, self.size)
        items = [pictures.item(lines[place], self._view(request, place)) for place in viewed.needed]
        rows = viewed.seen(Rows(viewed.needed, *self._arrays(items, normalise)))
        return self._batch(rows.x, rows.y, [lines[place] for place in keep], keep, n)

    def _view(self, request: _TrainRequest, place: int) -> list[Mapping[str, Any]] | None:
        transforms = self.data["transforms"]
        if len(transforms) == 0:
            return None
        repeat = 0 if request.repeats is None else request.repeats[place]
        again = () if repeat == 0 else ("again", repeat)
        return draw_all(transforms, self.data_seed, request.epoch, request.items[place], *again)

    def valid_batch(self, request: list[int]) -> Batch:
        """This process's rows of a validation batch."""
        keep = list(slice_of(request, self.rank, self.world))
        lines = [self.manifest[self.manifest.valid[request[place]]] for place in keep]
        pictures = Pictures(self.data, self.places, self.size)
        items = [pictures.item(line, None) for line in lines]
        x, y = self._arrays(items, Normalise(self.data["stats"]))
        frames = None
        if self.data["task"]["_tag"] == "Points":
            frames = torch.tensor([item.frame for item in items], dtype=torch.float64).reshape(-1, 9)
        return self._batch(x, y, lines, keep, len(request), frames)

    def _arrays(self, items: list[Item], normalise: Normalise) -> tuple[NDArray[np.float32], NDArray]:
        x = np.empty((len(items), *self.size, 3), dtype=np.float32)
        for row, item in zip(x, items, strict=True):
            row[:] = normalise(item.pixels)
        task = self.data["task"]
        return x, TARGETS[task["_tag"]]([item.target for item in items], task, self.size)

    def _batch(
        self,
        x: NDArray[np.float32],
        y: NDArray,
        lines: list[Line],
        keep: list[int],
        n: int,
        frames: torch.Tensor | None = None,
    ) -> Batch:
        """Converts images to channels first, and the classes of pixels to one row per image."""
        targets = torch.from_numpy(y)
        if self.data["task"]["_tag"] == "Segmentation":
            targets = targets.flatten(1)
        elif targets.dim() == 4:
            targets = targets.permute(0, 3, 1, 2)
        weights = None
        if self.manifest.is_weighted:
            weights = torch.tensor([line.get("weight", 1.0) for line in lines], dtype=torch.float32)
        images = torch.from_numpy(x).permute(0, 3, 1, 2)
        start = keep[0] if keep else n
        names = [line["file"] for line in lines]
        return Batch(images, targets.contiguous(), weights, start, n, names, frames)


class ImageSource:
    """The batches of a job's images."""

    def __init__(self, images: Images, loading: Loading) -> None:
        self._images, self._loading = images, loading
        self._batching = images.batching
        data = images.data
        count = len(images.manifest.train)
        self.batches = batch_count(count, data["bs"], data["dropLast"])
        if self.batches == 0:
            train_order(self._batching, count, 0)
        self._valid = valid_order(len(images.manifest.valid), data["validBs"])
        self.valid_batches = len(self._valid)

    def train(self, epoch: int, first: int, step: int) -> Iterator[Batch]:
        """The batches of an epoch from batch ``first`` on; ``step`` is its training step in the whole run."""
        requests = self._images.requests(self._batching, epoch, first, step)
        return self._loading.batches(self._images.train_batch, requests)

    def valid(self) -> Iterator[Batch]:
        """Every validation image once, in order."""
        return self._loading.batches(self._images.valid_batch, self._valid)

    def resized(self, size: Sides) -> ImageSource:
        """The same images in another height and width."""
        of = self._images
        own = Images(of.data, of.training, of.manifest, of.places, size, of.rank, of.world)
        return ImageSource(own, self._loading)


def _share() -> slice:
    """The lines whose files this process checks; together, the processes of each machine check all of them."""
    return slice(int(os.environ.get("LOCAL_RANK", "0")), None, int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def open_source(job: Job, processes: Processes, device: Device, size: Sides) -> ImageSource:
    """Opens the batches of a job's images in a size. Raises ``JobError`` if a file is missing or has changed."""
    data, fast = job.json["data"], job.settings["fast"]
    manifest = Manifest(job.folder / "manifest.jsonl", data["train"], data["valid"])
    places = Places(job.data_root, job.folder)
    check_files(manifest, places, _share())
    images = Images(data, job.training, manifest, places, tuple(size), processes.rank, processes.world)
    return ImageSource(images, Loading(fast["workers"], fast["pinMemory"] and device.is_gpu))

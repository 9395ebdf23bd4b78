"""The targets of a batch, as an array, for each task (``src/io/opened/openBatches.ts``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .images.resizing import Sides

Task = Mapping[str, Any]
"""The task of ``job.json``."""


def _classes(targets: Sequence[Any], task: Task, size: Sides) -> NDArray[np.int64]:
    return np.array(targets, dtype=np.int64)


def _classes_of_pixels(targets: Sequence[Any], task: Task, size: Sides) -> NDArray[np.int64]:
    return np.array(targets, dtype=np.int64).reshape(len(targets), *size)


def _samples_of_images(targets: Sequence[Any], task: Task, size: Sides) -> NDArray[np.float32]:
    goals = np.array(targets, dtype=np.uint8).reshape(len(targets), *size, task["channels"])
    return (goals / 255).astype(np.float32)


def _numbers(shape: Callable[[Task], tuple[int, ...]]) -> Callable[[Sequence[Any], Task, Sides], NDArray[np.float32]]:
    return lambda targets, task, size: np.array(targets, dtype=np.float32).reshape(len(targets), *shape(task))


TARGETS: dict[str, Callable[[Sequence[Any], Task, Sides], NDArray]] = {
    "Classification": _classes,
    "MultiLabel": _numbers(lambda task: (len(task["classes"]),)),
    "Regression": _numbers(lambda task: (task["outputs"],)),
    "Segmentation": _classes_of_pixels,
    "ImageRegression": _samples_of_images,
    "Points": _numbers(lambda task: (len(task["names"]), 2)),
}
"""The targets of images in an array, one row each; images are ``size`` high and wide."""

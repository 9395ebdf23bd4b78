"""Evaluation on the validation images: every image once, whatever the number of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from torch import Tensor

from ..data.pixel.point_frame import unframed_points
from ..data.targets import Task
from ..engine.program import Evaluation, Program
from ..interpret.metric import Array, MetricBatch
from ..job import Metric
from .finite import finite_evaluation
from .source import Batch


def _in_pixels(task: Task, rows: Tensor, frames: Tensor) -> Array:
    """Rows of points in the pixels of the original images."""
    each = zip(rows.flatten(1).numpy(), frames.tolist(), strict=True)
    return np.stack([unframed_points(task, tuple(frame), row) for row, frame in each])


def metric_batch(result: Evaluation, task: Task) -> MetricBatch:
    """Rows of outputs and targets as metrics see them: of images, in segmentation of pixels; points in pixels."""
    outputs, targets = result.outputs, result.targets
    if result.frames is not None:
        return MetricBatch(_in_pixels(task, outputs, result.frames), _in_pixels(task, targets, result.frames))
    if task["_tag"] == "Segmentation":
        per_image = outputs[0, 0].numel()
        rows = outputs.flatten(2).transpose(1, 2).reshape(-1, outputs.shape[1])
        return MetricBatch(rows.numpy(), targets.reshape(-1).numpy(), per_image)
    return MetricBatch(outputs.flatten(1).numpy(), targets.numpy())


def evaluate_all(
    program: Program,
    batches: Iterable[Batch],
    metrics: list[Metric],
    task: Task,
    where: str,
    told: Callable[[float | None], Any],
) -> tuple[float, list[float]]:
    """The mean loss over images, and each metric. `told` is called before each batch, and after it with its loss."""
    states = [metric.start for metric in metrics]
    total, count = 0.0, 0
    for batch in batches:
        told(None)
        result = program.evaluate(batch)
        finite_evaluation(where, result)
        total += result.loss * batch.total
        count += batch.total
        with np.errstate(all="ignore"):
            seen = metric_batch(result, task)
            states = [state.step(seen) for state in states]
        told(result.loss)
    return total / count, [state.done() for state in states]

"""Evaluation on the validation images: every image once, whatever the number of processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..engine.program import Evaluation, Program
from ..interpret.metric import MetricBatch
from ..job import Metric
from .finite import finite_evaluation
from .source import Batch


def metric_batch(result: Evaluation, segments: bool) -> MetricBatch:
    """Rows of outputs and targets as metrics see them: of images, or in segmentation of pixels."""
    outputs, targets = result.outputs, result.targets
    if segments:
        per_image = outputs[0, 0].numel()
        rows = outputs.flatten(2).transpose(1, 2).reshape(-1, outputs.shape[1])
        return MetricBatch(rows.numpy(), targets.reshape(-1).numpy(), per_image)
    return MetricBatch(outputs.flatten(1).numpy(), targets.numpy())


def evaluate_all(
    program: Program,
    batches: Iterable[Batch],
    metrics: list[Metric],
    segments: bool,
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
            seen = metric_batch(result, segments)
            states = [state.step(seen) for state in states]
        told(result.loss)
    return total / count, [state.done() for state in states]

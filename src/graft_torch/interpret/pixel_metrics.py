"""Metrics of segmentation: a row is a pixel, and pixels with a target below 0 are ignored."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .metric import Array, MetricBatch, MetricState, Options, average_state, predicted, share


def foreground_accuracy(options: Options) -> MetricState:
    """The fraction of pixels that are predicted correctly, without void."""

    def of(batch: MetricBatch) -> float:
        counted = (batch.targets >= 0) & (batch.targets != options["voidCode"])
        return share(int((predicted(batch) == batch.targets)[counted].sum()), int(counted.sum()))

    return average_state(of)


def dice(options: Options) -> MetricState:
    """The overlap of predicted and true pixels of class 1, averaged over images; with `iou`, their IoU."""

    def of(batch: MetricBatch) -> float:
        counted = (batch.targets >= 0).astype(np.float64).reshape(-1, batch.per_image)
        ours = predicted(batch).reshape(counted.shape) * counted
        theirs = batch.targets.reshape(counted.shape) * counted
        both, every = (ours * theirs).sum(1), (ours + theirs).sum(1)
        with np.errstate(all="ignore"):
            each = both / (every - both + 1e-8) if options["iou"] else 2 * both / every
        return np.where(every == 0, 1.0, each).sum() / len(each)

    return average_state(of)


def _overlap_state(classes: int, done: Callable[[Array], float]) -> MetricState:
    """A metric of the IoU of each class over the pixels of an epoch; NaN for a class that is in neither."""

    def update(counts: Array, batch: MetricBatch) -> Array:
        counted = batch.targets >= 0
        ours, theirs = predicted(batch)[counted], batch.targets[counted].astype(int)
        both = np.bincount(theirs[ours == theirs], minlength=classes)
        either = np.bincount(theirs, minlength=classes) + np.bincount(ours[ours != theirs], minlength=classes)
        return counts + np.stack([both, either])

    def result(counts: Array) -> float:
        with np.errstate(all="ignore"):
            return done(counts[0] / counts[1])

    return MetricState(np.zeros((2, classes)), update, result)


def mean_iou(options: Options) -> MetricState:
    """The mean IoU of the classes that occur or are predicted."""

    def done(ious: Array) -> float:
        known = ious[~np.isnan(ious)]
        return share(known.sum(), len(known))

    return _overlap_state(len(options["codes"]), done)


def iou_of_class(options: Options) -> MetricState:
    """The IoU of one class."""
    codes, code = options["codes"], options["code"]
    return _overlap_state(len(codes), lambda ious: ious[codes.index(code)] if code in codes else np.nan)

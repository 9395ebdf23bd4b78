"""Metrics of any number of labels per row."""

from __future__ import annotations

import numpy as np

from .metric import Array, MetricBatch, MetricState, Options, average_state, share


def _above(batch: MetricBatch, options: Options) -> Array:
    """The predicted labels."""
    if not options["sigmoid"]:
        return batch.outputs > options["thresh"]
    with np.errstate(over="ignore"):
        probabilities = 1 / (1 + np.exp(-batch.outputs.astype(np.float64)))
    # graft rounds probabilities to float32
    return probabilities.astype(np.float32).astype(np.float64) > options["thresh"]


def _labels(batch: MetricBatch) -> Array:
    return batch.targets.reshape(batch.outputs.shape) == 1


def accuracy_thresh(options: Options) -> MetricState:
    """The fraction of labels that are predicted correctly."""
    return average_state(lambda batch: (_above(batch, options) == _labels(batch)).mean())


def _scores(both: Array, predicted: Array, actual: Array, options: Options) -> Array:
    eps, square = options["eps"], options["beta"] ** 2
    precision, recall = both / (predicted + eps), both / (actual + eps)
    return (1 + square) * precision * recall / (square * precision + recall + eps)


def _counts(batch: MetricBatch, options: Options, axis: int) -> Array:
    """Labels that are both predicted and true, those predicted, and those true, along an axis."""
    predicted, actual = _above(batch, options), _labels(batch)
    return np.stack([(predicted & actual).sum(axis), predicted.sum(axis), actual.sum(axis)]).astype(np.float64)


def fbeta(options: Options) -> MetricState:
    """F-β of each row's labels, averaged over rows."""
    return average_state(lambda batch: _scores(*_counts(batch, options, 1), options).mean())


def multi_label_fbeta(options: Options) -> MetricState:
    """F-β of each class over all rows, averaged over classes."""

    def update(counts: Array | None, batch: MetricBatch) -> Array:
        own = _counts(batch, options, 0)
        return own if counts is None else counts + own

    def result(counts: Array | None) -> float:
        if counts is None:
            return share(0, 0) if options["average"] != "micro" else 0.0
        if options["average"] == "micro":
            return _scores(*counts.sum(1), options)
        scores = _scores(*counts, options)
        if options["average"] == "macro":
            return scores.mean()
        weights = counts[2] + options["eps"]
        return (scores * weights).sum() / weights.sum()

    return MetricState(None, update, result)

"""Metrics of points: their distances from their targets, in pixels; a target of NaN is missing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .metric import Array, MetricBatch, MetricState, Options, share


def _errors(batch: MetricBatch) -> tuple[Array, Array]:
    """The distance of each point that is not missing, and the longer side of the bounding box of its image's points."""
    shape = (batch.n, -1, 2)
    outputs = batch.outputs.astype(np.float64).reshape(shape)
    targets = batch.targets.astype(np.float64).reshape(shape)
    known = np.isfinite(targets).all(2)
    there = known[..., None]
    high = np.where(there, targets, -np.inf).max(1)
    low = np.where(there, targets, np.inf).min(1)
    extent = np.broadcast_to((high - low).max(1)[:, None], known.shape)
    distance = np.hypot(*np.moveaxis(outputs - targets, 2, 0))
    return distance[known], extent[known]


def _mean(f: Callable[[Array, Array], Array]) -> MetricState[tuple[float, int]]:
    """The mean over all points."""

    def update(state: tuple[float, int], batch: MetricBatch) -> tuple[float, int]:
        values = f(*_errors(batch))
        return state[0] + values.sum(), state[1] + values.size

    return MetricState((0.0, 0), update, lambda s: share(*s))


def point_distance(_: Options) -> MetricState:
    """The mean distance."""
    return _mean(lambda distance, extent: distance)


def pck(options: Options) -> MetricState:
    """The share of points within `alpha` times the longer side of the bounding box of their image's points."""
    return _mean(lambda distance, extent: distance <= options["alpha"] * extent)

"""`Metric`: a number computed over a validation set, batch by batch, from raw outputs and targets, in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Options = Mapping[str, Any]
S = TypeVar("S")


@dataclass(frozen=True)
class MetricBatch:
    """A batch as a metric sees it."""

    outputs: Array
    """Raw outputs, before any activation, `[n, width]`; float32."""
    targets: Array
    """A class index for each row (below 0: no class), or `[n, width]`: a 0 or 1 for each class, or numbers."""
    per_image: int = 1
    """Rows of one image: in segmentation its pixels."""

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.outputs)


@dataclass(frozen=True)
class MetricState(Generic[S]):
    """A metric that has seen some batches."""

    state: S
    update: Callable[[S, MetricBatch], S]
    result: Callable[[S], float]

    def step(self, batch: MetricBatch) -> MetricState[S]:
        """The metric after a batch."""
        return replace(self, state=self.update(self.state, batch))

    def done(self) -> float:
        """The number; NaN without samples."""
        return float(self.result(self.state))


def share(part: float, whole: float) -> float:
    """A quotient as JavaScript divides: 0/0 is NaN, and dividing by 0 is infinite."""
    with np.errstate(all="ignore"):
        return float(np.float64(part) / np.float64(whole))


def average_state(f: Callable[[MetricBatch], float]) -> MetricState[tuple[float, int]]:
    """The mean of a batch's value over samples."""
    return MetricState((0.0, 0), lambda s, batch: (s[0] + f(batch) * batch.n, s[1] + batch.n), lambda s: share(*s))


def epoch_state(f: Callable[[MetricBatch], float]) -> MetricState[list[MetricBatch]]:
    """A number computed from all rows at once."""

    def result(batches: list[MetricBatch]) -> float:
        if not batches:
            return np.nan
        outputs = np.concatenate([b.outputs for b in batches])
        targets = np.concatenate([b.targets for b in batches])
        return f(MetricBatch(outputs, targets))

    return MetricState([], lambda batches, batch: [*batches, batch], result)


def predicted(batch: MetricBatch) -> Array:
    """The class of the largest output of each row, the first one of ties."""
    return batch.outputs.argmax(1)

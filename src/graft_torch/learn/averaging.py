"""Averaged parameters and buffers of a training step: `ema` and `swa`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.program import State

How = Mapping[str, Any] | None
"""`Ema` with its `decay`, `Swa` with `from`, the first epoch that counts; or none."""


@dataclass(frozen=True)
class Averaged:
    """An average, and how many states it is of."""

    state: State
    count: int


def _moved(average: State, state: State, weight: float) -> State:
    # in double precision, rounded once
    return {
        path: (a.double() * (1 - weight)).add_(state[path].double(), alpha=weight).to(a.dtype)
        for path, a in average.items()
    }


def average_at_start(how: How, state: Callable[[], State]) -> Averaged | None:
    """The average before the first batch."""
    return Averaged(state(), 0) if how is not None and how["_tag"] == "Ema" else None


def after_update(how: How, average: Averaged | None, state: Callable[[], State]) -> Averaged | None:
    """The average after a step of the optimiser."""
    if how is None or how["_tag"] != "Ema" or average is None:
        return average
    return Averaged(_moved(average.state, state(), 1 - how["decay"]), average.count + 1)


def after_training(how: How, average: Averaged | None, epoch: int, state: Callable[[], State]) -> Averaged | None:
    """The average after the training batches of an epoch."""
    if how is None or how["_tag"] != "Swa" or epoch < how["from"]:
        return average
    if average is None:
        return Averaged(state(), 1)
    return Averaged(_moved(average.state, state(), 1 / (average.count + 1)), average.count + 1)
